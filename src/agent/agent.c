/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/agent.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <uuid.h>
#include <timeval.h>

#include "agent/agent-private.h"
#include "agent/hand.h"
#include "agent/identities.h"
#include "agent/links.h"
#include "agent/stop.h"
#include "hotplug/devices.h"
#include "source/rows.h"
#include "source/source.h"
#include "switch/db.h"
#include "sync/sync.h"

static void
device_changed(const char *name, void *agent)
{
    agent_wake_port(agent, name);
}

static void
wished(struct vif_wish *wish, void *agent)
{
    agent_vif_wish(agent, wish);
}

static void
withdrawn(const char *uuid, void *agent)
{
    agent_vif_withdraw(agent, uuid);
}

/* A bridge that was guarded stays guarded, VIFs or not. One that was given back is let go of at once: not even an answer that was awaited
 * may bring a bundle to its end. */
static void
bridge_changed(const char *name, void *agent_)
{
    struct agent *agent = agent_;
    struct switch_bridge row;

    sync_bridge_changed(agent->sync, name);
    if (!switch_db_bridge(agent->db, name, &row)) {
        return;
    }
    if (row.guarded) {
        agent_bridge(agent, name)->ports_changed = true;
    } else if (row.given_back) {
        agent_bridge_let_go(agent, name);
    }
}

/* A port that passes and is not what it was: gone, on another bridge, or a VIF's. */
static void
doubt_admission(struct agent *agent, const char *port)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        bridge->ports_changed |= admission_has_name(bridge, port);
    }
}

static void
port_changed(const char *name, const char *bridge_name, void *agent_)
{
    struct agent *agent = agent_;
    struct agent_bridge *bridge = bridge_name ? shash_find_data(&agent->bridges, bridge_name) : NULL;
    struct switch_port port;

    agent_wake_port(agent, name);
    agent_note_numbers(agent, name);
    source_rows_note_port(agent->rows, name);
    doubt_admission(agent, name);
    if (!switch_db_port(agent->db, name, &port)) {
        return;
    }
    if (!port.vif && bridge) {
        bridge->ports_changed = true;
    } else if (port.vif) {
        struct agent_vif *vif = agent_vif_find(agent, port.vif);

        if (vif) {
            agent_vif_dirty(vif);
        }
        strays_note(agent, name, &port);
    }
}

static void
interface_changed(const char *name, void *agent_)
{
    struct agent *agent = agent_;

    sync_interface_changed(agent->sync, agent->db, name);
}

void
agent_wake_all(struct agent *agent)
{
    struct agent_vif *vif;

    HMAP_FOR_EACH (vif, by_uuid, &agent->vifs) {
        agent_vif_dirty(vif);
    }
}

bool
agent_can_write(const struct agent *agent)
{
    return switch_db_can_write(agent->db) && !backoff_holds(&agent->writes, time_msec());
}

/* Nothing is judged before everything is known: a VIF that was not heard of yet must not look unwanted. */
static bool
agent_knows_all(const struct agent *agent)
{
    return agent->source && agent->source->class->is_complete(agent->source) && devices_are_known(agent->devices)
           && switch_db_is_synced(agent->db) && agent->startup_cfg >= 0;
}

static void
run_vifs(struct agent *agent)
{
    struct ovs_list dirty;

    ovs_list_init(&dirty);
    ovs_list_push_back_all(&dirty, &agent->dirty);
    agent->storms = ovs_list_size(&dirty) > AGENT_CALM_VIFS;
    while (!ovs_list_is_empty(&dirty)) {
        struct agent_vif *vif = CONTAINER_OF(ovs_list_pop_front(&dirty), struct agent_vif, in_dirty);

        ovs_list_init(&vif->in_dirty);
        agent_vif_run(vif);
    }
}

static void
send_bundles(struct agent *agent)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        agent_bridge_send(node->data);
    }
}

/* A bundle that takes something away is written before the turn's transaction: a port that goes, goes dark first. So is that of a crowded
 * bridge, where each turn of ovs-vswitchd's loop is long: it reads the bundle in one, and is busy with the transaction in the next. On any
 * other bridge the transaction goes first, because it takes longest, and the bundle, which is ready, at once behind it: it is read
 * while ovsdb-server is at work. */
static void
flush_bundles(struct agent *agent, bool first)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        if (!first || bridge->goes_first) {
            agent_bridge_flush(bridge);
        }
    }
}

/* Decides, and tells the kernel whose link goes up or down. */
static void
run_turn(struct agent *agent)
{
    struct shash_node *node;

    carried_out_run(agent);
    strays_run(agent);
    if (agent_can_write(agent)) {
        agent_wake_writers(agent);
    }
    SHASH_FOR_EACH_SAFE (node, &agent->bridges) {
        agent_bridge_run(node->data);
    }
    agent_tell_untold(agent);
    agent_run_alarms(agent);
    run_vifs(agent);
    hand_carry_out(agent);
    links_set_up(agent);
    send_bundles(agent);
    flush_bundles(agent, true);
}

