/* SPDX-License-Identifier: Apache-2.0
 *
 * A bridge's session: what was sent to it, and what is known to be there.
 */
#include <config.h>

#include <limits.h>

#include <util.h>

#include "agent/agent-private.h"
#include "agent/bridge-private.h"
#include "agent/stop.h"
#include "switch/db.h"
#include "switch/found.h"
#include "switch/safety_net.h"
#include "switch/session.h"

enum fragments_mode
agent_bridge_fragments(const struct agent_bridge *bridge)
{
    return bridge->agent->settings.variant == RULES_XENSERVER_COMPAT ? FRAGMENTS_NORMAL : FRAGMENTS_NX_MATCH;
}

void
agent_bridge_connect(struct agent_bridge *bridge)
{
    if (!bridge->session) {
        bridge->session = session_open(bridge->name, agent_bridge_fragments(bridge), &bridge->agent->settings.layout);
    }
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
    agent_bridge_for_each_with_rules(bridge, agent_vif_doubt_rules);
    agent_bridge_wake_vifs(bridge);
}

/* The session is ready: what is there as it was sent is not sent again. */
static void
bridge_confirm(struct agent_bridge *bridge)
{
    if (!bridge->confirmed && session_is_ready(bridge->session)) {
        bridge->confirmed = true;
        agent_bridge_for_each_with_rules(bridge, agent_vif_confirm_rules);
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
    agent_bridge_for_each_with_rules(bridge, agent_vif_forget_rules);
    bridge_begin_epoch(bridge);
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

    agent_bridge_note_base(bridge);
    LIST_FOR_EACH_SAFE (vif, in_flight, &bridge->in_flight) {
        ovs_list_remove(&vif->in_flight);
        ovs_list_init(&vif->in_flight);
        vif->rules.acked = true;
        agent_vif_note_stage(vif, VIF_STAGE_RULES);
        agent_vif_dirty(vif);
    }
    agent_stop_at(AGENT_STEP_BUNDLE_ACKED);
}

/* VIFs of a storm wait for this. */
static void
note_commit(struct agent_bridge *bridge)
{
    const bool commits = session_is_committing(bridge->session);
    struct agent_vif *vif;

    if (commits && !bridge->commits) {
        LIST_FOR_EACH (vif, in_flight, &bridge->in_flight) {
            if (vif->rules.sent_in_storm) {
                agent_vif_dirty(vif);
            }
        }
    }
    bridge->commits = commits;
}

void
agent_bridge_hear(struct agent_bridge *bridge)
{
    if (bridge->net) {
        safety_net_run(bridge->net);
    }
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
    note_commit(bridge);
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

void
agent_bridge_wait(struct agent_bridge *bridge)
{
    if (bridge->net) {
        safety_net_wait(bridge->net);
    }
    if (bridge->session) {
        session_wait(bridge->session);
        totals_wait(bridge);
    }
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
