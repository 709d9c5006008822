/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <openvswitch/vlog.h>

#include "agent/agent-private.h"
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "source/source.h"
#include "switch/datapath.h"
#include "switch/db.h"
#include "switch/encode.h"
#include "switch/found.h"
#include "switch/ofports.h"
#include "switch/port_numbers.h"
#include "switch/session.h"

VLOG_DEFINE_THIS_MODULE(agent_bridge);

static struct vlog_rate_limit uplink_rl = VLOG_RATE_LIMIT_INIT(5, 5);

void
agent_bridge_take_numbers(struct agent_bridge *bridge, const struct switch_port *port)
{
    if (port->ofport > 0) {
        ofports_take(bridge->ofports, port->ofport);
    }
    ofports_take(bridge->ofports, port->ofport_request);
}

static void
take_numbers(const char *name OVS_UNUSED, const struct switch_port *port, void *bridge)
{
    agent_bridge_take_numbers(bridge, port);
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
    switch_db_for_each_interface(agent->db, name, take_numbers, bridge);
    ovs_list_init(&bridge->vifs);
    ovs_list_init(&bridge->in_flight);
    hmap_init(&bridge->admitted);
    sset_init(&bridge->admitted_names);
    totals_init(bridge);
    bundle_init(&bridge->bundle, &agent->settings.layout);
    bridge->state = WIRING_BRIDGE_CONNECTING;
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
    return bridge->base_acked;
}

bool
agent_bridge_takes_rules(const struct agent_bridge *bridge)
{
    return bridge->composing && (bridge->base_acked || bridge->base_sent);
}

static void
wake_vifs(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
        agent_vif_dirty(vif);
    }
}

/* Also those that have left for another bridge and could not take their flows along yet. */
static void
for_each_with_rules(struct agent_bridge *bridge, void (*each)(struct agent_vif *))
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
    session_close(bridge->session);
    ofports_destroy(bridge->ofports);
    admission_forget(bridge);
    for_each_with_rules(bridge, agent_vif_forget_rules);
    hmap_destroy(&bridge->admitted);
    sset_destroy(&bridge->admitted_names);
    totals_destroy(bridge);
    bundle_destroy(&bridge->bundle);
    free(bridge->reason);
    free(bridge);
}

/* What was sent on an earlier connection, or before other hands came, may be there or not: the listing tells. */
static void
bridge_begin_epoch(struct agent_bridge *bridge)
{
    bridge->epoch = bridge->session ? session_epoch(bridge->session) : 0;
    bridge->base_sent = bridge->base_acked = bridge->confirmed = false;
    bridge->leftovers_due = true;
    bridge->ports_seqno = 0;
    admission_forget(bridge);
    for_each_with_rules(bridge, agent_vif_doubt_rules);
    wake_vifs(bridge);
}

/* The session is ready: what is there as it was sent is not sent again. */
static void
bridge_confirm(struct agent_bridge *bridge)
{
    if (!bridge->confirmed && session_is_ready(bridge->session)) {
        bridge->confirmed = true;
        for_each_with_rules(bridge, agent_vif_confirm_rules);
    }
}

void
agent_bridge_restart(struct agent_bridge *bridge)
{
    session_close(bridge->session);
    bridge->session = NULL;
    bridge->connection = UINT_MAX; /* none of the next session's */
    hands_see_session(&bridge->hands, bridge->name, NULL);
    bridge->composing = false;
    bundle_destroy(&bridge->bundle);
    bundle_init(&bridge->bundle, &bridge->agent->settings.layout);
    for_each_with_rules(bridge, agent_vif_forget_rules);
    bridge_begin_epoch(bridge);
}

static void
bridge_note_base(struct agent_bridge *bridge)
{
    if (!bridge->base_acked) {
        bridge->base_acked = true;
        VLOG_INFO("bridge %s is guarded", bridge->name);
        wake_vifs(bridge);
        agent_stop_at(AGENT_STEP_BASE_ACKED);
    }
}

void
agent_bridge_let_go(struct agent *agent, const char *name)
{
    struct agent_bridge *bridge = shash_find_data(&agent->bridges, name);

    if (bridge && bridge->session) {
        agent_bridge_restart(bridge);
    }
    if (bridge) {
        bridge->needed_cfg = switch_db_next_cfg(agent->db);
    }
}

