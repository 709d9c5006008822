/* SPDX-License-Identifier: Apache-2.0
 *
 * One turn of a bridge: what wiring decides is carried out as far as that can be done now, and what the turn has collected is sent.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "switch/datapath.h"
#include "switch/db.h"
#include "switch/safety_net.h"
#include "switch/session.h"

VLOG_DEFINE_THIS_MODULE(agent_bridge);

static struct vlog_rate_limit uplink_rl = VLOG_RATE_LIMIT_INIT(5, 5);
static struct vlog_rate_limit tries_rl = VLOG_RATE_LIMIT_INIT(5, 5);

/* A bridge that is guarded for the first time has none yet. On any other, somebody has taken them, or the rules have other tables now. */
static void
put_tries(struct agent_bridge *bridge, bool guarded_before)
{
    switch_db_put_tries(bridge->agent->db, bridge->name, bridge->agent->settings.layout.first_table);
    if (guarded_before) {
        VLOG_INFO_RL(&tries_rl, "bridge %s: tables of the rules are without prefix tries: they get them", bridge->name);
    }
}

/* Steps that change rows of the switch database. They wait until it can be written. */
static void
bridge_write(struct agent_bridge *bridge, unsigned int steps)
{
    struct switch_db *db = bridge->agent->db;

    if (steps & WIRING_BRIDGE_CREATE) {
        switch_db_add_bridge(db, bridge->name, bridge->network.uuid, datapath_choose(db), bridge->agent->settings.layout.first_table);
        agent_stop_at(AGENT_STEP_BRIDGE_CREATED);
    }
    if (steps & WIRING_BRIDGE_PREPARE) {
        switch_db_prepare_bridge(db, bridge->name);
        agent_stop_at(AGENT_STEP_BRIDGE_PREPARED);
    }
    if (steps & WIRING_BRIDGE_SECURE) {
        switch_db_secure_bridge(db, bridge->name);
        agent_stop_at(AGENT_STEP_BRIDGE_SECURED);
    }
    if (steps & WIRING_BRIDGE_PUT_TRIES) {
        put_tries(bridge, !(steps & WIRING_BRIDGE_PREPARE));
    }
    if (steps & WIRING_BRIDGE_ADD_UPLINK) {
        switch_db_add_uplink(db, bridge->name, bridge->network.uplink);
        agent_stop_at(AGENT_STEP_UPLINK_ADDED);
    }
    if (steps & (WIRING_BRIDGE_CREATE | WIRING_BRIDGE_PREPARE | WIRING_BRIDGE_SECURE)) {
        bridge->needed_cfg = AGENT_CFG_PENDING;
    }
}

static void
raise_uplink(struct agent_bridge *bridge)
{
    struct device device;

    if (devices_find(bridge->agent->devices, bridge->network.uplink, &device)) {
        OWN_ERROR struct error *error = link_set_up(&device, true);

        if (error) {
            VLOG_WARN_RL(&uplink_rl, "bridge %s: uplink %s", bridge->name, error->text);
        }
    }
}

/* The net is drawn in a while after the bridge is guarded, or when it will not be for now. */
static void
keep_net(struct agent_bridge *bridge, unsigned int steps)
{
    if (steps & WIRING_BRIDGE_SPREAD_NET && !bridge->net && bridge->can_have_net) {
        bridge->net = safety_net_open(bridge->name, agent_bridge_fragments(bridge));
        safety_net_run(bridge->net);
    } else if (bridge->net && bridge->state == WIRING_BRIDGE_GUARDED) {
        safety_net_give_back(bridge->net);
    }
    if (bridge->net && (safety_net_is_idle(bridge->net) || bridge->state == WIRING_BRIDGE_UNGUARDED)) {
        safety_net_close(bridge->net);
        bridge->net = NULL;
    }
}

