/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/vm_plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

static struct vm_plan OVS_PRINTF_FORMAT(2, 3)
step(enum vm_plan_step what, const char *reason, ...)
{
    struct vm_plan plan = { .step = what };
    va_list args;

    va_start(args, reason);
    plan.reason = xvasprintf(reason, args);
    va_end(args);
    return plan;
}

static struct vm_plan
marked(struct vm_plan plan, enum vm_plan_stage stage)
{
    plan.stage = stage;
    return plan;
}

static struct vm_plan
settle(enum vm_plan_record record, bool succeeds, const char *reason)
{
    struct vm_plan plan = step(VM_PLAN_SETTLE, "%s", reason);

    plan.record = record;
    plan.succeeds = succeeds;
    return plan;
}

/* Every failure begins here: from now on the operation is taken back, also by another process. */
static struct vm_plan
give_up_with(struct xenapi_reply failure, const char *reason)
{
    struct vm_plan plan = marked(step(VM_PLAN_MARK, "%s", reason), VM_PLAN_UNDO);

    plan.has_failure = true;
    plan.failure = failure;
    return plan;
}

static struct vm_plan
give_up(const char *reason)
{
    return give_up_with(xenapi_failure("INTERNAL_ERROR", reason, NULL), reason);
}

static struct vm_plan
give_up_nocopy(char *reason)
{
    struct vm_plan plan = give_up(reason);

    free(reason);
    return plan;
}

static bool
is_late(const struct vm_plan_seen *seen)
{
    return seen->now >= seen->until;
}

static bool
has_no_domain(const struct vm_plan_seen *seen)
{
    return seen->domain == VM_PLAN_DOMAIN_NONE || seen->domain == VM_PLAN_DOMAIN_GONE;
}

/* The guest has ended, and its domain is still there. */
static bool
guest_has_ended(const struct vm_plan_seen *seen)
{
    return seen->domain == VM_PLAN_DOMAIN_STOPPED || seen->domain == VM_PLAN_DOMAIN_REBOOTING || seen->domain == VM_PLAN_DOMAIN_CRASHED;
}

static const char *
domain_error(const struct vm_plan_seen *seen)
{
    return seen->domain_error ? seen->domain_error : "the domain is gone";
}

/* What the domain is becomes what the record says: a verb that changed nothing is over. */
static struct vm_plan
settle_as_seen(const struct vm_plan_seen *seen)
{
    switch (seen->domain) {
    case VM_PLAN_DOMAIN_NONE:
    case VM_PLAN_DOMAIN_GONE: return settle(VM_PLAN_HALTED, false, "the verb has failed and there is no domain");
    case VM_PLAN_DOMAIN_BUILDING: return step(VM_PLAN_WAIT, "the domain is being built");
    case VM_PLAN_DOMAIN_PAUSED: return settle(VM_PLAN_PAUSED, false, "the verb has failed and the domain is paused");
    case VM_PLAN_DOMAIN_RUNNING:
    case VM_PLAN_DOMAIN_STOPPED:
    case VM_PLAN_DOMAIN_REBOOTING:
    case VM_PLAN_DOMAIN_CRASHED: return settle(VM_PLAN_RUNNING, false, "the verb has failed and the domain runs");
    }
    OVS_NOT_REACHED();
}

/* The first VIF that is as 'wire' says; NULL if none is. */
static const struct vm_plan_vif *
vif_that_is(const struct vm_plan_seen *seen, enum vm_plan_wire wire)
{
    for (size_t i = 0; i < seen->n_vifs; i++) {
        if (seen->vifs[i].wire == wire) {
            return &seen->vifs[i];
        }
    }
    return NULL;
}

