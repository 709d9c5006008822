/* SPDX-License-Identifier: Apache-2.0
 *
 * What a connection is doing, and until when it may:
 *
 *     FRESH ---> COMING ---> ASKED ---> ANSWERED ---> IDLE
 *                  ^                                    |
 *                  +------------------------------------+
 *
 * Bytes that trickle in do not put an end off: that is what keeps a slow client (or one that pretends to be slow) from holding a
 * connection for ever. Only a request that waits for its response has no end: how long that takes is not its client's fault.
 *
 * No clock: times are arguments, in milliseconds of a clock that does not go back.
 */
#ifndef HTTP_PHASE_H
#define HTTP_PHASE_H

#include <stdbool.h>

enum phase_name {
    PHASE_FRESH,                /* no request has come over it, nor TLS's handshake */
    PHASE_COMING,               /* a request's line is there; headers or body are not */
    PHASE_ASKED,                /* the request is whole and waits for its response */
    PHASE_ANSWERED,             /* the response is being sent */
    PHASE_IDLE,                 /* kept for another request */
    PHASE_CLOSING,              /* told to end */
};

struct phase {
    enum phase_name name;
    long long int since;
};

/* Goes on to 'name' at 'now'. A connection's first request has come in within the time that begins with the connection. */
void phase_begin(struct phase *, enum phase_name name, long long int now);

/* When the connection is to be closed if nothing happens; LLONG_MAX for never. */
long long int phase_end(const struct phase *);

/* Of two connections, whether 'a' is the one to be closed if another client needs its place: one that is idle, and for longer. */
bool phase_gives_way_before(const struct phase *a, const struct phase *b);

#endif
