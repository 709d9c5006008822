/* SPDX-License-Identifier: Apache-2.0
 *
 * The bridges that the agent knows.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "switch/db.h"
#include "switch/ofports.h"
#include "switch/safety_net.h"
#include "switch/session.h"

static void
note_numbers(const char *name OVS_UNUSED, const struct switch_port *port, void *ofports)
{
    ofports_note_port(ofports, port->interface, port->ofport, port->ofport_request);
}

struct agent_bridge *
agent_bridge(struct agent *agent, const char *name)
{
    struct agent_bridge *bridge = shash_find_data(&agent->bridges, name);

    if (bridge) {
        return bridge;
    }
    bridge = xzalloc(sizeof *bridge);
    bridge->agent = agent;
    ovs_strlcpy(bridge->name, name, sizeof bridge->name);
    ovs_strlcpy(bridge->network.bridge, name, sizeof bridge->network.bridge);
    bridge->ofports = ofports_create();
    switch_db_for_each_interface(agent->db, name, note_numbers, bridge->ofports);
    ovs_list_init(&bridge->vifs);
    ovs_list_init(&bridge->in_flight);
    ovs_list_init(&bridge->senders);
    hmap_init(&bridge->numbered);
    hmap_init(&bridge->admitted);
    sset_init(&bridge->admitted_names);
    totals_init(bridge);
    bundle_init(&bridge->bundle, &agent->settings.layout);
    bridge->state = WIRING_BRIDGE_CONNECTING;
    agent_bridge_look_at_datapath(bridge);
    shash_add(&agent->bridges, name, bridge);
    poll_immediate_wake();
    return bridge;
}

void
agent_bridge_use_network(struct agent_bridge *bridge, const struct vif_network *network)
{
    /* Networks that share the bridge differ in what is none of its business. */
    if (strcmp(bridge->network.bridge, network->bridge) || strcmp(bridge->network.uplink, network->uplink)
        || bridge->network.managed != network->managed) {
        bridge->ports_changed = true;
    }
    bridge->network = *network;
}

bool
agent_bridge_is_guarded(const struct agent_bridge *bridge)
{
    return bridge->base_acked && bridge->was_secure;
}

bool
agent_bridge_is_crowded(const struct agent_bridge *bridge)
{
    return hmap_count(&bridge->numbered) > AGENT_FEW_VIFS;
}

bool
agent_bridge_takes_rules(const struct agent_bridge *bridge)
{
    return bridge->composing && (bridge->base_acked || bridge->base_sent);
}

void
agent_bridge_wake_vifs(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
        agent_vif_dirty(vif);
    }
}

void
agent_bridge_for_each_with_rules(struct agent_bridge *bridge, void (*each)(struct agent_vif *))
{
    struct agent_vif *vif;

    HMAP_FOR_EACH (vif, by_uuid, &bridge->agent->vifs) {
        if (vif->rules.bridge == bridge) {
            each(vif);
            agent_vif_dirty(vif);
        }
    }
}

void
agent_bridge_destroy(struct agent_bridge *bridge)
{
    shash_find_and_delete(&bridge->agent->bridges, bridge->name);
    agent_bridge_wake_senders(bridge);
    session_close(bridge->session);
    safety_net_close(bridge->net);
    ofports_destroy(bridge->ofports);
    admission_forget(bridge);
    agent_bridge_for_each_with_rules(bridge, agent_vif_forget_rules);
    hmap_destroy(&bridge->numbered);
    hmap_destroy(&bridge->admitted);
    sset_destroy(&bridge->admitted_names);
    totals_destroy(bridge);
    bundle_destroy(&bridge->bundle);
    free(bridge->reason);
    free(bridge);
}