/* What was not written is asked for again, from what is there then. */
static void
agent_commit(struct agent *agent, const struct switch_db_events *events)
{
    bool had_lock = agent->had_lock;
    enum switch_db_fate fate = switch_db_commit(agent->db);

    if (switch_db_is_committing(agent->db)) {
        agent_stop_at(AGENT_STEP_TRANSACTION_SENT);
    }
    agent->had_lock = switch_db_has_lock(agent->db);
    if (fate == SWITCH_DB_REFUSED) {
        backoff_fail(&agent->writes, time_msec());
    } else if (!switch_db_error(agent->db)) {
        backoff_reset(&agent->writes);
    }
    if (fate != SWITCH_DB_FINE || agent->had_lock != had_lock) {
        agent_wake_all(agent);
        agent_forget_numbers(agent);
        source_rows_note_all(agent->rows);
        switch_db_tell_all(agent->db, events);
        sync_all_changed(agent->sync, agent->db);
        poll_immediate_wake();
    }
}

void
agent_run(struct agent *agent)
{
    const struct switch_db_events switch_events = { bridge_changed, port_changed, interface_changed, agent };
    const struct source_events source_events = { wished, withdrawn, agent };
    const bool was_committing = switch_db_is_committing(agent->db);
    struct shash_node *node;

    switch_db_run(agent->db, &switch_events);
    if (was_committing && !switch_db_is_committing(agent->db)) {
        agent_stop_at(AGENT_STEP_TRANSACTION_ENDED);
        agent_note_commit(agent);
    }
    devices_run(agent->devices);
    carried_out_note_startup(agent);
    follow_settings(agent);
    if (agent->source) {
        agent->source->class->run(agent->source, &source_events);
    }
    SHASH_FOR_EACH (node, &agent->bridges) {
        agent_bridge_hear(node->data);
    }

    identities_run(agent);

    const bool acts = agent_knows_all(agent) && switch_db_has_lock(agent->db);

    if (acts) {
        run_turn(agent);
    }
    agent_commit(agent, &switch_events);
    if (acts) {
        flush_bundles(agent, false);
        links_configure(agent);
        totals_store(agent);
    }
    hand_answer(agent, acts);
}

/* A pool database that is begun later is found by looking for it. */
static void
wait_for_pool(const struct agent *agent)
{
    enum { LOOK_EVERY_MS = 2000 };

    if (agent->source && !agent->settings.follows_pool && !agent->settings.no_pool) {
        poll_timer_wait(LOOK_EVERY_MS);
    }
}

void
agent_wait(struct agent *agent)
{
    struct shash_node *node;

    switch_db_wait(agent->db);
    devices_wait(agent->devices);
    if (agent->source) {
        agent->source->class->wait(agent->source);
    }
    identities_wait(agent);
    SHASH_FOR_EACH (node, &agent->bridges) {
        agent_bridge_wait(node->data);
    }
    if (backoff_holds(&agent->writes, time_msec())) {
        poll_timer_wait_until(agent->writes.until);
    }
    agent_wait_for_alarms(agent);
    totals_wait_to_store(agent);
    hand_wait(agent);
    wait_for_pool(agent);
}

/* Each row that is inserted gets a uuid, and the first one has the crypto library start, which takes milliseconds: not within a plug. */
static void
prepare_uuids(void)
{
    struct uuid uuid;

    uuid_generate(&uuid);
}

struct error *
agent_create(const char *remote, struct agent **agentp)
{
    struct agent *agent = xzalloc(sizeof *agent);
    struct error *error = devices_open(device_changed, agent, &agent->devices);

    if (error) {
        free(agent);
        return error;
    }
    prepare_uuids();
    agent->db = switch_db_open(remote);
    agent->rows = source_rows_open(agent->db);
    hmap_init(&agent->vifs);
    shash_init(&agent->vifs_by_device);
    ovs_list_init(&agent->dirty);
    ovs_list_init(&agent->writers);
    ovs_list_init(&agent->untold);
    ovs_list_init(&agent->in_commit);
    heap_init(&agent->alarms);
    ovs_list_init(&agent->links_to_set_up);
    ovs_list_init(&agent->links_to_configure);
    ovs_list_init(&agent->unstored_bases);
    ovs_list_init(&agent->unstored_totals);
    hmap_init(&agent->vifs_by_port);
    shash_init(&agent->bridges);
    sset_init(&agent->strays);
    shash_init(&agent->removals);
    agent->startup_cfg = -1;
    identities_create(agent);
    control_register(agent);
    hand_register(agent);
    *agentp = agent;
    return NULL;
}

void
agent_set_root_prefix(struct agent *agent, const char *prefix)
{
    agent->root_prefix = xstrdup(prefix);
}

void
agent_destroy(struct agent *agent)
{
    struct agent_vif *vif;
    struct shash_node *node;

    HMAP_FOR_EACH_SAFE (vif, by_uuid, &agent->vifs) {
        agent_vif_destroy(vif);
    }
    SHASH_FOR_EACH_SAFE (node, &agent->bridges) {
        agent_bridge_destroy(node->data);
    }
    hmap_destroy(&agent->vifs);
    hmap_destroy(&agent->vifs_by_port);
    heap_destroy(&agent->alarms);
    shash_destroy(&agent->vifs_by_device);
    shash_destroy(&agent->bridges);
    sset_destroy(&agent->strays);
    shash_destroy_free_data(&agent->removals);
    identities_destroy(agent);
    hand_destroy(agent);

    struct source *source = agent->source ? agent->source : agent->rows;
    source->class->destroy(source);
    devices_close(agent->devices);
    switch_db_close(agent->db);
    settings_destroy(&agent->settings);
    free(agent->settings_error);
    free(agent);
}
