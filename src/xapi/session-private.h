/* SPDX-License-Identifier: Apache-2.0
 *
 * What a session is made of, for the files that make it up: session.c keeps it, session_login.c opens it.
 */
#ifndef XAPI_SESSION_PRIVATE_H
#define XAPI_SESSION_PRIVATE_H

#include <stdbool.h>

#include <openvswitch/list.h>

#include "http/address.h"
#include "xapi/call.h"
#include "xapi/route.h"
#include "xapi/session.h"

enum xapi_session_state {
    XAPI_AWAY,                  /* nothing is under way; tried again when 'route' lets it */
    XAPI_LOGGING_IN,
    XAPI_OPEN,
};

struct xapi_session {
    struct xapi_session_config config;
    struct xapi_transport *transport;
    struct http_address address;        /* of 'transport' */
    char *server;                       /* the same in words */
    struct xapi_route route;
    enum xapi_session_state state;
    char *ref;                          /* NULL: to be logged in */
    char *error;                        /* since the last success */
    struct ovs_list calls;              /* struct xapi_pending */
};

/* A call that is under way. */
struct xapi_pending {
    struct ovs_list node;
    struct xapi_session *session;
    struct xapi_call *call;
    xapi_call_event *event;
    void (*done)(struct xenapi_reply *, void *aux);
    void *aux;
};

/* True if the reply says that the session has ended or that the server is no master, and the session is lost for it. */
bool xapi_session_is_ended_by(struct xapi_session *, const struct xenapi_reply *);

/* Begins to log in. */
void xapi_session_log_in(struct xapi_session *);

#endif
