/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/test_vm_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

void
vm_world_init(struct vm_world *w)
{
    memset(w, 0, sizeof *w);
    w->rows.record = VM_PLAN_HALTED;
    w->asked = w->request = VM_PLAN_WAIT;
    w->last = "";
}

static bool
has_domain(const struct vm_world *w)
{
    return w->domain != VM_PLAN_DOMAIN_NONE && w->domain != VM_PLAN_DOMAIN_GONE;
}

static bool
is_legal(const struct vm_world *w, enum vm_plan_verb verb)
{
    switch (verb) {
    case VM_PLAN_VERB_NONE: return false;
    case VM_PLAN_VERB_START:
    case VM_PLAN_VERB_START_PAUSED: return w->rows.record == VM_PLAN_HALTED && !w->rows.has_operation;
    case VM_PLAN_VERB_PAUSE:
    case VM_PLAN_VERB_CLEAN_SHUTDOWN:
    case VM_PLAN_VERB_CLEAN_REBOOT: return w->rows.record == VM_PLAN_RUNNING && !w->rows.has_operation;
    case VM_PLAN_VERB_UNPAUSE: return w->rows.record == VM_PLAN_PAUSED && !w->rows.has_operation;
    case VM_PLAN_VERB_SHUTDOWN:
    case VM_PLAN_VERB_HARD_REBOOT:
        return (w->rows.record == VM_PLAN_RUNNING || w->rows.record == VM_PLAN_PAUSED) && !w->rows.has_operation;
    case VM_PLAN_VERB_HARD_SHUTDOWN:
        return (w->rows.record == VM_PLAN_RUNNING || w->rows.record == VM_PLAN_PAUSED || w->rows.record == VM_PLAN_SUSPENDED)
            && !(w->rows.has_operation && w->rows.verb == verb);
    }
    OVS_NOT_REACHED();
}

bool
vm_world_call(struct vm_world *w, enum vm_plan_verb verb)
{
    if (w->is_writing || !is_legal(w, verb)) {
        return false;
    }
    w->rows.has_operation = true;
    w->rows.verb = verb;
    w->rows.stage = VM_PLAN_BEGUN;
    w->rows.since = w->now;
    w->rows.until = w->now + VM_WORLD_PATIENCE_MS;
    w->is_taken_over = w->cannot_begin = w->has_told = false;
    w->n_presses = 0;
    return true;
}

static struct vm_plan
plan_of(const struct vm_world *w)
{
    struct vm_plan_vif vifs[VM_WORLD_VIFS];

    for (size_t i = 0; i < VM_WORLD_VIFS; i++) {
        vifs[i] = (struct vm_plan_vif) { .name = i ? "vif1.1" : "vif1.0", .wire = w->wires[i], .error = i ? NULL : "no bridge" };
    }
    return vm_plan_make(&(struct vm_plan_seen) {
        .vm = "V",
        .verb = w->rows.has_operation ? w->rows.verb : VM_PLAN_VERB_NONE,
        .stage = w->rows.has_operation ? w->rows.stage : VM_PLAN_BEGUN,
        .is_taken_over = w->is_taken_over,
        .since = w->rows.since, .until = w->rows.until, .now = w->now,
        .record = w->rows.record,
        .is_attached = w->rows.domid && (w->domain == VM_PLAN_DOMAIN_NONE || w->rows.domid == w->domain_domid),
        .after_shutdown = w->actions, .after_reboot = w->actions, .after_crash = w->actions,
        .domain = w->domain,
        .domain_error = w->cannot_begin ? "no such kernel" : w->is_wrong ? "it broke" : NULL,
        .asked = w->asked,
        .vifs = w->rows.domid ? vifs : NULL, .n_vifs = w->rows.domid ? VM_WORLD_VIFS : 0,
    });
}

static void
write_rows(struct vm_world *w, struct vm_world_rows rows)
{
    w->written = rows;
    w->is_writing = true;
}

static bool
is_start(const struct vm_world *w)
{
    return w->rows.has_operation && (w->rows.verb == VM_PLAN_VERB_START || w->rows.verb == VM_PLAN_VERB_START_PAUSED);
}

static void
attach(struct vm_world *w)
{
    struct vm_world_rows rows = w->rows;

    assert_true(is_start(w) && !has_domain(w));
    rows.domid = ++w->last_domid;
    write_rows(w, rows);
}

static void
build(struct vm_world *w)
{
    assert_true(is_start(w) && w->rows.domid && w->domain == VM_PLAN_DOMAIN_NONE);
    w->domain = VM_PLAN_DOMAIN_BUILDING;
    w->domain_domid = w->rows.domid;
    w->request = VM_PLAN_BUILD;
    w->is_wrong = w->has_guest_run = false;
    for (size_t i = 0; i < VM_WORLD_VIFS; i++) {
        w->wires[i] = VM_PLAN_WIRE_PENDING;
    }
}

