/* SPDX-License-Identifier: Apache-2.0
 *
 * A call that a client made and that is to be answered, once: there and then or whenever that is possible. It has the form of the wire that it
 * came over (XML-RPC, or JSON-RPC 1.0 or 2.0), and so has its reply.
 *
 * A client may go away before. What the call began goes on then, and its reply is thrown away; but who only waits for the client's sake says so
 * by 'gone' and is told.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include <stdbool.h>

#include "xenapi/call.h"

struct error;
struct http_request;

struct call {
    struct xenapi_call up;              /* method and parameters */
    const struct http_request *request; /* NULL: the client has gone */

    /* Called when the client goes: takes the call back, which is then gone. NULL: it goes on. */
    void (*gone)(struct call *, void *aux);
    void *aux;
};

/* Reads the call that 'request', a POST, carries. On success '*call' is its receiver's, who answers it. */
struct error *call_read(struct http_request *, struct call **call);

/* Sends the reply, which is taken over, and destroys the call. */
void call_answer(struct call *, struct xenapi_reply reply);

/* For system.listMethods, whose result has no envelope in XML-RPC. */
void call_answer_bare(struct call *, struct xenapi_value result);

/* The client of 'request' has gone, which belonged to a call that has not been answered. */
void call_client_gone(struct http_request *);

/* Without an answer: at the end of the server, or by 'gone'. */
void call_destroy(struct call *);

/* The parameter 'i' as text; NULL if there is none or it is none. The call's. */
const char *call_text(const struct call *, size_t i);

#endif
