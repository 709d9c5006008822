/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/json_string.h"

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/utf8.h"
#include "xenapi/json_cursor.h"

/* Reads the four digits of an escape; its character is 'code' then. */
static struct error *
hex_take(struct xenapi_json_cursor *cursor, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = cursor->at < cursor->end ? hexit_value(*cursor->at) : -1;

        if (digit < 0) {
            return xenapi_json_refuse_other(cursor, "a hexadecimal digit");
        }
        *code = *code << 4 | digit;
        cursor->at++;
    }
    return NULL;
}

static bool
is_surrogate(uint32_t code, uint32_t first)
{
    return code >= first && code < first + 0x400;
}

/* Reads what follows "\u". A character beyond U+FFFF is two escapes (RFC 8259 section 7). */
static struct error *
unicode_read(struct xenapi_json_cursor *cursor, struct ds *out)
{
    struct xenapi_json_cursor escape = *cursor;
    uint32_t code, low = 0;
    char character[4];

    struct error *error = hex_take(cursor, &code);
    if (!error && is_surrogate(code, 0xd800) && xenapi_json_take(cursor, '\\') && xenapi_json_take(cursor, 'u')) {
        error = hex_take(cursor, &low);
        if (is_surrogate(low, 0xdc00)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    if (error) {
        return error;
    } else if (!code) {
        return xenapi_json_refuse(&escape, ERROR_INVALID, "a null character cannot be in a text");
    } else if (is_surrogate(code, 0xd800) || is_surrogate(code, 0xdc00)) {
        return xenapi_json_refuse(&escape, ERROR_INVALID, "half of a surrogate pair is no character");
    }
    ds_put_buffer(out, character, utf8_write(code, character));
    return NULL;
}

/* Reads what follows a backslash. */
static struct error *
escape_read(struct xenapi_json_cursor *cursor, struct ds *out)
{
    static const char names[] = "\"\\/bfnrt", characters[] = "\"\\/\b\f\n\r\t";
    const char *name = xenapi_json_peek(cursor) ? strchr(names, xenapi_json_peek(cursor)) : NULL;

    if (xenapi_json_take(cursor, 'u')) {
        return unicode_read(cursor, out);
    } else if (!name) {
        return xenapi_json_refuse_other(cursor, "the name of an escape");
    }
    ds_put_char(out, characters[name - names]);
    cursor->at++;
    return NULL;
}

static struct error *
characters_read(struct xenapi_json_cursor *cursor, struct ds *out)
{
    struct error *error = NULL;

    while (!error && !xenapi_json_take(cursor, '"')) {
        if ((unsigned char) xenapi_json_peek(cursor) < ' ') {
            error = xenapi_json_refuse_other(cursor, "a character or the end of the string");
        } else if (xenapi_json_take(cursor, '\\')) {
            error = escape_read(cursor, out);
        } else {
            ds_put_char(out, *cursor->at++);
        }
    }
    return error;
}

struct error *
xenapi_json_string_read(struct xenapi_json_cursor *cursor, char **text)
{
    struct ds out = DS_EMPTY_INITIALIZER;
    struct error *error = xenapi_json_take(cursor, '"') ? characters_read(cursor, &out) : xenapi_json_refuse_other(cursor, "a string");

    if (error) {
        ds_destroy(&out);
    } else {
        *text = ds_steal_cstr(&out);
    }
    return error;
}