/* No frame leaves before every VIF is wired. */
static void
unpause(struct vm_world *w)
{
    assert_int_equal(w->domain, VM_PLAN_DOMAIN_PAUSED);
    assert_true(w->rows.has_operation);
    for (size_t i = 0; is_start(w) && i < VM_WORLD_VIFS; i++) {
        assert_int_equal(w->wires[i], VM_PLAN_WIRE_READY);
    }
    w->request = w->asked = VM_PLAN_UNPAUSE;
}

/* A guest that runs is not killed unless somebody has said so. */
static void
destroy(struct vm_world *w)
{
    bool is_alive = w->domain == VM_PLAN_DOMAIN_RUNNING || (w->domain == VM_PLAN_DOMAIN_PAUSED && w->has_guest_run);
    bool is_told = w->rows.has_operation
        && (w->rows.verb == VM_PLAN_VERB_HARD_SHUTDOWN || w->rows.verb == VM_PLAN_VERB_SHUTDOWN
            || (is_start(w) && w->rows.stage == VM_PLAN_UNDO));

    assert_true(has_domain(w));
    assert_true(!is_alive || is_told || w->rows.record == VM_PLAN_ABSENT);
    w->request = w->asked = VM_PLAN_DESTROY;
}

static void
mark(struct vm_world *w, enum vm_plan_stage stage)
{
    struct vm_world_rows rows = w->rows;

    assert_true(rows.has_operation && rows.stage != stage);
    rows.stage = stage;
    write_rows(w, rows);
}

/* What the program does to the domain and then writes. */
static void
act_and_mark(struct vm_world *w, const struct vm_plan *plan)
{
    w->request = w->asked = plan->step;
    if (plan->step == VM_PLAN_PRESS) {
        assert_int_equal(w->domain, VM_PLAN_DOMAIN_RUNNING);
        assert_int_equal(w->n_presses++, 0);
    } else {
        assert_true(has_domain(w));
    }
}

static bool
agrees(enum vm_plan_record record, enum vm_plan_domain domain)
{
    switch (domain) {
    case VM_PLAN_DOMAIN_NONE:
    case VM_PLAN_DOMAIN_GONE: return record != VM_PLAN_RUNNING && record != VM_PLAN_PAUSED;
    case VM_PLAN_DOMAIN_BUILDING: return false;
    case VM_PLAN_DOMAIN_PAUSED: return record == VM_PLAN_PAUSED;
    case VM_PLAN_DOMAIN_RUNNING:
    case VM_PLAN_DOMAIN_STOPPED:
    case VM_PLAN_DOMAIN_REBOOTING:
    case VM_PLAN_DOMAIN_CRASHED: return record == VM_PLAN_RUNNING;
    }
    OVS_NOT_REACHED();
}

/* A client that is told "done" finds it so, and one that is told otherwise is told why, unless it has lost its connection with the program. */
static void
check_answer(const struct vm_world *w, const struct vm_plan *plan)
{
    if (!w->rows.has_operation || plan->record == VM_PLAN_ABSENT) {
        return;
    }
    assert_true(plan->succeeds || w->has_told || w->is_taken_over);
    if (plan->succeeds && is_start(w)) {
        assert_true(w->rows.stage != VM_PLAN_UNDO && plan->record != VM_PLAN_HALTED);
    }
    if (plan->succeeds && (w->rows.verb == VM_PLAN_VERB_HARD_SHUTDOWN || w->rows.verb == VM_PLAN_VERB_CLEAN_SHUTDOWN)) {
        assert_int_equal(plan->record, VM_PLAN_HALTED);
    }
}

static void
settle(struct vm_world *w, const struct vm_plan *plan)
{
    struct vm_world_rows rows = w->rows;

    assert_true(agrees(plan->record, w->domain));
    check_answer(w, plan);
    rows.has_operation = false;
    if (plan->record != VM_PLAN_ABSENT) {
        rows.record = plan->record;
        rows.domid = plan->record == VM_PLAN_HALTED ? 0 : w->domain_domid;
    }
    write_rows(w, rows);
}

static bool
take_step(struct vm_world *w, const struct vm_plan *plan)
{
    switch (plan->step) {
    case VM_PLAN_REST:
        assert_false(w->rows.has_operation);
        return false;
    case VM_PLAN_WAIT: return false;
    case VM_PLAN_ATTACH: attach(w); break;
    case VM_PLAN_BUILD: build(w); break;
    case VM_PLAN_UNPAUSE: unpause(w); break;
    case VM_PLAN_PAUSE: w->request = w->asked = VM_PLAN_PAUSE; break;
    case VM_PLAN_PRESS:
    case VM_PLAN_RESET: act_and_mark(w, plan); break;
    case VM_PLAN_DESTROY: destroy(w); break;
    case VM_PLAN_MARK:
        w->has_told |= plan->has_failure;
        mark(w, plan->stage);
        break;
    case VM_PLAN_SETTLE: settle(w, plan); break;
    case VM_PLAN_FORGET:
        assert_int_equal(w->domain, VM_PLAN_DOMAIN_GONE);
        w->domain = VM_PLAN_DOMAIN_NONE;
        w->is_wrong = false;
        w->asked = VM_PLAN_WAIT;
        break;
    }
    return true;
}

