/* SPDX-License-Identifier: Apache-2.0
 *
 * The world's other side: the kernel, the switch database, ovs-vswitchd, and whoever else does something.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "wiring/test_world.h"

static void
settle_cfg(struct world *w, bool accepted)
{
    long long int cfg = accepted ? ++w->next_cfg : 0;

    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        if (w->bridges[i].needed_cfg == INT64_MAX) {
            w->bridges[i].needed_cfg = cfg;
        }
    }
    if (w->removal_cfg == INT64_MAX) {
        w->removal_cfg = cfg;
    }
}

static void
write_bridges(struct world *w)
{
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        struct world_bridge *bridge = &w->bridges[i];
        unsigned int steps = w->change.bridge_steps[i];

        if (steps & WIRING_BRIDGE_CREATE && !bridge->exists) {
            bridge->exists = bridge->prepared = bridge->secure = bridge->has_tries = true;
        }
        if (steps & WIRING_BRIDGE_PREPARE) {
            bridge->prepared = true;
        }
        if (steps & WIRING_BRIDGE_SECURE) {
            bridge->secure = true;
        }
        if (steps & WIRING_BRIDGE_PUT_TRIES) {
            bridge->has_tries = true;
        }
    }
}

static void
add_row(struct world *w, const struct world_row *row)
{
    w->row = *row;
    w->row.present = true;
    w->row.id = w->next_id++;
}

/* Steps on a row that somebody has deleted meanwhile change nothing. */
static void
write_row(struct world *w)
{
    const struct world_change *change = &w->change;
    struct world_row *row = &w->row;

    if (change->steps & WIRING_ADD_PORT) {
        add_row(w, &(struct world_row) { .ours = true, .adoptable = true, .bridge = change->bridge, .ifindex = change->ifindex,
                                         .keys = change->keys, .requested = change->number });
        return;
    }
    if (!row->present || row->id != change->row_id) {
        return;
    }
    if (change->steps & WIRING_ADOPT_PORT) {
        row->ours = row->adopted = true;
        row->ifindex = change->ifindex;
        row->requested = change->number;
    }
    if (change->steps & (WIRING_ADOPT_PORT | WIRING_UPDATE_PORT)) {
        row->keys = change->keys;
    }
    if (change->steps & WIRING_RELEASE_PORT) {
        row->ours = row->adopted = false;
        row->ifindex = row->keys = row->requested = 0;
    }
    if (change->steps & WIRING_DELETE_PORT) {
        *row = (struct world_row) { .present = false };
    }
}

bool
world_database_answers(struct world *w, bool accept)
{
    if (!w->change.on_its_way) {
        return false;
    }
    /* Two ports of one name, or a port on a bridge that has gone, are refused with all else. */
    if (w->change.steps & WIRING_ADD_PORT && (w->row.present || !w->bridges[w->change.bridge].exists)) {
        accept = false;
    }
    if (accept) {
        write_bridges(w);
        write_row(w);
    }
    settle_cfg(w, accept);
    memset(&w->change, 0, sizeof w->change);
    return true;
}

void
world_flows_are_flushed(struct world_bridge *bridge)
{
    bridge->base = false;
    memset(bridge->flows, 0, sizeof bridge->flows);
    bridge->disturbed |= !bridge->bundle.ahead; /* of what is sent ahead, nothing was there */
}

void
world_connection_breaks(struct world_bridge *bridge)
{
    bridge->ready = false;
}

static bool
bridge_settles(struct world_bridge *bridge)
{
    bool changed = bridge->live != bridge->exists || (bridge->live && bridge->live_secure != bridge->secure);

    if (changed) {
        bridge->live = bridge->exists;
        bridge->live_secure = bridge->secure;
        bridge->opened &= !bridge->secure;
        world_flows_are_flushed(bridge);
    }
    if (!bridge->live) {
        world_connection_breaks(bridge);
    }
    return changed;
}

/* ovs-vswitchd writes the flags of a device that it lets go of back, as it believes them to be (netdev_restore_flags()). */
static void
let_go(struct world *w)
{
    if (w->device.present && w->device.ifindex == w->live.ifindex && w->live_was_up) {
        w->device.up = true;
    }
    w->live_was_up = false;
    w->live.present = false;
}

/* A port that asks for another's number stays as it is. */
static bool
row_differs(const struct world *w)
{
    const struct world_row *row = &w->row, *live = &w->live;

    return live->present && (!row->present || row->id != live->id || row->bridge != live->bridge || !w->bridges[row->bridge].live
                             || (row->requested && row->requested != live->ofport
                                 && row->requested != w->bridges[row->bridge].others_number));
}

static void
open_port(struct world *w)
{
    const bool gives_other = w->gives_other_number || w->row.requested == w->bridges[w->row.bridge].others_number;

    if (!w->device.present) {
        w->row.ofport = -1;
        return;
    }
    w->live = w->row;
    w->live.ifindex = w->device.ifindex;
    w->live.ofport = !w->row.requested ? 1 + w->row.id % (WORLD_OTHER_NUMBER - 1)
                     : gives_other ? WORLD_OTHER_NUMBER : w->row.requested;
    w->live_was_up = w->device.up;
    w->gives_other_number = false;
    w->row.ofport = w->live.ofport;
}

