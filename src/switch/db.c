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
#include <uuid.h>

#include "switch/db-private.h"

VLOG_DEFINE_THIS_MODULE(switch_db);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

static void
watch_columns(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &switchrec_open_vswitch_col_bridges,
        &switchrec_open_vswitch_col_external_ids,
        &switchrec_open_vswitch_col_datapath_types,
        &switchrec_open_vswitch_col_next_cfg,
        &switchrec_open_vswitch_col_cur_cfg,
        &switchrec_open_vswitch_col_ovs_version,
        &switchrec_bridge_col_name,
        &switchrec_bridge_col_ports,
        &switchrec_bridge_col_datapath_type,
        &switchrec_bridge_col_fail_mode,
        &switchrec_bridge_col_protocols,
        &switchrec_bridge_col_stp_enable,
        &switchrec_bridge_col_rstp_enable,
        &switchrec_bridge_col_other_config,
        &switchrec_bridge_col_external_ids,
        &switchrec_bridge_col_flow_tables,
        &switchrec_flow_table_col_external_ids,
        &switchrec_port_col_name,
        &switchrec_port_col_interfaces,
        &switchrec_port_col_tag,
        &switchrec_port_col_trunks,
        &switchrec_port_col_vlan_mode,
        &switchrec_port_col_fake_bridge,
        &switchrec_port_col_other_config,
        &switchrec_port_col_external_ids,
        &switchrec_interface_col_name,
        &switchrec_interface_col_type,
        &switchrec_interface_col_ofport,
        &switchrec_interface_col_ofport_request,
        &switchrec_interface_col_error,
        &switchrec_interface_col_external_ids,
        &switchrec_interface_col_ingress_policing_rate,
        &switchrec_interface_col_ingress_policing_burst,
    };

    ovsdb_idl_add_table(idl, &switchrec_table_open_vswitch);
    ovsdb_idl_add_table(idl, &switchrec_table_bridge);
    ovsdb_idl_add_table(idl, &switchrec_table_flow_table);
    ovsdb_idl_add_table(idl, &switchrec_table_port);
    ovsdb_idl_add_table(idl, &switchrec_table_interface);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(idl, columns[i]);
        ovsdb_idl_track_add_column(idl, columns[i]);
    }
}

