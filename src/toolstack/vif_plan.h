/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a VIF that is plugged into, unplugged from or moved under a guest that runs: from what its operation wants and what is there to the one
 * step to take now. As verbs/vm_plan.h, it remembers nothing. A guest's own start and end are no matter of this.
 *
 *   plug     (attached rows)  PLUG  (wired)  SETTLE attached. If it fails: UNPLUG  SETTLE detached
 *   unplug   (detaching rows)  UNPLUG  (the agent has taken the port away)  SETTLE detached. If it fails: SETTLE attached
 *   move     (rows with the new network)  (wired)  SETTLE attached. If it fails: SETTLE moved back
 */
#ifndef TOOLSTACK_VIF_PLAN_H
#define TOOLSTACK_VIF_PLAN_H

#include <stdbool.h>

enum vif_plan_verb { VIF_PLAN_VERB_PLUG, VIF_PLAN_VERB_UNPLUG, VIF_PLAN_VERB_MOVE };

/* What the agent says of the device (VIF.wire_state). */
enum vif_plan_wire { VIF_PLAN_WIRE_PENDING, VIF_PLAN_WIRE_READY, VIF_PLAN_WIRE_FAILED, VIF_PLAN_WIRE_DETACHED };

struct vif_plan_seen {
    enum vif_plan_verb verb;
    bool has_failed;            /* or was cancelled: it is to be taken back */
    bool is_late;
    bool has_guest;             /* a domain that is built and has not ended */
    bool has_device;            /* the domain has the VIF */
    bool is_changing;           /* the domain is about to get it or lose it */
    bool was_asked;             /* to plug or unplug it, by this process */
    const char *domain_error;   /* or NULL */
    enum vif_plan_wire wire;
    const char *wire_error;     /* or NULL */
};

enum vif_plan_step {
    VIF_PLAN_WAIT,
    VIF_PLAN_PLUG,
    VIF_PLAN_UNPLUG,
    VIF_PLAN_FAIL,              /* it has failed, for 'reason'; then ask again */
    VIF_PLAN_SETTLE_ATTACHED,   /* write it, and end the operation */
    VIF_PLAN_SETTLE_DETACHED,
    VIF_PLAN_SETTLE_MOVED_BACK,
};

struct vif_plan {
    enum vif_plan_step step;
    bool is_timeout;            /* of FAIL */
    const char *reason;         /* in words; the plan's or the seen's */
};

struct vif_plan vif_plan_make(const struct vif_plan_seen *);

#endif
