/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/acts.h"

#include <stdlib.h>

#include <openvswitch/list.h>
#include <util.h>
#include <uuid.h>

#include "api/call.h"
#include "api/task_verbs.h"
#include "api/tasks.h"
#include "base/error.h"
#include "objects/access.h"
#include "objects/objects.h"
#include "pool/commit.h"
#include "toolstack/toolstack.h"
#include "verbs/failure.h"
#include "verbs/verb.h"
#include "xenapi/ref.h"

/* How long the pool database may take for a write. */
enum { WRITE_MS = 30 * 1000 };

struct acts {
    struct pool *pool;
    struct objects *objects;
    struct toolstack *toolstack;
    struct tasks *tasks;
    struct ovs_list verbs;      /* struct verb_act by 'node' */
    struct ovs_list writes;     /* struct write_act by 'node' */
};

struct verb_act {
    struct ovs_list node;
    struct acts *acts;
    struct call *call;          /* NULL: it has been answered with the task */
    struct xenapi_value params;
    struct uuid task;           /* all zeros: there is none */
};

struct write_act {
    struct ovs_list node;
    struct acts *acts;
    struct call *call;
    struct xenapi_accessor_method method;
    struct xenapi_value params;
    struct pool_commit *commit;
    bool failed;
    struct xenapi_reply failure;        /* if it has failed */
};

struct acts *
acts_create(struct pool *pool, struct objects *objects, struct toolstack *toolstack, struct tasks *tasks)
{
    struct acts *acts = xmalloc(sizeof *acts);

    *acts = (struct acts) { .pool = pool, .objects = objects, .toolstack = toolstack, .tasks = tasks };
    ovs_list_init(&acts->verbs);
    ovs_list_init(&acts->writes);
    return acts;
}

static void
verb_act_free(struct verb_act *act)
{
    ovs_list_remove(&act->node);
    xenapi_value_destroy(&act->params);
    free(act);
}

static void
failure_drop(struct write_act *act)
{
    if (act->failed) {
        xenapi_reply_destroy(&act->failure);
        act->failed = false;
    }
}

static void
write_act_free(struct write_act *act)
{
    ovs_list_remove(&act->node);
    failure_drop(act);
    xenapi_value_destroy(&act->params);
    free(act);
}

void
acts_destroy(struct acts *acts)
{
    struct verb_act *verb;
    struct write_act *write;

    if (!acts) {
        return;
    }
    LIST_FOR_EACH_SAFE (verb, node, &acts->verbs) {
        if (verb->call) {
            call_destroy(verb->call);
        }
        verb_act_free(verb);
    }
    LIST_FOR_EACH_SAFE (write, node, &acts->writes) {
        pool_commit_destroy(write->commit);
        call_destroy(write->call);
        write_act_free(write);
    }
    free(acts);
}

/* Verbs. */

static void
verb_done(struct xenapi_reply reply, void *act_)
{
    struct verb_act *act = act_;
    struct task *task = tasks_find(act->acts->tasks, &act->task);

    if (task && task_is_pending(task)) {
        task_complete(act->acts->tasks, task, &reply);
    }
    if (act->call) {
        call_answer(act->call, reply);
    } else {
        xenapi_reply_destroy(&reply);
    }
    verb_act_free(act);
}

static struct verb_act *
verb_act_create(struct acts *acts, struct call *call, struct xenapi_value params)
{
    struct verb_act *act = xzalloc(sizeof *act);

    act->acts = acts;
    act->call = call;
    act->params = params;
    ovs_list_push_back(&acts->verbs, &act->node);
    return act;
}

static void
answer_with_task(struct verb_act *act)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&act->task, ref);
    call_answer(act->call, xenapi_success(xenapi_string(ref)));
    act->call = NULL;
}

static void
verb_begin(struct verb_act *act, const struct verb *verb)
{
    const struct acts *acts = act->acts;

    if (verb->class == XENAPI_CLASS_task) {
        verb_done(task_verb(acts->tasks, acts->toolstack, verb, &act->params), act);
    } else {
        toolstack_call(acts->toolstack, verb, &act->params, &act->task, verb_done, act);
    }
}

/* Of a verb that reads, and of one that is about tasks, nobody needs to know how far it is. */
static bool
needs_task(const struct verb *verb, bool is_async)
{
    return is_async || (!verb->only_reads && verb->class != XENAPI_CLASS_task);
}

void
acts_call_verb(struct acts *acts, struct call *call, const struct verb *verb, struct xenapi_value params, bool is_async)
{
    struct verb_act *act = verb_act_create(acts, call, params);

    if (needs_task(verb, is_async)) {
        const struct task *task = tasks_begin(acts->tasks, is_async ? TASK_ASYNC : TASK_OF_CALL, call->up.method, "",
                                              toolstack_host(acts->toolstack));
        if (!task) {
            call_answer(call, xenapi_failure("TOO_MANY_PENDING_TASKS", NULL));
            verb_act_free(act);
            return;
        }
        act->task = *task_uuid(task);
    }
    if (is_async) {
        answer_with_task(act);
    }
    verb_begin(act, verb);
}

static void
progress_tell(const struct verb_act *act)
{
    struct task *task = tasks_find(act->acts->tasks, &act->task);

    if (task) {
        task_set_progress(act->acts->tasks, task, toolstack_progress(act->acts->toolstack, &act->task));
    }
}

/* Writes. */

/* What XenAPI says of a failure has more to it than a `struct error`, which only stops the commit. */
static struct error *
write_make(struct pool *pool OVS_UNUSED, struct ovsdb_idl_txn *txn, void *act_)
{
    struct write_act *act = act_;

    failure_drop(act);
    act->failed = !access_write(act->acts->objects, txn, &act->method, &act->params, &act->failure);
    return act->failed ? error_new(ERROR_INVALID, "the value was refused") : NULL;
}

/* 'error' is consumed. */
static void
write_finish(struct write_act *act, struct error *error)
{
    if (act->failed) {
        act->failed = false;
        call_answer(act->call, act->failure);
        error_free(error);
    } else {
        call_answer(act->call, error ? failure_internal(error) : xenapi_success(xenapi_void()));
    }
    write_act_free(act);
}

void
acts_write(struct acts *acts, struct call *call, const struct xenapi_accessor_method *method, struct xenapi_value params)
{
    struct write_act *act = xzalloc(sizeof *act);

    act->acts = acts;
    act->call = call;
    act->method = *method;
    act->params = params;
    ovs_list_push_back(&acts->writes, &act->node);
    if (method->class->table) {
        act->commit = pool_commit_begin(acts->pool, write_make, act, WRITE_MS);
    } else {
        write_finish(act, write_make(acts->pool, NULL, act));
    }
}

void
acts_run(struct acts *acts)
{
    struct write_act *write;
    struct verb_act *verb;

    LIST_FOR_EACH_SAFE (write, node, &acts->writes) {
        struct error *error;

        if (pool_commit_run(write->commit, &error)) {
            write_finish(write, error);
        }
    }
    LIST_FOR_EACH (verb, node, &acts->verbs) {
        progress_tell(verb);
    }
}

void
acts_wait(const struct acts *acts)
{
    const struct write_act *write;

    LIST_FOR_EACH (write, node, &acts->writes) {
        pool_commit_wait(write->commit);
    }
}
