/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/session-private.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xenapi/call.h"

VLOG_DEFINE_THIS_MODULE(xapi_session);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

static void
connect_to(struct xapi_session *session, const struct http_address *address)
{
    struct xapi_transport_config config = session->config.server;

    config.address = session->address = *address;
    if (session->transport) {
        xapi_transport_destroy(session->transport);
    }
    session->transport = xapi_transport_create(&config);
    free(session->server);
    session->server = xapi_route_name(&session->route, address);
}

/* Losing it. Most of this happens within the transport's run(), so that the transport itself is changed in the session's. */

static void
cancel_all(struct xapi_session *session)
{
    struct xapi_pending *pending;

    LIST_FOR_EACH_SAFE (pending, node, &session->calls) {
        ovs_list_remove(&pending->node);
        xapi_call_cancel(pending->call);
        free(pending);
    }
}

static void
forget_ref(struct xapi_session *session)
{
    free(session->ref);
    session->ref = NULL;
}

static void
give_up(struct xapi_session *session)
{
    session->state = XAPI_AWAY;
    cancel_all(session);
    session->config.lost(session->config.aux);
}

/* The same again is not told again. */
static void
complain(struct xapi_session *session, struct error *error)
{
    if (!session->error || strcmp(session->error, error->text)) {
        VLOG_WARN("XAPI at %s: %s; what it said before stays in force until it answers", session->server, error->text);
    }
    free(session->error);
    session->error = xstrdup(error->text);
    error_free(error);
}

/* A session outlives its connection. But a reply that is not understood may come from another server than the session is one of, or from
 * one that speaks another wire now, which a login finds out. */
void
xapi_session_lose(struct xapi_session *session, struct error *error)
{
    if (error->code == ERROR_INVALID || error->code == ERROR_REFUSED) {
        forget_ref(session);
    }
    complain(session, error);
    xapi_route_fail(&session->route, time_msec());
    give_up(session);
}

/* The server does not know the session: it has forgotten it, or was started anew. */
static void
expire(struct xapi_session *session)
{
    VLOG_INFO_RL(&rl, "XAPI at %s: the session has ended", session->server);
    forget_ref(session);
    xapi_route_expire(&session->route, time_msec());
    give_up(session);
}

static void
move(struct xapi_session *session, const struct xenapi_set *description)
{
    struct error *error = xapi_route_move(&session->route, description->n > 1 ? description->elements[1].string : "");

    forget_ref(session);
    if (error) {
        xapi_session_lose(session, error);
    } else {
        VLOG_INFO_RL(&rl, "XAPI at %s: the master of the pool is %s", session->server,
                     http_address_text(&session->route.next).text);
        give_up(session);
    }
}

/* Calls. */

bool
xapi_session_is_ended_by(struct xapi_session *session, const struct xenapi_reply *reply)
{
    const char *code = reply->is_failure ? xenapi_failure_code(reply) : "";

    if (!strcmp(code, "SESSION_INVALID")) {
        expire(session);
    } else if (!strcmp(code, "HOST_IS_SLAVE")) {
        move(session, &reply->value.set);
    } else {
        return false;
    }
    return true;
}

static void
call_done(struct xenapi_reply *reply, struct error *error, void *pending_)
{
    struct xapi_pending pending = *(struct xapi_pending *) pending_;

    ovs_list_remove(&((struct xapi_pending *) pending_)->node);
    free(pending_);
    if (error) {
        xapi_session_lose(pending.session, error);
    } else if (xapi_session_is_ended_by(pending.session, reply)) {
        xenapi_reply_destroy(reply);
    } else {
        pending.done(reply, pending.aux);
    }
}

static struct error *
call_event(const struct xenapi_value *event, void *pending_)
{
    const struct xapi_pending *pending = pending_;

    return pending->event(event, pending->aux);
}

