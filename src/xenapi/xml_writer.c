/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xml_writer.h"

#include <inttypes.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/utf8.h"
#include "xenapi/base64.h"
#include "xenapi/datetime.h"
#include "xenapi/number.h"
#include "xenapi/value.h"

/* XML 1.0, production 2, but for the surrogates, which utf8_read() does not read. */
static bool
is_xml(uint32_t code)
{
    return code >= 0x20 ? code != 0xfffe && code != 0xffff : code == '\t' || code == '\n' || code == '\r';
}

static void
put_character(const char *character, size_t length, uint32_t code, struct ds *out)
{
    switch (code) {
    case '&': ds_put_cstr(out, "&amp;"); break;
    case '<': ds_put_cstr(out, "&lt;"); break;
    case '>': ds_put_cstr(out, "&gt;"); break;
    case '"': ds_put_cstr(out, "&quot;"); break;
    case '\r': ds_put_cstr(out, "&#13;"); break;        /* as it is, a reader would take it for a line feed */
    default:
        if (is_xml(code)) {
            ds_put_buffer(out, character, length);
        }
    }
}

void
xenapi_xml_put_text(const char *text, struct ds *out)
{
    size_t n = strlen(text);

    while (n) {
        uint32_t code;
        size_t length = utf8_read(text, n, &code);

        if (length) {
            put_character(text, length, code, out);
        } else {
            ds_put_cstr(out, "\xef\xbf\xbd");
            length = 1;
        }
        text += length;
        n -= length;
    }
}

static void
put_double(double real, struct ds *out)
{
    char text[XENAPI_DOUBLE_SIZE];

    xenapi_double_format(real, text);
    ds_put_format(out, "<double>%s</double>", text);
}

static void
put_datetime(int64_t seconds, struct ds *out)
{
    char text[XENAPI_DATETIME_SIZE];

    xenapi_datetime_format(seconds, text);
    ds_put_format(out, "<dateTime.iso8601>%s</dateTime.iso8601>", text);
}

static void
put_bytes(const uint8_t *data, size_t n, struct ds *out)
{
    ds_put_cstr(out, "<base64>");
    xenapi_base64_encode(data, n, out);
    ds_put_cstr(out, "</base64>");
}

static void
put_set(const struct xenapi_set *set, struct ds *out)
{
    ds_put_cstr(out, "<array><data>");
    for (size_t i = 0; i < set->n; i++) {
        xenapi_xml_put_value(&set->elements[i], out);
    }
    ds_put_cstr(out, "</data></array>");
}

static void
put_map(const struct xenapi_map *map, struct ds *out)
{
    ds_put_cstr(out, "<struct>");
    for (size_t i = 0; i < map->n; i++) {
        ds_put_cstr(out, "<member><name>");
        xenapi_xml_put_text(map->members[i].key, out);
        ds_put_cstr(out, "</name>");
        xenapi_xml_put_value(&map->members[i].value, out);
        ds_put_cstr(out, "</member>");
    }
    ds_put_cstr(out, "</struct>");
}

static void
put_content(const struct xenapi_value *value, struct ds *out)
{
    switch (value->type) {
    case XENAPI_VOID: break;
    case XENAPI_NIL: ds_put_cstr(out, "<nil/>"); break;
    case XENAPI_STRING: xenapi_xml_put_text(value->string, out); break;
    case XENAPI_BYTES: put_bytes(value->bytes.data, value->bytes.n, out); break;
    case XENAPI_INT: ds_put_format(out, "%"PRId64, value->integer); break;
    case XENAPI_COUNT: ds_put_format(out, "<i4>%"PRId64"</i4>", value->integer); break;
    case XENAPI_DOUBLE: put_double(value->real, out); break;
    case XENAPI_BOOL: ds_put_format(out, "<boolean>%d</boolean>", value->boolean); break;
    case XENAPI_DATETIME: put_datetime(value->seconds, out); break;
    case XENAPI_SET: put_set(&value->set, out); break;
    case XENAPI_MAP: put_map(&value->map, out); break;
    }
}

void
xenapi_xml_put_value(const struct xenapi_value *value, struct ds *out)
{
    ds_put_cstr(out, "<value>");
    put_content(value, out);
    ds_put_cstr(out, "</value>");
}
