/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/db.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <openvswitch/vlog.h>
#include <ovsdb-idl.h>
#include <smap.h>
#include <vswitch-idl.h>

#include "switch/db-private.h"

VLOG_DEFINE_THIS_MODULE(switch_db);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

static void
watch_columns(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &ovsrec_open_vswitch_col_bridges,
        &ovsrec_open_vswitch_col_external_ids,
        &ovsrec_open_vswitch_col_datapath_types,
        &ovsrec_open_vswitch_col_next_cfg,
        &ovsrec_open_vswitch_col_cur_cfg,
        &ovsrec_open_vswitch_col_ovs_version,
        &ovsrec_bridge_col_name,
        &ovsrec_bridge_col_ports,
        &ovsrec_bridge_col_datapath_type,
        &ovsrec_bridge_col_fail_mode,
        &ovsrec_bridge_col_protocols,
        &ovsrec_bridge_col_stp_enable,
        &ovsrec_bridge_col_rstp_enable,
        &ovsrec_bridge_col_other_config,
        &ovsrec_bridge_col_external_ids,
        &ovsrec_port_col_name,
        &ovsrec_port_col_interfaces,
        &ovsrec_port_col_tag,
        &ovsrec_port_col_trunks,
        &ovsrec_port_col_vlan_mode,
        &ovsrec_port_col_other_config,
        &ovsrec_port_col_external_ids,
        &ovsrec_interface_col_name,
        &ovsrec_interface_col_type,
        &ovsrec_interface_col_ofport,
        &ovsrec_interface_col_ofport_request,
        &ovsrec_interface_col_error,
        &ovsrec_interface_col_external_ids,
        &ovsrec_interface_col_ingress_policing_rate,
        &ovsrec_interface_col_ingress_policing_burst,
    };

    ovsdb_idl_add_table(idl, &ovsrec_table_open_vswitch);
    ovsdb_idl_add_table(idl, &ovsrec_table_bridge);
    ovsdb_idl_add_table(idl, &ovsrec_table_port);
    ovsdb_idl_add_table(idl, &ovsrec_table_interface);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(idl, columns[i]);
        ovsdb_idl_track_add_column(idl, columns[i]);
    }
}

struct switch_db *
switch_db_open_without_lock(const char *remote)
{
    struct switch_db *db = xzalloc(sizeof *db);

    db->idl = ovsdb_idl_create(remote, &ovsrec_idl_class, false, true);
    hmap_init(&db->owners);
    watch_columns(db->idl);
    db->bridges_by_name = ovsdb_idl_index_create1(db->idl, &ovsrec_bridge_col_name);
    db->ports_by_name = ovsdb_idl_index_create1(db->idl, &ovsrec_port_col_name);
    db->interfaces_by_name = ovsdb_idl_index_create1(db->idl, &ovsrec_interface_col_name);
    db->loop = (struct ovsdb_idl_loop) OVSDB_IDL_LOOP_INITIALIZER(db->idl);
    return db;
}

struct switch_db *
switch_db_open(const char *remote)
{
    struct switch_db *db = switch_db_open_without_lock(remote);

    db->wants_lock = true;
    ovsdb_idl_set_lock(db->idl, "cabled");
    return db;
}

void
switch_db_close(struct switch_db *db)
{
    if (db) {
        owners_clear(db);
        hmap_destroy(&db->owners);
        ovsdb_idl_loop_destroy(&db->loop);
        free(db->error);
        free(db);
    }
}

/* Tells of a port through its interface too: the number and the error stand there. */
static void
tell_changed_interfaces(struct switch_db *db, const struct switch_db_events *events)
{
    const struct ovsrec_interface *interface;

    OVSREC_INTERFACE_FOR_EACH_TRACKED (interface, db->idl) {
        const struct ovsrec_port *port = interface_port(db, interface);
        const struct ovsrec_bridge *bridge = port ? port_bridge(db, port) : NULL;

        events->port_changed(port ? port->name : interface->name, bridge ? bridge->name : NULL, events->aux);
    }
}

/* A database that comes back empty, or as it was before, is read as a whole, and then the replica tells of the rows that are there, but of
 * none that is there no more (libopenvswitch 3.1, ovsdb_idl_clear()). Whatever was planned by the one before is planned anew. */
static void
note_new_replica(struct switch_db *db)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    if (config && ovsrec_open_vswitch_is_new(config)) {
        db->fate = SWITCH_DB_OVERTAKEN;
    }
}

static void
tell_changes(struct switch_db *db, const struct switch_db_events *events)
{
    const struct ovsrec_bridge *bridge;
    const struct ovsrec_port *port;

    OVSREC_BRIDGE_FOR_EACH_TRACKED (bridge, db->idl) {
        events->bridge_changed(bridge->name, events->aux);
    }
    OVSREC_PORT_FOR_EACH_TRACKED (port, db->idl) {
        const struct ovsrec_bridge *on = ovsrec_port_is_deleted(port) ? NULL : port_bridge(db, port);

        events->port_changed(port->name, on ? on->name : NULL, events->aux);
    }
    tell_changed_interfaces(db, events);
    note_new_replica(db);
    ovsdb_idl_track_clear(db->idl);
}

