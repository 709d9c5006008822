/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF's rules in its bridge's bundle.
 */
#include <config.h>

#include <util.h>

#include "agent/agent-private.h"
#include "rules/compile.h"

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
agent_vif_keep_rules(struct agent_vif *vif, uint8_t generation)
{
    if (vif->rules.bridge) {
        return false;
    }
    /* The policy stays empty, which no wish's is: it is not known which one the flows were made from. */
    vif->rules = (struct agent_rules) {
        .bridge = vif->bridge, .ofport = vif->reserved, .generation = generation, .variant = vif->agent->settings.variant,
    };
    return true;
}

void
agent_vif_put_rules(struct agent_vif *vif)
{
    struct agent_bridge *bridge = vif->bridge;
    struct agent_rules *rules = &vif->rules;
    const bool replaces = rules->bridge == bridge && rules->ofport == vif->reserved;
    const struct agent_rules old = *rules;
    const struct rules_target target = {
        .layout = &vif->agent->settings.layout,
        .variant = vif->agent->settings.variant,
        .ofport = vif->reserved,
        .generation = agent_bridge_next_generation(bridge, vif->reserved, replaces ? old.generation : 0),
    };

    if (rules->bridge && rules->bridge != bridge) {
        if (!agent_bridge_takes_rules(rules->bridge)) {
            return;             /* first the other bridge's flows must go */
        }
        bundle_delete_generation(&rules->bridge->bundle, old.ofport, old.generation);
    } else if (rules->bridge) {
        bundle_delete_generation(&bridge->bundle, old.ofport, old.generation);
    }
    rules_compile_vif(&vif->wish->policy, &target, &bridge->bundle.adds);

    agent_vif_forget_rules(vif);
    *rules = (struct agent_rules) {
        .bridge = bridge, .ofport = vif->reserved, .generation = target.generation, .variant = target.variant,
    };
    vif_policy_clone(&rules->policy, &vif->wish->policy);
    ovs_list_push_back(&bridge->in_flight, &vif->in_flight);
}

void
agent_vif_delete_rules(struct agent_vif *vif)
{
    struct agent_bridge *bridge = vif->rules.bridge;

    if (agent_bridge_takes_rules(bridge)) {
        bundle_delete_generation(&bridge->bundle, vif->rules.ofport, vif->rules.generation);
        agent_vif_forget_rules(vif);
    }
}
