/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/utf8.h"

#include <util.h>

/* The least code point that needs so many bytes. */
static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

static bool
is_scalar(uint32_t code)
{
    return code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
}

/* The bytes of a sequence that begins with 'lead', 0 if none begins so. */
static size_t
sequence_length(uint8_t lead)
{
    if (lead < 0x80) {
        return 1;
    } else if (lead < 0xc0) {
        return 0;
    } else if (lead < 0xe0) {
        return 2;
    } else if (lead < 0xf0) {
        return 3;
    }
    return lead < 0xf8 ? 4 : 0;
}

size_t
utf8_read(const char *text, size_t n, uint32_t *code)
{
    const uint8_t *byte = (const uint8_t *) text;
    size_t length = n ? sequence_length(byte[0]) : 0;

    if (!length || length > n) {
        return 0;
    }
    uint32_t result = length > 1 ? byte[0] & (0x7f >> length) : byte[0];
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return 0;
        }
        result = result << 6 | (byte[i] & 0x3f);
    }
    if (result < least[length] || !is_scalar(result)) {
        return 0;
    }
    *code = result;
    return length;
}

size_t
utf8_check(const char *text, size_t n)
{
    uint32_t code;
    size_t at = 0;

    for (size_t length; (length = utf8_read(text + at, n - at, &code)); ) {
        at += length;
    }
    return at;
}

size_t
utf8_write(uint32_t code, char text[4])
{
    size_t length = 1;

    ovs_assert(is_scalar(code));
    while (length < 4 && code >= least[length + 1]) {
        length++;
    }
    for (size_t i = length - 1; i; i--) {
        text[i] = 0x80 | (code & 0x3f);
        code >>= 6;
    }
    static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    text[0] = lead[length] | code;
    return length;
}
