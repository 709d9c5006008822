/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/scalar.h"

#include <inttypes.h>
#include <string.h>

#include <util.h>

#include "base/utf8.h"
#include "xenapi/datetime.h"
#include "xenapi/number.h"
#include "xenapi/value.h"

static bool
is_integer(const struct xenapi_value *value)
{
    return value->type == XENAPI_INT || value->type == XENAPI_COUNT;
}

bool
xenapi_value_to_int(const struct xenapi_value *value, int64_t *result)
{
    if (is_integer(value)) {
        *result = value->integer;
        return true;
    }
    return value->type == XENAPI_STRING && xenapi_int_parse(value->string, result);
}

bool
xenapi_value_to_double(const struct xenapi_value *value, double *result)
{
    if (value->type == XENAPI_DOUBLE) {
        *result = value->real;
        return true;
    } else if (is_integer(value)) {
        *result = value->integer;
        return true;
    }
    return value->type == XENAPI_STRING && xenapi_double_parse(value->string, result);
}

bool
xenapi_value_to_datetime(const struct xenapi_value *value, int64_t *result)
{
    if (value->type == XENAPI_DATETIME) {
        *result = value->seconds;
        return true;
    }
    return value->type == XENAPI_STRING && xenapi_datetime_parse(value->string, result);
}

static char *
bytes_to_text(const uint8_t *data, size_t n)
{
    const char *text = (const char *) data;

    return strlen(text) == n && utf8_check(text, n) == n ? xstrdup(text) : NULL;
}

static char *
double_to_text(double real)
{
    char text[XENAPI_DOUBLE_SIZE];

    xenapi_double_format(real, text);
    return xstrdup(text);
}

static char *
datetime_to_text(int64_t seconds)
{
    char text[XENAPI_DATETIME_SIZE];

    xenapi_datetime_format(seconds, text);
    return xstrdup(text);
}

char *
xenapi_value_to_text(const struct xenapi_value *value)
{
    switch (value->type) {
    case XENAPI_VOID: return xstrdup("");
    case XENAPI_STRING: return xstrdup(value->string);
    case XENAPI_BYTES: return bytes_to_text(value->bytes.data, value->bytes.n);
    case XENAPI_INT:
    case XENAPI_COUNT: return xasprintf("%"PRId64, value->integer);
    case XENAPI_DOUBLE: return double_to_text(value->real);
    case XENAPI_BOOL: return xstrdup(value->boolean ? "true" : "false");
    case XENAPI_DATETIME: return datetime_to_text(value->seconds);
    case XENAPI_NIL:
    case XENAPI_SET:
    case XENAPI_MAP: return NULL;
    }
    OVS_NOT_REACHED();
}