static struct vm_plan
start_without_domain(const struct vm_plan_seen *seen)
{
    if (!seen->is_attached && seen->domain == VM_PLAN_DOMAIN_GONE) {
        return step(VM_PLAN_FORGET, "the domain of before is gone");
    }
    if (seen->is_attached && (seen->domain_error || seen->domain == VM_PLAN_DOMAIN_GONE)) {
        return give_up(domain_error(seen));
    }
    if (seen->is_taken_over) {
        return give_up("whoever began to start the VM ended before its domain was there");
    }
    if (is_late(seen)) {
        return give_up("the VM's domain was not begun in time");
    }
    return seen->is_attached ? step(VM_PLAN_BUILD, "its devices have names") : step(VM_PLAN_ATTACH, "the VM is to be started");
}

static struct vm_plan
give_up_on(const struct vm_plan_vif *vif)
{
    return give_up_nocopy(xasprintf("VIF %s is not wired: %s", vif->name, vif->error && *vif->error ? vif->error : "the agent has not said why"));
}

/* The domain is built: no frame of its guest may leave before all its VIFs are wired. */
static struct vm_plan
start_built(const struct vm_plan_seen *seen)
{
    const struct vm_plan_vif *failed = vif_that_is(seen, VM_PLAN_WIRE_FAILED), *pending = vif_that_is(seen, VM_PLAN_WIRE_PENDING);

    if (failed) {
        return give_up_on(failed);
    }
    if (pending) {
        return is_late(seen) ? give_up_on(pending) : step(VM_PLAN_WAIT, "VIF %s is being wired", pending->name);
    }
    if (seen->verb == VM_PLAN_VERB_START_PAUSED) {
        return settle(VM_PLAN_PAUSED, true, "all VIFs are wired");
    }
    if (seen->asked == VM_PLAN_UNPAUSE && is_late(seen)) {
        return give_up(seen->domain_error ? seen->domain_error : "the domain cannot be unpaused");
    }
    return step(VM_PLAN_UNPAUSE, "all VIFs are wired");
}

static struct vm_plan
plan_of_start(const struct vm_plan_seen *seen)
{
    if (seen->stage == VM_PLAN_UNDO) {
        return has_no_domain(seen) ? settle(VM_PLAN_HALTED, false, "the start is taken back")
                                   : step(VM_PLAN_DESTROY, "the start is taken back");
    }
    switch (seen->domain) {
    case VM_PLAN_DOMAIN_NONE:
    case VM_PLAN_DOMAIN_GONE: return start_without_domain(seen);
    case VM_PLAN_DOMAIN_BUILDING:
        return is_late(seen) ? give_up("the domain was not built in time") : step(VM_PLAN_WAIT, "the domain is being built");
    case VM_PLAN_DOMAIN_PAUSED: return start_built(seen);
    case VM_PLAN_DOMAIN_RUNNING:
    case VM_PLAN_DOMAIN_STOPPED:
    case VM_PLAN_DOMAIN_REBOOTING:
    case VM_PLAN_DOMAIN_CRASHED: return settle(VM_PLAN_RUNNING, true, "the guest runs, or has run");
    }
    OVS_NOT_REACHED();
}

static struct vm_plan
plan_of_pause(const struct vm_plan_seen *seen)
{
    bool pauses = seen->verb == VM_PLAN_VERB_PAUSE;

    if (seen->stage == VM_PLAN_UNDO) {
        return settle_as_seen(seen);
    }
    if (seen->domain == (pauses ? VM_PLAN_DOMAIN_PAUSED : VM_PLAN_DOMAIN_RUNNING)) {
        return settle(pauses ? VM_PLAN_PAUSED : VM_PLAN_RUNNING, true, "the domain is so");
    }
    if (has_no_domain(seen)) {
        return give_up(domain_error(seen));
    }
    if (guest_has_ended(seen)) {
        return pauses ? give_up("the guest has ended") : settle(VM_PLAN_RUNNING, true, "the guest has run");
    }
    if (is_late(seen)) {
        return give_up(seen->domain_error ? seen->domain_error : "the domain does not answer");
    }
    if (seen->domain == VM_PLAN_DOMAIN_BUILDING) {
        return step(VM_PLAN_WAIT, "the domain is being built");
    }
    return pauses ? step(VM_PLAN_PAUSE, "the VM is to be paused") : step(VM_PLAN_UNPAUSE, "the VM is to be unpaused");
}