void
switch_db_tell_all(struct switch_db *db, const struct switch_db_events *events)
{
    const struct ovsrec_bridge *bridge;
    const struct ovsrec_port *port;

    OVSREC_BRIDGE_FOR_EACH (bridge, db->idl) {
        events->bridge_changed(bridge->name, events->aux);
    }
    OVSREC_PORT_FOR_EACH (port, db->idl) {
        const struct ovsrec_bridge *on = port_bridge(db, port);

        events->port_changed(port->name, on ? on->name : NULL, events->aux);
    }
}

static void
note_refusal(struct switch_db *db, struct ovsdb_idl_txn *txn)
{
    free(db->error);
    db->error = xstrdup(ovsdb_idl_txn_get_error(txn));
    db->fate = SWITCH_DB_REFUSED;
    VLOG_WARN_RL(&refused_rl, "the switch database refused a change: %s", db->error);
}

/* Sends 'txn' if that has not happened, and notes how it ended, if it has. The loop destroys a transaction that has ended: what it has to say
 * must be taken before. */
static void
note_fate(struct switch_db *db, struct ovsdb_idl_txn *txn)
{
    enum ovsdb_idl_txn_status status = ovsdb_idl_txn_commit(txn);

    if (status == TXN_INCOMPLETE) {
        return;
    }
    if (status == TXN_ERROR) {
        note_refusal(db, txn);
    } else if (status == TXN_TRY_AGAIN) {
        db->fate = SWITCH_DB_OVERTAKEN;
    } else if (status == TXN_SUCCESS) {
        free(db->error);
        db->error = NULL;
        if (db->bumped) {
            db->confirmed_cfg = ovsdb_idl_txn_get_increment_new_value(txn);
        }
    }
    db->bumped = false;
}

/* The answer came between our look and the loop's own, which has destroyed the transaction. The replica has what it wrote, so its next_cfg
 * is not below the one that was asked for. */
static void
note_unseen_success(struct switch_db *db)
{
    if (db->bumped) {
        db->confirmed_cfg = switch_db_next_cfg(db);
        db->bumped = false;
    }
}

void
switch_db_run(struct switch_db *db, const struct switch_db_events *events)
{
    bool was_committing;

    ovsdb_idl_run(db->idl);
    if (db->loop.committing_txn) {
        note_fate(db, db->loop.committing_txn);
    }
    was_committing = db->loop.committing_txn != NULL;
    db->txn = ovsdb_idl_loop_run(&db->loop);
    if (was_committing && !db->loop.committing_txn) {
        note_unseen_success(db);
    }
    if (ovsdb_idl_get_seqno(db->idl) != db->seqno) {
        db->seqno = ovsdb_idl_get_seqno(db->idl);
        owners_update(db);
    }
    tell_changes(db, events);
}

enum switch_db_fate
switch_db_commit(struct switch_db *db)
{
    if (db->bump_next_cfg) {
        const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

        ovsdb_idl_txn_increment(db->txn, &config->header_, &ovsrec_open_vswitch_col_next_cfg, true);
        db->bump_next_cfg = false;
        db->bumped = true;
    }
    if (db->txn) {
        note_fate(db, db->txn);
    }
    ovsdb_idl_loop_commit_and_wait(&db->loop);
    db->txn = NULL;

    enum switch_db_fate fate = db->fate;
    db->fate = SWITCH_DB_FINE;
    return fate;
}

void
switch_db_wait(struct switch_db *db)
{
    ovsdb_idl_wait(db->idl);
}

bool
switch_db_is_synced(const struct switch_db *db)
{
    return ovsdb_idl_has_ever_connected(db->idl);
}

bool
switch_db_is_connected(const struct switch_db *db)
{
    return ovsdb_idl_is_connected(db->idl);
}

bool
switch_db_has_lock(const struct switch_db *db)
{
    return ovsdb_idl_has_lock(db->idl);
}

bool
switch_db_can_write(const struct switch_db *db)
{
    return db->txn && (!db->wants_lock || switch_db_has_lock(db)) && ovsrec_open_vswitch_first(db->idl);
}

const struct smap *
switch_db_settings(const struct switch_db *db)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    return config ? &config->external_ids : NULL;
}

void
switch_db_set_setting(struct switch_db *db, const char *key, const char *value)
{
    ovsrec_open_vswitch_update_external_ids_setkey(ovsrec_open_vswitch_first(db->idl), key, value);
}

int64_t
switch_db_next_cfg(const struct switch_db *db)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    return config ? config->next_cfg : 0;
}

int64_t
switch_db_confirmed_cfg(const struct switch_db *db)
{
    return db->confirmed_cfg;
}

bool
switch_db_is_committing(const struct switch_db *db)
{
    return db->loop.committing_txn != NULL;
}

int64_t
switch_db_cur_cfg(const struct switch_db *db)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    return config ? config->cur_cfg : 0;
}

const char *
switch_db_version(const struct switch_db *db)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    return config ? config->ovs_version : NULL;
}

bool
switch_db_has_datapath_type(const struct switch_db *db, const char *type)
{
    const struct ovsrec_open_vswitch *config = ovsrec_open_vswitch_first(db->idl);

    for (size_t i = 0; config && i < config->n_datapath_types; i++) {
        if (!strcmp(config->datapath_types[i], type)) {
            return true;
        }
    }
    return false;
}

const char *
switch_db_error(const struct switch_db *db)
{
    return db->error;
}
