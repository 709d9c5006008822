/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF's rules in its bridge's bundle.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "agent/agent-private.h"
#include "agent/stop.h"
#include "rules/compile.h"
#include "switch/db.h"
#include "switch/encode.h"
#include "switch/found.h"
#include "switch/meters.h"
#include "switch/session.h"

void
agent_vif_forget_rules(struct agent_vif *vif)
{
    if (vif->rules.bridge) {
        vif_policy_destroy(&vif->rules.policy);
    }
    vif->rules = (struct agent_rules) { .bridge = NULL };
    ovs_list_remove(&vif->in_flight);
    ovs_list_init(&vif->in_flight);
}

bool
agent_bridge_has_meters(const struct agent_bridge *bridge)
{
    struct switch_bridge row;

    return switch_db_bridge(bridge->agent->db, bridge->name, &row) && !strcmp(row.datapath_type, "netdev");
}

static bool
wants_meter(const struct agent_vif *vif)
{
    return vif->wish->rate.kbytes_per_s && agent_bridge_has_meters(vif->bridge);
}

static struct meter_band
band_of(const struct vif_rate *rate)
{
    return (struct meter_band) {
        .rate_kbits = vif_rate_kbits(rate->kbytes_per_s), .burst_kbits = vif_rate_kbits(rate->burst_kbytes),
    };
}

/* True if the switch has the meter for 'rate' on that port, and none if there is no rate. */
static bool
meter_is_right(const struct agent_bridge *bridge, uint32_t ofport, bool metered, const struct vif_rate *rate)
{
    const struct meter_band *present = meters_find(session_meters(bridge->session), meter_number(ofport));
    const struct meter_band wanted = band_of(rate);

    return metered ? present && present->rate_kbits == wanted.rate_kbits && present->burst_kbits == wanted.burst_kbits : !present;
}

char *
agent_rules_describe(const struct agent_rules *rules)
{
    return vif_allowance_describe(&rules->policy, &rules->rate);
}

void
agent_vif_doubt_rules(struct agent_vif *vif)
{
    vif->rules.acked = false;
    vif->rules.unconfirmed = true;
    ovs_list_remove(&vif->in_flight);
    ovs_list_init(&vif->in_flight);
}

void
agent_vif_confirm_rules(struct agent_vif *vif)
{
    struct agent_rules *rules = &vif->rules;
    struct found_rules *found = found_generation(session_found(rules->bridge->session), rules->ofport, rules->generation);

    if (found && digest_equals(&found->digest, &rules->digest)
        && meter_is_right(rules->bridge, rules->ofport, rules->metered, &rules->rate)) {
        found->settled = true;
        rules->acked = true;
        rules->unconfirmed = false;
        totals_look_at_listed(vif);
    } else {
        agent_vif_forget_rules(vif);
    }
}

bool
agent_vif_keep_rules(struct agent_vif *vif, uint8_t generation)
{
    if (vif->rules.bridge) {
        return false;
    }
    /* Digest and policy stay empty, which no wish's is: it is not known what the flows were made from. */
    vif->rules = (struct agent_rules) {
        .bridge = vif->bridge, .ofport = vif->reserved, .generation = generation, .variant = vif->agent->settings.variant,
    };
    return true;
}

/* The VIF's rules as they stand in the table with 'target', and what is remembered of them. */
static void
note_rules(struct agent_vif *vif, const struct rules_target *target, const struct digest *digest)
{
    agent_vif_forget_rules(vif);
    vif->rules = (struct agent_rules) {
        .bridge = vif->bridge, .ofport = target->ofport, .generation = target->generation, .variant = target->variant,
        .digest = *digest, .rate = vif->wish->rate, .metered = target->meter,
    };
    vif_policy_clone(&vif->rules.policy, &vif->wish->policy);
    totals_note_port(vif, target->ofport);
}

static struct rules_target
target_of(const struct agent_vif *vif, uint8_t generation)
{
    return (struct rules_target) {
        .layout = &vif->agent->settings.layout,
        .variant = vif->agent->settings.variant,
        .ofport = vif->reserved,
        .generation = generation,
        .meter = wants_meter(vif) ? meter_number(vif->reserved) : 0,
    };
}

/* True if 'found' is what the wish would be compiled to: there is nothing to send. */
static bool
take_found(struct agent_vif *vif, struct found_rules *found)
{
    const struct rules_target target = target_of(vif, found->generation);
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_vif(&vif->wish->policy, &target, &flows);

    struct digest digest = encode_digest(flows.flows, flows.n, target.layout);
    bool equal = digest_equals(&digest, &found->digest)
                 && meter_is_right(vif->bridge, vif->reserved, target.meter, &vif->wish->rate);

    rules_flows_destroy(&flows);
    if (equal) {
        note_rules(vif, &target, &digest);
        vif->rules.acked = true;
        found->settled = true;
    }
    return equal;
}

/* An agent that starts finds the rules that another one has put there. */
static bool
take_what_is_there(struct agent_vif *vif)
{
    size_t n;
    struct found_rules *found = found_of_port(session_found(vif->bridge->session), vif->reserved, &n);

    for (size_t i = 0; i < n; i++) {
        if (!found[i].settled && take_found(vif, &found[i])) {
            return true;
        }
    }
    return false;
}

/* False if they stand on another bridge whose bundle cannot be added to now. */
static bool
delete_old_rules(const struct agent_rules *old)
{
    if (old->bridge && !agent_bridge_takes_rules(old->bridge)) {
        return false;
    }
    if (old->bridge) {
        bundle_delete_generation(&old->bridge->bundle, old->ofport, old->generation);
    }
    return true;
}

static void
delete_old_meter(const struct agent_rules *old)
{
    if (old->bridge && old->metered) {
        bundle_delete_meter(&old->bridge->bundle, meter_number(old->ofport));
    }
}

/* The old one goes unless the new one is the same meter with another band. */
static void
put_meter(struct agent_vif *vif, uint32_t meter)
{
    const struct agent_rules *old = &vif->rules;
    const struct meter_band band = band_of(&vif->wish->rate);

    if (!meter || old->bridge != vif->bridge || meter_number(old->ofport) != meter) {
        delete_old_meter(old);
    }
    if (meter) {
        bundle_set_meter(&vif->bridge->bundle, meter, &band);
    }
}

static void
send_rules(struct agent_vif *vif)
{
    const struct agent_rules *old = &vif->rules;
    const bool replaces = old->bridge == vif->bridge && old->ofport == vif->reserved;
    const struct rules_target target =
        target_of(vif, agent_bridge_next_generation(vif->bridge, vif->reserved, replaces ? old->generation : 0));
    struct rules_flows *adds = &vif->bridge->bundle.adds;
    const size_t first = adds->n;

    rules_compile_vif(&vif->wish->policy, &target, adds);

    struct digest digest = encode_digest(&adds->flows[first], adds->n - first, target.layout);
    put_meter(vif, target.meter);
    note_rules(vif, &target, &digest);
    ovs_list_push_back(&vif->bridge->in_flight, &vif->in_flight);
    agent_stop_at(AGENT_STEP_RULES_PUT);
}

void
agent_vif_put_rules(struct agent_vif *vif)
{
    if (vif->rules.bridge ? delete_old_rules(&vif->rules) : !take_what_is_there(vif)) {
        send_rules(vif);
    }
}

void
agent_vif_delete_rules(struct agent_vif *vif)
{
    if (delete_old_rules(&vif->rules)) {
        delete_old_meter(&vif->rules);
        agent_vif_forget_rules(vif);
        agent_stop_at(AGENT_STEP_RULES_DELETED);
    }
}
