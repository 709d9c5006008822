/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/json_cursor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

struct error *
xenapi_json_refuse(const struct xenapi_json_cursor *cursor, enum error_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);

    struct error *error = error_new(code, "byte %"PRIuSIZE": %s", (size_t) (cursor->at - cursor->begin + 1), text);
    free(text);
    return error;
}

struct error *
xenapi_json_refuse_other(const struct xenapi_json_cursor *cursor, const char *wanted)
{
    const char there[] = { cursor->at < cursor->end ? *cursor->at : '\0', '\0' };

    return cursor->at == cursor->end ? xenapi_json_refuse(cursor, ERROR_INVALID, "the text ends where %s is wanted", wanted)
        : xenapi_json_refuse(cursor, ERROR_INVALID, "%s is wanted, not %s", wanted, quote(there).text);
}

char
xenapi_json_peek(const struct xenapi_json_cursor *cursor)
{
    return cursor->at < cursor->end ? *cursor->at : '\0';
}

bool
xenapi_json_take(struct xenapi_json_cursor *cursor, char byte)
{
    bool is_there = cursor->at < cursor->end && *cursor->at == byte;

    cursor->at += is_there;
    return is_there;
}

void
xenapi_json_skip_blanks(struct xenapi_json_cursor *cursor)
{
    while (cursor->at < cursor->end && strchr(" \t\r\n", *cursor->at) && *cursor->at) {
        cursor->at++;
    }
}
