/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "wiring/vif.h"

#include <util.h>

#include "vif/wish.h"

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

static struct wiring_vif_plan
plan(enum wiring_vif_state state, unsigned int steps, char *reason)
{
    return (struct wiring_vif_plan) { .state = state, .steps = steps, .reason = reason };
}

static bool
port_is_ours(const struct wiring_port *port)
{
    return port->present && port->ours;
}

/* ovs-vswitchd writes a device's flags back when it lets go of it (3.1.0, netdev_restore_flags()), from what it believes them to be: a
 * link that was taken down a moment ago may be up again afterwards. So it is looked at again when the port has gone; the number,
 * which is given back last, tells that the device was ours. */
static bool
link_must_go_down(const struct wiring_vif_seen *seen)
{
    return seen->device.present && seen->device.up && (port_is_ours(&seen->port) || seen->reserved);
}

/* Takes away what is ours, and ends in 'end' when nothing is left. */
static struct wiring_vif_plan
unplug(const struct wiring_vif_seen *seen, enum wiring_vif_state end, char *reason)
{
    unsigned int steps = 0;

    if (port_is_ours(&seen->port)) {
        steps |= WIRING_DELETE_PORT;
    }
    if (link_must_go_down(seen)) {
        steps |= WIRING_LINK_DOWN;
    }
    if (seen->rules != WIRING_RULES_NONE) {
        steps |= WIRING_DELETE_RULES;
    }
    if (!steps && seen->reserved && seen->port.removal_pending) {
        return plan(WIRING_VIF_UNPLUGGING, 0, reason);
    }
    if (!steps && seen->reserved) {
        steps |= WIRING_FORGET_OFPORT;
    }
    return plan(steps & ~WIRING_FORGET_OFPORT ? WIRING_VIF_UNPLUGGING : end, steps, reason);
}

/* The port was made for something else than what is wanted now: another bridge, a device that has vanished and come back under its
 * name, a number that the switch did not give or that somebody has changed. It goes, and the next plan starts afresh. */
static bool
port_must_go(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    return port_is_ours(port)
           && (!port->on_bridge
               || port->ifindex != seen->device.ifindex
               || !port->requested
               || (seen->reserved && port->requested != seen->reserved)
               || (port->ofport > 0 && port->ofport != port->requested));
}

/* The steps that bring rules and port about, in parallel: until both are there the port is dark. */
static unsigned int
steps_to_plug(const struct wiring_vif_seen *seen)
{
    unsigned int steps = 0;

    if (seen->bridge_takes_rules && (seen->rules == WIRING_RULES_NONE || seen->rules == WIRING_RULES_OTHER)) {
        steps |= WIRING_PUT_RULES;
    }
    if (!seen->port.present) {
        steps |= seen->bridge_guarded && !seen->port.removal_pending ? WIRING_ADD_PORT : 0;
    } else if (!seen->port.keys_match) {
        steps |= WIRING_UPDATE_PORT;
    }
    if (!seen->device.settings_match) {
        steps |= WIRING_SET_LINK;
    }
    return steps;
}

static bool
is_plugged(const struct wiring_vif_seen *seen)
{
    return seen->port.present && seen->port.ofport == seen->reserved;
}

static struct wiring_vif_plan
plan_link(const struct vif_wish *wish, const struct wiring_vif_seen *seen, unsigned int steps)
{
    bool up = seen->device.up;

    if (wish->policy.mode == VIF_MODE_DISABLED) {
        return plan(WIRING_VIF_DISABLED, steps | (up ? WIRING_LINK_DOWN : 0), NULL);
    }
    if (up || steps & WIRING_SET_LINK) {
        return plan(up ? WIRING_VIF_WIRED : WIRING_VIF_PLUGGING, steps, NULL);
    }
    return plan(WIRING_VIF_PLUGGING, steps | WIRING_LINK_UP, NULL);
}

static struct wiring_vif_plan
plan_plug(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    unsigned int steps = steps_to_plug(seen);

    if (seen->port.present && seen->port.ofport < 0) {
        return plan(WIRING_VIF_FAILED, steps,
                    xasprintf("the switch cannot open device %s: %s", wish->device,
                              seen->port.error ? seen->port.error : "it gives no reason; see ovs-vswitchd's log"));
    }
    if (!seen->bridge_guarded) {
        return plan(seen->bridge_error ? WIRING_VIF_FAILED : WIRING_VIF_WAITING, steps,
                    seen->bridge_error ? xstrdup(seen->bridge_error)
                    : xasprintf("bridge %s is being prepared", wish->network.bridge));
    }
    if (is_plugged(seen)) {
        if (seen->rules == WIRING_RULES_ACKED) {
            return plan_link(wish, seen, steps);
        }
        if (seen->device.up && wish->policy.mode == VIF_MODE_DISABLED) {
            steps |= WIRING_LINK_DOWN;
        }
        if (seen->device.up) {
            return plan(WIRING_VIF_UPDATING, steps, NULL);
        }
    }
    return plan(WIRING_VIF_PLUGGING, steps, NULL);
}

struct wiring_vif_plan
wiring_vif_plan(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!wish || !wish->attach) {
        return unplug(seen, WIRING_VIF_DETACHED, NULL);
    }
    if (wish->refusal) {
        return plan(WIRING_VIF_FAILED, 0, xstrdup(wish->refusal));
    }
    if (!seen->device.present) {
        return unplug(seen, WIRING_VIF_NO_DEVICE, xasprintf("there is no device %s on this host yet", wish->device));
    }
    if (port->present && !port->ours) {
        return plan(WIRING_VIF_FAILED, seen->rules != WIRING_RULES_NONE ? WIRING_DELETE_RULES : 0,
                    xasprintf("port %s is on bridge %s already and is not Cabled's: remove it with "
                              "`ovs-vsctl del-port %s %s`, or give the VIF another device",
                              port->name, port->bridge ? port->bridge : "(unknown)",
                              port->bridge ? port->bridge : "BRIDGE", port->name));
    }
    if (port_must_go(seen)) {
        struct wiring_vif_plan replug = unplug(seen, WIRING_VIF_UNPLUGGING, NULL);

        replug.steps |= seen->reserved ? WIRING_FORGET_OFPORT : 0;
        return replug;
    }
    if (!seen->reserved) {
        return plan(WIRING_VIF_PLUGGING, WIRING_RESERVE_OFPORT, NULL);
    }
    return plan_plug(wish, seen);
}
