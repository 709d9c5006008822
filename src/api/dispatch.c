/* SPDX-License-Identifier: Apache-2.0
 *
 * A call goes to whoever carries it out. What is checked comes in XAPI's order: the method, the number of its parameters, the session, what the
 * session's user may do, and then each parameter.
 */
#include <config.h>

#include "api/api-private.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <util.h>

#include "api/acts.h"
#include "api/call.h"
#include "api/events.h"
#include "api/login.h"
#include "api/method.h"
#include "api/parameters.h"
#include "api/sessions.h"
#include "api/users.h"
#include "objects/access.h"
#include "objects/objects.h"
#include "toolstack/toolstack.h"
#include "verbs/failure.h"
#include "verbs/verb.h"

VLOG_DEFINE_THIS_MODULE(api_dispatch);

/* XAPI expects as many as must be given, and does not count the session. Of a call that lacks even that it says that it received -1. */
static struct xenapi_reply
wrong_count(const char *name, const struct method *method, size_t n)
{
    char *expected = xasprintf("%"PRIuSIZE, method->least);
    char *received = xasprintf("%d", (int) n - method->needs_session);
    struct xenapi_reply failure = xenapi_failure("MESSAGE_PARAMETER_COUNT_MISMATCH", name, expected, received, NULL);

    free(expected);
    free(received);
    return failure;
}

static bool
count_is_right(const struct method *method, size_t n)
{
    const size_t n_session = method->needs_session;

    return n >= n_session + method->least && n <= n_session + method->most;
}

/* XAPI names the method without what asks for a task. */
static const char *
sync_name(const struct call *call, const struct method *method)
{
    return call->up.method + (method->is_async ? strlen("Async.") : 0);
}

static struct xenapi_reply
denied(const char *name, const struct session *session)
{
    char *text = xasprintf("user %s is read-only", session_user(session));
    struct xenapi_reply failure = xenapi_failure("RBAC_PERMISSION_DENIED", name, text, NULL);

    free(text);
    return failure;
}

/* The parameters behind the session. */
static struct xenapi_value
params_take(struct call *call)
{
    struct xenapi_value params = xenapi_set_create();

    for (size_t i = 1; i < call->up.params.set.n; i++) {
        xenapi_set_add(&params, call->up.params.set.elements[i]);
        call->up.params.set.elements[i] = xenapi_void();
    }
    return params;
}

/* Methods of this server itself. */

static void
log_out(struct api *api, struct call *call, struct session *session)
{
    sessions_close(api->sessions, session);
    call_answer(call, xenapi_success(xenapi_void()));
}

static void
dispatch_own(struct api *api, struct call *call, enum own_method_id method, struct session *session)
{
    const struct uuid *uuid = session ? session_uuid(session) : NULL;
    const struct xenapi_value *param = session ? &call->up.params.set.elements[1] : NULL;

    switch (method) {
    case OWN_SESSION_LOGIN: logins_begin(api->logins, call); break;
    case OWN_SESSION_LOGOUT: log_out(api, call, session); break;
    case OWN_EVENT_FROM: events_from(api->events, call, uuid); break;
    case OWN_EVENT_NEXT: events_next(api->events, call, uuid); break;
    case OWN_EVENT_INJECT: call_answer(call, events_inject(api->events, param)); break;
    case OWN_EVENT_REGISTER: call_answer(call, events_register(api->events, uuid, param)); break;
    case OWN_EVENT_UNREGISTER: call_answer(call, events_unregister(api->events, uuid, param)); break;
    case OWN_EVENT_GET_CURRENT_ID: call_answer(call, events_current_id(api->events)); break;
    case OWN_SYSTEM_LIST_METHODS: call_answer_bare(call, method_names()); break;
    }
}

/* Verbs. */

/* True if every reference among the verb's parameters is to an object that is there. */
static bool
references_lead_somewhere(const struct objects *objects, const struct verb *verb, const struct xenapi_value *params,
                          struct xenapi_reply *failure)
{
    for (size_t i = 0; i < verb->n_parameters; i++) {
        const struct xenapi_field_type *type = &verb->parameters[i].type;
        const struct xenapi_value *value = &params->set.elements[i];

        if (verb->parameters[i].kind == VERB_PARAMETER_VALUE && type->shape == XENAPI_SHAPE_SCALAR && type->key.atom == XENAPI_ATOM_REF
            && !objects_find_ref(objects, type->key.class, value->string)) {
            *failure = failure_handle(type->key.class, value->string);
            return false;
        }
    }
    return true;
}

static void
dispatch_verb(struct api *api, struct call *call, const struct method *method)
{
    struct xenapi_reply failure;
    struct xenapi_value params;

    if (!parameters_read(method->verb, &call->up.params, 1, &params, &failure)) {
        call_answer(call, failure);
    } else if (!references_lead_somewhere(api->objects, method->verb, &params, &failure)) {
        xenapi_value_destroy(&params);
        call_answer(call, failure);
    } else {
        acts_call_verb(api->acts, call, method->verb, params, method->is_async);
    }
}

static void
dispatch_accessor(struct api *api, struct call *call, const struct xenapi_accessor_method *accessor, bool only_reads)
{
    struct xenapi_value params = params_take(call);

    if (only_reads) {
        call_answer(call, access_read(api->objects, accessor, &params));
        xenapi_value_destroy(&params);
    } else {
        acts_write(api->acts, call, accessor, params);
    }
}

/* All of them. */

static void
dispatch_to(struct api *api, struct call *call, const struct method *method, struct session *session)
{
    switch (method->kind) {
    case METHOD_OWN: dispatch_own(api, call, method->own, session); break;
    case METHOD_VERB: dispatch_verb(api, call, method); break;
    case METHOD_ACCESSOR: dispatch_accessor(api, call, &method->accessor, method->only_reads); break;
    }
}

static void
dispatch_with_session(struct api *api, struct call *call, const struct method *method)
{
    const char *ref = call_text(call, 0);
    struct session *session = ref ? sessions_find(api->sessions, ref) : NULL;

    if (!session) {
        call_answer(call, xenapi_failure("SESSION_INVALID", ref ? ref : "", NULL));
    } else if (session_only_reads(session) && !method->only_reads) {
        call_answer(call, denied(sync_name(call, method), session));
    } else {
        dispatch_to(api, call, method, session);
    }
}

void
api_dispatch(struct api *api, struct call *call)
{
    const char *name = call->up.method;
    const size_t n = call->up.params.set.n;
    struct method method;

    VLOG_DBG("%s with %"PRIuSIZE" parameters", name, n);
    if (api->users) {
        users_refresh(api->users);
    }
    if (!method_find(name, &method)) {
        call_answer(call, xenapi_failure("MESSAGE_METHOD_UNKNOWN", name, NULL));
    } else if (!count_is_right(&method, n)) {
        call_answer(call, wrong_count(sync_name(call, &method), &method, n));
    } else if (toolstack_is_not_ready(api->toolstack) && !(method.kind == METHOD_OWN && method.own == OWN_SYSTEM_LIST_METHODS)) {
        call_answer(call, xenapi_failure("HOST_STILL_BOOTING", NULL));
    } else if (method.needs_session) {
        dispatch_with_session(api, call, &method);
    } else {
        dispatch_to(api, call, &method, NULL);
    }
}
