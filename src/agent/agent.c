/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "agent/agent.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <uuid.h>
#include <openvswitch/vlog.h>
#include <smap.h>
#include <timeval.h>

#include "agent/agent-private.h"
#include "agent/hand.h"
#include "agent/identities.h"
#include "agent/links.h"
#include "agent/stop.h"
#include "base/error.h"
#include "hotplug/devices.h"
#include "hotplug/link.h"
#include "pool/replica.h"
#include "source/pool.h"
#include "source/rows.h"
#include "source/several.h"
#include "source/source.h"
#include "switch/db.h"
#include "sync/sync.h"

VLOG_DEFINE_THIS_MODULE(agent);

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

/* True if some VIF says that the port is its own. */
static bool
stray_is_claimed(struct agent *agent, const char *name, const struct switch_port *port)
{
    struct agent_vif *vif = port->vif ? agent_vif_find(agent, port->vif) : NULL;

    return vif && !strcmp(vif->wish && vif->wish->device[0] ? vif->wish->device : vif->device, name);
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
        if (!stray_is_claimed(agent, name, &port)) {
            sset_add(&agent->strays, name);
        }
    }
}

static void
interface_changed(const char *name, void *agent_)
{
    struct agent *agent = agent_;

    sync_interface_changed(agent->sync, agent->db, name);
}

static void
all_changed(struct agent *agent)
{
    struct agent_vif *vif;

    HMAP_FOR_EACH (vif, by_uuid, &agent->vifs) {
        agent_vif_dirty(vif);
    }
}

/* A host that has a uuid in a pool database belongs to one, whether that answers or not. Any other belongs to the one that is served in the
 * usual place, if one is. */
static bool
belongs_to_pool(const struct settings *settings)
{
    static const char usual[] = POOL_DEFAULT_REMOTE;

    if (settings->no_pool) {
        return false;
    }
    return settings->names_pool || !uuid_is_zero(&settings->host) || !access(usual + strlen("unix:"), F_OK);
}

/* Nothing is carried out before the next pool database has told of its VIFs: those that it knows too go on as they are. */
static void
follow_pool(struct agent *agent, const struct settings *settings)
{
    if (settings->follows_pool) {
        VLOG_INFO("following pool database %s as host "UUID_FMT, settings->pool, UUID_ARGS(&settings->host));
    } else {
        VLOG_INFO("there is no pool database: VIFs are what the switch's rows describe");
    }
    agent->pool = settings->follows_pool ? source_pool_open(settings->pool, &settings->host) : NULL;
    source_several_set_pool(agent->source, agent->pool);
}

static bool
pool_is_another(const struct settings *a, const struct settings *b)
{
    return a->follows_pool != b->follows_pool || strcmp(a->pool, b->pool) || !uuid_equals(&a->host, &b->host);
}

static void
begin_anew(struct agent *agent)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &agent->bridges) {
        agent_bridge_restart(node->data);
    }
    all_changed(agent);
}

static void
apply_settings(struct agent *agent, struct settings *settings)
{
    const struct settings *before = &agent->settings;
    const bool other_pool = !agent->source || pool_is_another(before, settings);
    const bool other_identities = other_pool || !settings_same_xapi(before, settings);
    const bool other = other_pool || !settings_equal(before, settings);

    if (!agent->source) {
        agent->source = source_several_open(agent->rows);
    }
    if (other_pool) {
        identities_let_go(agent);
        follow_pool(agent, settings);
    }
    settings_destroy(&agent->settings);
    agent->settings = *settings;
    if (other_identities) {
        identities_follow(agent);
    }
    if (other) {
        begin_anew(agent);
    }
}

static void
name_host(struct agent *agent)
{
    struct uuid uuid;
    char text[UUID_LEN + 1];

    if (agent_can_write(agent)) {
        uuid_generate(&uuid);
        snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(&uuid));
        VLOG_INFO("this host has no uuid yet: it gets %s", text);
        switch_db_set_setting(agent->db, "cabled-host", text);
    }
}

static void
read_settings(struct agent *agent)
{
    const struct smap *ids = switch_db_settings(agent->db);
    struct settings settings;

    if (!ids) {
        return;
    }

    struct error *error = settings_parse(ids, &settings);
    if (error) {
        if (!agent->settings_error || strcmp(agent->settings_error, error->text)) {
            VLOG_WARN("external_ids of the switch: %s", error->text);
        }
        free(agent->settings_error);
        agent->settings_error = xstrdup(error->text);
        error_free(error);
        return;
    }
    free(agent->settings_error);
    agent->settings_error = NULL;
    settings.follows_pool = belongs_to_pool(&settings);
    if (settings.follows_pool && uuid_is_zero(&settings.host)) {
        name_host(agent);
        settings_destroy(&settings);
    } else {
        apply_settings(agent, &settings);
    }
}

bool
agent_can_write(const struct agent *agent)
{
    return switch_db_can_write(agent->db) && !backoff_holds(&agent->writes, time_msec());
}

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
        all_changed(agent);
    }
    SHASH_FOR_EACH (node, &agent->bridges) {
        struct agent_bridge *bridge = node->data;

        if (bridge->state == WIRING_BRIDGE_UNGUARDED) {
            agent_bridge_wake_vifs(bridge);
        }
    }
}

static void
remove_stray(struct agent *agent, const char *name, const struct switch_port *port)
{
    struct device device;

    if (port->adopted) {
        VLOG_INFO("port %s is given back: no VIF claims it", name);
        switch_db_release_port(agent->db, name);
        return;
    }
    VLOG_INFO("port %s is removed: no VIF claims it", name);
    if (devices_find(agent->devices, name, &device) && device.flags & IFF_UP) {
        error_free(link_set_up(&device, false));
    }
    switch_db_delete_port(agent->db, name);
    agent_note_removal(agent, name);
}

static void
remove_strays(struct agent *agent)
{
    const char *name;

    if (sset_is_empty(&agent->strays) || !agent_can_write(agent)) {
        return;
    }
    SSET_FOR_EACH_SAFE (name, &agent->strays) {
        struct switch_port port;

        if (switch_db_port(agent->db, name, &port) && !stray_is_claimed(agent, name, &port)) {
            remove_stray(agent, name, &port);
        }
        sset_find_and_delete(&agent->strays, name);
    }
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

    forget_removals(agent);
    note_progress(agent);
    remove_strays(agent);
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

static void
note_startup(struct agent *agent)
{
    if (agent->startup_cfg < 0 && switch_db_is_synced(agent->db) && switch_db_settings(agent->db)) {
        agent->startup_cfg = switch_db_next_cfg(agent->db);
    }
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
        all_changed(agent);
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
    note_startup(agent);
    read_settings(agent);
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