static bool
port_settles(struct world *w)
{
    bool changed = false;

    if (row_differs(w)) {
        let_go(w);
        changed = true;
    }
    /* A device that has gone takes its port along. One that came under its name meanwhile is not opened: the port carries nothing. */
    if (w->live.present && !w->device.present) {
        w->live.present = false;
        changed = true;
    }
    if (w->row.present && !w->live.present && w->bridges[w->row.bridge].live && (w->device.present || w->row.ofport != -1)) {
        open_port(w);
        changed = true;
    }
    return changed;
}

bool
world_switch_carries_out(struct world *w)
{
    bool changed = w->cur_cfg != w->next_cfg;

    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        changed |= bridge_settles(&w->bridges[i]);
    }
    changed |= port_settles(w);
    w->cur_cfg = w->next_cfg;
    return changed;
}

static void
apply_bundle(struct world_bridge *bridge)
{
    const struct world_bundle *bundle = &bridge->bundle;

    if (bundle->base) {
        world_flows_are_flushed(bridge);
        bridge->base = true;
        bridge->disturbed = false;
    }
    if (bundle->admit) {
        bridge->flows[bundle->admit].admitted = true;
    }
    if (bundle->generation) {
        bridge->flows[bundle->number] = (struct world_flows) { .generation = bundle->generation, .policy = bundle->policy };
    }
    for (uint32_t n = 1; n < WORLD_N_NUMBERS; n++) {
        for (unsigned int i = 0; i < bundle->n_deletes; i++) {
            if (bridge->flows[n].generation == bundle->deletes[i]) {
                bridge->flows[n].generation = 0;
            }
        }
    }
    bridge->flows[bundle->shut_out].admitted = false;
}

bool
world_switch_answers(struct world_bridge *bridge, struct world *w, bool accept)
{
    if (!bridge->ready || !bridge->bundle.on_its_way) {
        return false;
    }
    if (!accept) {
        bridge->disturbed = true;       /* nothing of it is in force: the session begins again */
        bridge->bundle.on_its_way = false;
        return true;
    }
    if (bridge->bundle.ahead) {
        const bool news = !bridge->bundle.held;

        bridge->bundle.held = true;
        return news;
    }
    apply_bundle(bridge);
    bridge->base_acked = true;
    if (w->rules.bridge >= 0 && bridge == &w->bridges[w->rules.bridge] && bridge->bundle.generation == w->rules.generation) {
        w->rules.acked = true;
    }
    memset(&bridge->bundle, 0, sizeof bridge->bundle);
    return true;
}

bool
world_switch_connects(struct world_bridge *bridge)
{
    if (bridge->ready || !bridge->live || bridge->state != WIRING_BRIDGE_CONNECTING) {
        return false;
    }
    return bridge->ready = true;
}

void
world_device_vanishes(struct world *w)
{
    w->device = (struct wiring_device) { .present = false };
    w->settings = 0;
}

void
world_device_appears(struct world *w, unsigned int ifindex)
{
    world_device_vanishes(w);
    w->device = (struct wiring_device) { .present = true, .ifindex = ifindex };
}

void
world_somebody_deletes_port(struct world *w)
{
    w->row = (struct world_row) { .present = false };
}

void
world_somebody_adds_port(struct world *w, unsigned int bridge, bool adoptable)
{
    if (w->bridges[bridge].exists) {
        add_row(w, &(struct world_row) { .adoptable = adoptable, .bridge = bridge });
    }
}

void
world_somebody_requests(struct world *w, uint32_t number)
{
    if (w->row.present) {
        w->row.requested = number;
    }
}

void
world_other_port_takes(struct world *w, unsigned int bridge, uint32_t number)
{
    if (!w->live.present || w->live.bridge != bridge || w->live.ofport != number) {
        w->bridges[bridge].others_number = number;
    }
}

void
world_wish(struct world *w, unsigned int network, enum vif_mode mode)
{
    w->wanted = w->wish.attach = true;
    w->wish.refusal = NULL;
    w->wish.network = w->bridges[network].network;
    w->wish.policy.mode = mode;
    w->network = network;
    w->policy++;
    wiring_vif_try_again(&w->vif);
}

void
world_switch_restarts(struct world *w)
{
    w->live.present = w->live_was_up = false;
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        w->bridges[i].live = false;
        world_flows_are_flushed(&w->bridges[i]);
        world_connection_breaks(&w->bridges[i]);
    }
}

/* No port that we added is ever admitted without its rules, and none is on a bridge that is open, unless somebody else has just opened
 * it. A port that somebody else added is judged by its rules from their acknowledgement on. */
void
world_check(const struct world *w)
{
    const struct world_bridge *bridge = &w->bridges[w->live.bridge];
    bool in_force = w->rules.bridge == (int) w->live.bridge && w->rules.number == w->live.ofport && w->rules.acked;

    if (w->live.present && w->row.ours && w->live.id == w->row.id) {
        assert_false(bridge->flows[w->live.ofport].admitted && (in_force || !w->row.adopted));
        assert_true(bridge->live_secure || bridge->opened);
    }
}
