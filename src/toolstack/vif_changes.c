/* SPDX-License-Identifier: Apache-2.0
 *
 * VIFs that are plugged, unplugged and moved under a guest that runs.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/util.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/replica.h"
#include "toolstack/guest_spec.h"
#include "toolstack/life-private.h"
#include "toolstack/stop.h"
#include "toolstack/toolstack-private.h"
#include "toolstack/vif_plan.h"

VLOG_DEFINE_THIS_MODULE(toolstack_vif);

/* One that is under way. */
struct change {
    struct toolstack *ts;
    struct life *life;
    const struct life_view *view;
    struct verb_call *call;
    const struct poolrec_operation *operation;
    const struct poolrec_vif *vif;      /* NULL: its row is gone */
    unsigned int devid;
};

static enum vif_plan_verb
verb_of(const struct verb *verb)
{
    switch ((int) verb->id) {
    case VERB_VIF_plug: return VIF_PLAN_VERB_PLUG;
    case VERB_VIF_move: return VIF_PLAN_VERB_MOVE;
    }
    return VIF_PLAN_VERB_UNPLUG;
}

static enum vif_plan_wire
wire_of(const struct poolrec_vif *vif)
{
    static const struct { const char *word; enum vif_plan_wire wire; } words[] = {
        { "wired", VIF_PLAN_WIRE_READY }, { "disabled", VIF_PLAN_WIRE_READY }, { "failed", VIF_PLAN_WIRE_FAILED },
        { "detached", VIF_PLAN_WIRE_DETACHED },
    };

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (!strcmp(vif->wire_state, words[i].word)) {
            return words[i].wire;
        }
    }
    return VIF_PLAN_WIRE_PENDING;
}

static bool
has_guest(const struct life_view *view)
{
    return view->seen.domain == VM_PLAN_DOMAIN_RUNNING || view->seen.domain == VM_PLAN_DOMAIN_PAUSED;
}

static struct vif_plan_seen
see(const struct change *change)
{
    const struct domain *domain = change->view->domain;
    bool guest = has_guest(change->view);

    return (struct vif_plan_seen) {
        .verb = verb_of(change->call->verb),
        .has_failed = change->call->has_failure,
        .is_late = time_wall_msec() >= change->operation->until,
        .has_guest = guest,
        .has_device = guest && domain_has_vif(domain, change->devid),
        .is_changing = guest && domain_is_changing_vif(domain, change->devid),
        .was_asked = change->call->was_asked,
        .domain_error = domain ? domain_error(domain) : NULL,
        .wire = change->vif ? wire_of(change->vif) : VIF_PLAN_WIRE_DETACHED,
        .wire_error = change->vif ? change->vif->wire_error : NULL,
    };
}

static struct xenapi_reply
failure_of(const struct change *change, const struct vif_plan *plan)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&change->call->self, ref);
    if (verb_of(change->call->verb) == VIF_PLAN_VERB_UNPLUG) {
        return plan->is_timeout ? xenapi_failure("DEVICE_DETACH_TIMEOUT", "VIF", ref, NULL)
                                : xenapi_failure("DEVICE_DETACH_REJECTED", "VIF", ref, plan->reason, NULL);
    }
    return plan->is_timeout ? xenapi_failure("DEVICE_ATTACH_TIMEOUT", "VIF", ref, plan->reason, NULL)
                            : xenapi_failure("CANNOT_PLUG_VIF", ref, plan->reason, NULL);
}

static bool
plug(const struct change *change)
{
    struct domain_vif spec;
    struct error *error = guest_spec_read_vif(change->vif, &spec);

    change->call->was_asked = true;
    if (error) {
        verb_call_fail(change->call, xenapi_failure("INTERNAL_ERROR", error->text, NULL));
        error_free(error);
    } else {
        domain_plug(change->view->domain, &spec);
    }
    toolstack_stop_at(TOOLSTACK_STEP_PLUG);
    return true;
}

static bool
unplug(const struct change *change)
{
    domain_unplug(change->view->domain, change->devid);
    change->call->was_asked = true;
    toolstack_stop_at(TOOLSTACK_STEP_UNPLUG);
    return true;
}

static bool
settle(const struct change *change, bool attached, bool moved_back)
{
    life_begin_write(change->ts, change->life, (struct life_write) {
        .kind = LIFE_WRITES_VIF, .call = change->call, .attached = attached, .moved_back = moved_back,
    });
    return false;
}