#define COMPARE_NAMES(TYPE)                                                     \
    static int                                                                  \
    compare_##TYPE##s(const void *a, const void *b)                             \
    {                                                                           \
        return strcmp(((const struct switchrec_##TYPE *) a)->name,              \
                      ((const struct switchrec_##TYPE *) b)->name);             \
    }

COMPARE_NAMES(bridge)
COMPARE_NAMES(port)
COMPARE_NAMES(interface)

/* The replica would compare names too, as values of any type, and takes a row out of its indexes and puts it back with each column that is
 * written: of a plug beside 1,000 that was a tenth. */
static struct ovsdb_idl_index *
index_by_name(struct ovsdb_idl *idl, const struct ovsdb_idl_column *name, column_comparator_func *compare)
{
    const struct ovsdb_idl_index_column column = { .column = name, .comparer = compare, .order = OVSDB_INDEX_ASC };

    return ovsdb_idl_index_create(idl, &column, 1);
}

struct switch_db *
switch_db_open_without_lock(const char *remote)
{
    struct switch_db *db = xzalloc(sizeof *db);

    db->idl = ovsdb_idl_create(remote, &switchrec_idl_class, false, true);
    members_init(&db->ports);
    members_init(&db->interfaces);
    shash_init(&db->bridge_uuids);
    shash_init(&db->port_uuids);
    watch_columns(db->idl);
    db->bridges_by_name = index_by_name(db->idl, &switchrec_bridge_col_name, compare_bridges);
    db->ports_by_name = index_by_name(db->idl, &switchrec_port_col_name, compare_ports);
    db->interfaces_by_name = index_by_name(db->idl, &switchrec_interface_col_name, compare_interfaces);
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
        members_destroy(&db->ports);
        members_destroy(&db->interfaces);
        shash_destroy_free_data(&db->bridge_uuids);
        shash_destroy_free_data(&db->port_uuids);
        ovsdb_idl_loop_destroy(&db->loop);
        free(db->error);
        free(db);
    }
}

/* Who is told of what, and by which replica. */
struct telling {
    struct switch_db *db;
    const struct switch_db_events *events;
};

static void
tell_port(const struct telling *telling, const struct switchrec_port *port)
{
    const struct switchrec_bridge *bridge = switchrec_port_is_deleted(port) ? NULL : port_bridge(telling->db, port);

    telling->events->port_changed(port->name, bridge ? bridge->name : NULL, telling->events->aux);
}

/* A row that has gone tells that itself. */
static void
tell_member(const struct uuid *uuid, void *telling_)
{
    const struct telling *telling = telling_;
    const struct switchrec_port *port = switchrec_port_get_for_uuid(telling->db->idl, uuid);

    if (port) {
        tell_port(telling, port);
    }
}

/* Ports that come and go are no change of the bridge itself. */
static bool
bridge_itself_changed(const struct switchrec_bridge *bridge)
{
    for (size_t i = 0; i < SWITCHREC_BRIDGE_N_COLUMNS; i++) {
        if (i != SWITCHREC_BRIDGE_COL_PORTS && switchrec_bridge_is_updated(bridge, i)) {
            return true;
        }
    }
    return switchrec_bridge_is_new(bridge) || switchrec_bridge_is_deleted(bridge);
}

static void
note_ports(struct telling *telling, const struct switchrec_bridge *bridge)
{
    const bool gone = switchrec_bridge_is_deleted(bridge);

    if (gone || switchrec_bridge_is_updated(bridge, SWITCHREC_BRIDGE_COL_PORTS)) {
        members_set(&telling->db->ports, &bridge->header_.uuid, bridge->ports, gone ? 0 : bridge->n_ports, tell_member, telling);
    }
}

/* Remembers, or forgets, where the row of that name is. */
static void
note_name(struct shash *uuids, const char *name, const struct uuid *uuid, bool gone)
{
    const struct uuid *known = shash_find_data(uuids, name);

    if (!gone) {
        if (!known || !uuid_equals(known, uuid)) {
            free(shash_replace(uuids, name, xmemdup(uuid, sizeof *uuid)));
        }
    } else if (known && uuid_equals(known, uuid)) {
        free(shash_find_and_delete(uuids, name));
    }
}

static void
note_interfaces(struct switch_db *db, const struct switchrec_port *port)
{
    size_t n = switchrec_port_is_deleted(port) ? 0 : port->n_interfaces;
    struct uuid stub, *uuids = n > 1 ? xmalloc(n * sizeof *uuids) : &stub;

    for (size_t i = 0; i < n; i++) {
        uuids[i] = port->interfaces[i]->header_.uuid;   /* libopenvswitch keeps sets ascending */
    }
    members_set(&db->interfaces, &port->header_.uuid, uuids, n, NULL, NULL);
    if (uuids != &stub) {
        free(uuids);
    }
}

static void
tell_changed_bridges(struct telling *telling)
{
    const struct switchrec_bridge *bridge;

    SWITCHREC_BRIDGE_FOR_EACH_TRACKED (bridge, telling->db->idl) {
        note_name(&telling->db->bridge_uuids, bridge->name, &bridge->header_.uuid, switchrec_bridge_is_deleted(bridge));
        note_ports(telling, bridge);
    }
    SWITCHREC_BRIDGE_FOR_EACH_TRACKED (bridge, telling->db->idl) {
        if (bridge_itself_changed(bridge)) {
            telling->events->bridge_changed(bridge->name, telling->events->aux);
        }
    }
}

static bool
identity_changed(const struct switchrec_interface *interface)
{
    return switchrec_interface_is_new(interface) || switchrec_interface_is_deleted(interface)
           || switchrec_interface_is_updated(interface, SWITCHREC_INTERFACE_COL_EXTERNAL_IDS);
}

/* Tells of a port through its interface too: the number and the error stand there. */
static void
tell_changed_interfaces(const struct telling *telling)
{
    const struct switchrec_interface *interface;

    SWITCHREC_INTERFACE_FOR_EACH_TRACKED (interface, telling->db->idl) {
        const struct switchrec_port *port = interface_port(telling->db, interface);

        if (identity_changed(interface)) {
            telling->events->interface_changed(interface->name, telling->events->aux);
        }
        if (port) {
            tell_port(telling, port);
        } else {
            telling->events->port_changed(interface->name, NULL, telling->events->aux);
        }
    }
}

/* A database that comes back empty, or as it was before, is read as a whole, and then the replica tells of the rows that are there, but of
 * none that is there no more (libopenvswitch 3.1, ovsdb_idl_clear()). Whatever was planned by the one before is planned anew. */
static void
note_new_replica(struct switch_db *db)
{
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

    if (config && switchrec_open_vswitch_is_new(config)) {
        db->fate = SWITCH_DB_OVERTAKEN;
    }
}

static void
tell_changes(struct switch_db *db, const struct switch_db_events *events)
{
    struct telling telling = { .db = db, .events = events };
    const struct switchrec_port *port;

    SWITCHREC_PORT_FOR_EACH_TRACKED (port, db->idl) {
        note_name(&db->port_uuids, port->name, &port->header_.uuid, switchrec_port_is_deleted(port));
        note_interfaces(db, port);
    }
    tell_changed_bridges(&telling);
    SWITCHREC_PORT_FOR_EACH_TRACKED (port, db->idl) {
        tell_port(&telling, port);
    }
    tell_changed_interfaces(&telling);
    note_new_replica(db);
    ovsdb_idl_track_clear(db->idl);
}

void
switch_db_tell_all(struct switch_db *db, const struct switch_db_events *events)
{
    const struct telling telling = { .db = db, .events = events };
    const struct switchrec_bridge *bridge;
    const struct switchrec_port *port;
    const struct switchrec_interface *interface;

    SWITCHREC_BRIDGE_FOR_EACH (bridge, db->idl) {
        events->bridge_changed(bridge->name, events->aux);
    }
    SWITCHREC_PORT_FOR_EACH (port, db->idl) {
        tell_port(&telling, port);
    }
    SWITCHREC_INTERFACE_FOR_EACH (interface, db->idl) {
        events->interface_changed(interface->name, events->aux);
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
    tell_changes(db, events);
}

enum switch_db_fate
switch_db_commit(struct switch_db *db)
{
    if (db->bump_next_cfg) {
        const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

        ovsdb_idl_txn_increment(db->txn, &config->header_, &switchrec_open_vswitch_col_next_cfg, true);
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
    return db->txn && (!db->wants_lock || switch_db_has_lock(db)) && switchrec_open_vswitch_first(db->idl);
}

const struct smap *
switch_db_settings(const struct switch_db *db)
{
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

    return config ? &config->external_ids : NULL;
}

void
switch_db_set_setting(struct switch_db *db, const char *key, const char *value)
{
    switchrec_open_vswitch_update_external_ids_setkey(switchrec_open_vswitch_first(db->idl), key, value);
}

int64_t
switch_db_next_cfg(const struct switch_db *db)
{
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

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
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

    return config ? config->cur_cfg : 0;
}

const char *
switch_db_version(const struct switch_db *db)
{
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

    return config ? config->ovs_version : NULL;
}

bool
switch_db_has_datapath_type(const struct switch_db *db, const char *type)
{
    const struct switchrec_open_vswitch *config = switchrec_open_vswitch_first(db->idl);

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
