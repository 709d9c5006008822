/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/uuid.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"

static bool
is_uuid(const char *text)
{
    size_t i;

    for (i = 0; i < UUID_TEXT_SIZE - 1; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : !isxdigit((unsigned char) text[i])) {
            return false;
        }
    }
    return !text[i];
}

struct error *
xenvif_uuid_parse(const char *what, const char *text, char uuid[UUID_TEXT_SIZE])
{
    if (!is_uuid(text)) {
        return error_new(ERROR_INVALID, "%s %s is no uuid", what, quote(text).text);
    }
    for (size_t i = 0; i < UUID_TEXT_SIZE; i++) {
        uuid[i] = tolower((unsigned char) text[i]);
    }
    return NULL;
}
