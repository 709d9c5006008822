/* SPDX-License-Identifier: Apache-2.0
 *
 * What there is to see of a VM: its rows and its domain, in the words of its plan.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "pool/replica.h"
#include "toolstack/life-private.h"
#include "toolstack/stop.h"
#include "toolstack/toolstack-private.h"

VLOG_DEFINE_THIS_MODULE(toolstack_view);

static bool
is_of_host(const struct toolstack *ts, const struct poolrec_vm *vm)
{
    const struct poolrec_host *host = vm->resident_on ? vm->resident_on : vm_rows_domid(vm) ? vm->scheduled_to_be_resident_on : NULL;

    return !vm->is_control_domain && (!host || uuid_equals(&host->header_.uuid, &ts->host));
}

const struct poolrec_vm *
life_vm_row(const struct toolstack *ts, const struct life *life)
{
    const struct poolrec_vm *vm = poolrec_vm_get_for_uuid(pool_idl(ts->pool), &life->vm);

    return vm && is_of_host(ts, vm) ? vm : NULL;
}

const struct poolrec_operation **
life_operations(const struct toolstack *ts, const struct poolrec_vm *vm, size_t *n)
{
    const struct poolrec_operation **operations = vm_index_operations(&ts->index, vm, n);
    size_t n_own = 0;

    for (size_t i = 0; i < *n; i++) {
        if (uuid_equals(&operations[i]->host->header_.uuid, &ts->host)) {
            operations[n_own++] = operations[i];
        }
    }
    *n = n_own;
    return operations;
}

/* The call of an operation. One that another process has begun gets a call that nobody waits for. */
static struct verb_call *
call_of(struct toolstack *ts, struct life *life, const struct poolrec_operation *operation)
{
    struct verb_call *call = verb_calls_find(&ts->calls, &operation->header_.uuid);

    if (!call) {
        const struct verb *verb = verb_find(operation->verb);

        if (!verb) {
            return NULL;
        }
        call = verb_call_adopt(&ts->calls, verb, operation);
        ovs_list_push_back(&life->calls, &call->in_life);
    }
    return call;
}

static enum vm_plan_verb
plan_verb(const struct poolrec_operation *operation)
{
    return vm_plan_verb_of(operation->verb, !strcmp(smap_get_def(&operation->params, "start_paused", ""), "true"));
}

/* A hard shutdown counts more than what it breaks off; otherwise there is one only. */
static bool
counts_more(const struct poolrec_operation *operation, const struct poolrec_operation *than)
{
    return !than || (plan_verb(operation) == VM_PLAN_VERB_HARD_SHUTDOWN && plan_verb(than) != VM_PLAN_VERB_HARD_SHUTDOWN);
}

static bool
is_among(const struct verb_call *call, const struct poolrec_operation *const operations[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (uuid_equals(&operations[i]->header_.uuid, &call->task)) {
            return true;
        }
    }
    return false;
}

/* Somebody has deleted the operation's row: another writer's way to break it off. */
static void
finish_deleted(struct toolstack *ts, struct life *life, const struct poolrec_operation *const operations[], size_t n)
{
    struct verb_call *call;

    LIST_FOR_EACH_SAFE (call, in_life, &life->calls) {
        if (call->phase == CALL_UNDER_WAY && !is_among(call, operations, n)) {
            char ref[XENAPI_REF_SIZE];

            xenapi_ref_format(&call->task, ref);
            verb_call_fail(call, xenapi_failure("TASK_CANCELLED", ref, NULL));
            verb_call_finish(&ts->calls, call);
        }
    }
}

static void
see_operations(struct toolstack *ts, struct life *life, struct life_view *view)
{
    size_t n = 0;
    const struct poolrec_operation **operations = view->vm ? life_operations(ts, view->vm, &n) : NULL;

    finish_deleted(ts, life, operations, n);
    for (size_t i = 0; i < n; i++) {
        struct verb_call *call = call_of(ts, life, operations[i]);

        if (call && plan_verb(operations[i]) != VM_PLAN_VERB_NONE && counts_more(operations[i], view->operation)) {
            view->operation = operations[i];
            view->call = call;
        }
    }
    free(operations);
}

