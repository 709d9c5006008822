/* SPDX-License-Identifier: Apache-2.0
 *
 * A session with a XenAPI server that is kept open: logged in, renewed when the server does not know it any more, taken to the pool's
 * master if the server is none, and begun anew with longer and longer waits when the server does not answer, or not as it should.
 *
 * JSON-RPC is spoken, or XML-RPC if the server does not understand the former. On its unix socket a server lets everybody in who may write
 * to it, and passes on to the master what it cannot do itself; over TCP and TLS the name and password of a file are given, and a server
 * that says HOST_IS_SLAVE is left for the address that it names, by the same transport and on the same port.
 *
 * Source: XenAPI session.login_with_password, session.logout, SESSION_INVALID, HOST_IS_SLAVE.
 */
#ifndef XAPI_SESSION_H
#define XAPI_SESSION_H

#include <stdbool.h>

#include "xapi/call.h"
#include "xapi/transport.h"

struct error;
struct xapi_session;

struct xapi_session_config {
    struct xapi_transport_config server;
    const char *login;          /* xapi/login.h; read at each login */

    /* What was asked will not be answered: no done() is called for it. The session is open again some time. Called in run(), and in
     * xapi_session_lose(). */
    void (*lost)(void *aux);
    void *aux;
};

/* 'config' is copied, its strings too. */
struct xapi_session *xapi_session_create(const struct xapi_session_config *config);

/* Cancels what is under way, without lost(). Tells the server of its end if that takes no waiting; one that was not told forgets the
 * session after a day. */
void xapi_session_destroy(struct xapi_session *);

void xapi_session_run(struct xapi_session *);
void xapi_session_wait(struct xapi_session *);

/* Calls may be made. What is told of the server then is not yet that it answers. */
bool xapi_session_is_open(const struct xapi_session *);

/* Who is asked now: "tls:192.0.2.1:443", with the master's address if that is another one. Lives until the next run(). */
const char *xapi_session_server(const struct xapi_session *);

/* Why the session was lost last, in words; NULL if xapi_session_succeed() was called since. */
const char *xapi_session_error(const struct xapi_session *);

struct xapi_session_call {
    const char *method;
    struct xenapi_value params; /* a set, taken over; the session is put before them */
    long long int timeout_ms;
    xapi_call_event *event;     /* NULL: none are expected. Not called after lost() */

    /* The reply is the receiver's. SESSION_INVALID and HOST_IS_SLAVE do not come here. */
    void (*done)(struct xenapi_reply *reply, void *aux);
    void *aux;
};

/* The session must be open. */
void xapi_session_call(struct xapi_session *, struct xapi_session_call *);

/* Cancels what is under way; no done() is called for it. The session stays open. */
void xapi_session_cancel(struct xapi_session *);

/* The server answers, but with something that makes no sense, which 'error', taken over, tells: the session is lost. */
void xapi_session_lose(struct xapi_session *, struct error *error);

/* The server answers what it was asked: if it is lost again, it is tried again at once. */
void xapi_session_succeed(struct xapi_session *);

#endif
