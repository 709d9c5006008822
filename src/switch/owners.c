/* SPDX-License-Identifier: Apache-2.0
 *
 * References lead from Bridge to Port to Interface; this is the way back.
 */
#include <config.h>

#include <stdlib.h>

#include <openvswitch/hmap.h>
#include <util.h>
#include <uuid.h>
#include <vswitch-idl.h>

#include "switch/db-private.h"

struct row_owner {
    struct hmap_node node;
    struct uuid row;
    struct uuid owner;
};

void
owners_clear(struct switch_db *db)
{
    struct row_owner *owner;

    HMAP_FOR_EACH_POP (owner, node, &db->owners) {
        free(owner);
    }
}

static void
owners_add(struct switch_db *db, const struct ovsdb_idl_row *row, const struct ovsdb_idl_row *referrer)
{
    struct row_owner *owner = xmalloc(sizeof *owner);

    owner->row = row->uuid;
    owner->owner = referrer->uuid;
    hmap_insert(&db->owners, &owner->node, uuid_hash(&row->uuid));
}

void
owners_update(struct switch_db *db)
{
    const struct ovsrec_bridge *bridge;
    const struct ovsrec_port *port;

    owners_clear(db);
    OVSREC_BRIDGE_FOR_EACH (bridge, db->idl) {
        for (size_t i = 0; i < bridge->n_ports; i++) {
            owners_add(db, &bridge->ports[i]->header_, &bridge->header_);
        }
    }
    OVSREC_PORT_FOR_EACH (port, db->idl) {
        for (size_t i = 0; i < port->n_interfaces; i++) {
            owners_add(db, &port->interfaces[i]->header_, &port->header_);
        }
    }
}

static const struct uuid *
owners_find(const struct switch_db *db, const struct ovsdb_idl_row *row)
{
    const struct row_owner *owner;

    HMAP_FOR_EACH_WITH_HASH (owner, node, uuid_hash(&row->uuid), &db->owners) {
        if (uuid_equals(&owner->row, &row->uuid)) {
            return &owner->owner;
        }
    }
    return NULL;
}

const struct ovsrec_bridge *
port_bridge(const struct switch_db *db, const struct ovsrec_port *port)
{
    const struct uuid *owner = owners_find(db, &port->header_);

    return owner ? ovsrec_bridge_get_for_uuid(db->idl, owner) : NULL;
}

const struct ovsrec_port *
interface_port(const struct switch_db *db, const struct ovsrec_interface *interface)
{
    const struct uuid *owner = owners_find(db, &interface->header_);

    return owner ? ovsrec_port_get_for_uuid(db->idl, owner) : NULL;
}
