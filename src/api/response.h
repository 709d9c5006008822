/* SPDX-License-Identifier: Apache-2.0
 *
 * What the XenAPI server sends over HTTP, with the headers that XAPI's responses have. Clients compare the content types of calls' replies as they
 * stand: npm's xen-api takes "application/json; charset=utf-8" for no JSON at all.
 */
#ifndef API_RESPONSE_H
#define API_RESPONSE_H

#include <stddef.h>

struct http_request;

/* The reply to a call; 'body' is taken over. */
void response_send_rpc(struct http_request *, const char *content_type, char *body, size_t n);

/* To the question of a browser whether a page of another origin may call (CORS). */
void response_send_options(struct http_request *);

/* A page that says what is wrong, 'why' in words, which may come from outside. With 500 the connection ends, as XAPI does. */
void response_send_page(struct http_request *, unsigned int status, const char *why);

#endif