static struct vm_plan
give_up_on_guest(const struct vm_plan_seen *seen)
{
    char *seconds = xasprintf("%lld", (seen->until - seen->since) / 1000);
    struct vm_plan plan = give_up_with(xenapi_failure("VM_SHUTDOWN_TIMEOUT", seen->vm, seconds, NULL),
                                       "the guest does not heed the power button");

    free(seconds);
    return plan;
}

static struct vm_plan
plan_of_hard_shutdown(const struct vm_plan_seen *seen)
{
    return has_no_domain(seen) ? settle(VM_PLAN_HALTED, true, "there is no domain any more")
                               : step(VM_PLAN_DESTROY, "the VM is to be halted");
}

static struct vm_plan
plan_of_clean_shutdown(const struct vm_plan_seen *seen)
{
    bool gets_hard = seen->verb == VM_PLAN_VERB_SHUTDOWN && (is_late(seen) || seen->domain == VM_PLAN_DOMAIN_PAUSED);

    if (seen->stage == VM_PLAN_UNDO) {
        return settle_as_seen(seen);
    }
    if (has_no_domain(seen) || guest_has_ended(seen) || gets_hard) {
        return plan_of_hard_shutdown(seen);
    }
    if (is_late(seen)) {
        return give_up_on_guest(seen);
    }
    if (seen->stage == VM_PLAN_BEGUN && seen->domain == VM_PLAN_DOMAIN_RUNNING) {
        return marked(step(VM_PLAN_PRESS, "the VM is to be shut down"), VM_PLAN_PRESSED);
    }
    return step(VM_PLAN_WAIT, "the guest shuts itself down");
}

/* From here on the guest that runs is the new one. */
static struct vm_plan
restart(const struct vm_plan_seen *seen)
{
    if (is_late(seen) && seen->domain != VM_PLAN_DOMAIN_RUNNING) {
        return give_up(seen->domain_error ? seen->domain_error : "the guest does not begin anew");
    }
    switch (seen->domain) {
    case VM_PLAN_DOMAIN_RUNNING: return settle(VM_PLAN_RUNNING, true, "the guest runs again");
    case VM_PLAN_DOMAIN_PAUSED: return step(VM_PLAN_UNPAUSE, "the guest is to run again");
    case VM_PLAN_DOMAIN_STOPPED:
    case VM_PLAN_DOMAIN_REBOOTING:
    case VM_PLAN_DOMAIN_CRASHED: return marked(step(VM_PLAN_RESET, "the guest has ended"), VM_PLAN_RESTARTING);
    case VM_PLAN_DOMAIN_BUILDING: return step(VM_PLAN_WAIT, "the domain is being built");
    case VM_PLAN_DOMAIN_NONE:
    case VM_PLAN_DOMAIN_GONE: return give_up(domain_error(seen));
    }
    OVS_NOT_REACHED();
}

static struct vm_plan
plan_of_reboot(const struct vm_plan_seen *seen)
{
    bool is_clean = seen->verb == VM_PLAN_VERB_CLEAN_REBOOT;

    if (seen->stage == VM_PLAN_UNDO) {
        return settle_as_seen(seen);
    }
    if (has_no_domain(seen) || seen->stage == VM_PLAN_RESTARTING) {
        return restart(seen);
    }
    if (is_late(seen)) {
        return is_clean ? give_up_on_guest(seen) : give_up("the domain does not answer");
    }
    if (seen->domain == VM_PLAN_DOMAIN_BUILDING) {
        return step(VM_PLAN_WAIT, "the domain is being built");
    }
    if (!is_clean) {
        return marked(step(VM_PLAN_RESET, "the VM is to begin anew"), VM_PLAN_RESTARTING);
    }
    if (guest_has_ended(seen)) {
        return marked(step(VM_PLAN_MARK, "the guest has ended"), VM_PLAN_RESTARTING);
    }
    if (seen->stage == VM_PLAN_BEGUN && seen->domain == VM_PLAN_DOMAIN_RUNNING) {
        return marked(step(VM_PLAN_PRESS, "the VM is to begin anew"), VM_PLAN_PRESSED);
    }
    return step(VM_PLAN_WAIT, "the guest shuts itself down");
}

