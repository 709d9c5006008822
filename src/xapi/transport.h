/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP requests to one server in the program's own loop: libcurl's multi interface between libopenvswitch's poll_fd_wait() and
 * poll_block(). Nothing blocks and there is no thread: addresses are in figures, so that no name is looked up. Connections are kept for
 * further requests. What a request means is its caller's business.
 *
 * Deadlines are the loop's (time_msec()), and cover all of a request: a server that accepts a connection and then says nothing has to be
 * given up, whether it has stopped while connecting, in TLS or in the middle of a response.
 */
#ifndef XAPI_TRANSPORT_H
#define XAPI_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "http/address.h"

struct error;
struct xapi_exchange;
struct xapi_transport;

struct xapi_transport_config {
    struct http_address address;
    const char *ca;             /* HTTP_TLS: a file with the certificates that the server's must be or be signed by; NULL: the system's */
    bool is_trusted;            /* HTTP_TLS: whoever answers there is believed, whatever his certificate says */
};

/* One POST. The strings need to live during the call of xapi_transport_post() only. */
struct xapi_post {
    const char *path, *content_type;
    char *body;                 /* taken over; overwritten when it is not needed any more, because it may have a password */
    size_t n_body;
    long long int timeout_ms;

    /* The next bytes of the response's body. An error ends the exchange. Neither this one nor done() is called from within a function of
     * the transport other than run(). */
    struct error *(*sink)(const char *bytes, size_t n, void *aux);

    /* The exchange has ended, and is gone afterwards. 'error' is NULL if the response was read whole and its status is 200; it is the
     * receiver's. ERROR_UNREACHABLE, ERROR_TIMEOUT, ERROR_REFUSED (by TLS, or by another HTTP status), or sink()'s. */
    void (*done)(struct error *error, void *aux);
    void *aux;
};

/* 'config' is copied, its strings too. */
struct xapi_transport *xapi_transport_create(const struct xapi_transport_config *config);

/* Cancels what is under way. */
void xapi_transport_destroy(struct xapi_transport *);

void xapi_transport_run(struct xapi_transport *);
void xapi_transport_wait(struct xapi_transport *);

/* Begins an exchange. It is the transport's, until done() is called or it is cancelled. */
struct xapi_exchange *xapi_transport_post(struct xapi_transport *, const struct xapi_post *);

/* Ends it; done() is not called. The connection ends too. */
void xapi_exchange_cancel(struct xapi_exchange *);

/* Sends what an exchange has to say as far as this takes no waiting; its response is not waited for. */
void xapi_transport_push(struct xapi_transport *);

#endif
