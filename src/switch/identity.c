/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/identity.h"

#include <string.h>

#include <smap.h>
#include <util.h>

#include "switch/db-private.h"
#include "switch/former.h"

/* Of an interface that is its port's only one, the port's uuid by name tells at once; a bond's are looked for. */
static const struct switchrec_interface *
interface_of_name(const struct switch_db *db, const char *name)
{
    const struct uuid *uuid = shash_find_data(&db->port_uuids, name);
    const struct switchrec_port *port = uuid ? switchrec_port_get_for_uuid(db->idl, uuid) : NULL;

    return port && port->n_interfaces == 1 && !strcmp(port->interfaces[0]->name, name) ? port->interfaces[0] : find_interface(db, name);
}

const struct smap *
switch_db_interface_ids(const struct switch_db *db, const char *name)
{
    const struct switchrec_interface *row = interface_of_name(db, name);

    return row ? &row->external_ids : NULL;
}

void
switch_db_set_interface_id(struct switch_db *db, const char *name, const char *key, const char *value)
{
    const struct switchrec_interface *row = interface_of_name(db, name);

    if (row && value) {
        switchrec_interface_update_external_ids_setkey(row, key, value);
    } else if (row) {
        switchrec_interface_update_external_ids_delkey(row, key);
    }
}

void
switch_db_for_each_interface_name(const struct switch_db *db, void (*each)(const char *, void *), void *aux)
{
    const struct switchrec_interface *row;

    SWITCHREC_INTERFACE_FOR_EACH (row, db->idl) {
        each(row->name, aux);
    }
}

bool
switch_db_bridge_identity(const struct switch_db *db, const char *name, struct switch_bridge_identity *identity)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    if (row) {
        *identity = (struct switch_bridge_identity) {
            .fail_mode = row->fail_mode,
            .in_band = smap_get(&row->other_config, "disable-in-band"),
            .ids = &row->external_ids,
            .guarded = smap_get_bool(&row->external_ids, "cabled-guard", false) || former_is_known(row),
        };
    }
    return row;
}

void
switch_db_set_bridge_id(struct switch_db *db, const char *name, const char *value)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    if (value) {
        switchrec_bridge_update_external_ids_setkey(row, "bridge-id", value);
    } else {
        switchrec_bridge_update_external_ids_delkey(row, "bridge-id");
    }
}

void
switch_db_set_fail_mode(struct switch_db *db, const char *name, const char *value)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    switchrec_bridge_verify_external_ids(row);
    switchrec_bridge_set_fail_mode(row, value);
}

void
switch_db_set_in_band(struct switch_db *db, const char *name, const char *value)
{
    const struct switchrec_bridge *row = find_bridge(db, name);

    switchrec_bridge_verify_external_ids(row);
    if (value) {
        switchrec_bridge_update_other_config_setkey(row, "disable-in-band", value);
    } else {
        switchrec_bridge_update_other_config_delkey(row, "disable-in-band");
    }
}
