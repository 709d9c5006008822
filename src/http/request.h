/* SPDX-License-Identifier: Apache-2.0
 *
 * A request that has come in whole, and its response.
 *
 * The server hands each request to `asked` of struct http_handler, once. From then on it is the handler's, who answers it exactly once with
 * http_request_respond(): there and then, or whenever it can. A request that waits holds nothing else up but its own connection.
 *
 * When the client of a request that has not been answered goes away, the handler gets it back by `gone`, never from within `asked`, and
 * must forget it: there is nothing to answer any more. TCP does not tell who has closed the connection from who has only
 * finished sending, so that a client that does the latter counts as gone too, unless it is answered at once.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stddef.h>
#include <sys/types.h>

#include "http/address.h"

/* Whose request it is. */
struct http_peer {
    enum http_transport transport;
    struct http_address listener;       /* where it came in */
    char address[HTTP_HOST_SIZE + 8];   /* not HTTP_UNIX: the client's, "127.0.0.1:4711" or "[::1]:4711" */
    pid_t pid;                          /* HTTP_UNIX: who made the connection, as the kernel says (SO_PEERCRED) */
    uid_t uid;
    gid_t gid;
};

/* Valid until it is answered or gone. All texts end with a NUL; a body may hold others. */
struct http_request {
    const char *method;         /* "POST": as it came, in the case in which it came */
    const char *path;           /* "/jsonrpc": without the query, "%20" and the like resolved */
    const char *content_type;   /* as it came; "" if there is none */
    const char *body;
    size_t body_size;
    const struct http_peer *peer;
    void *owner;                /* the handler's own; NULL at first */
};

struct http_header {
    const char *name;
    const char *value;
};

struct http_response {
    unsigned int status;        /* 200 to 599 */
    const char *content_type;   /* sent exactly so; NULL or "" for none */
    char *body;                 /* from malloc(); the server's from now on. NULL if 'body_size' is 0 */
    size_t body_size;
    const struct http_header *headers;  /* further ones. "Connection: close" closes the connection afterwards */
    size_t n_headers;
};

/* Answers 'request', which must not be used afterwards. What is sent goes out in http_server_run(). */
void http_request_respond(struct http_request *, const struct http_response *);

#endif
