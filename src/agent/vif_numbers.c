/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF's place on a bridge, and its port number there.
 */
#include <config.h>

#include <string.h>

#include <hash.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "agent/agent-private.h"
#include "switch/db.h"
#include "switch/ofports.h"

/* Those that found none look again. */
static void
wake_numberless(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    if (bridge->out_of_numbers) {
        bridge->out_of_numbers = false;
        LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
            if (!vif->reserved) {
                agent_vif_dirty(vif);
            }
        }
        poll_immediate_wake();
    }
}

struct agent_vif *
agent_bridge_vif_of_number(const struct agent_bridge *bridge, uint32_t ofport)
{
    struct agent_vif *vif;

    HMAP_FOR_EACH_WITH_HASH (vif, by_number, hash_int(ofport, 0), &bridge->numbered) {
        if (vif->reserved == ofport) {
            return vif;
        }
    }
    return NULL;
}

static void
set_number(struct agent_vif *vif, uint32_t ofport)
{
    struct hmap *numbered = &vif->bridge->numbered;

    if (vif->reserved) {
        hmap_remove(numbered, &vif->by_number);
    }
    vif->reserved = ofport;
    if (ofport) {
        hmap_insert(numbered, &vif->by_number, hash_int(ofport, 0));
    }
}

void
agent_vif_forget_ofport(struct agent_vif *vif)
{
    struct agent_bridge *bridge = vif->bridge;

    if (!bridge || !vif->reserved) {
        return;
    }
    ofports_release(bridge->ofports, vif->reserved);
    set_number(vif, 0);
    wake_numberless(bridge);
}

bool
agent_vif_reserve_ofport(struct agent_vif *vif)
{
    set_number(vif, ofports_reserve(vif->bridge->ofports));
    vif->bridge->out_of_numbers |= !vif->reserved;
    return vif->reserved;
}

bool
agent_vif_keep_ofport(struct agent_vif *vif, uint32_t ofport)
{
    const struct agent_vif *other = agent_bridge_vif_of_number(vif->bridge, ofport);

    if (other && other != vif) {
        return false;
    }
    ofports_take(vif->bridge->ofports, ofport);
    set_number(vif, ofport);
    return true;
}

/* A number that is another port's by now is given up. */
static void
wake_loser(struct agent_bridge *bridge, const struct switch_port *port)
{
    struct agent_vif *vif = port->ofport > 0 ? agent_bridge_vif_of_number(bridge, port->ofport) : NULL;

    if (vif && strcmp(vif->device, port->interface)) {
        agent_vif_dirty(vif);
    }
}

static void
note_interface(const char *name OVS_UNUSED, const struct switch_port *port, void *agent_)
{
    struct agent *agent = agent_;
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        if (port->bridge && !strcmp(port->bridge, bridge->name)) {
            ofports_note_port(bridge->ofports, port->interface, port->ofport, port->ofport_request);
            wake_loser(bridge, port);
        } else {
            ofports_note_port(bridge->ofports, port->interface, 0, 0);
        }
        wake_numberless(bridge);
    }
}

void
agent_note_numbers(struct agent *agent, const char *port)
{
    const struct switch_port gone = { .interface = port };
    struct switch_port view;

    if (switch_db_port(agent->db, port, &view)) {
        switch_db_for_each_interface_of(agent->db, view.name, note_interface, agent);
    } else {
        note_interface(port, &gone, agent);
    }
}

void
agent_forget_numbers(struct agent *agent)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        ofports_forget_ports(bridge->ofports);
    }
}

void
agent_vif_leave_bridge(struct agent_vif *vif)
{
    if (vif->bridge) {
        agent_vif_forget_ofport(vif);
        ovs_list_remove(&vif->on_bridge);
        ovs_list_init(&vif->on_bridge);
        vif->bridge = NULL;
        vif->gone_with = 0;
        poll_immediate_wake();
    }
}

void
agent_vif_join_bridge(struct agent_vif *vif, struct agent_bridge *bridge)
{
    if (vif->bridge != bridge) {
        agent_vif_leave_bridge(vif);
        vif->bridge = bridge;
        ovs_list_push_back(&bridge->vifs, &vif->on_bridge);
    }
}
