/* SPDX-License-Identifier: Apache-2.0
 *
 * What is there of a bridge: its row, its uplink, its session, and who uses it.
 */
#include <config.h>

#include <net/if.h>
#include <string.h>

#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "hotplug/devices.h"
#include "source/source.h"
#include "switch/datapath.h"
#include "switch/db.h"
#include "switch/safety_net.h"
#include "switch/session.h"

static bool
bridge_is_prepared(const struct switch_bridge *row)
{
    return row->in_band_disabled && row->speaks_openflow14 && row->guarded;
}

static void
see_uplink(const struct agent_bridge *bridge, struct wiring_bridge_seen *seen)
{
    const char *uplink = bridge->network.uplink;
    struct switch_port port;
    struct device device;

    if (!uplink[0]) {
        return;
    }
    seen->uplink_present = devices_find(bridge->agent->devices, uplink, &device);
    seen->uplink_up = seen->uplink_present && device.flags & IFF_UP;
    if (switch_db_port(bridge->agent->db, uplink, &port)) {
        /* On no bridge yet: another network's bridge gets it in this turn. A second port of its name would be refused, and everything
         * else in this turn's transaction with it. */
        const char *on = port.bridge ? port.bridge : "(unknown)";

        seen->uplink_here = !strcmp(on, bridge->name);
        seen->uplink_elsewhere = seen->uplink_here ? NULL : on;
    }
}

void
agent_bridge_look_at_datapath(struct agent_bridge *bridge)
{
    struct switch_bridge row;

    bridge->has_meters = switch_db_bridge(bridge->agent->db, bridge->name, &row) && !strcmp(row.datapath_type, "netdev");
}

struct wiring_bridge_seen
agent_bridge_see(struct agent_bridge *bridge)
{
    struct wiring_bridge_seen seen = { .exists = false };
    struct switch_bridge row;
    struct switch_port port;

    seen.exists = switch_db_bridge(bridge->agent->db, bridge->name, &row);
    hands_see_bridge(&bridge->hands, bridge->name, seen.exists ? &row : NULL);
    bridge->has_meters = seen.exists && !strcmp(row.datapath_type, "netdev");
    seen.was_secure = bridge->was_secure;
    bridge->was_secure = seen.exists && row.guarded && (row.secure || bridge->was_secure);
    if (seen.exists) {
        seen.unguarded = row.given_back;
        seen.prepared = bridge_is_prepared(&row);
        seen.has_tries = switch_db_bridge_has_tries(bridge->agent->db, bridge->name, bridge->agent->settings.layout.first_table);
        seen.secure = row.secure;
        seen.applied = agent_is_carried_out(bridge->agent, bridge->needed_cfg);
    } else {
        seen.name_taken_on = switch_db_port(bridge->agent->db, bridge->name, &port) ? port.bridge : NULL;
        seen.no_datapath = bridge->network.managed && !datapath_choose(bridge->agent->db);
    }
    see_uplink(bridge, &seen);
    if (bridge->session) {
        seen.ready = session_is_ready(bridge->session);
        seen.session_error = session_error(bridge->session);
        seen.base_held = bridge->base_sent && session_holds(bridge->session);
    }
    bridge->can_have_net = seen.exists && row.speaks_early;
    seen.net_spread = bridge->net ? safety_net_is_spread(bridge->net) : !bridge->can_have_net;
    bridge->sends_ahead = !seen.secure;
    seen.base_sent = bridge->base_sent;
    seen.base_acked = bridge->base_acked;
    return seen;
}

static void
count_foreign(const char *name, const struct switch_port *port, void *n_)
{
    int *n = n_;

    *n += !port->vif && !port->uplink && strcmp(name, port->bridge);
}

bool
agent_bridge_is_left_over(struct agent_bridge *bridge)
{
    struct agent *agent = bridge->agent;
    struct switch_bridge row;
    int n_foreign = 0;

    if (!ovs_list_is_empty(&bridge->vifs)) {
        return false;
    }
    if (!switch_db_bridge(agent->db, bridge->name, &row)) {
        return true;
    }
    if (!row.network || agent->source->class->has_bridge(agent->source, bridge->name)) {
        return false;
    }
    switch_db_for_each_interface(agent->db, bridge->name, count_foreign, &n_foreign);
    return !n_foreign;
}