/* The guest has ended by itself. */
static struct vm_plan
act_on_end(enum vm_plan_action action, const char *what)
{
    switch (action) {
    case VM_PLAN_DESTROYS: return step(VM_PLAN_DESTROY, "the guest has %s", what);
    case VM_PLAN_RESTARTS: return step(VM_PLAN_RESET, "the guest has %s", what);
    case VM_PLAN_PRESERVES: return step(VM_PLAN_REST, "the guest has %s and is kept as it is", what);
    }
    OVS_NOT_REACHED();
}

static struct vm_plan
rest_without_domain(const struct vm_plan_seen *seen)
{
    bool is_halted = seen->record == VM_PLAN_HALTED || seen->record == VM_PLAN_SUSPENDED;

    if (!is_halted || seen->is_attached) {
        return settle(VM_PLAN_HALTED, true, "there is no domain");
    }
    return seen->domain == VM_PLAN_DOMAIN_GONE ? step(VM_PLAN_FORGET, "the domain is gone") : step(VM_PLAN_REST, "the VM is halted");
}

/* A guest that runs is not killed because its record says otherwise: a database that was put back to an earlier state says so of many. */
static struct vm_plan
rest_with(const struct vm_plan_seen *seen, enum vm_plan_record record)
{
    if (seen->record == record && seen->is_attached) {
        return step(VM_PLAN_REST, "record and domain agree");
    }
    return settle(record, true, "the record does not say what the domain is");
}

static struct vm_plan
plan_of_rest(const struct vm_plan_seen *seen)
{
    bool has_run = seen->record == VM_PLAN_RUNNING || seen->record == VM_PLAN_PAUSED;

    switch (seen->domain) {
    case VM_PLAN_DOMAIN_NONE:
    case VM_PLAN_DOMAIN_GONE: return rest_without_domain(seen);
    case VM_PLAN_DOMAIN_BUILDING:
        return has_run ? step(VM_PLAN_WAIT, "the domain is being built") : step(VM_PLAN_DESTROY, "nobody wants the domain that is being built");
    case VM_PLAN_DOMAIN_PAUSED:
        return seen->record == VM_PLAN_HALTED && seen->is_attached ? step(VM_PLAN_DESTROY, "its start was broken off")
                                                                   : rest_with(seen, VM_PLAN_PAUSED);
    case VM_PLAN_DOMAIN_RUNNING: return rest_with(seen, VM_PLAN_RUNNING);
    case VM_PLAN_DOMAIN_STOPPED: return act_on_end(has_run ? seen->after_shutdown : VM_PLAN_DESTROYS, "switched itself off");
    case VM_PLAN_DOMAIN_REBOOTING: return act_on_end(has_run ? seen->after_reboot : VM_PLAN_DESTROYS, "asked for a reboot");
    case VM_PLAN_DOMAIN_CRASHED: return act_on_end(has_run ? seen->after_crash : VM_PLAN_DESTROYS, "crashed");
    }
    OVS_NOT_REACHED();
}

/* The VM's row is gone, or the VM is elsewhere by now. */
static struct vm_plan
plan_without_record(const struct vm_plan_seen *seen)
{
    if (!has_no_domain(seen)) {
        return step(VM_PLAN_DESTROY, "the domain is of no VM of this host");
    }
    if (seen->verb != VM_PLAN_VERB_NONE) {
        return settle(VM_PLAN_ABSENT, false, "the VM is not of this host any more");
    }
    return seen->domain == VM_PLAN_DOMAIN_GONE ? step(VM_PLAN_FORGET, "the domain is gone") : step(VM_PLAN_REST, "there is neither VM nor domain");
}