/* Another process may have written that it pressed the power button, and ended before it did. Pressed twice is no harm. */
static enum vm_plan_stage
stage_of(const struct life_view *view)
{
    enum vm_plan_stage stage = vm_plan_stage_of(view->operation->stage);
    bool may_be_lost = view->call->is_adopted && !view->call->was_asked;

    return stage == VM_PLAN_PRESSED && may_be_lost ? VM_PLAN_BEGUN : stage;
}

static void
see_operation(const struct life_view *view, struct vm_plan_seen *seen)
{
    long long int now = time_wall_msec();

    seen->now = now;
    if (view->operation) {
        seen->verb = plan_verb(view->operation);
        seen->stage = stage_of(view);
        seen->is_taken_over = view->call->is_adopted;
        seen->since = view->operation->since;
        seen->until = view->operation->until;
    }
}

static enum vm_plan_record
record_of(const struct poolrec_vm *vm)
{
    static const struct { const char *word; enum vm_plan_record record; } words[] = {
        { "Halted", VM_PLAN_HALTED }, { "Paused", VM_PLAN_PAUSED }, { "Running", VM_PLAN_RUNNING }, { "Suspended", VM_PLAN_SUSPENDED },
    };

    for (size_t i = 0; vm && i < ARRAY_SIZE(words); i++) {
        if (vm->power_state && !strcmp(vm->power_state, words[i].word)) {
            return words[i].record;
        }
    }
    return vm ? VM_PLAN_HALTED : VM_PLAN_ABSENT;
}

static enum vm_plan_action
action_of(const char *word, enum vm_plan_action otherwise)
{
    static const struct { const char *word; enum vm_plan_action action; } words[] = {
        { "destroy", VM_PLAN_DESTROYS }, { "coredump_and_destroy", VM_PLAN_DESTROYS },
        { "restart", VM_PLAN_RESTARTS }, { "coredump_and_restart", VM_PLAN_RESTARTS }, { "rename_restart", VM_PLAN_RESTARTS },
        { "preserve", VM_PLAN_PRESERVES },
    };

    for (size_t i = 0; word && i < ARRAY_SIZE(words); i++) {
        if (!strcmp(word, words[i].word)) {
            return words[i].action;
        }
    }
    return otherwise;
}

/* Who begins anew all the time is not begun anew. But the last time that is allowed is not taken back. */
static enum vm_plan_action
bounded(const struct life *life, enum vm_plan_action action)
{
    bool is_allowed = life->asked == VM_PLAN_RESET || restarts_allow(&life->restarts, time_msec());

    return action == VM_PLAN_RESTARTS && !is_allowed ? VM_PLAN_DESTROYS : action;
}

static void
see_record(const struct life *life, const struct life_view *view, struct vm_plan_seen *seen)
{
    const struct poolrec_vm *vm = view->vm;

    seen->vm = view->ref;
    seen->record = record_of(vm);
    if (vm) {
        seen->is_attached = vm_rows_domid(vm) && (!view->domain || vm_rows_domid(vm) == domain_domid(view->domain));
        seen->after_shutdown = bounded(life, action_of(vm->actions_after_shutdown, VM_PLAN_DESTROYS));
        seen->after_reboot = bounded(life, action_of(vm->actions_after_reboot, VM_PLAN_RESTARTS));
        seen->after_crash = bounded(life, action_of(vm->actions_after_crash, VM_PLAN_RESTARTS));
    }
}

static enum vm_plan_domain
plan_domain(const struct domain *domain)
{
    if (!domain) {
        return VM_PLAN_DOMAIN_NONE;
    }
    switch (domain_state(domain)) {
    case DOMAIN_BUILDING: return VM_PLAN_DOMAIN_BUILDING;
    case DOMAIN_PAUSED: return VM_PLAN_DOMAIN_PAUSED;
    case DOMAIN_RUNNING: return VM_PLAN_DOMAIN_RUNNING;
    case DOMAIN_STOPPED: return VM_PLAN_DOMAIN_STOPPED;
    case DOMAIN_REBOOTING: return VM_PLAN_DOMAIN_REBOOTING;
    case DOMAIN_CRASHED: return VM_PLAN_DOMAIN_CRASHED;
    case DOMAIN_GONE: return VM_PLAN_DOMAIN_GONE;
    }
    OVS_NOT_REACHED();
}

