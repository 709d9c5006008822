/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/vif_plan.h"

#include <stddef.h>

#include <util.h>

static struct vif_plan
step(enum vif_plan_step what, const char *reason)
{
    return (struct vif_plan) { .step = what, .reason = reason };
}

static struct vif_plan
fail(const char *reason, const char *otherwise)
{
    return step(VIF_PLAN_FAIL, reason && *reason ? reason : otherwise);
}

static struct vif_plan
wait_or_give_up(const struct vif_plan_seen *seen, const char *reason)
{
    struct vif_plan plan = step(seen->is_late ? VIF_PLAN_FAIL : VIF_PLAN_WAIT, reason);

    plan.is_timeout = seen->is_late;
    return plan;
}

static struct vif_plan
plan_of_plug_undone(const struct vif_plan_seen *seen)
{
    if (!seen->has_guest || (!seen->has_device && !seen->is_changing)) {
        return step(VIF_PLAN_SETTLE_DETACHED, "the domain does not have it");
    }
    return seen->is_changing ? step(VIF_PLAN_WAIT, "the domain is changing it") : step(VIF_PLAN_UNPLUG, "it is taken back");
}

static struct vif_plan
wait_for_wire(const struct vif_plan_seen *seen)
{
    switch (seen->wire) {
    case VIF_PLAN_WIRE_READY: return step(VIF_PLAN_SETTLE_ATTACHED, "it is wired");
    case VIF_PLAN_WIRE_FAILED: return fail(seen->wire_error, "the agent could not wire it and has not said why");
    case VIF_PLAN_WIRE_PENDING:
    case VIF_PLAN_WIRE_DETACHED:
        return wait_or_give_up(seen, seen->wire_error && *seen->wire_error ? seen->wire_error : "the agent has not wired it");
    }
    OVS_NOT_REACHED();
}

static struct vif_plan
plan_of_plug(const struct vif_plan_seen *seen)
{
    if (seen->has_failed) {
        return plan_of_plug_undone(seen);
    }
    if (!seen->has_guest) {
        return fail(seen->domain_error, "the guest has ended");
    }
    if (seen->has_device && !seen->is_changing) {
        return wait_for_wire(seen);
    }
    if (seen->is_changing) {
        return wait_or_give_up(seen, "the domain has not taken it");
    }
    return seen->was_asked ? fail(seen->domain_error, "the domain has refused it") : step(VIF_PLAN_PLUG, "the domain does not have it");
}

static struct vif_plan
plan_of_unplug(const struct vif_plan_seen *seen)
{
    bool has_device = seen->has_guest && seen->has_device;

    if (seen->has_failed) {
        return has_device ? step(VIF_PLAN_SETTLE_ATTACHED, "the domain still has it")
                          : step(VIF_PLAN_SETTLE_DETACHED, "the domain does not have it any more");
    }
    if (has_device && seen->is_changing) {
        return wait_or_give_up(seen, "the guest has not let go of it");
    }
    if (has_device) {
        return seen->was_asked ? fail(seen->domain_error, "the guest has refused to let go of it")
                               : step(VIF_PLAN_UNPLUG, "the domain has it");
    }
    if (seen->wire != VIF_PLAN_WIRE_DETACHED && !seen->is_late) {
        return step(VIF_PLAN_WAIT, "the agent has not taken its port away");
    }
    return step(VIF_PLAN_SETTLE_DETACHED, "the domain does not have it any more");
}

struct vif_plan
vif_plan_make(const struct vif_plan_seen *seen)
{
    switch (seen->verb) {
    case VIF_PLAN_VERB_PLUG: return plan_of_plug(seen);
    case VIF_PLAN_VERB_UNPLUG: return plan_of_unplug(seen);
    case VIF_PLAN_VERB_MOVE: return seen->has_failed ? step(VIF_PLAN_SETTLE_MOVED_BACK, "it could not be moved") : wait_for_wire(seen);
    }
    OVS_NOT_REACHED();
}
