/* SPDX-License-Identifier: Apache-2.0
 *
 * Which ports of a guarded bridge may pass although they are nobody's VIF (rules/compile.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/hand.h"
#include "base/error.h"
#include "rules/table.h"
#include "switch/db.h"
#include "switch/found.h"
#include "switch/port_numbers.h"
#include "switch/session.h"

/* OpenFlow 1.0's number of the bridge's own port (OFPP_LOCAL). */
enum { LOCAL_OFPORT = 0xfffe };

/* A port that is nobody's VIF and may pass (rules/compile.h). */
struct admitted_port {
    struct hmap_node node;
    uint32_t ofport;
    bool wanted;                /* while the ports are looked at */
};

bool
admission_has(const struct agent_bridge *bridge, uint32_t ofport)
{
    const struct admitted_port *port;

    HMAP_FOR_EACH_WITH_HASH (port, node, hash_int(ofport, 0), &bridge->admitted) {
        if (port->ofport == ofport) {
            return true;
        }
    }
    return false;
}

bool
admission_has_name(const struct agent_bridge *bridge, const char *name)
{
    return sset_contains(&bridge->admitted_names, name);
}

/* The bridge's own setting counts before the host's. */
static struct error *
foreign_ports(const struct agent_bridge *bridge, bool *accept)
{
    struct switch_bridge row;

    *accept = bridge->agent->settings.accept_foreign_ports;
    if (!switch_db_bridge(bridge->agent->db, bridge->name, &row) || !row.foreign_ports) {
        return NULL;
    }
    *accept = false;
    return settings_parse_foreign_ports(row.foreign_ports, accept);
}

struct error *
admission_problem(const struct agent_bridge *bridge)
{
    bool accept;

    return foreign_ports(bridge, &accept);
}

static bool
foreign_ports_are_accepted(const struct agent_bridge *bridge)
{
    bool accept;

    error_free(foreign_ports(bridge, &accept));
    return accept;
}

void
admission_forget(struct agent_bridge *bridge)
{
    struct admitted_port *port;

    HMAP_FOR_EACH_POP (port, node, &bridge->admitted) {
        free(port);
    }
}

/* A VIF's, or on its way out. */
static bool
is_claimed(const struct agent *agent, const char *name, const struct switch_port *port)
{
    return port->vif || shash_find(&agent->vifs_by_device, name) || shash_find(&agent->vifs_by_device, port->interface)
           || hand_takes_off(agent, name);
}

/* Ports that must be removed are noted on the way: an uplink of ours that the network does not name any more. */
static bool
port_is_admitted(struct agent_bridge *bridge, const char *name, const struct switch_port *port)
{
    if (is_claimed(bridge->agent, name, port)) {
        return false;
    }
    if (port->uplink && bridge->network.uuid[0] && strcmp(name, bridge->network.uplink)) {
        sset_add(&bridge->agent->strays, name);
        return false;
    }
    return port->uplink || !strcmp(name, bridge->network.uplink) || !strcmp(port->type, "patch")
           || foreign_ports_are_accepted(bridge);
}

/* Flows of a VIF whose port this was may still be there: they go by port and generation, and must not take admission with them. */
static uint8_t
generation_of_vif(const struct agent_bridge *bridge, uint32_t ofport)
{
    const struct agent_vif *vif;

    HMAP_FOR_EACH (vif, by_uuid, &bridge->agent->vifs) {
        if (vif->rules.bridge == bridge && vif->rules.ofport == ofport) {
            return vif->rules.generation;
        }
    }
    return 0;
}

static void
compile_admitted(const struct rules_target *target, struct rules_flows *flows, const void *aux OVS_UNUSED)
{
    rules_compile_admitted(target, flows);
}

/* Unless the session has found the very flow. */
static void
put_admitted(struct agent_bridge *bridge, uint32_t ofport)
{
    struct rules_target target = {
        .layout = &bridge->agent->settings.layout,
        .variant = bridge->agent->settings.variant,
        .ofport = ofport,
    };

    if (!found_take(session_found(bridge->session), &target, compile_admitted, NULL)) {
        target.generation = agent_bridge_next_generation(bridge, ofport, generation_of_vif(bridge, ofport));
        rules_compile_admitted(&target, &bridge->bundle.adds);
    }
}

static void
want_admitted(struct agent_bridge *bridge, uint32_t ofport, const char *name)
{
    struct admitted_port *port;

    sset_add(&bridge->admitted_names, name);
    HMAP_FOR_EACH_WITH_HASH (port, node, hash_int(ofport, 0), &bridge->admitted) {
        if (port->ofport == ofport) {
            port->wanted = true;
            return;
        }
    }
    port = xmalloc(sizeof *port);
    port->ofport = ofport;
    port->wanted = true;
    hmap_insert(&bridge->admitted, &port->node, hash_int(ofport, 0));
    put_admitted(bridge, ofport);
}

struct look {
    struct agent_bridge *bridge;
    const struct port_numbers *numbers;
};

static void
look_at_port(const char *name, const struct switch_port *port, void *look_)
{
    const struct look *look = look_;
    uint32_t ofport = port_numbers_find(look->numbers, port->interface);

    if (ofport && ofport < LOCAL_OFPORT && port_is_admitted(look->bridge, name, port)) {
        want_admitted(look->bridge, ofport, name);
    }
}

static void
update(struct agent_bridge *bridge, const struct port_numbers *numbers)
{
    struct look look = { .bridge = bridge, .numbers = numbers };
    struct admitted_port *port;

    HMAP_FOR_EACH (port, node, &bridge->admitted) {
        port->wanted = false;
    }
    sset_clear(&bridge->admitted_names);
    want_admitted(bridge, LOCAL_OFPORT, bridge->name);
    switch_db_for_each_interface(bridge->agent->db, bridge->name, look_at_port, &look);
    HMAP_FOR_EACH_SAFE (port, node, &bridge->admitted) {
        if (!port->wanted) {
            bundle_delete_rule(&bridge->bundle, port->ofport, RULES_ADMITTED);
            hmap_remove(&bridge->admitted, &port->node);
            free(port);
        }
    }
}

/* Admission goes by the numbers that the switch says on this connection: those in the database are for a moment after a restart of
 * ovs-vswitchd what they were before, and would let another port pass. */
void
admission_run(struct agent_bridge *bridge)
{
    if (bridge->ports_changed && bridge->session && session_is_ready(bridge->session)) {
        session_ask_ports(bridge->session);
        bridge->ports_changed = false;
    }
    if (bridge->composing && bridge->base_sent) {
        unsigned int seqno = session_ports(bridge->session)->seqno;

        if (seqno != bridge->ports_seqno) {
            update(bridge, session_ports(bridge->session));
            bridge->ports_seqno = seqno;
        }
    }
}