static void
note_crash(struct life *life, const struct domain *domain)
{
    free(life->crash);
    life->crash = xstrdup(domain_error(domain) ? domain_error(domain) : "the guest has panicked");
    VLOG_WARN("vm="UUID_FMT" domid=%u: its guest has crashed: %s", UUID_ARGS(&life->vm), domain_domid(domain), life->crash);
}

static void
stop_at_state(const struct domain *domain)
{
    if (domain && domain_state(domain) == DOMAIN_PAUSED) {
        toolstack_stop_at(TOOLSTACK_STEP_BUILT);
    } else if (domain && domain_state(domain) == DOMAIN_GONE) {
        toolstack_stop_at(TOOLSTACK_STEP_GONE);
    }
}

/* What the domain is. What was asked of it is seen when its state is another. */
static void
see_domain(struct life *life, const struct life_view *view, struct vm_plan_seen *seen)
{
    bool has_domain = view->domain;
    enum domain_state state = has_domain ? domain_state(view->domain) : DOMAIN_GONE;

    if (has_domain != life->has_domain || state != life->domain_state) {
        life->has_domain = has_domain;
        life->domain_state = state;
        life->asked = VM_PLAN_WAIT;
        stop_at_state(view->domain);
        if (has_domain && state == DOMAIN_CRASHED) {
            note_crash(life, view->domain);
        }
    }
    seen->domain = plan_domain(view->domain);
    seen->domain_error = life->begin_error ? life->begin_error : view->domain ? domain_error(view->domain) : NULL;
    seen->asked = life->asked;
}

static enum vm_plan_wire
wire_of(const struct poolrec_vif *vif)
{
    bool is_ready = !strcmp(vif->wire_state, "wired") || !strcmp(vif->wire_state, "disabled");

    return is_ready ? VM_PLAN_WIRE_READY : !strcmp(vif->wire_state, "failed") ? VM_PLAN_WIRE_FAILED : VM_PLAN_WIRE_PENDING;
}

static void
see_vifs(const struct toolstack *ts, struct life_view *view)
{
    size_t n = 0;
    const struct poolrec_vif **vifs = view->vm ? vm_index_vifs(&ts->index, view->vm, &n) : NULL;

    view->vifs = xcalloc(MAX(n, 1), sizeof *view->vifs);
    for (size_t i = 0; i < n; i++) {
        if (vifs[i]->currently_attached) {
            view->vifs[view->seen.n_vifs++] = (struct vm_plan_vif) {
                .name = vifs[i]->interface, .wire = wire_of(vifs[i]), .error = vifs[i]->wire_error,
            };
        }
    }
    view->seen.vifs = view->vifs;
    free(vifs);
}

/* A domain that is gone and that is not the one of the row tells nothing about it. */
static struct domain *
domain_of(struct toolstack *ts, const struct life *life, const struct poolrec_vm *vm)
{
    struct domain *domain = domains_find(ts->domains, &life->vm);

    if (domain && domain_state(domain) == DOMAIN_GONE && vm && vm_rows_domid(vm) && vm_rows_domid(vm) != domain_domid(domain)) {
        domain_forget(domain);
        domain = NULL;
    }
    return domain;
}

void
life_view_take(struct toolstack *ts, struct life *life, struct life_view *view)
{
    *view = (struct life_view) { .vm = life_vm_row(ts, life) };
    view->domain = domain_of(ts, life, view->vm);
    xenapi_ref_format(&life->vm, view->ref);
    see_operations(ts, life, view);
    see_operation(view, &view->seen);
    see_domain(life, view, &view->seen);
    see_record(life, view, &view->seen);
    see_vifs(ts, view);
}

void
life_view_release(struct life_view *view)
{
    free(view->vifs);
}
