/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/event_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <util.h>

#include "xenapi/number.h"

enum { DIGITS = 20 };

/* Reads the digits that 'text' begins with. Returns what follows them, NULL if they are none, too many or too great. */
static const char *
generation_parse(const char *text, int64_t *generation)
{
    size_t n = strspn(text, "0123456789");
    char digits[DIGITS + 1];

    if (!n || n > DIGITS) {
        return NULL;
    }
    ovs_strlcpy(digits, text, n + 1);
    return xenapi_int_parse(digits, generation) ? text + n : NULL;
}

bool
xenapi_event_token_parse(const char *text, struct xenapi_event_token *token)
{
    struct xenapi_event_token parsed = { 0, 0 };

    if (*text) {
        text = generation_parse(text, &parsed.database);
        text = text && *text == ',' ? generation_parse(text + 1, &parsed.message) : NULL;
        if (!text || *text) {
            return false;
        }
    }
    *token = parsed;
    return true;
}

void
xenapi_event_token_format(const struct xenapi_event_token *token, char text[XENAPI_EVENT_TOKEN_SIZE])
{
    ovs_assert(token->database >= 0 && token->message >= 0);
    snprintf(text, XENAPI_EVENT_TOKEN_SIZE, "%020"PRId64",%020"PRId64, token->database, token->message);
}
