/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a session is tried next, over which wire, and when. Pure: what was seen of servers and the time go in.
 *
 * A server that does not answer is tried again where it was configured, because the pool's master may be another host by then. A host that
 * says who the master is is left for it at once, by the same transport and on the same port. On a unix socket it is stayed with: the server
 * there passes on to the master what it cannot do itself.
 */
#ifndef XAPI_ROUTE_H
#define XAPI_ROUTE_H

#include <stdbool.h>

#include "base/backoff.h"
#include "http/address.h"
#include "xapi/wire.h"

struct error;

struct xapi_route {
    struct http_address configured;
    struct http_address next;           /* the configured one, or the master's */
    enum xapi_wire wire;
    bool is_other_wire;                 /* the one before was not understood */
    unsigned int n_moves;               /* from master to master */
    struct backoff backoff;
};

void xapi_route_init(struct xapi_route *, const struct http_address *configured);

/* Not before that time is it tried. */
long long int xapi_route_when(const struct xapi_route *);

/* The server did not answer, or not as it should; or it does not know the session, so that 'next' stays. */
void xapi_route_fail(struct xapi_route *, long long int now);
void xapi_route_expire(struct xapi_route *, long long int now);

/* The server did not understand the wire. True if the other one should be tried at once; false if that was it, which is a failure. */
bool xapi_route_change_wire(struct xapi_route *);

/* The server says that 'host' is the master. An error, and the route unchanged, if it cannot be followed there: then it has failed. */
struct error *xapi_route_move(struct xapi_route *, const char *host);

/* The server answers. */
void xapi_route_succeed(struct xapi_route *);

/* 'now' in words, with the configured address if that is another one; the caller frees them. */
char *xapi_route_name(const struct xapi_route *, const struct http_address *now);

#endif
