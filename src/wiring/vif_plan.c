/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "wiring/vif_plan.h"

#include <util.h>

#include "vif/wish.h"

static struct wiring_vif_plan
plan(enum wiring_vif_state state, unsigned int steps, enum wiring_vif_wait waits_for, char *reason)
{
    return (struct wiring_vif_plan) { .state = state, .steps = steps, .waits_for = waits_for, .reason = reason };
}

static bool
port_is_ours(const struct wiring_port *port)
{
    return port->present && port->ours;
}

enum wiring_port_health
wiring_port_health(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!port_is_ours(port)) {
        return WIRING_PORT_NONE;
    }
    if (!port->on_bridge || port->ifindex != seen->device.ifindex) {
        return WIRING_PORT_ELSEWHERE;
    }
    if (!port->requested || (seen->reserved && port->requested != seen->reserved)
        || (port->ofport > 0 && port->ofport != port->requested)) {
        return WIRING_PORT_WRONG;
    }
    return WIRING_PORT_GOOD;
}

static bool
must_part(const struct wiring_vif_seen *seen)
{
    const enum wiring_port_health health = wiring_port_health(seen);

    return health == WIRING_PORT_ELSEWHERE || health == WIRING_PORT_WRONG;
}

/* True if port and rules are to be as they are wished. */
static bool
is_to_be_plugged(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    return wish && wish->attach && !wish->refusal && !seen->bridge_unguarded && seen->device.present;
}

bool
wiring_vif_keeps_number(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    return !seen->reserved && port_is_ours(&seen->port) && seen->port.requested
           && !(is_to_be_plugged(wish, seen) && must_part(seen));
}

/* ovs-vswitchd writes a device's flags back when it lets go of it (3.1.0, netdev_restore_flags()), from what it believes them to be: a
 * link that was taken down a moment ago may be up again afterwards. So it is looked at again when the port has gone; the number,
 * which is given back last, tells that the device was ours. The link of a port that goes on without us is left as it is. */
static bool
link_must_go_down(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!seen->device.present || !seen->device.up) {
        return false;
    }
    return port->present ? port->ours && !port->adopted : seen->reserved != 0 && !seen->device.is_anothers;
}

/* What takes the port from the VIF. An adopted one goes on without us, unless its device was replaced: a port without its device carries
 * nothing, even if another one comes under the name (Open vSwitch 3.1.0), and must be made anew. On a bridge that was given back it
 * would stand open. One that its row describes is its maker's in any case. */
static unsigned int
step_to_part(const struct wiring_vif_seen *seen, bool wanted)
{
    const struct wiring_port *port = &seen->port;
    bool replaced = wanted && seen->device.present && seen->device.ifindex != port->ifindex;

    if (!port_is_ours(port)) {
        return 0;
    }
    if (port->adopted && (port->described || (!replaced && !seen->bridge_unguarded))) {
        return WIRING_RELEASE_PORT;
    }
    return WIRING_DELETE_PORT;
}

static enum wiring_vif_wait
wait_of_unplug(unsigned int steps)
{
    if (steps & WIRING_ROW_STEPS) {
        return WIRING_WAIT_WRITE;
    }
    if (steps & WIRING_LINK_DOWN) {
        return WIRING_WAIT_LINK;
    }
    return steps & WIRING_DELETE_RULES ? WIRING_WAIT_RULES : WIRING_WAIT_OLD_PORT;
}

/* Takes away what is ours, and ends in 'end' when nothing is left. */
static struct wiring_vif_plan
unplug(const struct wiring_vif_seen *seen, enum wiring_vif_state end, enum wiring_vif_wait waits_for, char *reason)
{
    unsigned int steps = step_to_part(seen, false);

    if (link_must_go_down(seen)) {
        steps |= WIRING_LINK_DOWN;
    }
    if (seen->rules != WIRING_RULES_NONE) {
        steps |= WIRING_DELETE_RULES;
    }
    if (steps || (seen->reserved && seen->port.removal_pending)) {
        return plan(WIRING_VIF_UNPLUGGING, steps, wait_of_unplug(steps), reason);
    }
    return plan(end, seen->reserved ? WIRING_FORGET_OFPORT : 0, waits_for, reason);
}

/* The port was made for something else than what is wanted now: another bridge, a device that has vanished and come back under its
 * name, a number that the switch did not give or that somebody has changed. It goes, and the next plan starts afresh. */
