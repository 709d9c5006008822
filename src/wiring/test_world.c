/* SPDX-License-Identifier: Apache-2.0
 *
 * The world's edge: it looks, asks wiring, and carries out, as the agent does. What others do is in test_world_others.c.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "wiring/test_world.h"
#include "wiring/vif_plan.h"

void
world_init(struct world *w)
{
    *w = (struct world) {
        .wish = { .uuid = "u", .device = "vif1.0", .mtu = 1500, .policy = { .mode = VIF_MODE_LOCKED } },
        .policy = 1, .keys = 1, .joined = -1, .rules = { .bridge = -1 },
        .next_id = 1, .next_number = WORLD_FIRST_OURS, .next_generation = 1,
        .bridges = { { .network = { .uuid = "n0", .bridge = "xapi0", .managed = true } },
                     { .network = { .uuid = "n1", .bridge = "br7" }, .exists = true } },
    };
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        w->bridges[i].state = WIRING_BRIDGE_MISSING;
    }
}

void
world_destroy(struct world *w)
{
    wiring_vif_destroy(&w->vif);
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        free(w->bridges[i].reason);
    }
}

static bool
can_write(const struct world *w)
{
    return !w->change.on_its_way;
}

static bool
composing(const struct world_bridge *bridge)
{
    return bridge->ready && !bridge->bundle.on_its_way;
}

/* What was sent may be there or not. */
static void
begin_epoch(struct world *w, unsigned int index)
{
    struct world_bridge *bridge = &w->bridges[index];

    bridge->base_sent = bridge->base_acked = bridge->disturbed = false;
    memset(&bridge->bundle, 0, sizeof bridge->bundle);
    if (w->rules.bridge == (int) index) {
        w->rules.bridge = -1;
    }
}

static void
bridge_hear(struct world *w, unsigned int index)
{
    struct world_bridge *bridge = &w->bridges[index];

    if (bridge->disturbed || (bridge->base_sent && !bridge->ready)) {
        begin_epoch(w, index);
    }
}

static void
bridge_carry_out(struct world *w, unsigned int index, unsigned int steps)
{
    enum { AWAITED = WIRING_BRIDGE_CREATE | WIRING_BRIDGE_PREPARE | WIRING_BRIDGE_SECURE, WRITES = AWAITED | WIRING_BRIDGE_PUT_TRIES };
    struct world_bridge *bridge = &w->bridges[index];

    if (steps & WRITES && can_write(w)) {
        w->change.bridge_steps[index] = steps & WRITES;
        bridge->needed_cfg = steps & AWAITED ? INT64_MAX : bridge->needed_cfg;
    }
    if (!(steps & WIRING_BRIDGE_CONNECT) && bridge->ready) {
        bridge->ready = false;
        begin_epoch(w, index);
    }
    bridge->net_spread = steps & WIRING_BRIDGE_SPREAD_NET;
    if (steps & WIRING_BRIDGE_COMMIT) {
        assert_true(bridge->bundle.held && bridge->live_secure);
        bridge->bundle.ahead = bridge->bundle.held = false;
    }
    if (composing(bridge) && steps & WIRING_BRIDGE_PUT_BASE) {
        bridge->bundle.base = bridge->base_sent = true;
    }
}

/* A bridge that was once guarded for a VIF is kept so, until it has gone. */
static bool
bridge_is_used(struct world *w, unsigned int index)
{
    struct world_bridge *bridge = &w->bridges[index];
    bool needed = (w->wanted && w->network == index) || w->joined == (int) index || w->rules.bridge == (int) index;

    bridge->known = needed || (bridge->exists && (bridge->known || bridge->prepared));
    return bridge->known;
}

static unsigned int
bridge_turn(struct world *w, unsigned int index)
{
    struct world_bridge *bridge = &w->bridges[index];
    const struct wiring_bridge_seen seen = {
        .exists = bridge->exists, .prepared = bridge->prepared, .secure = bridge->secure, .has_tries = bridge->has_tries,
        .applied = w->cur_cfg >= bridge->needed_cfg,
        .was_secure = bridge->was_secure, .net_spread = bridge->net_spread,
        .ready = bridge->ready, .base_sent = bridge->base_sent, .base_acked = bridge->base_acked,
        .base_held = bridge->base_sent && bridge->bundle.held,
    };
    struct wiring_bridge_plan plan = wiring_bridge_plan(&bridge->network, &seen);

    bridge->was_secure = bridge->exists && bridge->prepared && (bridge->secure || bridge->was_secure);
    bridge->state = plan.state;
    bridge->blocks_vifs = plan.blocks_vifs;
    free(bridge->reason);
    bridge->reason = plan.reason;
    bridge_carry_out(w, index, plan.steps);
    return plan.steps & ~(WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_SPREAD_NET);
}

