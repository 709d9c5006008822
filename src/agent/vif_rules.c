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
        free(vif->rules.described);
    }
    vif->rules = (struct agent_rules) { .bridge = NULL };
    ovs_list_remove(&vif->in_flight);
    ovs_list_init(&vif->in_flight);
}

static bool
wants_meter(const struct agent_vif *vif)
{
    return vif->wish->rate.kbytes_per_s && vif->bridge->has_meters;
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

const char *
agent_rules_describe(struct agent_rules *rules)
{
    if (!rules->described) {
        rules->described = vif_allowance_describe(&rules->policy, &rules->rate);
    }
    return rules->described;
}

void
agent_vif_doubt_rules(struct agent_vif *vif)
{
    vif->rules.acked = false;
    vif->rules.unconfirmed = true;
    ovs_list_remove(&vif->in_flight);
    ovs_list_init(&vif->in_flight);
}

/* What a listing tells of rules for 'policy'. */
static struct digest
digest_of(const struct vif_policy *policy, const struct rules_target *target)
{
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    rules_compile_vif(policy, target, &flows);

    struct digest digest = encode_digest(flows.flows, flows.n, target->layout);
    rules_flows_destroy(&flows);
    return digest;
}

/* True if 'found' is what was sent for the VIF. */
static bool
is_what_was_sent(const struct agent_vif *vif, const struct found_rules *found)
{
    const struct agent_rules *rules = &vif->rules;
    const struct rules_target target = {
        .layout = &vif->agent->settings.layout,
        .variant = rules->variant,
        .ofport = rules->ofport,
        .generation = rules->generation,
        .meter = rules->metered ? meter_number(rules->ofport) : 0,
    };

    if (rules->unknown) {
        return false;
    }

    struct digest digest = digest_of(&rules->policy, &target);
    return digest_equals(&found->digest, &digest) && meter_is_right(rules->bridge, rules->ofport, rules->metered, &rules->rate);
}

void
agent_vif_confirm_rules(struct agent_vif *vif)
{
    struct agent_rules *rules = &vif->rules;
    struct found_rules *found = found_generation(session_found(rules->bridge->session), rules->ofport, rules->generation);

    if (found && is_what_was_sent(vif, found)) {
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
    /* The policy stays empty, which no wish's is. */
    vif->rules = (struct agent_rules) {
        .bridge = vif->bridge, .ofport = vif->reserved, .generation = generation, .variant = vif->agent->settings.variant,
        .unknown = true,
    };
    return true;
}

/* The VIF's rules as they stand in the table with 'target', and what is remembered of them. */
static void
note_rules(struct agent_vif *vif, const struct rules_target *target)
{
    agent_vif_forget_rules(vif);
    vif->rules = (struct agent_rules) {
        .bridge = vif->bridge, .ofport = target->ofport, .generation = target->generation, .variant = target->variant,
        .rate = vif->wish->rate, .metered = target->meter,
        .replaced = vif->wish->replaces, .replaced_cookie = vif->wish->replaced_cookie,
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

static void
compile_wish(const struct rules_target *target, struct rules_flows *flows, const void *wish_)
{
    const struct vif_wish *wish = wish_;

    rules_compile_vif(&wish->policy, target, flows);
}

/* An agent that starts finds the rules that another one has put there. */
static bool
take_what_is_there(struct agent_vif *vif)
{
    struct rules_target target = target_of(vif, 0);

    if (!meter_is_right(vif->bridge, vif->reserved, target.meter, &vif->wish->rate)) {
        return false;
    }

    const struct found_rules *found = found_take(session_found(vif->bridge->session), &target, compile_wish, vif->wish);

    if (found) {
        target.generation = found->generation;
        note_rules(vif, &target);
        vif->rules.acked = true;
        agent_vif_note_stage(vif, VIF_STAGE_RULES);
    }
    return found;
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

    bundle_add_vif(&vif->bridge->bundle, &vif->wish->policy, &target);
    if (vif->wish->replaces) {
        bundle_delete_others(&vif->bridge->bundle, vif->wish->replaced_cookie, vif->reserved);
    }
    put_meter(vif, target.meter);
    note_rules(vif, &target);
    vif->rules.sent_in_storm = vif->agent->storms;
    agent_vif_forget_stage(vif, VIF_STAGE_RULES);
    ovs_list_push_back(&vif->bridge->in_flight, &vif->in_flight);
    agent_stop_at(AGENT_STEP_RULES_PUT);
}

bool
agent_vif_put_rules(struct agent_vif *vif)
{
    if (vif->rules.bridge && !delete_old_rules(&vif->rules)) {
        agent_vif_await_bundle(vif, vif->rules.bridge);
        return false;
    }
    if (vif->rules.bridge || vif->wish->replaces || !take_what_is_there(vif)) {
        send_rules(vif);
    }
    return true;
}

static void
note_departure(struct agent_vif *vif)
{
    struct agent_bridge *bridge = vif->rules.bridge;

    if (bridge && bridge == vif->bridge) {
        vif->gone_with = bridge->n_bundles + 1;     /* the one that is being composed */
        agent_vif_await_bundle(vif, bridge);
    }
}

bool
agent_vif_rules_are_going(const struct agent_vif *vif)
{
    const struct agent_bridge *bridge = vif->bridge;

    return bridge && bridge->session && session_is_ready(bridge->session) && vif->gone_with
           && (bridge->n_bundles < vif->gone_with || (bridge->n_bundles == vif->gone_with && session_is_sending(bridge->session)));
}

bool
agent_vif_delete_rules(struct agent_vif *vif)
{
    if (!delete_old_rules(&vif->rules)) {
        agent_vif_await_bundle(vif, vif->rules.bridge);
        return false;
    }
    delete_old_meter(&vif->rules);
    note_departure(vif);
    agent_vif_forget_rules(vif);
    agent_stop_at(AGENT_STEP_RULES_DELETED);
    return true;
}
