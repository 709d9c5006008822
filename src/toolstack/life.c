/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/life-private.h"

#include <stdlib.h>

#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/commit.h"
#include "pool/replica.h"
#include "toolstack/life_steps.h"
#include "toolstack/start_times.h"
#include "toolstack/stop.h"
#include "toolstack/toolstack-private.h"
#include "verbs/failure.h"

VLOG_DEFINE_THIS_MODULE(toolstack_life);

struct life *
life_find(const struct toolstack *ts, const struct uuid *vm)
{
    struct life *life;

    HMAP_FOR_EACH_WITH_HASH (life, node, uuid_hash(vm), &ts->lives) {
        if (uuid_equals(&life->vm, vm)) {
            return life;
        }
    }
    return NULL;
}

struct life *
life_get(struct toolstack *ts, const struct uuid *vm)
{
    struct life *life = life_find(ts, vm);

    if (!life) {
        life = xzalloc(sizeof *life);
        life->vm = *vm;
        life->asked = VM_PLAN_WAIT;
        ovs_list_init(&life->dirty);
        ovs_list_init(&life->busy);
        ovs_list_init(&life->calls);
        hmap_insert(&ts->lives, &life->node, uuid_hash(vm));
    }
    return life;
}

void
life_destroy(struct toolstack *ts, struct life *life)
{
    struct verb_call *call;

    LIST_FOR_EACH_SAFE (call, in_life, &life->calls) {
        verb_call_destroy(&ts->calls, call);
    }
    pool_commit_destroy(life->write.commit);
    start_times_close(ts, life);
    ovs_list_remove(&life->dirty);
    ovs_list_remove(&life->busy);
    hmap_remove(&ts->lives, &life->node);
    free(life->begin_error);
    free(life->crash);
    free(life);
}

void
life_wake(struct toolstack *ts, struct life *life)
{
    if (ovs_list_is_empty(&life->dirty)) {
        ovs_list_push_back(&ts->dirty, &life->dirty);
    }
}

void
life_add_call(struct toolstack *ts, struct life *life, struct verb_call *call)
{
    ovs_list_push_back(&life->calls, &call->in_life);
    life_wake(ts, life);
}

void
life_begin_write(struct toolstack *ts, struct life *life, struct life_write write)
{
    ovs_assert(!life->write.commit);
    life->write = write;
    life->write.toolstack = ts;
    life->write.life = life;
    life->write.commit = pool_commit_begin(ts->pool, life_write_change, &life->write, TOOLSTACK_WRITE_MS);
}

static struct xenapi_reply
cancelled(const struct verb_call *call)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&call->task, ref);
    return xenapi_failure("TASK_CANCELLED", ref, NULL);
}

/* The operation is there, or was refused. */
static void
admission_ended(struct toolstack *ts, struct life *life, struct verb_call *call, struct error *error)
{
    toolstack_stop_at(TOOLSTACK_STEP_ADMITTED);
    call->phase = CALL_UNDER_WAY;
    if (error && !call->has_failure) {
        verb_call_fail(call, failure_internal(error));
    } else {
        error_free(error);
    }
    if (call->has_failure || life->write.is_over) {
        verb_call_finish(&ts->calls, call);
    } else {
        free(life->begin_error);
        life->begin_error = NULL;
    }
}

static bool
is_of_vm(const struct verb_call *call)
{
    return call->verb->class == XENAPI_CLASS_VM;
}

/* The record is settled in. The call that led there gets its reply; what else was under way was broken off by it. */
static void
settled(struct toolstack *ts, struct life *life)
{
    bool ends_all = life->write.record == VM_PLAN_HALTED || life->write.record == VM_PLAN_ABSENT;
    struct verb_call *call;

    LIST_FOR_EACH_SAFE (call, in_life, &life->calls) {
        if (call->phase != CALL_UNDER_WAY || (!ends_all && !is_of_vm(call))) {
            continue;
        }
        if (call != life->write.call) {
            verb_call_fail(call, cancelled(call));
        } else if (!life->write.succeeds) {
            verb_call_fail(call, xenapi_failure("INTERNAL_ERROR", "it was taken back", NULL));
        }
        verb_call_finish(&ts->calls, call);
    }
    life->asked = VM_PLAN_WAIT;
    life->detach_until = 0;
    life->is_destroyed = false;
    free(life->begin_error);
    life->begin_error = NULL;
}

static void
write_succeeded(struct toolstack *ts, struct life *life)
{
    switch (life->write.kind) {
    case LIFE_WRITES_ADMISSION:
        OVS_NOT_REACHED();
    case LIFE_WRITES_SETTLE:
        toolstack_stop_at(TOOLSTACK_STEP_SETTLED);
        settled(ts, life);
        life_steps_settled(ts, life);
        break;
    case LIFE_WRITES_VIF:
        verb_call_finish(&ts->calls, life->write.call);
        break;
    case LIFE_WRITES_TIMES:
        life->frames_due = 0;
        break;
    case LIFE_WRITES_CRASH:
        free(life->crash);
        life->crash = NULL;
        break;
    case LIFE_WRITES_ATTACH:
    case LIFE_WRITES_MARK:
    case LIFE_WRITES_DETACHING:
    case LIFE_WRITES_LOSSES:
        break;
    }
}

