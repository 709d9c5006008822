/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/life_steps.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/replica.h"
#include "toolstack/guest_spec.h"
#include "toolstack/life-private.h"
#include "toolstack/start_times.h"
#include "toolstack/stop.h"
#include "toolstack/toolstack-private.h"

VLOG_DEFINE_THIS_MODULE(toolstack_steps);

/* How long the agent may take to take away the ports of a guest that ends. It may not be there at all. */
enum { DETACH_MS = 2000 };

static void
ask(struct life *life, enum vm_plan_step step)
{
    life->asked = step;
}

static bool
build(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    struct domain *domain;
    struct guest_spec guest;
    struct error *error = guest_spec_read(&guest, &ts->index, view->vm, ts->storage);

    if (!error) {
        error = domain_build(ts->domains, &guest.spec, &domain);
        guest_spec_destroy(&guest);
    }
    if (error) {
        free(life->begin_error);
        life->begin_error = xstrdup(error->text);
        error_free(error);
    }
    toolstack_stop_at(TOOLSTACK_STEP_BUILD);
    return true;
}

static bool
unpause(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    start_times_watch(ts, life, view);
    domain_unpause(view->domain);
    ask(life, VM_PLAN_UNPAUSE);
    toolstack_stop_at(TOOLSTACK_STEP_UNPAUSE);
    return true;
}

static bool
reset(struct life *life, const struct life_view *view)
{
    if (view->seen.verb == VM_PLAN_VERB_NONE) {
        restarts_count(&life->restarts, time_msec());
        VLOG_INFO("vm="UUID_FMT": its guest has ended and is begun anew", UUID_ARGS(&life->vm));
    }
    domain_reset(view->domain);
    ask(life, VM_PLAN_RESET);
    toolstack_stop_at(TOOLSTACK_STEP_RESET);
    return true;
}

/* Whether a VIF of the VM is still plugged into the domain that is there, or was. */
static bool
vif_is_attached(const struct life_view *view, const struct poolrec_vif *vif)
{
    char interface[VIF_INTERFACE_SIZE];

    vif_interface_format(vm_rows_domid(view->vm), vif, interface);
    return vif->host && !strcmp(vif->interface, interface);
}

struct ports {
    bool any_attached;          /* a VIF is to be detached */
    bool any_left;              /* the agent has not taken a port away */
};

static struct ports
see_ports(const struct toolstack *ts, const struct life_view *view)
{
    struct ports ports = { .any_left = false };
    size_t n = 0;
    const struct poolrec_vif **vifs = view->vm ? vm_index_vifs(&ts->index, view->vm, &n) : NULL;

    for (size_t i = 0; i < n; i++) {
        if (vif_is_attached(view, vifs[i])) {
            ports.any_attached |= vifs[i]->currently_attached;
            ports.any_left |= !!strcmp(vifs[i]->wire_state, "detached");
        }
    }
    free(vifs);
    return ports;
}

/* The agent is to take the ports away. True if that has to be written. */
static bool
begin_detaching(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    if (!see_ports(ts, view).any_attached) {
        return false;
    }
    life->detach_until = time_msec() + DETACH_MS;
    life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_DETACHING, .call = view->call });
    toolstack_stop_at(TOOLSTACK_STEP_DETACHING);
    return true;
}

/* True until the agent has taken the ports away, or has had the time for it. */
static bool
waits_for_ports(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    long long int now = time_msec();

    if (!see_ports(ts, view).any_left) {
        return false;
    }
    if (!life->detach_until) {
        life->detach_until = now + DETACH_MS;
    }
    if (now < life->detach_until) {
        life->wake_at = life->detach_until;
        return true;
    }
    return false;
}

/* The ports go first: a port whose device goes away under it makes ovs-vswitchd complain, and a guest that is about to end needs none. */
static bool
destroy(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    if (begin_detaching(ts, life, view) || waits_for_ports(ts, life, view)) {
        return false;
    }
    VLOG_INFO("vm="UUID_FMT" domid=%u: the domain is destroyed", UUID_ARGS(&life->vm), domain_domid(view->domain));
    domain_destroy(view->domain);
    life->is_destroyed = true;
    ask(life, VM_PLAN_DESTROY);
    toolstack_stop_at(TOOLSTACK_STEP_DESTROY);
    return true;
}

static bool
mark(struct toolstack *ts, struct life *life, const struct life_view *view, struct vm_plan *plan)
{
    if (plan->has_failure) {
        VLOG_WARN("vm="UUID_FMT": %s fails: %s", UUID_ARGS(&life->vm), view->operation->verb, plan->reason);
        verb_call_fail(view->call, plan->failure);
        plan->has_failure = false;
    }
    life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_MARK, .call = view->call, .stage = plan->stage });
    toolstack_stop_at(TOOLSTACK_STEP_MARK);
    return false;
}

