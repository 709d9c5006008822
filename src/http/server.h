/* SPDX-License-Identifier: Apache-2.0
 *
 * An HTTP/1.1 server with several listeners, in the poll loop of its program and without threads.
 *
 * It brings requests (http/request.h) to a handler and knows nothing of what they mean. Connections are kept for further requests;
 * requests that a client sends ahead are handled one after the other. What comes from outside is limited (base/limits.h): a body, headers,
 * connections, and the time that a client may take. A request over a limit gets 413 (body), 414 or 431 (headers), and one without
 * a Content-Length whose body comes in chunks 411; a client that takes too long is cut off. When all places are taken, the
 * connection that has been idle for longest makes room; if none is idle, clients wait.
 *
 * Underneath is libmicrohttpd, one daemon a listener, which is run when its epoll set or its timer says so. Connections
 * are accepted here, so that the limits of a server and its listeners are kept by waiting and not by refusing.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stddef.h>
#include <sys/types.h>

#include "http/address.h"

struct error;
struct http_request;
struct http_server;

struct http_listener {
    struct http_address address;
    mode_t mode;                /* HTTP_UNIX: the socket's permissions; 0 for 0600, its owner alone */
    const char *certificate;    /* HTTP_TLS: PEM file with the server's certificate, then those that lead to its issuer */
    const char *key;            /* HTTP_TLS: PEM file with its private key, not encrypted */
};

/* Both are called from http_server_run(), 'gone' from http_server_close() too. Neither may close the server. */
struct http_handler {
    void (*asked)(struct http_request *, void *aux);
    void (*gone)(struct http_request *, void *aux);
    void *aux;
};

/* Listens at all of 'listeners', or at none: then the error says at which one it failed, why, and what to do.
 *
 * A unix socket that nobody listens at is a left-over and is replaced; any other file in its place is an error. Files are read
 * here and never again. SIGPIPE is ignored from now on. */
struct error *http_server_open(const struct http_listener *listeners, size_t n_listeners, const struct http_handler *,
                               struct http_server **);

/* Tells the handler that what waits is gone, drops all connections, and removes the unix sockets that are still its own. NULL is fine. */
void http_server_close(struct http_server *);

void http_server_run(struct http_server *);
void http_server_wait(struct http_server *);

/* Where listener 'i' of those given listens, with the port that the kernel chose. */
const struct http_address *http_server_address(const struct http_server *, size_t i);

/* Connections that there are now. */
size_t http_server_n_connections(const struct http_server *);

#endif