static struct wiring_vif_plan
part(const struct wiring_vif_seen *seen)
{
    unsigned int steps = step_to_part(seen, true) | (seen->reserved ? WIRING_FORGET_OFPORT : 0);

    if (link_must_go_down(seen)) {
        steps |= WIRING_LINK_DOWN;
    }
    if (seen->rules != WIRING_RULES_NONE) {
        steps |= WIRING_DELETE_RULES;
    }
    return plan(WIRING_VIF_UNPLUGGING, steps, WIRING_WAIT_WRITE, NULL);
}

/* What is missing of the port. A port that somebody else added becomes the VIF's when the rules for its number are in force. */
static unsigned int
step_to_port(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!port->present) {
        return seen->bridge_guarded && !port->removal_pending ? WIRING_ADD_PORT : 0;
    }
    if (!port->ours) {
        return seen->bridge_guarded && seen->rules == WIRING_RULES_ACKED ? WIRING_ADOPT_PORT : 0;
    }
    return port->keys_match ? 0 : WIRING_UPDATE_PORT;
}

/* The steps that bring rules and port about, in parallel: until both are there the port is dark. */
static unsigned int
steps_to_plug(const struct wiring_vif_seen *seen)
{
    unsigned int steps = step_to_port(seen);

    if (seen->bridge_takes_rules && (seen->rules == WIRING_RULES_NONE || seen->rules == WIRING_RULES_OTHER)) {
        steps |= WIRING_PUT_RULES;
    }
    if (!seen->device.settings_match) {
        steps |= WIRING_SET_LINK;
    }
    return steps;
}

static struct wiring_vif_plan
plan_link(const struct vif_wish *wish, const struct wiring_vif_seen *seen, unsigned int steps)
{
    bool up = seen->device.up;

    if (wish->policy.mode == VIF_MODE_DISABLED) {
        return plan(WIRING_VIF_DISABLED, steps | (up ? WIRING_LINK_DOWN : 0), WIRING_WAIT_NOTHING, NULL);
    }
    if (up) {
        return plan(WIRING_VIF_WIRED, steps, WIRING_WAIT_NOTHING, NULL);
    }
    return plan(WIRING_VIF_PLUGGING, steps | (steps & WIRING_SET_LINK ? 0 : WIRING_LINK_UP), WIRING_WAIT_LINK, NULL);
}

static enum wiring_vif_wait
wait_of_plug(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!port->present) {
        return port->removal_pending ? WIRING_WAIT_OLD_PORT : WIRING_WAIT_WRITE;
    }
    if (!port->ofport) {
        return WIRING_WAIT_NUMBER;
    }
    return seen->rules == WIRING_RULES_ACKED ? WIRING_WAIT_WRITE : WIRING_WAIT_RULES;
}

/* Port there, with its number; the rules may be under way. */
static struct wiring_vif_plan
plan_plugged(const struct vif_wish *wish, const struct wiring_vif_seen *seen, unsigned int steps)
{
    if (seen->rules == WIRING_RULES_ACKED) {
        return plan_link(wish, seen, steps);
    }
    if (!seen->device.up) {
        return plan(WIRING_VIF_PLUGGING, steps, WIRING_WAIT_RULES, NULL);
    }
    if (wish->policy.mode == VIF_MODE_DISABLED) {
        steps |= WIRING_LINK_DOWN;
    }
    return plan(WIRING_VIF_UPDATING, steps, WIRING_WAIT_RULES, NULL);
}

static struct wiring_vif_plan
cannot_open(const struct vif_wish *wish, const struct wiring_vif_seen *seen, unsigned int steps)
{
    return plan(WIRING_VIF_FAILED, steps, WIRING_WAIT_OTHERS,
                xasprintf("the switch cannot open device %s: %s", wish->device,
                          seen->port.error ? seen->port.error : "it gives no reason; see ovs-vswitchd's log"));
}

static struct wiring_vif_plan
plan_plug(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    unsigned int steps = steps_to_plug(seen);

    if (seen->port.present && seen->port.ofport < 0) {
        return cannot_open(wish, seen, steps);
    }
    if (!seen->bridge_guarded) {
        return plan(seen->bridge_error ? WIRING_VIF_FAILED : WIRING_VIF_WAITING, steps, WIRING_WAIT_BRIDGE,
                    seen->bridge_error ? xstrdup(seen->bridge_error)
                    : xasprintf("bridge %s is being prepared", wish->network.bridge));
    }
    if (port_is_ours(&seen->port) && seen->port.ofport == seen->reserved) {
        return plan_plugged(wish, seen, steps);
    }
    return plan(WIRING_VIF_PLUGGING, steps, wait_of_plug(seen), NULL);
}

