/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an HTTP server listens, as people write it:
 *
 *     unix:/run/cabled/xapi       a unix socket
 *     tcp:127.0.0.1:80            TCP, address and port; IPv6 addresses in brackets: tcp:[::1]:80
 *     tls:0.0.0.0:443             the same with TLS
 *
 * No socket is opened here: see http/server.h.
 */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdint.h>

struct error;

enum http_transport { HTTP_UNIX, HTTP_TCP, HTTP_TLS };

enum {
    /* sun_path of unix(7) with its terminator. */
    HTTP_PATH_SIZE = 108,

    /* INET6_ADDRSTRLEN. */
    HTTP_HOST_SIZE = 46,
};

struct http_address {
    enum http_transport transport;
    char path[HTTP_PATH_SIZE];  /* HTTP_UNIX: begins with '/' */
    char host[HTTP_HOST_SIZE];  /* otherwise: an IPv4 or IPv6 address in figures, without brackets */
    uint16_t port;              /* 0: the kernel chooses one */
};

/* Sets '*address' to what 'text' says, or leaves it undefined and returns an error that names 'text' and tells how to write it. */
struct error *http_address_parse(const char *text, struct http_address *address);

enum { HTTP_ADDRESS_TEXT_SIZE = HTTP_PATH_SIZE + 8 };

struct http_address_text {
    char text[HTTP_ADDRESS_TEXT_SIZE];
};

/* The form that http_address_parse() reads. */
struct http_address_text http_address_text(const struct http_address *);

/* A client's URL for 'path', which begins with '/', at that address; the caller frees it. That of a unix socket names no socket. */
char *http_address_url(const struct http_address *, const char *path);

#endif