static struct vm_plan
compare(const struct vm_plan_seen *seen)
{
    if (seen->record == VM_PLAN_ABSENT) {
        return plan_without_record(seen);
    }
    switch (seen->verb) {
    case VM_PLAN_VERB_NONE: return plan_of_rest(seen);
    case VM_PLAN_VERB_START:
    case VM_PLAN_VERB_START_PAUSED: return plan_of_start(seen);
    case VM_PLAN_VERB_PAUSE:
    case VM_PLAN_VERB_UNPAUSE: return plan_of_pause(seen);
    case VM_PLAN_VERB_HARD_SHUTDOWN: return plan_of_hard_shutdown(seen);
    case VM_PLAN_VERB_CLEAN_SHUTDOWN:
    case VM_PLAN_VERB_SHUTDOWN: return plan_of_clean_shutdown(seen);
    case VM_PLAN_VERB_CLEAN_REBOOT:
    case VM_PLAN_VERB_HARD_REBOOT: return plan_of_reboot(seen);
    }
    OVS_NOT_REACHED();
}

/* What was asked is not asked twice; but the stage that it leads to may still have to be written. */
struct vm_plan
vm_plan_make(const struct vm_plan_seen *seen)
{
    struct vm_plan plan = compare(seen);
    bool has_stage = plan.step == VM_PLAN_PRESS || plan.step == VM_PLAN_RESET;

    if (plan.step == seen->asked && plan.step >= VM_PLAN_BUILD && plan.step <= VM_PLAN_DESTROY) {
        bool is_written = !has_stage || seen->verb == VM_PLAN_VERB_NONE || plan.stage == seen->stage;

        plan.step = is_written ? VM_PLAN_WAIT : VM_PLAN_MARK;
    }
    return plan;
}

void
vm_plan_destroy(struct vm_plan *plan)
{
    if (plan->has_failure) {
        xenapi_reply_destroy(&plan->failure);
    }
    free(plan->reason);
}

static const char *const stage_names[] = {
    [VM_PLAN_BEGUN] = "",
    [VM_PLAN_PRESSED] = "pressed",
    [VM_PLAN_RESTARTING] = "restarting",
    [VM_PLAN_UNDO] = "undo",
};

const char *
vm_plan_stage_name(enum vm_plan_stage stage)
{
    return stage_names[stage];
}

enum vm_plan_stage
vm_plan_stage_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(stage_names); i++) {
        if (!strcmp(stage_names[i], name)) {
            return i;
        }
    }
    return VM_PLAN_BEGUN;
}

enum vm_plan_verb
vm_plan_verb_of(const char *method, bool start_paused)
{
    static const struct {
        const char *method;
        enum vm_plan_verb verb;
    } verbs[] = {
        { "VM.start", VM_PLAN_VERB_START },
        { "VM.start_on", VM_PLAN_VERB_START },
        { "VM.pause", VM_PLAN_VERB_PAUSE },
        { "VM.unpause", VM_PLAN_VERB_UNPAUSE },
        { "VM.clean_shutdown", VM_PLAN_VERB_CLEAN_SHUTDOWN },
        { "VM.hard_shutdown", VM_PLAN_VERB_HARD_SHUTDOWN },
        { "VM.shutdown", VM_PLAN_VERB_SHUTDOWN },
        { "VM.clean_reboot", VM_PLAN_VERB_CLEAN_REBOOT },
        { "VM.hard_reboot", VM_PLAN_VERB_HARD_REBOOT },
    };

    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        if (!strcmp(verbs[i].method, method)) {
            return verbs[i].verb == VM_PLAN_VERB_START && start_paused ? VM_PLAN_VERB_START_PAUSED : verbs[i].verb;
        }
    }
    return VM_PLAN_VERB_NONE;
}
