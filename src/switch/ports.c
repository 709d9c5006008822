/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>
#include <smap.h>

#include "switch/db-private.h"
#include "switch/db.h"

/* By the index, which has the rows of this turn's transaction too. Its cost grows with the number of ports. */
static const struct switchrec_port *
find_port_in_index(const struct switch_db *db, const char *name)
{
    struct switchrec_port *key = switchrec_port_index_init_row(db->ports_by_name);

    switchrec_port_index_set_name(key, name);
    const struct switchrec_port *port = switchrec_port_index_find(db->ports_by_name, key);
    switchrec_port_index_destroy_row(key);
    return port;
}

const struct switchrec_port *
find_port(const struct switch_db *db, const char *name)
{
    const struct uuid *uuid = shash_find_data(&db->port_uuids, name);
    const struct switchrec_port *port = uuid ? switchrec_port_get_for_uuid(db->idl, uuid) : NULL;

    return port && !strcmp(port->name, name) ? port : find_port_in_index(db, name);
}

const struct switchrec_bridge *
port_bridge(const struct switch_db *db, const struct switchrec_port *port)
{
    const struct uuid *bridge = members_owner(&db->ports, &port->header_.uuid);

    return bridge ? switchrec_bridge_get_for_uuid(db->idl, bridge) : NULL;
}

const struct switchrec_port *
interface_port(const struct switch_db *db, const struct switchrec_interface *interface)
{
    const struct uuid *port = members_owner(&db->interfaces, &interface->header_.uuid);

    return port ? switchrec_port_get_for_uuid(db->idl, port) : NULL;
}

const struct switchrec_port *
nth_port(const struct switch_db *db, const struct switchrec_bridge *bridge, size_t n)
{
    return switchrec_port_get_for_uuid(db->idl, &bridge->ports[n]);
}

static struct switch_port
port_view(const struct switchrec_port *row, const struct switchrec_interface *interface, const char *bridge)
{
    return (struct switch_port) {
        .name = row->name,
        .bridge = bridge,
        .vif = smap_get(&row->external_ids, "cabled-vif"),
        .adopted = smap_get_bool(&row->external_ids, "cabled-adopted", false),
        .uplink = smap_get_bool(&row->external_ids, "cabled-uplink", false),
        .interface = interface ? interface->name : "",
        .type = interface ? interface->type : "",
        .n_interfaces = row->n_interfaces,
        .ofport = interface && interface->n_ofport ? interface->ofport[0] : 0,
        .ofport_request = interface && interface->n_ofport_request ? interface->ofport_request[0] : 0,
        .ifindex = interface ? smap_get_uint(&interface->external_ids, "cabled-ifindex", 0) : 0,
        .error = interface ? interface->error : NULL,
        .identity_is_anothers = smap_get_bool(&row->external_ids, "cabled-described", false),
        .uuid = interface ? &interface->header_.uuid : NULL,
        .keys = interface ? &interface->external_ids : NULL,
        .vlans = { row->vlan_mode, row->n_tag ? row->tag : NULL, row->trunks, row->n_trunks },
    };
}

const struct switchrec_interface *
find_interface(const struct switch_db *db, const char *name)
{
    struct switchrec_interface *key = switchrec_interface_index_init_row(db->interfaces_by_name);

    switchrec_interface_index_set_name(key, name);
    const struct switchrec_interface *interface = switchrec_interface_index_find(db->interfaces_by_name, key);
    switchrec_interface_index_destroy_row(key);
    return interface;
}

/* The port of that name, or the one of another name, a bond's, that has an interface of that name. */
static const struct switchrec_port *
find_port_or_bond(const struct switch_db *db, const char *name)
{
    const struct switchrec_port *port = find_port(db, name);
    const struct switchrec_interface *interface = port ? NULL : find_interface(db, name);

    return interface ? interface_port(db, interface) : port;
}

bool
switch_db_port(const struct switch_db *db, const char *name, struct switch_port *port)
{
    const struct switchrec_port *row = find_port_or_bond(db, name);

    if (!row) {
        return false;
    }

    const struct switchrec_bridge *bridge = port_bridge(db, row);
    *port = port_view(row, row->n_interfaces ? row->interfaces[0] : NULL, bridge ? bridge->name : NULL);
    return true;
}

const char *
switch_db_fake_bridge_parent(const struct switch_db *db, const char *name, uint16_t *vlan)
{
    const struct switchrec_port *port = find_port(db, name);
    const struct switchrec_bridge *bridge = port && port->fake_bridge && port->n_tag ? port_bridge(db, port) : NULL;

    *vlan = bridge ? port->tag[0] : 0;
    return bridge ? bridge->name : NULL;
}

static void
for_each_of_port(const struct switchrec_port *port, const char *bridge,
                 void (*each)(const char *, const struct switch_port *, void *), void *aux)
{
    for (size_t i = 0; i < port->n_interfaces; i++) {
        const struct switch_port view = port_view(port, port->interfaces[i], bridge);

        each(port->name, &view, aux);
    }
}

void
switch_db_for_each_interface(const struct switch_db *db, const char *bridge,
                             void (*each)(const char *, const struct switch_port *, void *), void *aux)
{
    const struct switchrec_bridge *row = find_bridge(db, bridge);

    for (size_t i = 0; row && i < row->n_ports; i++) {
        const struct switchrec_port *port = nth_port(db, row, i);

        if (port) {
            for_each_of_port(port, bridge, each, aux);
        }
    }
}

void
switch_db_for_each_interface_of(const struct switch_db *db, const char *name,
                                void (*each)(const char *, const struct switch_port *, void *), void *aux)
{
    const struct switchrec_port *port = find_port(db, name);
    const struct switchrec_bridge *bridge = port ? port_bridge(db, port) : NULL;

    if (port) {
        for_each_of_port(port, bridge ? bridge->name : NULL, each, aux);
    }
}

void
switch_db_add_uplink(struct switch_db *db, const char *bridge, const char *uplink)
{
    struct switchrec_interface *interface = switchrec_interface_insert(db->txn);
    struct switchrec_port *port = switchrec_port_insert(db->txn);

    switchrec_interface_set_name(interface, uplink);
    switchrec_port_set_name(port, uplink);
    switchrec_port_set_interfaces(port, &interface, 1);
    switchrec_port_update_external_ids_setkey(port, "cabled-uplink", "true");
    switchrec_bridge_update_ports_addvalue(find_bridge(db, bridge), port->header_.uuid);
}

static bool
may_be_deleted(const struct switchrec_port *port)
{
    return smap_get(&port->external_ids, "cabled-vif") || smap_get_bool(&port->external_ids, "cabled-uplink", false)
           || port_is_described(port);
}

void
switch_db_delete_port(struct switch_db *db, const char *name)
{
    const struct switchrec_port *port = find_port(db, name);
    const struct switchrec_bridge *bridge = port ? port_bridge(db, port) : NULL;

    if (!bridge || !may_be_deleted(port)) {
        return;
    }
    switchrec_bridge_update_ports_delvalue(bridge, port->header_.uuid);
    switchrec_port_delete(port);
    db->bump_next_cfg = true;
}