/* What was prepared for a number that is not the VIF's goes. */
static struct wiring_vif_plan
forget_number(const struct wiring_vif_seen *seen)
{
    unsigned int steps = (seen->reserved ? WIRING_FORGET_OFPORT : 0)
                         | (seen->rules != WIRING_RULES_NONE ? WIRING_DELETE_RULES : 0);

    return plan(WIRING_VIF_PLUGGING, steps, WIRING_WAIT_NUMBER, NULL);
}

static struct wiring_vif_plan
plan_number(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    if (seen->no_number_left) {
        return plan(WIRING_VIF_FAILED, 0, WIRING_WAIT_NUMBER_LEFT,
                    xasprintf("bridge %s has no port number left: remove ports that are not needed", wish->network.bridge));
    }
    return plan(WIRING_VIF_PLUGGING, WIRING_RESERVE_OFPORT, WIRING_WAIT_NUMBER, NULL);
}

/* A port of the wanted bridge that somebody else added: its number becomes the VIF's. */
static struct wiring_vif_plan
plan_adoption(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (port->ofport > 0 && !seen->reserved) {
        return plan(WIRING_VIF_PLUGGING, WIRING_KEEP_OFPORT, WIRING_WAIT_NUMBER, NULL);
    }
    if (port->ofport > 0 && seen->reserved == port->ofport) {
        return plan_plug(wish, seen);
    }
    return port->ofport < 0 ? cannot_open(wish, seen, forget_number(seen).steps) : forget_number(seen);
}

/* One that another VIF is about to give back or to delete is waited for. */
static struct wiring_vif_plan
plan_foreign(const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;
    const unsigned int steps = seen->rules != WIRING_RULES_NONE ? WIRING_DELETE_RULES : 0;

    if (port->leaving) {
        return plan(WIRING_VIF_PLUGGING, steps, WIRING_WAIT_OLD_PORT, NULL);
    }
    return plan(WIRING_VIF_FAILED, steps, WIRING_WAIT_OTHERS,
                xasprintf("port %s is on bridge %s already and is not Cabled's: remove it with "
                          "`ovs-vsctl del-port %s %s`, or give the VIF another device",
                          port->name, port->bridge ? port->bridge : "(unknown)",
                          port->bridge ? port->bridge : "BRIDGE", port->name));
}

/* Rules that were wished of the pool database stay in force. What a row of the switch says counts at once: nothing that can be read is
 * the word to be dark. */
static struct wiring_vif_plan
plan_refusal(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    const bool dark = wish->origin != VIF_OF_POOL && seen->rules != WIRING_RULES_NONE;

    return plan(WIRING_VIF_FAILED, dark ? WIRING_DELETE_RULES : 0, WIRING_WAIT_OTHERS, xstrdup(wish->refusal));
}

struct wiring_vif_plan
wiring_vif_plan(const struct vif_wish *wish, const struct wiring_vif_seen *seen)
{
    const struct wiring_port *port = &seen->port;

    if (!wish || !wish->attach) {
        return unplug(seen, WIRING_VIF_DETACHED, WIRING_WAIT_NOTHING, NULL);
    }
    if (seen->bridge_unguarded) {
        return unplug(seen, WIRING_VIF_FAILED, WIRING_WAIT_OTHERS, seen->bridge_error ? xstrdup(seen->bridge_error) : NULL);
    }
    if (wish->refusal) {
        return plan_refusal(wish, seen);
    }
    if (!seen->device.present) {
        return unplug(seen, WIRING_VIF_NO_DEVICE, WIRING_WAIT_DEVICE,
                      xasprintf("there is no device %s on this host yet", wish->device));
    }
    if (port->present && !port->ours) {
        return port->adoptable && port->on_bridge ? plan_adoption(wish, seen) : plan_foreign(seen);
    }
    if (must_part(seen)) {
        return part(seen);
    }
    if (!seen->reserved) {
        return plan_number(wish, seen);
    }
    /* The port that was adopted has gone: one of our own gets a number that nobody else can be given meanwhile. Nor is one asked for that
     * another port has got: the switch would give a third one. */
    return !port->present && (seen->reserved_is_the_switchs || seen->reserved_is_anothers) ? forget_number(seen) : plan_plug(wish, seen);
}
