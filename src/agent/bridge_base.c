/* SPDX-License-Identifier: Apache-2.0
 *
 * The base of a guarded bridge, which makes every port dark that has no flows (rules/compile.h).
 */
#include <config.h>

#include <openvswitch/vlog.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "agent/stop.h"
#include "rules/compile.h"
#include "switch/found.h"
#include "switch/session.h"

VLOG_DEFINE_THIS_MODULE(agent_bridge_base);

static void
compile_base(const struct rules_target *target, struct rules_flows *flows, const void *aux OVS_UNUSED)
{
    rules_compile_base(target, flows);
}

void
agent_bridge_note_base(struct agent_bridge *bridge)
{
    if (!bridge->base_acked) {
        bridge->base_acked = true;
        VLOG_INFO("bridge %s is guarded", bridge->name);
        agent_bridge_wake_vifs(bridge);
        agent_stop_at(AGENT_STEP_BASE_ACKED);
    }
}

void
agent_bridge_put_base(struct agent_bridge *bridge)
{
    struct rules_target target = {
        .layout = &bridge->agent->settings.layout,
        .variant = bridge->agent->settings.variant,
    };

    agent_stop_at(AGENT_STEP_SESSION_LISTED);
    bridge->base_sent = true;
    if (found_take(session_found(bridge->session), &target, compile_base, NULL)) {
        agent_bridge_note_base(bridge);
    } else {
        target.generation = agent_bridge_next_generation(bridge, 0, 0);
        rules_compile_base(&target, &bridge->bundle.adds);
    }
    agent_bridge_wake_vifs(bridge);
    agent_stop_at(AGENT_STEP_BASE_PUT);
}