static void
take_ack(struct agent_bridge *bridge)
{
    struct agent_vif *vif;

    bridge_note_base(bridge);
    LIST_FOR_EACH_SAFE (vif, in_flight, &bridge->in_flight) {
        ovs_list_remove(&vif->in_flight);
        ovs_list_init(&vif->in_flight);
        vif->rules.acked = true;
        agent_vif_dirty(vif);
    }
    agent_stop_at(AGENT_STEP_BUNDLE_ACKED);
}

void
agent_bridge_hear(struct agent_bridge *bridge)
{
    if (!bridge->session) {
        return;
    }
    session_run(bridge->session);
    hands_see_session(&bridge->hands, bridge->name, bridge->session);
    if (session_epoch(bridge->session) != bridge->epoch
        || (bridge->base_sent && !session_is_ready(bridge->session))) {
        bridge_begin_epoch(bridge);
        agent_stop_at(AGENT_STEP_SESSION_CONNECTED);
    }
    totals_hear(bridge);
    bridge_confirm(bridge);
    switch (session_take_result(bridge->session)) {
    case SESSION_RESULT_NONE:
        return;
    case SESSION_RESULT_ACKED:
        take_ack(bridge);
        return;
    case SESSION_RESULT_REFUSED:
        /* Nothing of it is in force. Begin again from what is there, after the reconnection's pause. */
        session_reconnect(bridge->session);
        bridge_begin_epoch(bridge);
        return;
    }
}

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

static struct wiring_bridge_seen
bridge_see(struct agent_bridge *bridge)
{
    struct wiring_bridge_seen seen = { .exists = false };
    struct switch_bridge row;
    struct switch_port port;

    seen.exists = switch_db_bridge(bridge->agent->db, bridge->name, &row);
    hands_see_bridge(&bridge->hands, bridge->name, seen.exists ? &row : NULL);
    if (seen.exists) {
        seen.unguarded = row.given_back;
        seen.prepared = bridge_is_prepared(&row);
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
    }
    seen.base_sent = bridge->base_sent;
    seen.base_acked = bridge->base_acked;
    return seen;
}

uint8_t
agent_bridge_next_generation(const struct agent_bridge *bridge, uint32_t ofport, uint8_t current)
{
    uint8_t next = current;

    do {
        next++;
    } while (next != current && found_generation(session_found(bridge->session), ofport, next));
    return next;
}

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

static void
bridge_put_base(struct agent_bridge *bridge)
{
    agent_stop_at(AGENT_STEP_SESSION_LISTED);
    bridge->base_sent = true;
    if (base_is_there(bridge)) {
        bridge_note_base(bridge);
    } else {
        compile_base(bridge, agent_bridge_next_generation(bridge, 0, 0), &bridge->bundle.adds);
    }
    wake_vifs(bridge);
    agent_stop_at(AGENT_STEP_BASE_PUT);
}

/* A VIF whose wish does not parse keeps the rules that it has. They are its own from now on: what comes after them removes them. */
static bool
refused_vif_keeps(struct agent_bridge *bridge, const struct found_rules *found)
{
    struct agent_vif *vif;

    LIST_FOR_EACH (vif, on_bridge, &bridge->vifs) {
        if (vif->reserved == found->ofport) {
            return vif->wish && vif->wish->refusal && agent_vif_keep_rules(vif, found->generation);
        }
    }
    return false;
}

/* Every VIF and every port has said by now which of the flows that were found are its own. */
static void
bridge_delete_leftovers(struct agent_bridge *bridge)
{
    const struct found *found = session_found(bridge->session);

    for (size_t i = 0; i < found->n; i++) {
        struct found_rules *rules = &found->list[i];

        if (!rules->settled && !refused_vif_keeps(bridge, rules)) {
            bundle_delete_generation(&bridge->bundle, rules->ofport, rules->generation);
        }
        rules->settled = true;
    }
    agent_bridge_delete_useless_meters(bridge);
    bridge->leftovers_due = false;
}