/* A port that no VIF claims may pass; the switch itself says which number it has. */
static void
bridge_admit(struct world *w, unsigned int index)
{
    struct world_bridge *bridge = &w->bridges[index];
    bool may_pass = w->live.present && w->live.bridge == index && w->row.present && !w->row.ours && !w->wanted;

    if (!composing(bridge) || !bridge->base_sent) {
        return;
    }
    bridge->bundle.admit = may_pass && !bridge->flows[w->live.ofport].admitted ? w->live.ofport : 0;
    for (uint32_t n = 1; n < WORLD_N_NUMBERS; n++) {
        if (bridge->flows[n].admitted && !(may_pass && n == w->live.ofport)) {
            bridge->bundle.shut_out = n;
        }
    }
}

static void
leave_bridge(struct world *w)
{
    w->joined = -1;
    w->reserved = 0;
}

static void
join_bridge(struct world *w, unsigned int index)
{
    if (w->joined != (int) index) {
        leave_bridge(w);
        w->joined = index;
    }
}

static bool
is_carried_out(const struct world *w)
{
    return w->wanted && !w->wish.refusal;
}

static enum wiring_rules
see_rules(const struct world *w)
{
    if (w->rules.bridge < 0) {
        return WIRING_RULES_NONE;
    }
    if (!w->wanted || w->rules.bridge != w->joined || w->rules.number != w->reserved || w->rules.policy != w->policy) {
        return WIRING_RULES_OTHER;
    }
    return w->rules.acked ? WIRING_RULES_ACKED : WIRING_RULES_SENT;
}

static void
see_number(const struct world *w, struct wiring_vif_seen *seen)
{
    seen->reserved = w->reserved;
    seen->reserved_is_the_switchs = w->reserved && w->reserved < WORLD_FIRST_OURS;
    seen->reserved_is_anothers = w->reserved && w->joined >= 0 && w->bridges[w->joined].others_number == w->reserved;
    seen->rules = see_rules(w);
}

static struct wiring_port
see_port(const struct world *w)
{
    const struct world_row *row = &w->row;
    struct wiring_port port = { .removal_pending = w->cur_cfg < w->removal_cfg };

    if (row->present) {
        port.present = true;
        port.ours = row->ours;
        port.adopted = row->adopted;
        port.adoptable = row->adoptable && !row->ours;
        port.on_bridge = row->bridge == w->network && is_carried_out(w);
        port.keys_match = row->keys == w->keys;
        port.ifindex = row->ifindex;
        port.requested = row->requested;
        port.ofport = row->ofport;
        port.name = w->wish.device;
        port.bridge = w->bridges[row->bridge].network.bridge;
    }
    return port;
}

static struct wiring_vif_seen
vif_see(struct world *w)
{
    struct wiring_vif_seen seen = { .device = w->device, .port = see_port(w) };

    seen.device.settings_match = w->settings;
    if (is_carried_out(w) && w->wish.attach && w->device.present && !(seen.port.ours && !seen.port.on_bridge)) {
        join_bridge(w, w->network);
    } else if (w->joined < 0 && seen.port.ours) {
        join_bridge(w, w->row.bridge);
    }
    seen.reserved = w->reserved;
    if (w->joined == (int) w->row.bridge && wiring_vif_keeps_number(w->wanted ? &w->wish : NULL, &seen)) {
        w->reserved = w->row.requested;
    }
    see_number(w, &seen);
    if (w->joined >= 0) {
        const struct world_bridge *bridge = &w->bridges[w->joined];

        seen.bridge_guarded = bridge->base_acked && bridge->was_secure;
        seen.bridge_takes_rules = composing(bridge) && (bridge->base_acked || bridge->base_sent);
        seen.bridge_error = bridge->blocks_vifs ? bridge->reason : NULL;
    }
    return seen;
}

static void
delete_generation(struct world_bundle *bundle, unsigned int generation)
{
    assert_true(bundle->n_deletes < WORLD_N_DELETES);
    bundle->deletes[bundle->n_deletes++] = generation;
}

static bool
takes_rules(const struct world_bridge *bridge)
{
    return composing(bridge) && (bridge->base_acked || bridge->base_sent);
}

/* False if there are rules that cannot be deleted now. */
static bool
delete_rules(struct world *w)
{
    if (w->rules.bridge >= 0 && takes_rules(&w->bridges[w->rules.bridge])) {
        delete_generation(&w->bridges[w->rules.bridge].bundle, w->rules.generation);
        w->rules.bridge = -1;
    }
    return w->rules.bridge < 0;
}

static void
put_rules(struct world *w)
{
    struct world_bundle *bundle = &w->bridges[w->joined].bundle;

    if (!delete_rules(w)) {
        return;
    }
    bundle->generation = w->rules.generation = w->next_generation++;
    bundle->number = w->rules.number = w->reserved;
    bundle->policy = w->rules.policy = w->policy;
    w->rules.bridge = w->joined;
    w->rules.acked = false;
}

