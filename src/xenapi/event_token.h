/* SPDX-License-Identifier: Apache-2.0
 *
 * The token of event.from: up to where a client has seen the events. Clients pass it back as they got it, compare two of them as
 * text, and begin with an empty one.
 */
#ifndef XENAPI_EVENT_TOKEN_H
#define XENAPI_EVENT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

/* Generations, from 0. */
struct xenapi_event_token {
    int64_t database;
    int64_t message;            /* messages are not in the database */
};

/* Two numbers of 20 digits, so that later tokens are greater as text as well. */
enum { XENAPI_EVENT_TOKEN_SIZE = sizeof "00000000000000000042,00000000000000000000" };

/* "" is the beginning, both generations 0. False, and '*token' untouched, if 'text' is anything else than that or two decimal numbers of
 * 1 to 20 digits and 63 bits with a comma between them; the call fails with EVENT_FROM_TOKEN_PARSE_FAILURE then. */
bool xenapi_event_token_parse(const char *text, struct xenapi_event_token *token);

void xenapi_event_token_format(const struct xenapi_event_token *token, char text[XENAPI_EVENT_TOKEN_SIZE]);

#endif
