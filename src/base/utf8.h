/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 text, a character at a time, for whatever judges or changes text from outside (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes, 1 to 4, of the character that 'text' of 'n' bytes begins with; its code point is in '*code' then. 0, and '*code'
 * untouched, if 'text' is empty or does not begin with a well-formed character: one that is cut, longer than it need be, a surrogate or
 * beyond U+10FFFF is not. A null byte is a character. */
size_t utf8_read(const char *text, size_t n, uint32_t *code);

/* The bytes of 'text' that come before the first one that is not well-formed; 'n' if all of it is. */
size_t utf8_check(const char *text, size_t n);

/* Writes the character 'code', which is no surrogate and at most U+10FFFF, to 'text' and returns its bytes. */
size_t utf8_write(uint32_t code, char text[4]);

#endif