/* Only what is ours is changed, but for a port of the wanted bridge that is taken over as it is, after its rules. */
static void
check_write(const struct world *w, unsigned int steps)
{
    const struct world_row *row = &w->row;

    if (steps & WIRING_ADD_PORT) {
        assert_false(row->present);
        assert_true(w->bridges[w->joined].base_acked);
        assert_true(w->reserved >= WORLD_FIRST_OURS && w->reserved != w->bridges[w->joined].others_number);
    }
    if (steps & (WIRING_UPDATE_PORT | WIRING_DELETE_PORT | WIRING_RELEASE_PORT)) {
        assert_true(row->present && row->ours);
    }
    if (steps & WIRING_DELETE_PORT) {
        assert_true(!row->adopted || row->ifindex != w->device.ifindex);
    }
    if (steps & WIRING_RELEASE_PORT) {
        assert_true(row->adopted);
    }
    if (steps & WIRING_ADOPT_PORT) {
        assert_true(row->present && !row->ours && row->adoptable && row->bridge == w->network);
        assert_int_equal(row->ofport, w->reserved);
        assert_int_equal(see_rules(w), WIRING_RULES_ACKED);
    }
}

static void
vif_write(struct world *w, unsigned int steps)
{
    check_write(w, steps);
    w->change.steps = steps;
    w->change.row_id = w->row.id;
    w->change.bridge = w->network;
    w->change.ifindex = w->device.ifindex;
    w->change.keys = w->keys;
    w->change.number = w->reserved;
    if (steps & WIRING_DELETE_PORT) {
        w->removal_cfg = INT64_MAX;
    }
}

/* The promise: no link before the rules for the number that the port really has. */
static void
vif_link(struct world *w, unsigned int steps)
{
    if (!w->device.present) {
        return;
    }
    if (w->kernel_refuses) {
        wiring_vif_refused(&w->vif, steps, "the kernel refuses", w->now);
        return;
    }
    if (steps & WIRING_LINK_UP) {
        assert_int_equal(see_rules(w), WIRING_RULES_ACKED);
        assert_true(w->row.ours && w->row.ofport == w->reserved && w->bridges[w->joined].base_acked);
        assert_true(w->wish.policy.mode != VIF_MODE_DISABLED);
        w->device.up = true;
    }
    if (steps & WIRING_LINK_DOWN) {
        w->device.up = false;
    }
    if (steps & WIRING_SET_LINK) {
        w->settings = 1;
    }
}

static void
vif_carry_out(struct world *w, unsigned int steps)
{
    if (steps & WIRING_LINK_STEPS) {
        vif_link(w, steps & WIRING_LINK_STEPS);
    }
    if (steps & WIRING_PUT_RULES) {
        put_rules(w);
    }
    if (steps & WIRING_DELETE_RULES && !delete_rules(w)) {
        steps &= ~WIRING_FORGET_OFPORT;
    }
    if (steps & WIRING_ROW_STEPS && can_write(w)) {
        vif_write(w, steps & WIRING_ROW_STEPS);
    }
    if (steps & WIRING_FORGET_OFPORT) {
        w->reserved = 0;
    }
}

/* None that another port has. */
static uint32_t
next_number(struct world *w)
{
    uint32_t number;

    do {
        number = w->next_number;
        w->next_number = number + 1 < WORLD_N_NUMBERS ? number + 1 : WORLD_FIRST_OURS;
    } while (number == w->bridges[w->joined].others_number);
    return number;
}

static unsigned int
vif_turn(struct world *w)
{
    const struct vif_wish *wish = w->wanted ? &w->wish : NULL;
    struct wiring_vif_seen seen = vif_see(w);
    unsigned int steps = wiring_vif_turn(&w->vif, wish, &seen, w->now);

    if (steps & WIRING_RESERVE_OFPORT) {
        seen.no_number_left = w->no_number_left;
        w->reserved = w->no_number_left ? 0 : next_number(w);
    } else if (steps & WIRING_KEEP_OFPORT) {
        w->reserved = w->row.ofport;
    } else {
        return steps;
    }
    see_number(w, &seen);
    return wiring_vif_turn(&w->vif, wish, &seen, w->now);
}

static bool
bundle_is_empty(const struct world_bundle *bundle)
{
    return !bundle->base && !bundle->generation && !bundle->n_deletes && !bundle->admit && !bundle->shut_out;
}

static bool
send_what_was_asked(struct world *w)
{
    bool sent = false;

    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        struct world_bridge *bridge = &w->bridges[i];

        if (composing(bridge) && !bundle_is_empty(&bridge->bundle)) {
            bridge->bundle.on_its_way = sent = true;
            bridge->bundle.ahead = !bridge->secure;
        }
        if (can_write(w) && w->change.bridge_steps[i]) {
            w->change.on_its_way = sent = true;
        }
    }
    if (!w->change.on_its_way && w->change.steps) {
        w->change.on_its_way = sent = true;
    }
    return sent;
}

bool
world_turn(struct world *w)
{
    unsigned int bridge_steps = 0;

    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        bridge_hear(w, i);
        if (bridge_is_used(w, i)) {
            bridge_steps |= bridge_turn(w, i);
            bridge_admit(w, i);
        }
    }
    w->steps = vif_turn(w);
    vif_carry_out(w, w->steps & ~w->held);
    if ((w->vif.state == WIRING_VIF_DETACHED || w->vif.state == WIRING_VIF_NO_DEVICE) && !w->steps) {
        leave_bridge(w);
    }
    return send_what_was_asked(w) || bridge_steps || w->steps;
}
