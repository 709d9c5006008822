/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static bool
is_showable(uint32_t code)
{
    return code >= 0x20 && code != '\\' && !(code >= 0x7f && code < 0xa0) /* C0, DEL and C1 control characters */
        && code != 0x061c && !(code >= 0x200b && code < 0x2010) /* invisible, or turns the writing direction */
        && !(code >= 0x2028 && code < 0x202f) && !(code >= 0x2060 && code < 0x2070) && code != 0xfeff;
}

/* The length of the character at 'text' if it can be shown as it is, 0 if its first byte must be escaped. */
static size_t
showable_length(const char *text)
{
    uint32_t code;
    size_t length = utf8_read(text, strnlen(text, 4), &code);

    return length && is_showable(code) ? length : 0;
}

struct quote
quote(const char *text)
{
    struct quote quote = { .text = "'" };
    const char *p = text;
    char *out = quote.text + 1;

    while (*p && p - text < QUOTE_SHOWN_BYTES) {
        size_t length = showable_length(p);

        if (length) {
            memcpy(out, p, length);
            out += length;
            p += length;
        } else {
            out += sprintf(out, "\\x%02x", (uint8_t) *p++);
        }
    }
    if (*p) {
        sprintf(out, "...' (%zu bytes)", strlen(text));
    } else {
        strcpy(out, "'");
    }
    return quote;
}