void
life_write_ended(struct toolstack *ts, struct life *life, struct error *error)
{
    life->write.commit = NULL;
    life_wake(ts, life);
    if (life->write.kind == LIFE_WRITES_ADMISSION) {
        admission_ended(ts, life, life->write.call, error);
        return;
    }
    if (error) {
        VLOG_WARN("vm="UUID_FMT": %s; it is tried again", UUID_ARGS(&life->vm), error->text);
        backoff_fail(&life->refusals, time_msec());
        error_free(error);
    } else {
        backoff_reset(&life->refusals);
        write_succeeded(ts, life);
    }
}

/* Begins with the next call that waits. True if there was one. */
static bool
admit_next(struct toolstack *ts, struct life *life)
{
    struct verb_call *call;

    LIST_FOR_EACH (call, in_life, &life->calls) {
        if (call->phase == CALL_QUEUED) {
            call->phase = CALL_ADMITTING;
            life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_ADMISSION, .call = call });
            toolstack_stop_at(TOOLSTACK_STEP_ADMIT);
            return true;
        }
    }
    return false;
}

static bool
can_be_cancelled(enum verb_id verb)
{
    switch ((int) verb) {
    case VERB_VM_start:
    case VERB_VM_start_on:
    case VERB_VM_clean_shutdown:
    case VERB_VM_shutdown:
    case VERB_VM_clean_reboot: return true;
    }
    return false;
}

bool
life_cancel(struct toolstack *ts, struct life *life, struct verb_call *call)
{
    bool is_of_vif = call->verb->class == XENAPI_CLASS_VIF && call->phase == CALL_UNDER_WAY;

    if (call->phase == CALL_QUEUED) {
        verb_call_fail(call, cancelled(call));
        verb_call_finish(&ts->calls, call);
        return true;
    }
    if (is_of_vif) {
        verb_call_fail(call, cancelled(call));
    }
    call->is_cancelled = can_be_cancelled(call->verb->id);
    life_wake(ts, life);
    return is_of_vif || call->is_cancelled;
}

/* Whether the operation that counts is to be taken back, and is not yet. */
static bool
is_to_be_cancelled(const struct life_view *view)
{
    return view->call && view->call->is_cancelled && view->seen.stage != VM_PLAN_UNDO && view->seen.stage != VM_PLAN_RESTARTING;
}

/* There is no row to write it to. */
static void
forget_news(struct life *life)
{
    free(life->crash);
    life->crash = NULL;
    life->frames_due = 0;
}

/* Instead of a step of the plan, if one is due. True if a write was begun. */
static bool
write_first(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    if (!view->vm) {
        forget_news(life);
    } else if (life->crash) {
        life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_CRASH });
    } else if (start_times_are_due(life)) {
        life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_TIMES, .times = life->frames });
    } else if (is_to_be_cancelled(view)) {
        verb_call_fail(view->call, cancelled(view->call));
        life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_MARK, .call = view->call, .stage = VM_PLAN_UNDO });
    }
    return life->write.commit;
}

/* One look and one step. True if there is to be another. */
static bool
step(struct toolstack *ts, struct life *life)
{
    struct life_view view;
    bool again = false;

    life_view_take(ts, life, &view);
    if (!write_first(ts, life, &view)) {
        struct vm_plan plan = vm_plan_make(&view.seen);

        VLOG_DBG("vm="UUID_FMT" step=%d: %s", UUID_ARGS(&life->vm), plan.step, plan.reason);
        again = life_steps_take(ts, life, &view, &plan) || (!life->write.commit && vif_changes_turn(ts, life, &view));
        vm_plan_destroy(&plan);
    }
    life_view_release(&view);
    return again && !life->write.commit;
}

static bool
is_idle(const struct life *life)
{
    return !life->has_domain && !life->crash && !life->frames_due;
}

/* Also of one that waits for nothing but what its rows will say: the agent's reports are no fields of the XenAPI, and so no objects' news. */
static void
note_busy(struct toolstack *ts, struct life *life)
{
    bool is_busy = life->write.commit || life->wake_at || !ovs_list_is_empty(&life->calls);

    ovs_list_remove(&life->busy);
    ovs_list_init(&life->busy);
    if (is_busy) {
        ovs_list_push_back(&ts->busy, &life->busy);
    } else if (is_idle(life)) {
        life_destroy(ts, life);
    }
}

static void
take_steps(struct toolstack *ts, struct life *life)
{
    enum { STEPS = 16 };        /* of one turn, so that no life keeps the others waiting */
    int n = 0;

    while (step(ts, life)) {
        if (++n == STEPS) {
            life_wake(ts, life);
            return;
        }
    }
}

void
life_turn(struct toolstack *ts, struct life *life)
{
    if (!life->write.commit) {
        life->wake_at = 0;
        if (backoff_holds(&life->refusals, time_msec())) {
            life->wake_at = life->refusals.until;
        } else if (!admit_next(ts, life)) {
            take_steps(ts, life);
        }
    }
    note_busy(ts, life);
}