/* 'params' with the session before them. */
static struct xenapi_value
with_session(const struct xapi_session *session, struct xenapi_value params)
{
    struct xenapi_value all = xenapi_set_create();

    xenapi_set_add(&all, xenapi_string(session->ref));
    for (size_t i = 0; i < params.set.n; i++) {
        xenapi_set_add(&all, params.set.elements[i]);
        params.set.elements[i] = xenapi_void();
    }
    xenapi_value_destroy(&params);
    return all;
}

void
xapi_session_call(struct xapi_session *session, struct xapi_session_call *config)
{
    struct xapi_pending *pending = xzalloc(sizeof *pending);

    ovs_assert(session->state == XAPI_OPEN);
    pending->session = session;
    pending->event = config->event;
    pending->done = config->done;
    pending->aux = config->aux;
    ovs_list_push_back(&session->calls, &pending->node);
    pending->call = xapi_call_begin(session->transport, &(struct xapi_call_config) {
        .wire = session->route.wire, .method = config->method, .params = with_session(session, config->params),
        .timeout_ms = config->timeout_ms, .event = config->event ? call_event : NULL, .done = call_done, .aux = pending,
    });
}

/* What others see of it. */

struct xapi_session *
xapi_session_create(const struct xapi_session_config *config)
{
    struct xapi_session *session = xzalloc(sizeof *session);

    session->config = *config;
    session->config.login = nullable_xstrdup(config->login);
    session->config.server.ca = nullable_xstrdup(config->server.ca);
    ovs_list_init(&session->calls);
    xapi_route_init(&session->route, &config->server.address);
    connect_to(session, &config->server.address);
    return session;
}

static void
ignore_reply(struct xenapi_reply *reply, void *aux OVS_UNUSED)
{
    xenapi_reply_destroy(reply);
}

static void
ignore_loss(void *aux OVS_UNUSED)
{
}

void
xapi_session_destroy(struct xapi_session *session)
{
    session->config.lost = ignore_loss;
    cancel_all(session);
    if (session->state == XAPI_OPEN) {
        xapi_session_call(session, &(struct xapi_session_call) {
            .method = "session.logout", .params = xenapi_set_create(), .timeout_ms = LIMIT_XAPI_CALL_MS, .done = ignore_reply,
        });
        xapi_transport_push(session->transport);
        cancel_all(session);
    }
    xapi_transport_destroy(session->transport);
    free(CONST_CAST(char *, session->config.server.ca));
    free(CONST_CAST(char *, session->config.login));
    forget_ref(session);
    free(session->server);
    free(session->error);
    free(session);
}

void
xapi_session_run(struct xapi_session *session)
{
    xapi_transport_run(session->transport);
    if (session->state != XAPI_AWAY || time_msec() < xapi_route_when(&session->route)) {
        return;
    }
    if (memcmp(&session->route.next, &session->address, sizeof session->address)) {
        connect_to(session, &session->route.next);
    }
    if (session->ref) {
        session->state = XAPI_OPEN;
    } else {
        xapi_session_log_in(session);
    }
}

void
xapi_session_wait(struct xapi_session *session)
{
    xapi_transport_wait(session->transport);
    if (session->state == XAPI_AWAY) {
        poll_timer_wait_until(xapi_route_when(&session->route));
    }
}

bool
xapi_session_is_open(const struct xapi_session *session)
{
    return session->state == XAPI_OPEN;
}

const char *
xapi_session_server(const struct xapi_session *session)
{
    return session->server;
}

const char *
xapi_session_error(const struct xapi_session *session)
{
    return session->error;
}

/* A login is not what was asked. */
void
xapi_session_cancel(struct xapi_session *session)
{
    if (session->state == XAPI_OPEN) {
        cancel_all(session);
    }
}

void
xapi_session_succeed(struct xapi_session *session)
{
    if (session->error) {
        VLOG_INFO("XAPI at %s answers again", session->server);
        free(session->error);
        session->error = NULL;
    }
    xapi_route_succeed(&session->route);
}