bool
vm_world_turn(struct vm_world *w)
{
    struct vm_plan plan;
    bool acted;

    if (w->is_writing) {
        return false;
    }
    plan = plan_of(w);
    ovs_strlcpy(w->reason, plan.reason, sizeof w->reason);
    acted = take_step(w, &plan);
    vm_plan_destroy(&plan);
    return acted;
}

bool
vm_world_database_answers(struct vm_world *w, bool yes)
{
    bool ended;

    if (!w->is_writing) {
        return false;
    }
    w->is_writing = false;
    ended = yes && w->rows.has_operation && !w->written.has_operation;
    if (yes) {
        w->rows = w->written;
    }
    if (ended) {
        w->n_answers++;
        w->asked = VM_PLAN_WAIT;
        w->cannot_begin = false;
    }
    return true;
}

/* What was asked is seen when the state is another: a reset of a guest that runs is not. */
static void
domain_becomes(struct vm_world *w, enum vm_plan_domain domain)
{
    w->asked = w->domain == domain ? w->asked : VM_PLAN_WAIT;
    w->domain = domain;
    w->request = VM_PLAN_WAIT;
    w->has_guest_run |= domain == VM_PLAN_DOMAIN_RUNNING;
    w->has_guest_run &= domain != VM_PLAN_DOMAIN_GONE;
}

static void
domain_carries_out(struct vm_world *w, enum vm_plan_step request)
{
    switch ((int) request) {
    case VM_PLAN_BUILD: domain_becomes(w, VM_PLAN_DOMAIN_PAUSED); break;
    case VM_PLAN_UNPAUSE: domain_becomes(w, VM_PLAN_DOMAIN_RUNNING); break;
    case VM_PLAN_PAUSE: domain_becomes(w, VM_PLAN_DOMAIN_PAUSED); break;
    case VM_PLAN_PRESS: domain_becomes(w, VM_PLAN_DOMAIN_STOPPED); break;
    case VM_PLAN_DESTROY: domain_becomes(w, VM_PLAN_DOMAIN_GONE); break;
    case VM_PLAN_RESET:
        domain_becomes(w, w->domain == VM_PLAN_DOMAIN_PAUSED ? VM_PLAN_DOMAIN_PAUSED : VM_PLAN_DOMAIN_RUNNING);
        break;
    default: OVS_NOT_REACHED();
    }
}

bool
vm_world_domain_moves(struct vm_world *w, bool yes)
{
    enum vm_plan_step request = w->request;

    if (request == VM_PLAN_WAIT) {
        return false;
    }
    w->request = VM_PLAN_WAIT;
    if (yes || request == VM_PLAN_DESTROY) {
        domain_carries_out(w, request);
    } else {
        w->is_wrong = true;
        if (request == VM_PLAN_BUILD) {
            domain_becomes(w, VM_PLAN_DOMAIN_GONE);
        }
    }
    return true;
}

bool
vm_world_agent_says(struct vm_world *w, size_t vif, enum vm_plan_wire wire)
{
    if (!w->rows.domid || !has_domain(w) || w->wires[vif] == wire) {
        return false;
    }
    w->wires[vif] = wire;
    return true;
}

void
vm_world_guest_does(struct vm_world *w, enum vm_plan_domain domain)
{
    if (domain == VM_PLAN_DOMAIN_GONE ? has_domain(w) : w->domain == VM_PLAN_DOMAIN_RUNNING) {
        domain_becomes(w, domain);
        w->is_wrong = domain == VM_PLAN_DOMAIN_GONE;
    }
}

/* What was asked of the domain it does all the same; one that is gone, nobody remembers. */
void
vm_world_program_dies(struct vm_world *w, bool was_written)
{
    if (w->is_writing && was_written) {
        w->rows = w->written;
    }
    w->is_writing = w->is_wrong = w->cannot_begin = w->has_told = false;
    w->is_taken_over = true;
    w->asked = VM_PLAN_WAIT;
    w->n_presses = 0;
    if (w->domain == VM_PLAN_DOMAIN_GONE) {
        w->domain = VM_PLAN_DOMAIN_NONE;
    }
}

void
vm_world_cancel(struct vm_world *w)
{
    if (w->rows.has_operation && !w->is_writing && w->rows.stage != VM_PLAN_UNDO && w->rows.stage != VM_PLAN_RESTARTING) {
        w->has_told = true;
        mark(w, VM_PLAN_UNDO);
    }
}

bool
vm_world_is_at_rest(const struct vm_world *w)
{
    bool agreed = w->rows.record == VM_PLAN_ABSENT ? !has_domain(w) : agrees(w->rows.record, w->domain);

    return agreed && !w->rows.has_operation && !w->is_writing && w->domain != VM_PLAN_DOMAIN_GONE
        && (w->rows.record == VM_PLAN_ABSENT || !!w->rows.domid == has_domain(w));
}
