/* SPDX-License-Identifier: Apache-2.0
 *
 * One call of the XenAPI, from its parameters to its reply: encoded for a wire, sent by a transport, read while it comes in.
 */
#ifndef XAPI_CALL_H
#define XAPI_CALL_H

#include "xapi/wire.h"
#include "xenapi/value.h"

struct error;
struct xapi_call;
struct xapi_transport;
struct xenapi_reply;

/* An event of the reply of event.from. An error ends the call. */
typedef struct error *xapi_call_event(const struct xenapi_value *event, void *aux);

struct xapi_call_config {
    enum xapi_wire wire;
    const char *method;
    struct xenapi_value params; /* a set, taken over; the session comes first */
    long long int timeout_ms;
    xapi_call_event *event;     /* NULL: none are expected */

    /* The call has ended, and is gone afterwards. Either there is a reply, which may be a failure, or an error, and both are the caller's
     * after this. ERROR_INVALID or ERROR_LIMIT: what came is no reply; else xapi/transport.h's, or event()'s. */
    void (*done)(struct xenapi_reply *reply, struct error *error, void *aux);
    void *aux;
};

/* The call is the transport's, until done() is called or it is cancelled. */
struct xapi_call *xapi_call_begin(struct xapi_transport *, struct xapi_call_config *);

/* done() is not called. */
void xapi_call_cancel(struct xapi_call *);

#endif
