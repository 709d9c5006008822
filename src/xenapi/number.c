/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#define DIGITS "0123456789"

static const char *
sign_skip(const char *text)
{
    return text + (*text == '-' || *text == '+');
}

bool
xenapi_int_parse(const char *text, int64_t *integer)
{
    const char *digits = sign_skip(text);
    long long int value;

    if (!*digits || digits[strspn(digits, DIGITS)] || !str_to_llong(text, 10, &value)) {
        return false;
    }
    *integer = value;
    return true;
}

/* Returns what follows one digit or more, NULL if there is none. */
static const char *
digits_skip(const char *text)
{
    size_t n = strspn(text, DIGITS);

    return n ? text + n : NULL;
}

static bool
is_double(const char *text)
{
    text = digits_skip(sign_skip(text));
    if (text && *text == '.') {
        text = digits_skip(text + 1);
    }
    if (text && (*text == 'e' || *text == 'E')) {
        text = digits_skip(sign_skip(text + 1));
    }
    return text && !*text;
}

bool
xenapi_double_parse(const char *text, double *real)
{
    double value;

    /* What is too small for a double becomes the nearest one: strtod() calls that an error as well, so errno is not asked. */
    if (!is_double(text) || !isfinite(value = strtod(text, NULL))) {
        return false;
    }
    *real = value;
    return true;
}

void
xenapi_double_format(double real, char text[XENAPI_DOUBLE_SIZE])
{
    char digits[XENAPI_DOUBLE_SIZE];
    int precision = DBL_DIG;

    ovs_assert(isfinite(real));
    do {
        snprintf(digits, sizeof digits, "%.*g", precision, real);
    } while (strtod(digits, NULL) != real && ++precision <= DBL_DECIMAL_DIG);

    size_t n = strcspn(digits, ".e");
    bool has_point = digits[n] == '.';
    snprintf(text, XENAPI_DOUBLE_SIZE, "%.*s%s%s", (int) n, digits, has_point ? "" : ".0", digits + n);
}