/* The domain went without having been told to: it was killed, or broke. */
static void
note_loss(struct life *life, const struct life_view *view)
{
    const struct vm_plan_seen *seen = &view->seen;

    if (seen->verb != VM_PLAN_VERB_NONE || seen->record != VM_PLAN_RUNNING || seen->domain != VM_PLAN_DOMAIN_GONE
        || life->is_destroyed) {
        return;
    }
    VLOG_WARN("vm="UUID_FMT" domid=%u: its domain has ended: %s", UUID_ARGS(&life->vm), domain_domid(view->domain),
              seen->domain_error ? seen->domain_error : "nobody knows why");
    life->restart_is_due = seen->after_crash == VM_PLAN_RESTARTS;
}

/* Of a start all that is known; of the unpausing of one that began paused, when it was. */
static void
put_times(const struct life_view *view, struct life_write *write)
{
    enum vm_plan_verb verb = view->seen.verb;
    struct domain_times times = view->domain ? domain_times(view->domain) : (struct domain_times) { .begun = 0 };

    if (!write->succeeds || !view->call) {
        return;
    }
    if (verb == VM_PLAN_VERB_START || verb == VM_PLAN_VERB_START_PAUSED) {
        write->begins = true;
        write->times.us[TIMELINE_REQUEST] = view->call->request_us;
        write->times.us[TIMELINE_DOMAIN] = times.begun;
    }
    if (verb == VM_PLAN_VERB_START || (verb == VM_PLAN_VERB_UNPAUSE && !start_times_have_run(view->vm))) {
        write->times.us[TIMELINE_UNPAUSED] = times.unpaused;
    }
}

static bool
settle(struct toolstack *ts, struct life *life, const struct life_view *view, const struct vm_plan *plan)
{
    if (plan->record == VM_PLAN_HALTED) {
        if (begin_detaching(ts, life, view) || waits_for_ports(ts, life, view)) {
            return false;
        }
        note_loss(life, view);
    }
    VLOG_INFO("vm="UUID_FMT": %s", UUID_ARGS(&life->vm), plan->reason);
    struct life_write write = {
        .kind = LIFE_WRITES_SETTLE, .call = view->call, .record = plan->record, .succeeds = plan->succeeds,
    };
    put_times(view, &write);
    life_begin_write(ts, life, write);
    toolstack_stop_at(TOOLSTACK_STEP_SETTLE);
    return false;
}

static bool
rest(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    if (view->seen.domain == VM_PLAN_DOMAIN_RUNNING && ovs_list_is_empty(&life->calls)) {
        vif_changes_rest(ts, life, view);
    }
    return false;
}

static bool
wait_until(struct life *life, const struct life_view *view)
{
    if (view->operation) {
        long long int left = view->seen.until - view->seen.now;

        life->wake_at = time_msec() + MAX(left, 1);
    }
    return false;
}

bool
life_steps_take(struct toolstack *ts, struct life *life, const struct life_view *view, struct vm_plan *plan)
{
    switch (plan->step) {
    case VM_PLAN_REST: return rest(ts, life, view);
    case VM_PLAN_WAIT: return wait_until(life, view);
    case VM_PLAN_ATTACH:
        life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_ATTACH, .call = view->call });
        toolstack_stop_at(TOOLSTACK_STEP_ATTACH);
        return false;
    case VM_PLAN_BUILD: return build(ts, life, view);
    case VM_PLAN_UNPAUSE: return unpause(ts, life, view);
    case VM_PLAN_PAUSE:
        domain_pause(view->domain);
        ask(life, VM_PLAN_PAUSE);
        return true;
    case VM_PLAN_PRESS:
        domain_press_power_button(view->domain);
        view->call->was_asked = true;
        ask(life, VM_PLAN_PRESS);
        toolstack_stop_at(TOOLSTACK_STEP_PRESS);
        return true;
    case VM_PLAN_RESET: return reset(life, view);
    case VM_PLAN_DESTROY: return destroy(ts, life, view);
    case VM_PLAN_MARK: return mark(ts, life, view, plan);
    case VM_PLAN_SETTLE: return settle(ts, life, view, plan);
    case VM_PLAN_FORGET:
        domain_forget(view->domain);
        return true;
    }
    OVS_NOT_REACHED();
}

void
life_steps_settled(struct toolstack *ts, struct life *life)
{
    if (life->restart_is_due) {
        life->restart_is_due = false;
        restarts_count(&life->restarts, time_msec());
        VLOG_INFO("vm="UUID_FMT": it is started again", UUID_ARGS(&life->vm));
        life_add_call(ts, life, verb_call_create_own(&ts->calls, &verbs[VERB_VM_start], &life->vm));
    }
}
