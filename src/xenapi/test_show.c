/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/test_show.h"

#include <inttypes.h>
#include <stdlib.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "xenapi/call.h"
#include "xenapi/datetime.h"
#include "xenapi/number.h"

static void put_value(const struct xenapi_value *, struct ds *);

static void
put_string(const char *text, struct ds *out)
{
    ds_put_char(out, '"');
    for (; *text; text++) {
        if ((unsigned char) *text < ' ') {
            ds_put_format(out, "\\%02x", *text);
        } else {
            ds_put_char(out, *text);
        }
    }
    ds_put_char(out, '"');
}

static void
put_bytes(const uint8_t *data, size_t n, struct ds *out)
{
    ds_put_cstr(out, "bytes(");
    for (size_t i = 0; i < n; i++) {
        ds_put_format(out, "%02x", data[i]);
    }
    ds_put_char(out, ')');
}

static void
put_set(const struct xenapi_set *set, struct ds *out)
{
    ds_put_char(out, '[');
    for (size_t i = 0; i < set->n; i++) {
        ds_put_cstr(out, i ? ", " : "");
        put_value(&set->elements[i], out);
    }
    ds_put_char(out, ']');
}

static void
put_map(const struct xenapi_map *map, struct ds *out)
{
    ds_put_char(out, '{');
    for (size_t i = 0; i < map->n; i++) {
        ds_put_cstr(out, i ? ", " : "");
        put_string(map->members[i].key, out);
        ds_put_cstr(out, ": ");
        put_value(&map->members[i].value, out);
    }
    ds_put_char(out, '}');
}

static void
put_value(const struct xenapi_value *value, struct ds *out)
{
    char real[XENAPI_DOUBLE_SIZE], datetime[XENAPI_DATETIME_SIZE];

    switch (value->type) {
    case XENAPI_VOID: ds_put_cstr(out, "void"); break;
    case XENAPI_NIL: ds_put_cstr(out, "nil"); break;
    case XENAPI_STRING: put_string(value->string, out); break;
    case XENAPI_BYTES: put_bytes(value->bytes.data, value->bytes.n, out); break;
    case XENAPI_INT: ds_put_format(out, "%"PRId64, value->integer); break;
    case XENAPI_COUNT: ds_put_format(out, "count(%"PRId64")", value->integer); break;
    case XENAPI_DOUBLE:
        xenapi_double_format(value->real, real);
        ds_put_cstr(out, real);
        break;
    case XENAPI_BOOL: ds_put_cstr(out, value->boolean ? "true" : "false"); break;
    case XENAPI_DATETIME:
        xenapi_datetime_format(value->seconds, datetime);
        ds_put_format(out, "datetime(%s)", datetime);
        break;
    case XENAPI_SET: put_set(&value->set, out); break;
    case XENAPI_MAP: put_map(&value->map, out); break;
    }
}

char *
show_value(const struct xenapi_value *value)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    put_value(value, &text);
    return ds_steal_cstr(&text);
}

char *
show_call(const struct xenapi_call *call)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&text, call->method);
    put_value(&call->params, &text);
    return ds_steal_cstr(&text);
}

char *
show_reply(const struct xenapi_reply *reply)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&text, reply->is_failure ? "failure " : "success ");
    put_value(&reply->value, &text);
    return ds_steal_cstr(&text);
}
