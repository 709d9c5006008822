/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xml_scalar.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "xenapi/base64.h"
#include "xenapi/datetime.h"
#include "xenapi/number.h"
#include "xenapi/value.h"

#define WHITE_SPACE " \t\r\n"

static bool
string_read(const char *text, struct xenapi_value *value)
{
    *value = xenapi_string(text);
    return true;
}

static bool
int_read(const char *text, struct xenapi_value *value)
{
    int64_t integer;

    if (!xenapi_int_parse(text, &integer)) {
        return false;
    }
    *value = xenapi_int(integer);
    return true;
}

static bool
double_read(const char *text, struct xenapi_value *value)
{
    double real;

    if (!xenapi_double_parse(text, &real)) {
        return false;
    }
    *value = xenapi_double(real);
    return true;
}

static bool
boolean_read(const char *text, struct xenapi_value *value)
{
    if (strcmp(text, "0") && strcmp(text, "1")) {
        return false;
    }
    *value = xenapi_bool(*text == '1');
    return true;
}

static bool
datetime_read(const char *text, struct xenapi_value *value)
{
    int64_t seconds;

    if (!xenapi_datetime_parse(text, &seconds)) {
        return false;
    }
    *value = xenapi_datetime(seconds);
    return true;
}

static bool
base64_read(const char *text, struct xenapi_value *value)
{
    uint8_t *data;
    size_t n;

    if (!xenapi_base64_decode(text, &data, &n)) {
        return false;
    }
    *value = xenapi_bytes(data, n);
    free(data);
    return true;
}

static bool
nil_read(const char *text, struct xenapi_value *value)
{
    *value = xenapi_nil();
    return !*text;
}

static const struct xenapi_xml_scalar scalars[] = {
    { "string", "text", string_read },
    { "i4", "a whole number of at most 64 bits", int_read },
    { "int", "a whole number of at most 64 bits", int_read },
    { "i8", "a whole number of at most 64 bits", int_read },
    { "double", "a decimal number that a double can hold", double_read },
    { "boolean", "0 or 1", boolean_read },
    { "dateTime.iso8601", "a date and time of UTC like 20260821T16:34:00Z", datetime_read },
    { "base64", "base64 with its padding", base64_read },
    { "nil", "nothing", nil_read },
};

const struct xenapi_xml_scalar *
xenapi_xml_scalar_find(const char *element)
{
    for (size_t i = 0; i < ARRAY_SIZE(scalars); i++) {
        if (!strcmp(scalars[i].element, element)) {
            return &scalars[i];
        }
    }
    return NULL;
}

/* 'text' without the white space around it, owned by the caller. */
static char *
trim(const char *text)
{
    text += strspn(text, WHITE_SPACE);

    size_t n = strlen(text);
    while (n && strchr(WHITE_SPACE, text[n - 1])) {
        n--;
    }
    return xmemdup0(text, n);
}

struct error *
xenapi_xml_scalar_read(const struct xenapi_xml_scalar *scalar, const char *text, struct xenapi_value *value)
{
    struct xenapi_value result;
    char *trimmed = scalar->read == string_read ? xstrdup(text) : trim(text);
    struct error *error = NULL;

    if (scalar->read(trimmed, &result)) {
        *value = result;
    } else {
        error = error_new(ERROR_INVALID, "<%s> holds %s, but must hold %s", scalar->element, quote(trimmed).text, scalar->what);
    }
    free(trimmed);
    return error;
}

bool
xenapi_xml_is_blank(const char *text)
{
    return !text[strspn(text, WHITE_SPACE)];
}