static void
bridge_carry_out(struct agent_bridge *bridge, unsigned int steps)
{
    enum {
        WRITES = WIRING_BRIDGE_CREATE | WIRING_BRIDGE_PREPARE | WIRING_BRIDGE_SECURE | WIRING_BRIDGE_PUT_TRIES | WIRING_BRIDGE_ADD_UPLINK,
    };

    if (steps & WRITES && agent_can_write(bridge->agent)) {
        bridge_write(bridge, steps);
    }
    if (steps & WIRING_BRIDGE_RAISE_UPLINK) {
        raise_uplink(bridge);
    }
    if (steps & WIRING_BRIDGE_CONNECT) {
        agent_bridge_connect(bridge);
    } else if (bridge->session) {
        agent_bridge_restart(bridge);
    }
    keep_net(bridge, steps);
    if (steps & WIRING_BRIDGE_COMMIT) {
        session_release(bridge->session);
    }
    bridge->composing = bridge->session && session_is_ready(bridge->session) && !session_is_sending(bridge->session);
    if (bridge->composing && steps & WIRING_BRIDGE_PUT_BASE) {
        agent_bridge_put_base(bridge);
    }
    if (agent_bridge_takes_rules(bridge)) {
        agent_bridge_wake_senders(bridge);
    }
    admission_run(bridge);
    totals_run(bridge);
}

/* Takes the plan's reason. VIFs that wait for the bridge show it too. */
static void
bridge_note_state(struct agent_bridge *bridge, struct wiring_bridge_plan *plan)
{
    if (bridge->state != plan->state || strcmp(bridge->reason ? bridge->reason : "", plan->reason ? plan->reason : "")) {
        if (plan->reason) {
            VLOG(plan->state == WIRING_BRIDGE_UNGUARDED ? VLL_INFO : VLL_WARN, "%s", plan->reason);
        }
        agent_bridge_wake_vifs(bridge);
        poll_immediate_wake();
    }
    bridge->state = plan->state;
    free(bridge->reason);
    bridge->reason = plan->reason;
    bridge->blocks_vifs = plan->blocks_vifs;
}

static void
remove_left_over(struct agent_bridge *bridge)
{
    struct switch_bridge row;

    if (!switch_db_bridge(bridge->agent->db, bridge->name, &row)) {
        agent_bridge_destroy(bridge);
    } else if (agent_can_write(bridge->agent)) {
        VLOG_INFO("bridge %s is removed: no network has it any more", bridge->name);
        switch_db_delete_bridge(bridge->agent->db, bridge->name);
    }
}

void
agent_bridge_run(struct agent_bridge *bridge)
{
    if (agent_bridge_is_left_over(bridge)) {
        remove_left_over(bridge);
        return;
    }

    const struct wiring_bridge_seen seen = agent_bridge_see(bridge);
    struct wiring_bridge_plan plan = wiring_bridge_plan(&bridge->network, &seen);
    OWN_ERROR struct error *problem = admission_problem(bridge);

    if (problem && !plan.reason && plan.state == WIRING_BRIDGE_GUARDED) {
        plan.reason = xasprintf("bridge %s: %s", bridge->name, problem->text);
    }
    bridge_note_state(bridge, &plan);
    bridge_carry_out(bridge, plan.steps);
}

void
agent_bridge_send(struct agent_bridge *bridge)
{
    bridge->goes_first = bridge->bundle.n_deletes || bridge->leftovers_due || agent_bridge_is_crowded(bridge);
    if (bridge->composing && bridge->base_sent && bridge->leftovers_due) {
        agent_bridge_delete_leftovers(bridge);
    }
    if (bridge->composing && !bundle_is_empty(&bridge->bundle)) {
        (bridge->sends_ahead ? session_send_ahead : session_send)(bridge->session, &bridge->bundle);
        bridge->n_bundles++;
        bridge->unflushed = true;
    }
    bridge->composing = false;
}

void
agent_bridge_flush(struct agent_bridge *bridge)
{
    if (bridge->unflushed && bridge->session) {
        session_flush(bridge->session);
        agent_stop_at(AGENT_STEP_BUNDLE_SENT);
    }
    bridge->unflushed = false;
}
