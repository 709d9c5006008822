/* SPDX-License-Identifier: Apache-2.0
 *
 * Text from outside, made fit to stand in a message: in single quotes, without control characters, and never long.
 */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

enum {
    QUOTE_SHOWN_BYTES = 64,     /* of the text; "..." and the size in bytes tell of what is left out */
    QUOTE_SIZE = 4 * QUOTE_SHOWN_BYTES + 40,
};

struct quote {
    char text[QUOTE_SIZE];
};

/* The quoted form of 'text', to be used where it is made: error_new(…, "MAC address %s …", quote(text).text). What is not
 * printable ASCII or well-formed UTF-8, and the characters that would turn a terminal's writing direction, become "\xNN". */
struct quote quote(const char *text);

#endif
