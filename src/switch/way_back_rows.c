/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/way_back_rows.h"

#include <string.h>

#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "switch/db-private.h"
#include "switch/former.h"
#include "switch/prefixes.h"
#include "switch/take_over.h"
#include "vif/description.h"

static bool
has_mark(const struct switchrec_port *port)
{
    return smap_get(&port->external_ids, "cabled-vif");
}

bool
way_back_concerns(const struct switchrec_port *port)
{
    return port->n_interfaces == 1 && vif_description_is_there(&port->interfaces[0]->external_ids);
}

static void
delete_port_key(const struct switchrec_port *port, const char *key)
{
    if (smap_get(&port->external_ids, key)) {
        switchrec_port_update_external_ids_delkey(port, key);
    }
}

/* A port that the agent had added has VLAN 0 where the scripts' have nothing. */
static void
forget_vlan_0(const struct switchrec_port *port)
{
    if (port->n_tag && !port->tag[0]) {
        switchrec_port_set_tag(port, NULL, 0);
        switchrec_port_set_vlan_mode(port, NULL);
    }
}

static void
let_port_go(struct switch_db *db, const struct switchrec_port *port)
{
    static const char *const marks[] = { "cabled-vif", "cabled-ifindex" };

    if (smap_get_bool(&port->external_ids, "cabled-adopted", false)) {
        switch_db_release_port(db, port->name);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        delete_interface_key(port->interfaces[0], marks[i]);
    }
    delete_port_key(port, "cabled-vif");
    switchrec_interface_set_ofport_request(port->interfaces[0], NULL, 0);
    for (const char *const *key = spanning_tree_keys; *key; key++) {
        if (smap_get(&port->other_config, *key)) {
            switchrec_port_update_other_config_delkey(port, *key);
        }
    }
    forget_vlan_0(port);
}

struct error *
way_back_find(const struct switch_db *db, const struct way_back *back, const struct switchrec_bridge **row)
{
    *row = find_bridge(db, back->bridge);
    return *row ? NULL : error_new(ERROR_NOT_FOUND, "bridge %s is not there any more", back->bridge);
}

static struct error *
check_ports(const struct switch_db *db, const struct switchrec_bridge *row)
{
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && has_mark(port) && !way_back_concerns(port)) {
            return error_new(ERROR_IN_USE, "port %s on bridge %s is a VIF's that the pool database names: the scripts know nothing of it; "
                             "`cable vif unplug %s` takes it off", port->name, row->name, port->name);
        }
    }
    return NULL;
}

struct error *
way_back_let_go(struct switch_db *db, void *back_)
{
    struct way_back *back = back_;
    const struct switchrec_bridge *row;
    struct error *error = way_back_find(db, back, &row);

    error = error ? error : check_ports(db, row);
    if (error) {
        return error;
    }
    switchrec_bridge_verify_ports(row);
    switchrec_bridge_verify_external_ids(row);
    former_note_defaults(row);
    speak_openflow14(row);
    switchrec_bridge_update_external_ids_setkey(row, "cabled-guard", "false");
    back->n_ports = 0;
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && way_back_concerns(port)) {
            back->n_ports++;
            if (has_mark(port)) {
                let_port_go(db, port);
            }
        }
    }
    db->bump_next_cfg = true;
    return NULL;
}

static const struct switchrec_flow_table *
settings_of_table_0(const struct switchrec_bridge *row)
{
    for (size_t i = 0; i < row->n_flow_tables; i++) {
        if (!row->key_flow_tables[i]) {
            return row->value_flow_tables[i];
        }
    }
    return NULL;
}

struct error *
way_back_fill_table_0(struct switch_db *db, void *back_)
{
    struct way_back *back = back_;
    const struct switchrec_bridge *row;
    struct error *error = way_back_find(db, back, &row);
    const struct switchrec_flow_table *table = error ? NULL : settings_of_table_0(row);
    const int64_t none = 0;

    if (error) {
        return error;
    }
    back->was_open = table && !smap_get_bool(&table->external_ids, "cabled", false);
    if (!table) {
        struct switchrec_flow_table *full = switchrec_flow_table_insert(db->txn);

        switchrec_flow_table_set_flow_limit(full, &none, 1);
        switchrec_flow_table_set_overflow_policy(full, "refuse");
        switchrec_flow_table_update_external_ids_setkey(full, "cabled", "true");
        switchrec_bridge_update_flow_tables_setkey(row, 0, full);
    }
    db->bump_next_cfg = true;
    return NULL;
}

struct error *
way_back_restore_mode(struct switch_db *db, void *back_)
{
    const struct switchrec_bridge *row;
    struct error *error = way_back_find(db, back_, &row);

    if (!error) {
        former_restore_mode(row);
        prefixes_forget(row);   /* and what was ours of table 0 */
        db->bump_next_cfg = true;
    }
    return error;
}

/* attached-mac is the scripts' own. */
static void
forget_description(const struct switchrec_interface *interface)
{
    for (const char *const *key = vif_description_keys; *key; key++) {
        if (strcmp(*key, "attached-mac")) {
            delete_interface_key(interface, *key);
        }
    }
    delete_interface_key(interface, "cabled-state");
    delete_interface_key(interface, "cabled-error");
}

struct error *
way_back_restore_rest(struct switch_db *db, void *back_)
{
    const struct switchrec_bridge *row;
    struct error *error = way_back_find(db, back_, &row);

    if (error) {
        return error;
    }
    for (size_t i = 0; i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port && way_back_concerns(port)) {
            forget_description(port->interfaces[0]);
        }
    }
    former_restore_protocols(row);
    former_forget(row);
    prefixes_forget(row);
    switchrec_bridge_update_external_ids_delkey(row, "cabled-foreign-ports");
    switchrec_bridge_update_external_ids_delkey(row, "cabled-taken-over");
    db->bump_next_cfg = true;
    return NULL;
}
