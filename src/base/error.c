/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>

#include <util.h>

struct error *
error_new(enum error_code code, const char *format, ...)
{
    struct error *error = xmalloc(sizeof *error);
    va_list args;

    error->code = code;
    va_start(args, format);
    error->text = xvasprintf(format, args);
    va_end(args);
    return error;
}

struct error *
error_prefix(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *prefix = xvasprintf(format, args);
    va_end(args);

    char *text = xasprintf("%s: %s", prefix, error->text);
    free(prefix);
    free(error->text);
    error->text = text;
    return error;
}

const char *
error_code_name(enum error_code code)
{
    switch (code) {
    case ERROR_INVALID: return "invalid";
    case ERROR_EXISTS: return "exists";
    case ERROR_NOT_FOUND: return "not-found";
    case ERROR_IN_USE: return "in-use";
    case ERROR_LIMIT: return "limit";
    case ERROR_UNREACHABLE: return "unreachable";
    case ERROR_TIMEOUT: return "timeout";
    case ERROR_REFUSED: return "refused";
    }
    OVS_NOT_REACHED();
}

void
error_free(struct error *error)
{
    if (error) {
        free(error->text);
        free(error);
    }
}
