/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/verb_call.h"

#include <stdlib.h>
#include <string.h>

#include <timeval.h>
#include <util.h>

#include "pool/replica.h"
#include "xenapi/ref.h"

void
verb_calls_init(struct verb_calls *calls)
{
    hmap_init(&calls->by_task);
}

void
verb_calls_destroy(struct verb_calls *calls)
{
    ovs_assert(hmap_is_empty(&calls->by_task));
    hmap_destroy(&calls->by_task);
}

const struct xenapi_value *
verb_call_param(const struct verb *verb, const struct xenapi_value *params, const char *name)
{
    for (size_t i = 0; i < verb->n_parameters && i < params->set.n; i++) {
        if (!strcmp(verb->parameters[i].name, name)) {
            return &params->set.elements[i];
        }
    }
    return NULL;
}

static struct uuid
param_uuid(const struct verb *verb, const struct xenapi_value *params, const char *name)
{
    const struct xenapi_value *value = verb_call_param(verb, params, name);
    struct uuid uuid;

    return value && value->type == XENAPI_STRING && xenapi_ref_parse(value->string, &uuid) ? uuid : UUID_ZERO;
}

static bool
param_bool(const struct verb *verb, const struct xenapi_value *params, const char *name)
{
    const struct xenapi_value *value = verb_call_param(verb, params, name);

    return value && value->type == XENAPI_BOOL && value->boolean;
}

static struct verb_call *
verb_call_add(struct verb_calls *calls, const struct verb *verb, const struct uuid *task)
{
    struct verb_call *call = xzalloc(sizeof *call);

    call->verb = verb;
    call->task = *task;
    ovs_list_init(&call->in_life);
    hmap_insert(&calls->by_task, &call->by_task, uuid_hash(task));
    return call;
}

struct verb_call *
verb_call_create(struct verb_calls *calls, const struct verb *verb, const struct xenapi_value *params, const struct uuid *task,
            toolstack_done_fn *done, void *aux)
{
    struct verb_call *call = verb_call_add(calls, verb, task);

    call->self = verb->n_parameters ? param_uuid(verb, params, verb->parameters[0].name) : UUID_ZERO;
    call->host = param_uuid(verb, params, "host");
    call->network = param_uuid(verb, params, "network");
    call->start_paused = param_bool(verb, params, "start_paused");
    call->force = param_bool(verb, params, "force");
    call->request_us = time_usec();
    call->done = done;
    call->aux = aux;
    return call;
}

struct verb_call *
verb_call_adopt(struct verb_calls *calls, const struct verb *verb, const struct poolrec_operation *operation)
{
    struct verb_call *call = verb_call_add(calls, verb, &operation->header_.uuid);

    call->phase = CALL_UNDER_WAY;
    call->is_adopted = true;
    if (operation->VIF) {
        call->self = operation->VIF->header_.uuid;
    } else if (operation->VM) {
        call->self = operation->VM->header_.uuid;
    }
    return call;
}

struct verb_call *
verb_call_create_own(struct verb_calls *calls, const struct verb *verb, const struct uuid *self)
{
    struct uuid task;

    uuid_generate(&task);
    struct verb_call *call = verb_call_add(calls, verb, &task);
    call->self = *self;
    call->request_us = time_usec();
    return call;
}

struct verb_call *
verb_calls_find(const struct verb_calls *calls, const struct uuid *task)
{
    struct verb_call *call;

    HMAP_FOR_EACH_WITH_HASH (call, by_task, uuid_hash(task), &calls->by_task) {
        if (uuid_equals(&call->task, task)) {
            return call;
        }
    }
    return NULL;
}

void
verb_call_fail(struct verb_call *call, struct xenapi_reply failure)
{
    if (call->has_failure) {
        xenapi_reply_destroy(&failure);
    } else {
        call->has_failure = true;
        call->failure = failure;
    }
}

static struct xenapi_reply
take_reply(struct verb_call *call)
{
    if (call->has_failure) {
        call->has_failure = false;
        return call->failure;
    }
    return xenapi_success(xenapi_void());
}

void
verb_call_finish(struct verb_calls *calls, struct verb_call *call)
{
    struct xenapi_reply reply = take_reply(call);
    toolstack_done_fn *done = call->done;
    void *aux = call->aux;

    verb_call_destroy(calls, call);
    if (done) {
        done(reply, aux);
    } else {
        xenapi_reply_destroy(&reply);
    }
}

void
verb_call_destroy(struct verb_calls *calls, struct verb_call *call)
{
    hmap_remove(&calls->by_task, &call->by_task);
    ovs_list_remove(&call->in_life);
    if (call->has_failure) {
        xenapi_reply_destroy(&call->failure);
    }
    free(call);
}
