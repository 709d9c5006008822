/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/session-private.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xapi/login.h"
#include "xenapi/call.h"

VLOG_DEFINE_THIS_MODULE(xapi_login);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

#define ORIGINATOR "cabled"
#define CLIENT_VERSION "1.0"

static char *
failure_words(const struct xenapi_set *description)
{
    struct ds words = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&words, quote(description->elements[0].string).text);
    for (size_t i = 1; i < description->n; i++) {
        ds_put_format(&words, "%s%s", i > 1 ? ", " : " with ", quote(description->elements[i].string).text);
    }
    return ds_steal_cstr(&words);
}

static void
login_replied(struct xapi_session *session, struct xenapi_reply *reply)
{
    if (xapi_session_is_ended_by(session, reply)) {
        return;
    } else if (reply->is_failure) {
        char *words = failure_words(&reply->value.set);

        xapi_session_lose(session, error_new(ERROR_REFUSED, "it does not let us in: %s", words));
        free(words);
    } else if (reply->value.type != XENAPI_STRING) {
        xapi_session_lose(session, error_new(ERROR_INVALID, "what answers there is no XenAPI server: its session is no text"));
    } else {
        session->ref = xstrdup(reply->value.string);
        session->state = XAPI_OPEN;
        VLOG_INFO_RL(&rl, "XAPI at %s: logged in, by %s", session->server, xapi_wire_name(session->route.wire));
    }
}

static void
login_done(struct xenapi_reply *reply, struct error *error, void *pending_)
{
    struct xapi_pending *pending = pending_;
    struct xapi_session *session = pending->session;

    ovs_list_remove(&pending->node);
    free(pending);
    if (!error) {
        login_replied(session, reply);
        xenapi_reply_destroy(reply);
    } else if (error->code == ERROR_UNREACHABLE || error->code == ERROR_TIMEOUT || !xapi_route_change_wire(&session->route)) {
        xapi_session_lose(session, error);
    } else {
        error_free(error);
        xapi_session_log_in(session);
    }
}

void
xapi_session_log_in(struct xapi_session *session)
{
    struct xapi_login login;
    struct error *error = xapi_login_read(session->config.login, "login", &login);
    struct xenapi_value params = xenapi_set_create();
    struct xapi_pending *pending;

    if (error) {
        xenapi_value_destroy(&params);
        xapi_session_lose(session, error);
        return;
    }
    xenapi_set_add(&params, xenapi_string(login.user));
    xenapi_set_add(&params, xenapi_string(login.password));
    xenapi_set_add(&params, xenapi_string(CLIENT_VERSION));
    xenapi_set_add(&params, xenapi_string(ORIGINATOR));
    xapi_login_destroy(&login);
    session->state = XAPI_LOGGING_IN;
    pending = xzalloc(sizeof *pending);
    pending->session = session;
    ovs_list_push_back(&session->calls, &pending->node);
    pending->call = xapi_call_begin(session->transport, &(struct xapi_call_config) {
        .wire = session->route.wire, .method = "session.login_with_password", .params = params, .timeout_ms = LIMIT_XAPI_LOGIN_MS,
        .done = login_done, .aux = pending,
    });
}
