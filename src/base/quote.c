/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The bytes that the UTF-8 sequence beginning with 'lead' should have, 0 if none begins so (RFC 3629 section 3). */
static size_t
sequence_length(uint8_t lead)
{
    if (lead < 0x80) {
        return 1;
    } else if (lead >= 0xc2 && lead < 0xe0) {
        return 2;
    } else if (lead >= 0xe0 && lead < 0xf0) {
        return 3;
    } else {
        return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    }
}

static bool
is_showable(uint32_t code, size_t length)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

    return code >= 0x20 && code != '\\' && !(code >= 0x7f && code < 0xa0) /* C0, DEL and C1 control characters */
        && code >= least[length] && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
        && code != 0x061c && !(code >= 0x200b && code < 0x2010) /* invisible, or turns the writing direction */
        && !(code >= 0x2028 && code < 0x202f) && !(code >= 0x2060 && code < 0x2070) && code != 0xfeff;
}

/* The length of the character at 'text' if it can be shown as it is, 0 if its first byte must be escaped. */
static size_t
showable_length(const char *text)
{
    const uint8_t *byte = (const uint8_t *) text;
    size_t length = sequence_length(byte[0]);
    uint32_t code = length > 1 ? byte[0] & (0x7f >> length) : byte[0];

    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80) { /* the terminator as well */
            return 0;
        }
        code = code << 6 | (byte[i] & 0x3f);
    }
    return length && is_showable(code, length) ? length : 0;
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
