/* SPDX-License-Identifier: Apache-2.0
 *
 * What a session has found on its bridge and is nobody's: flows and meters of VIFs that have gone, or of rules that were replaced.
 */
#include <config.h>

#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "switch/found.h"
#include "switch/meters.h"
#include "switch/session.h"
#include "vif/wish.h"

/* A VIF whose wish does not parse keeps the rules that it has. They are its own from now on: what comes after them removes them. */
static bool
refused_vif_keeps(struct agent_bridge *bridge, const struct found_rules *found)
{
    struct agent_vif *vif = agent_bridge_vif_of_number(bridge, found->ofport);

    return vif && vif->origin == VIF_OF_POOL && vif->wish && vif->wish->refusal && agent_vif_keep_rules(vif, found->generation);
}

static bool
names(const struct agent_vif *vif, const struct agent_bridge *bridge, uint32_t ofport)
{
    return vif && vif->rules.bridge == bridge && vif->rules.ofport == ofport;
}

/* It is nearly always the VIF that has the number. Else one that is just about to leave it. */
static bool
some_rules_name(const struct agent_bridge *bridge, uint32_t meter)
{
    const uint32_t ofport = meter_ofport(meter);
    const struct agent_vif *vif;

    if (names(agent_bridge_vif_of_number(bridge, ofport), bridge, ofport)) {
        return true;
    }
    LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
        if (names(vif, bridge, ofport)) {
            return true;
        }
    }
    return false;
}

static void
delete_meter_if_useless(uint32_t meter, void *bridge_)
{
    struct agent_bridge *bridge = bridge_;

    if (!some_rules_name(bridge, meter)) {
        bundle_delete_meter(&bridge->bundle, meter);
    }
}

static void
delete_useless_meters(struct agent_bridge *bridge)
{
    meters_for_each(session_meters(bridge->session), delete_meter_if_useless, bridge);
}

void
agent_bridge_delete_leftovers(struct agent_bridge *bridge)
{
    const struct found *found = session_found(bridge->session);

    for (size_t i = 0; i < found->n; i++) {
        struct found_rules *rules = &found->list[i];

        if (!rules->settled && !refused_vif_keeps(bridge, rules)) {
            bundle_delete_generation(&bridge->bundle, rules->ofport, rules->generation);
        }
        rules->settled = true;
    }
    delete_useless_meters(bridge);
    bridge->leftovers_due = false;
}