/* Steps that change rows of the switch database. They wait until it can be written. */
static void
bridge_write(struct agent_bridge *bridge, unsigned int steps)
{
    struct switch_db *db = bridge->agent->db;

    if (steps & WIRING_BRIDGE_CREATE) {
        switch_db_add_bridge(db, bridge->name, bridge->network.uuid, datapath_choose(db));
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

/* Admission goes by the numbers that the switch says on this connection: those in the database are for a moment after a restart of
 * ovs-vswitchd what they were before, and would let another port pass. */
static void
bridge_admit(struct agent_bridge *bridge)
{
    if (bridge->ports_changed && bridge->session && session_is_ready(bridge->session)) {
        session_ask_ports(bridge->session);
        bridge->ports_changed = false;
    }
    if (bridge->composing && bridge->base_sent) {
        unsigned int seqno = session_ports(bridge->session)->seqno;

        if (seqno != bridge->ports_seqno) {
            admission_update(bridge, session_ports(bridge->session));
            bridge->ports_seqno = seqno;
        }
    }
}

static void
bridge_carry_out(struct agent_bridge *bridge, unsigned int steps)
{
    enum { WRITES = WIRING_BRIDGE_CREATE | WIRING_BRIDGE_PREPARE | WIRING_BRIDGE_SECURE | WIRING_BRIDGE_ADD_UPLINK };

    if (steps & WRITES && agent_can_write(bridge->agent)) {
        bridge_write(bridge, steps);
    }
    if (steps & WIRING_BRIDGE_RAISE_UPLINK) {
        raise_uplink(bridge);
    }
    if (!(steps & WIRING_BRIDGE_CONNECT)) {
        if (bridge->session) {
            agent_bridge_restart(bridge);
        }
    } else if (!bridge->session) {
        bridge->session = session_open(bridge->name, bridge->agent->settings.variant == RULES_XENSERVER_COMPAT
                                       ? FRAGMENTS_NORMAL : FRAGMENTS_NX_MATCH, &bridge->agent->settings.layout);
    }
    bridge->composing = bridge->session && session_is_ready(bridge->session) && !session_is_sending(bridge->session);
    if (bridge->composing && steps & WIRING_BRIDGE_PUT_BASE) {
        bridge_put_base(bridge);
    }
    bridge_admit(bridge);
    totals_run(bridge);
}

static void
count_foreign(const char *name, const struct switch_port *port, void *n_)
{
    int *n = n_;

    *n += !port->vif && !port->uplink && strcmp(name, port->bridge);
}

/* A bridge of ours goes with the last network that names it, unless somebody else has come to use it. */
static bool
bridge_is_left_over(struct agent_bridge *bridge)
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

/* Takes the plan's reason. VIFs that wait for the bridge show it too. */
static void
bridge_note_state(struct agent_bridge *bridge, struct wiring_bridge_plan *plan)
{
    if (bridge->state != plan->state || strcmp(bridge->reason ? bridge->reason : "", plan->reason ? plan->reason : "")) {
        if (plan->reason) {
            VLOG(plan->state == WIRING_BRIDGE_UNGUARDED ? VLL_INFO : VLL_WARN, "%s", plan->reason);
        }
        wake_vifs(bridge);
        poll_immediate_wake();
    }
    bridge->state = plan->state;
    free(bridge->reason);
    bridge->reason = plan->reason;
    bridge->blocks_vifs = plan->blocks_vifs;
}

void
agent_bridge_run(struct agent_bridge *bridge)
{
    if (bridge_is_left_over(bridge)) {
        struct switch_bridge row;

        if (!switch_db_bridge(bridge->agent->db, bridge->name, &row)) {
            agent_bridge_destroy(bridge);
        } else if (agent_can_write(bridge->agent)) {
            VLOG_INFO("bridge %s is removed: no network has it any more", bridge->name);
            switch_db_delete_bridge(bridge->agent->db, bridge->name);
        }
        return;
    }

    const struct wiring_bridge_seen seen = bridge_see(bridge);
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
    if (bridge->composing && bridge->base_sent && bridge->leftovers_due) {
        bridge_delete_leftovers(bridge);
    }
    if (bridge->composing && !bundle_is_empty(&bridge->bundle)) {
        session_send(bridge->session, &bridge->bundle);
        agent_stop_at(AGENT_STEP_BUNDLE_SENT);
        bundle_destroy(&bridge->bundle);
        bundle_init(&bridge->bundle, &bridge->agent->settings.layout);
    }
    bridge->composing = false;
}

void
agent_bridge_wait(struct agent_bridge *bridge)
{
    if (bridge->session) {
        session_wait(bridge->session);
        totals_wait(bridge);
    }
}
