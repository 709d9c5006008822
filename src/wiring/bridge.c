/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "wiring/bridge.h"

#include <util.h>

#include "vif/wish.h"

const char *
wiring_bridge_state_name(enum wiring_bridge_state state)
{
    switch (state) {
    case WIRING_BRIDGE_MISSING: return "missing";
    case WIRING_BRIDGE_CREATING: return "creating";
    case WIRING_BRIDGE_PREPARING: return "preparing";
    case WIRING_BRIDGE_ARMING: return "arming";
    case WIRING_BRIDGE_SECURING: return "securing";
    case WIRING_BRIDGE_CONNECTING: return "connecting";
    case WIRING_BRIDGE_BASING: return "installing";
    case WIRING_BRIDGE_GUARDED: return "guarded";
    case WIRING_BRIDGE_UNGUARDED: return "unguarded";
    }
    OVS_NOT_REACHED();
}

/* A missing or foreign uplink is told, but holds up no VIF: its network works on this host without it. */
static char *
uplink_problem(const struct vif_network *network, const struct wiring_bridge_seen *seen)
{
    if (!network->uplink[0] || seen->uplink_here) {
        return NULL;
    }
    if (seen->uplink_elsewhere) {
        return xasprintf("uplink %s of bridge %s is a port of bridge %s: remove it there first",
                         network->uplink, network->bridge, seen->uplink_elsewhere);
    }
    if (!seen->uplink_present) {
        return xasprintf("uplink %s of bridge %s is not there: bring the device up, or name another one",
                         network->uplink, network->bridge);
    }
    return NULL;
}

static bool
uplink_can_be_added(const struct vif_network *network, const struct wiring_bridge_seen *seen)
{
    return network->uplink[0] && !seen->uplink_here && !seen->uplink_elsewhere && seen->uplink_present;
}

/* Why a bridge that is not there cannot be made, or NULL. */
static char *
creation_problem(const struct vif_network *network, const struct wiring_bridge_seen *seen)
{
    if (!network->managed) {
        return xasprintf("bridge %s is missing and its network is not managed by Cabled: create it with "
                         "`ovs-vsctl add-br %s`", network->bridge, network->bridge);
    }
    if (seen->name_taken_on) {
        return xasprintf("bridge %s cannot be made: bridge %s has a port of that name; give the network another bridge name",
                         network->bridge, seen->name_taken_on);
    }
    if (seen->no_datapath) {
        return xasprintf("bridge %s cannot be made: ovs-vswitchd offers neither the kernel nor the userspace datapath; does it "
                         "run?", network->bridge);
    }
    return NULL;
}

static struct wiring_bridge_plan
plan_missing(const struct vif_network *network, const struct wiring_bridge_seen *seen)
{
    struct wiring_bridge_plan plan = { .reason = creation_problem(network, seen) };

    plan.state = plan.reason ? WIRING_BRIDGE_MISSING : WIRING_BRIDGE_CREATING;
    plan.steps = plan.reason ? 0 : WIRING_BRIDGE_CREATE;
    plan.blocks_vifs = plan.reason;
    return plan;
}

static struct wiring_bridge_plan
plan_unguarded(const struct vif_network *network)
{
    return (struct wiring_bridge_plan) {
        .state = WIRING_BRIDGE_UNGUARDED,
        .reason = xasprintf("bridge %s was given back to the host: `cable host guard %s` guards it again", network->bridge,
                            network->bridge),
    };
}

/* Everything that can be done beforehand, so that all that is missing when the flows have been flushed is a word. Where the base is found
 * in force, the bridge was guarded before: it is closed at once. */
static enum wiring_bridge_state
plan_arming(const struct wiring_bridge_seen *seen, unsigned int *steps)
{
    *steps |= WIRING_BRIDGE_CONNECT;
    if (!seen->ready) {
        return WIRING_BRIDGE_CONNECTING;
    }
    *steps |= WIRING_BRIDGE_SPREAD_NET;
    if (!seen->base_sent) {
        *steps |= WIRING_BRIDGE_PUT_BASE;
        return WIRING_BRIDGE_ARMING;
    }
    if (!seen->base_acked && (!seen->base_held || !seen->net_spread)) {
        return WIRING_BRIDGE_ARMING;
    }
    *steps |= WIRING_BRIDGE_SECURE;
    return WIRING_BRIDGE_SECURING;
}

/* What the switch holds is kept while it carries out a change of the row. */
static enum wiring_bridge_state
plan_wait_for_switch(const struct wiring_bridge_seen *seen, unsigned int *steps)
{
    if (seen->base_held) {
        *steps |= WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_SPREAD_NET;
    }
    return seen->secure ? WIRING_BRIDGE_SECURING : WIRING_BRIDGE_PREPARING;
}

static enum wiring_bridge_state
plan_base(const struct wiring_bridge_seen *seen, unsigned int *steps)
{
    *steps |= WIRING_BRIDGE_CONNECT;
    if (!seen->ready) {
        return WIRING_BRIDGE_CONNECTING;
    }
    if (!seen->base_acked) {
        *steps |= seen->base_sent ? 0 : WIRING_BRIDGE_PUT_BASE;
        *steps |= seen->base_held ? WIRING_BRIDGE_COMMIT : 0;
        return WIRING_BRIDGE_BASING;
    }
    return WIRING_BRIDGE_GUARDED;
}

/* A bridge that somebody has opened is closed at once; one that was never guarded is what its owner made of it, and has the time that it
 * takes to lose no frame. */
static enum wiring_bridge_state
plan_guard(const struct wiring_bridge_seen *seen, unsigned int *steps)
{
    if (!seen->prepared) {
        *steps |= WIRING_BRIDGE_PREPARE;
        return WIRING_BRIDGE_PREPARING;
    }
    if (!seen->applied) {
        return plan_wait_for_switch(seen, steps);
    }
    if (!seen->secure && !seen->was_secure) {
        return plan_arming(seen, steps);
    }
    if (!seen->secure) {
        *steps |= WIRING_BRIDGE_SECURE;
        return WIRING_BRIDGE_SECURING;
    }
    return plan_base(seen, steps);
}

struct wiring_bridge_plan
wiring_bridge_plan(const struct vif_network *network, const struct wiring_bridge_seen *seen)
{
    if (!seen->exists) {
        return plan_missing(network, seen);
    }
    if (seen->unguarded) {
        return plan_unguarded(network);
    }

    struct wiring_bridge_plan plan = { .steps = 0 };

    plan.state = plan_guard(seen, &plan.steps);
    if (!seen->has_tries) {
        plan.steps |= WIRING_BRIDGE_PUT_TRIES;
    }
    if (uplink_can_be_added(network, seen)) {
        plan.steps |= WIRING_BRIDGE_ADD_UPLINK;
    }
    if (seen->uplink_here && seen->uplink_present && !seen->uplink_up) {
        plan.steps |= WIRING_BRIDGE_RAISE_UPLINK;
    }
    if (seen->session_error && plan.state != WIRING_BRIDGE_GUARDED) {
        plan.reason = xasprintf("bridge %s: %s", network->bridge, seen->session_error);
        plan.blocks_vifs = true;
    } else {
        plan.reason = uplink_problem(network, seen);
    }
    return plan;
}