static bool
wait(const struct change *change)
{
    long long int left = change->operation->until - time_wall_msec(), at = time_msec() + MAX(left, 1);

    change->life->wake_at = change->life->wake_at ? MIN(change->life->wake_at, at) : at;
    return false;
}

static bool
take_step(const struct change *change)
{
    struct vif_plan_seen seen = see(change);
    struct vif_plan plan = vif_plan_make(&seen);

    VLOG_DBG("vif="UUID_FMT" step=%d: %s", UUID_ARGS(&change->call->self), plan.step, plan.reason);
    switch (plan.step) {
    case VIF_PLAN_WAIT: return wait(change);
    case VIF_PLAN_PLUG: return change->vif ? plug(change) : settle(change, false, false);
    case VIF_PLAN_UNPLUG: return unplug(change);
    case VIF_PLAN_FAIL:
        VLOG_WARN("vif="UUID_FMT": %s fails: %s", UUID_ARGS(&change->call->self), change->call->verb->method, plan.reason);
        verb_call_fail(change->call, failure_of(change, &plan));
        change->call->was_asked = false;
        return true;
    case VIF_PLAN_SETTLE_ATTACHED: return settle(change, true, false);
    case VIF_PLAN_SETTLE_DETACHED: return settle(change, false, false);
    case VIF_PLAN_SETTLE_MOVED_BACK: return settle(change, true, true);
    }
    OVS_NOT_REACHED();
}

static bool
go_on(struct toolstack *ts, struct life *life, const struct life_view *view, struct verb_call *call)
{
    const struct poolrec_operation *operation = poolrec_operation_get_for_uuid(pool_idl(ts->pool), &call->task);
    struct change change = { .ts = ts, .life = life, .view = view, .call = call, .operation = operation };

    if (!operation) {
        return false;
    }
    change.vif = operation->VIF;
    if (!change.vif || !str_to_uint(change.vif->device, 10, &change.devid)) {
        return settle(&change, false, false);
    }
    return take_step(&change);
}

bool
vif_changes_turn(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    struct verb_call *call;
    bool again = false;

    LIST_FOR_EACH (call, in_life, &life->calls) {
        if (call->phase == CALL_UNDER_WAY && call->verb->class == XENAPI_CLASS_VIF && !life->write.commit) {
            again |= go_on(ts, life, view, call);
        }
    }
    return again && !life->write.commit;
}

/* A VIF that is attached in words, and whose device nobody has. */
static bool
has_lost_device(const struct life_view *view, const struct poolrec_vif *vif)
{
    unsigned int devid;

    return vif->currently_attached && str_to_uint(vif->device, 10, &devid) && !domain_has_vif(view->domain, devid)
           && !domain_is_changing_vif(view->domain, devid);
}

static bool
any_has_devid(const struct poolrec_vif *const vifs[], size_t n, unsigned int devid)
{
    for (size_t i = 0; i < n; i++) {
        unsigned int own;

        if (vifs[i]->currently_attached && str_to_uint(vifs[i]->device, 10, &own) && own == devid) {
            return true;
        }
    }
    return false;
}

/* Devices whose VIF is not attached any more, or has been destroyed. */
static void
unplug_others(const struct life_view *view, const struct poolrec_vif *const vifs[], size_t n)
{
    enum { DEVIDS = 16 };       /* XenAPI VM.get_allowed_VIF_devices */

    for (unsigned int devid = 0; devid < DEVIDS; devid++) {
        if (domain_has_vif(view->domain, devid) && !domain_is_changing_vif(view->domain, devid) && !any_has_devid(vifs, n, devid)) {
            VLOG_INFO("vm=%s domid=%u: device %u is of no VIF and is unplugged", view->ref, domain_domid(view->domain), devid);
            domain_unplug(view->domain, devid);
        }
    }
}

void
vif_changes_rest(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(&ts->index, view->vm, &n);
    bool any_lost = false;

    for (size_t i = 0; i < n; i++) {
        any_lost |= has_lost_device(view, vifs[i]);
    }
    unplug_others(view, vifs, n);
    if (any_lost) {
        life_begin_write(ts, life, (struct life_write) { .kind = LIFE_WRITES_LOSSES });
    }
    free(vifs);
}
