/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/json_writer.h"

#include <inttypes.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/utf8.h"
#include "xenapi/base64.h"
#include "xenapi/datetime.h"
#include "xenapi/number.h"
#include "xenapi/value.h"

static void
put_character(const char *character, size_t length, uint32_t code, struct ds *out)
{
    switch (code) {
    case '"': ds_put_cstr(out, "\\\""); break;
    case '\\': ds_put_cstr(out, "\\\\"); break;
    case '\n': ds_put_cstr(out, "\\n"); break;
    case '\r': ds_put_cstr(out, "\\r"); break;
    case '\t': ds_put_cstr(out, "\\t"); break;
    default:
        if (code < ' ') {
            ds_put_format(out, "\\u%04"PRIx32, code);
        } else {
            ds_put_buffer(out, character, length);
        }
    }
}

void
xenapi_json_put_string(const char *text, struct ds *out)
{
    size_t n = strlen(text);

    ds_put_char(out, '"');
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
    ds_put_char(out, '"');
}

static void
put_double(double real, struct ds *out)
{
    char text[XENAPI_DOUBLE_SIZE];

    xenapi_double_format(real, text);
    ds_put_cstr(out, text);
}

static void
put_datetime(int64_t seconds, struct ds *out)
{
    char text[XENAPI_DATETIME_SIZE];

    xenapi_datetime_format(seconds, text);
    xenapi_json_put_string(text, out);
}

static void
put_bytes(const uint8_t *data, size_t n, struct ds *out)
{
    ds_put_char(out, '"');
    xenapi_base64_encode(data, n, out);
    ds_put_char(out, '"');
}

static void
put_set(const struct xenapi_set *set, struct ds *out)
{
    ds_put_char(out, '[');
    for (size_t i = 0; i < set->n; i++) {
        ds_put_cstr(out, i ? "," : "");
        xenapi_json_put_value(&set->elements[i], out);
    }
    ds_put_char(out, ']');
}

static void
put_map(const struct xenapi_map *map, struct ds *out)
{
    ds_put_char(out, '{');
    for (size_t i = 0; i < map->n; i++) {
        ds_put_cstr(out, i ? "," : "");
        xenapi_json_put_string(map->members[i].key, out);
        ds_put_char(out, ':');
        xenapi_json_put_value(&map->members[i].value, out);
    }
    ds_put_char(out, '}');
}

void
xenapi_json_put_value(const struct xenapi_value *value, struct ds *out)
{
    switch (value->type) {
    case XENAPI_VOID: ds_put_cstr(out, "\"\""); break;
    case XENAPI_NIL: ds_put_cstr(out, "null"); break;
    case XENAPI_STRING: xenapi_json_put_string(value->string, out); break;
    case XENAPI_BYTES: put_bytes(value->bytes.data, value->bytes.n, out); break;
    case XENAPI_INT:
    case XENAPI_COUNT: ds_put_format(out, "%"PRId64, value->integer); break;
    case XENAPI_DOUBLE: put_double(value->real, out); break;
    case XENAPI_BOOL: ds_put_cstr(out, value->boolean ? "true" : "false"); break;
    case XENAPI_DATETIME: put_datetime(value->seconds, out); break;
    case XENAPI_SET: put_set(&value->set, out); break;
    case XENAPI_MAP: put_map(&value->map, out); break;
    }
}
