/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes back on a control socket: one JSON object, {"id": 0, "result": TEXT, "error": null} or with a text as error instead.
 */
#ifndef ASK_REPLY_H
#define ASK_REPLY_H

#include <stdbool.h>

struct error;

/* True if 'text' begins with an object that is closed. (Whether it is well-formed is seen when it is parsed.) */
bool ask_reply_is_whole(const char *text);

/* '*reply' is the result's text, and the caller's. ERROR_REFUSED: there is an error instead, or nothing that can be understood. */
struct error *ask_reply_parse(const char *text, char **reply);

#endif
