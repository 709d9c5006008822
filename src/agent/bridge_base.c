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
#include "switch/encode.h"
#include "switch/found.h"
#include "switch/session.h"

VLOG_DEFINE_THIS_MODULE(agent_bridge_base);

static void
compile_base(const struct agent_bridge *bridge, uint8_t generation, struct rules_flows *flows)
{
    const struct rules_target target = {
        .layout = &bridge->agent->settings.layout,
        .variant = bridge->agent->settings.variant,
        .generation = generation,
    };

    rules_compile_base(&target, flows);
}

/* True if the session has found the base as it should be. */
static bool
base_is_there(const struct agent_bridge *bridge)
{
    size_t n;
    struct found_rules *found = found_of_port(session_found(bridge->session), 0, &n);

    for (size_t i = 0; i < n; i++) {
        struct rules_flows flows = RULES_FLOWS_INITIALIZER;

        compile_base(bridge, found[i].generation, &flows);

        struct digest digest = encode_digest(flows.flows, flows.n, &bridge->agent->settings.layout);

        found[i].settled = digest_equals(&digest, &found[i].digest);
        rules_flows_destroy(&flows);
        if (found[i].settled) {
            return true;
        }
    }
    return false;
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
    agent_stop_at(AGENT_STEP_SESSION_LISTED);
    bridge->base_sent = true;
    if (base_is_there(bridge)) {
        agent_bridge_note_base(bridge);
    } else {
        compile_base(bridge, agent_bridge_next_generation(bridge, 0, 0), &bridge->bundle.adds);
    }
    agent_bridge_wake_vifs(bridge);
    agent_stop_at(AGENT_STEP_BASE_PUT);
}
