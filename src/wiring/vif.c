/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of one VIF, around the comparison in vif_plan.c.
 */
#include <config.h>

#include "wiring/vif.h"

#include <stdlib.h>

#include <util.h>

#include "vif/wish.h"
#include "wiring/vif_plan.h"

const char *
wiring_vif_state_name(enum wiring_vif_state state)
{
    switch (state) {
    case WIRING_VIF_DETACHED: return "detached";
    case WIRING_VIF_UNPLUGGING: return "unplugging";
    case WIRING_VIF_NO_DEVICE: return "no-device";
    case WIRING_VIF_WAITING: return "waiting";
    case WIRING_VIF_PLUGGING: return "plugging";
    case WIRING_VIF_UPDATING: return "updating";
    case WIRING_VIF_WIRED: return "wired";
    case WIRING_VIF_DISABLED: return "disabled";
    case WIRING_VIF_FAILED: return "failed";
    }
    OVS_NOT_REACHED();
}

const char *
wiring_vif_wait_text(enum wiring_vif_wait wait)
{
    switch (wait) {
    case WIRING_WAIT_NOTHING: return "";
    case WIRING_WAIT_DEVICE: return "the device to appear";
    case WIRING_WAIT_BRIDGE: return "the bridge to be guarded";
    case WIRING_WAIT_NUMBER_LEFT: return "a port number to become free";
    case WIRING_WAIT_OLD_PORT: return "the switch to let go of the old port";
    case WIRING_WAIT_WRITE: return "the switch database to take the port's rows";
    case WIRING_WAIT_NUMBER: return "the switch to give the port its number";
    case WIRING_WAIT_RULES: return "the switch to acknowledge the rules";
    case WIRING_WAIT_LINK: return "the kernel to set up the link";
    case WIRING_WAIT_LINK_AGAIN: return "the next try: the kernel refused the link's settings";
    case WIRING_WAIT_PORT_AGAIN: return "the next try: the port was taken away or given another number";
    case WIRING_WAIT_OTHERS: return "somebody to change what the error names";
    }
    OVS_NOT_REACHED();
}

bool
wiring_vif_is_under_way(const struct wiring_vif *vif)
{
    return vif->state == WIRING_VIF_UNPLUGGING || vif->state == WIRING_VIF_WAITING || vif->state == WIRING_VIF_PLUGGING
           || vif->state == WIRING_VIF_UPDATING;
}

static void
forget_refusal(struct wiring_vif *vif)
{
    backoff_reset(&vif->refusals);
    vif->refused = 0;
    free(vif->refusal);
    vif->refusal = NULL;
}

void
wiring_vif_try_again(struct wiring_vif *vif)
{
    backoff_reset(&vif->losses);
    forget_refusal(vif);
}

void
wiring_vif_destroy(struct wiring_vif *vif)
{
    free(vif->reason);
    free(vif->refusal);
}

/* Counts how often the port was lost: not what we take away ourselves, and not for another device. */
static void
look_at_port(struct wiring_vif *vif, const struct wiring_vif_seen *seen, long long int now)
{
    enum wiring_port_health health = wiring_port_health(seen);

    if ((health == WIRING_PORT_WRONG && vif->port != WIRING_PORT_WRONG)
        || (health == WIRING_PORT_NONE && vif->port == WIRING_PORT_GOOD)) {
        backoff_fail_once_free(&vif->losses, now);
    }
    vif->port = health;
}

static void
remember(struct wiring_vif *vif, const struct vif_wish *wish, const struct wiring_vif_seen *seen, long long int now)
{
    if (vif->ifindex != seen->device.ifindex) {
        vif->ifindex = seen->device.ifindex;
        vif->port = WIRING_PORT_NONE;
        wiring_vif_try_again(vif);
    }
    if (!wish || !wish->attach || seen->bridge_unguarded) {
        vif->port = WIRING_PORT_NONE;
        backoff_reset(&vif->losses);
    } else {
        look_at_port(vif, seen, now);
    }
}

static void
fail(struct wiring_vif_plan *plan, char *reason)
{
    plan->state = WIRING_VIF_FAILED;
    free(plan->reason);
    plan->reason = reason;
}

/* What the kernel refused is not asked of it before its time. It is forgotten when it is not wanted any more, or was done. */
static void
hold_link(struct wiring_vif *vif, struct wiring_vif_plan *plan, long long int now)
{
    if (!(plan->steps & vif->refused)) {
        forget_refusal(vif);
        return;
    }
    fail(plan, xstrdup(vif->refusal));
    plan->waits_for = WIRING_WAIT_LINK_AGAIN;
    if (backoff_holds(&vif->refusals, now)) {
        plan->steps &= ~vif->refused;
        vif->next_try = vif->refusals.until;
    }
}

/* Somebody who takes the port again and again is told of once the waits are long. */
static void
hold_port(struct wiring_vif *vif, const struct vif_wish *wish, struct wiring_vif_plan *plan, long long int now)
{
    enum { HELD = WIRING_ADD_PORT | WIRING_ADOPT_PORT };

    if (!(plan->steps & HELD) || !backoff_holds(&vif->losses, now)) {
        return;
    }
    plan->steps &= ~HELD;
    plan->waits_for = WIRING_WAIT_PORT_AGAIN;
    vif->next_try = vif->losses.until;
    if (vif->losses.wait > WIRING_VIF_TRANSIENT_MS) {
        fail(plan, xasprintf("port %s was taken away or given another number %u times in a row: see who else configures bridge %s",
                             wish->device, vif->losses.n, wish->network.bridge));
    }
}

static void
set_state(struct wiring_vif *vif, enum wiring_vif_state state, long long int now)
{
    if (vif->state != state) {
        vif->state = state;
        vif->since = now;
    }
}

/* Both times are ahead, or 0. */
static long long int
earlier(long long int a, long long int b)
{
    return !a || (b && b < a) ? b : a;
}

static void
set_times(struct wiring_vif *vif, long long int now)
{
    long long int told_at = wiring_vif_is_under_way(vif) ? vif->since + WIRING_VIF_TRANSIENT_MS : 0;

    vif->told = now >= told_at;
    vif->wake_at = earlier(vif->next_try, vif->told ? 0 : told_at);
}

unsigned int
wiring_vif_turn(struct wiring_vif *vif, const struct vif_wish *wish, const struct wiring_vif_seen *seen, long long int now)
{
    struct wiring_vif_plan plan;

    remember(vif, wish, seen, now);
    plan = wiring_vif_plan(wish, seen);
    vif->next_try = 0;
    hold_port(vif, wish, &plan, now);
    hold_link(vif, &plan, now);
    set_state(vif, plan.state, now);
    set_times(vif, now);
    vif->waits_for = plan.waits_for;
    free(vif->reason);
    vif->reason = plan.reason;
    return plan.steps;
}

void
wiring_vif_refused(struct wiring_vif *vif, unsigned int steps, const char *why, long long int now)
{
    ovs_assert(steps && !(steps & ~WIRING_LINK_STEPS));
    backoff_fail(&vif->refusals, now);
    vif->refused = steps;
    free(vif->refusal);
    vif->refusal = xstrdup(why);
    set_state(vif, WIRING_VIF_FAILED, now);
    free(vif->reason);
    vif->reason = xstrdup(why);
    vif->waits_for = WIRING_WAIT_LINK_AGAIN;
    vif->next_try = vif->refusals.until;
    set_times(vif, now);
}
