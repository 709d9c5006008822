/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>
#include <smap.h>

#include "switch/db-private.h"
#include "switch/db.h"
#include "switch/former.h"
#include "switch/prefixes.h"

/* By the index, which has the rows of this turn's transaction too. */
static const struct switchrec_bridge *
find_bridge_in_index(const struct switch_db *db, const char *name)
{
    struct switchrec_bridge *key = switchrec_bridge_index_init_row(db->bridges_by_name);

    switchrec_bridge_index_set_name(key, name);
    const struct switchrec_bridge *bridge = switchrec_bridge_index_find(db->bridges_by_name, key);
    switchrec_bridge_index_destroy_row(key);
    return bridge;
}

const struct switchrec_bridge *
find_bridge(const struct switch_db *db, const char *name)
{
    const struct uuid *uuid = shash_find_data(&db->bridge_uuids, name);
    const struct switchrec_bridge *bridge = uuid ? switchrec_bridge_get_for_uuid(db->idl, uuid) : NULL;

    return bridge && !strcmp(bridge->name, name) ? bridge : find_bridge_in_index(db, name);
}

static bool
has_protocol(const struct switchrec_bridge *row, const char *protocol)
{
    for (size_t i = 0; i < row->n_protocols; i++) {
        if (!strcmp(row->protocols[i], protocol)) {
            return true;
        }
    }
    return false;
}

bool
switch_db_bridge(const struct switch_db *db, const char *name, struct switch_bridge *bridge)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    if (!row) {
        return false;
    }
    *bridge = (struct switch_bridge) {
        .datapath_type = row->datapath_type,
        .fail_mode = row->fail_mode,
        .secure = row->fail_mode && !strcmp(row->fail_mode, "secure"),
        .in_band_disabled = smap_get_bool(&row->other_config, "disable-in-band", false),
        .speaks_early = !row->n_protocols || has_protocol(row, "OpenFlow10") || has_protocol(row, "OpenFlow11")
                        || has_protocol(row, "OpenFlow12"),
        .speaks_openflow14 = !row->n_protocols || has_protocol(row, "OpenFlow14"),
        .spanning_tree = row->rstp_enable ? "rstp" : row->stp_enable ? "stp" : NULL,
        .guarded = smap_get_bool(&row->external_ids, "cabled-guard", false),
        .given_back = !smap_get_bool(&row->external_ids, "cabled-guard", true),
        .foreign_ports = smap_get(&row->external_ids, "cabled-foreign-ports"),
        .network = smap_get(&row->external_ids, "cabled-network"),
    };
    return true;
}

bool
switch_db_bridge_has_tries(const struct switch_db *db, const char *name, uint8_t first_table)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    return row && prefixes_are_set(row, first_table);
}

void
switch_db_for_each_bridge(const struct switch_db *db, void (*each)(const char *, void *), void *aux)
{
    const struct switchrec_bridge *row;

    SWITCHREC_BRIDGE_FOR_EACH (row, db->idl) {
        each(row->name, aux);
    }
}

/* The bridge's own port, which Open vSwitch demands in the database (ovs-vswitchd.conf.db(5), Bridge.ports). */
static struct switchrec_port *
insert_local_port(struct switch_db *db, const char *name)
{
    struct switchrec_interface *interface = switchrec_interface_insert(db->txn);
    struct switchrec_port *port = switchrec_port_insert(db->txn);

    switchrec_interface_set_name(interface, name);
    switchrec_interface_set_type(interface, "internal");
    switchrec_port_set_name(port, name);
    switchrec_port_set_interfaces(port, &interface, 1);
    return port;
}

void
switch_db_add_bridge(struct switch_db *db, const char *name, const char *network, const char *datapath_type, uint8_t first_table)
{
    struct switchrec_port *local = insert_local_port(db, name);
    struct switchrec_bridge *row = switchrec_bridge_insert(db->txn);

    switchrec_bridge_set_name(row, name);
    switchrec_bridge_set_datapath_type(row, datapath_type);
    switchrec_bridge_set_ports(row, &local->header_.uuid, 1);
    switchrec_bridge_set_fail_mode(row, "secure");
    switchrec_bridge_update_other_config_setkey(row, "disable-in-band", "true");
    switchrec_bridge_update_external_ids_setkey(row, "cabled-guard", "true");
    switchrec_bridge_update_external_ids_setkey(row, "cabled-network", network);
    switchrec_bridge_update_external_ids_setkey(row, "xs-network-uuids", network);
    prefixes_set(db->txn, row, first_table);
    switchrec_open_vswitch_update_bridges_addvalue(switchrec_open_vswitch_first(db->idl), row);
    db->bump_next_cfg = true;
}

void
switch_db_delete_bridge(struct switch_db *db, const char *name)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    if (row && smap_get(&row->external_ids, "cabled-network")) {
        switchrec_open_vswitch_update_bridges_delvalue(switchrec_open_vswitch_first(db->idl), row);
        switchrec_bridge_delete(row);
        db->bump_next_cfg = true;
    }
}

void
speak_openflow14(const struct switchrec_bridge *row)
{
    if (row->n_protocols && !has_protocol(row, "OpenFlow14")) {
        switchrec_bridge_update_protocols_addvalue(row, "OpenFlow14");
    }
}

/* Whoever gives the bridge back changes the mark: this turn's transaction is then not carried out. */
static void
note_as_guarded(const struct switchrec_bridge *row)
{
    switchrec_bridge_verify_external_ids(row);
    former_note(row);
}

void
switch_db_prepare_bridge(struct switch_db *db, const char *name)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    note_as_guarded(row);
    speak_openflow14(row);
    switchrec_bridge_update_other_config_setkey(row, "disable-in-band", "true");
    switchrec_bridge_update_external_ids_setkey(row, "cabled-guard", "true");
    db->bump_next_cfg = true;
}

void
switch_db_secure_bridge(struct switch_db *db, const char *name)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    note_as_guarded(row);
    switchrec_bridge_set_fail_mode(row, "secure");
    db->bump_next_cfg = true;
}

void
switch_db_put_tries(struct switch_db *db, const char *name, uint8_t first_table)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    switchrec_bridge_verify_external_ids(row);
    prefixes_set(db->txn, row, first_table);
}
