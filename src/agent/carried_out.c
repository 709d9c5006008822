/* SPDX-License-Identifier: Apache-2.0
 *
 * What ovs-vswitchd has carried out of what was asked of it, and what waits for that.
 */
#include <config.h>

#include <stdlib.h>

#include <openvswitch/shash.h>
#include <util.h>

#include "agent/agent-private.h"
#include "switch/db.h"

void
agent_note_removal(struct agent *agent, const char *port)
{
    int64_t *cfg = xmalloc(sizeof *cfg);

    *cfg = AGENT_CFG_PENDING;
    free(shash_replace(&agent->removals, port, cfg));
}

bool
agent_is_carried_out(const struct agent *agent, int64_t cfg)
{
    const int64_t asked = MAX(cfg, agent->startup_cfg), next = switch_db_next_cfg(agent->db);

    /* next_cfg goes back only with its database, when that is made anew or put back from a copy; what was asked of the one before, nobody
     * will confirm. */
    return switch_db_cur_cfg(agent->db) >= (asked == AGENT_CFG_PENDING ? asked : MIN(asked, next));
}

bool
agent_removal_is_pending(const struct agent *agent, const char *port)
{
    const int64_t *cfg = shash_find_data(&agent->removals, port);

    return !agent_is_carried_out(agent, cfg ? *cfg : 0);
}

/* A set that had many once is searched through as if it had them still: not if it is empty, here and below. */
static void
settle_removals(struct agent *agent, int64_t cfg)
{
    struct shash_node *node;

    if (shash_is_empty(&agent->removals)) {
        return;
    }
    SHASH_FOR_EACH (node, &agent->removals) {
        int64_t *removal = node->data;

        *removal = *removal == AGENT_CFG_PENDING ? cfg : *removal;
    }
}

/* The transaction has ended: what waited for its next_cfg knows it now. If it was refused, there is nothing to wait for. */
static void
settle_cfg(struct agent *agent)
{
    struct shash_node *node;
    int64_t cfg = switch_db_confirmed_cfg(agent->db);

    if (switch_db_is_committing(agent->db)) {
        return;
    }
    settle_removals(agent, cfg);
    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        bridge->needed_cfg = bridge->needed_cfg == AGENT_CFG_PENDING ? cfg : bridge->needed_cfg;
    }
}

static void
forget_removals(struct agent *agent)
{
    struct shash_node *node;

    settle_cfg(agent);
    if (shash_is_empty(&agent->removals)) {
        return;
    }
    SHASH_FOR_EACH_SAFE (node, &agent->removals) {
        if (agent_is_carried_out(agent, *(int64_t *) node->data)) {
            agent_wake_port(agent, node->name);
            free(node->data);
            shash_delete(&agent->removals, node);
        }
    }
}

/* Once ovs-vswitchd has carried out more than before. What was asked of it before the agent came may concern any port; a bridge that was given
 * back, all of its VIFs. */
static void
note_progress(struct agent *agent)
{
    const int64_t now = switch_db_cur_cfg(agent->db), before = agent->seen_cfg;
    struct shash_node *node;

    agent->seen_cfg = now;
    if (now == before) {
        return;
    }
    if (before < agent->startup_cfg && now >= agent->startup_cfg) {
        agent_wake_all(agent);
    }
    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        if (bridge->state == WIRING_BRIDGE_UNGUARDED) {
            agent_bridge_wake_vifs(bridge);
        }
    }
}

void
carried_out_note_startup(struct agent *agent)
{
    if (agent->startup_cfg < 0 && switch_db_is_synced(agent->db) && switch_db_settings(agent->db)) {
        agent->startup_cfg = switch_db_next_cfg(agent->db);
    }
}

void
carried_out_run(struct agent *agent)
{
    forget_removals(agent);
    note_progress(agent);
}
