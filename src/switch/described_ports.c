/* SPDX-License-Identifier: Apache-2.0
 *
 * Ports that somebody else made: what of ours goes when they are given back, and what became of one that its row describes.
 */
#include <config.h>

#include <string.h>

#include <smap.h>
#include <util.h>

#include "switch/db-private.h"
#include "switch/db.h"

static const char *const adoption_keys[] = { "cabled-adopted", "cabled-described" };

/* What became of it is told of a described port only. */
static const char *const state_keys[] = { "cabled-state", "cabled-error" };

void
delete_interface_key(const struct switchrec_interface *interface, const char *key)
{
    if (smap_get(&interface->external_ids, key)) {
        switchrec_interface_update_external_ids_delkey(interface, key);
    }
}

static void
delete_keys(const struct switchrec_interface *interface, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        delete_interface_key(interface, keys[i]);
    }
}

static bool
has_none(const struct smap *map, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (smap_get(map, keys[i])) {
            return false;
        }
    }
    return true;
}

void
forget_adoption(const struct switchrec_port *port)
{
    for (size_t i = 0; i < ARRAY_SIZE(adoption_keys); i++) {
        if (smap_get(&port->external_ids, adoption_keys[i])) {
            switchrec_port_update_external_ids_delkey(port, adoption_keys[i]);
        }
    }
    for (size_t i = 0; i < port->n_interfaces; i++) {
        delete_keys(port->interfaces[i], state_keys, ARRAY_SIZE(state_keys));
    }
}

bool
adoption_is_forgotten(const struct switchrec_port *port)
{
    return has_none(&port->external_ids, adoption_keys, ARRAY_SIZE(adoption_keys))
           && has_none(&port->interfaces[0]->external_ids, state_keys, ARRAY_SIZE(state_keys));
}

bool
port_is_described(const struct switchrec_port *port)
{
    return smap_get_bool(&port->external_ids, "cabled-described", false)
           || (port->n_interfaces == 1 && vif_description_is_there(&port->interfaces[0]->external_ids));
}

bool
port_is_its_describers(const struct switchrec_port *port)
{
    return smap_get_bool(&port->external_ids, "cabled-adopted", false) && port_is_described(port);
}

/* A limit that was ours goes too. */
static void
release_interface(const struct switchrec_interface *interface, bool identity_is_ours)
{
    static const char *const marks[] = { "cabled-vif", "cabled-ifindex", "cabled-policed" };
    static const char *const identity[] = { "attached-mac", "iface-id", "iface-status", "xs-vif-uuid", "xs-network-uuid", "vm-id",
                                            "xs-vm-uuid" };

    if (smap_get_bool(&interface->external_ids, "cabled-policed", false)) {
        switchrec_interface_set_ingress_policing_rate(interface, 0);
        switchrec_interface_set_ingress_policing_burst(interface, 0);
    }
    delete_keys(interface, marks, ARRAY_SIZE(marks));
    if (identity_is_ours) {
        delete_keys(interface, identity, ARRAY_SIZE(identity));
    }
    switchrec_interface_set_ofport_request(interface, NULL, 0);
}

void
release_port(const struct switchrec_port *port)
{
    for (size_t i = 0; i < port->n_interfaces; i++) {
        release_interface(port->interfaces[i], !port_is_described(port));
    }
    switchrec_port_update_external_ids_delkey(port, "cabled-vif");
    forget_adoption(port);
    for (const char *const *key = spanning_tree_keys; *key; key++) {
        if (smap_get(&port->other_config, *key)) {
            switchrec_port_update_other_config_delkey(port, *key);
        }
    }
}

void
switch_db_release_port(struct switch_db *db, const char *name)
{
    const struct switchrec_port *port = find_port(db, name);

    if (port && smap_get_bool(&port->external_ids, "cabled-adopted", false)) {
        release_port(port);
    }
}

/* The interface of a port that has one of its name. */
static const struct switchrec_interface *
single_interface(const struct switch_db *db, const char *name)
{
    const struct switchrec_port *port = find_port(db, name);

    return port && port->n_interfaces == 1 ? port->interfaces[0] : NULL;
}

static const char *
nothing_for_empty(const char *text)
{
    return text && *text ? text : NULL;
}

bool
switch_db_port_state_is(const struct switch_db *db, const char *name, const char *state, const char *error)
{
    const struct switchrec_interface *interface = single_interface(db, name);
    const struct smap *keys = interface ? &interface->external_ids : NULL;

    return !keys || (nullable_string_is_equal(smap_get(keys, state_keys[0]), state)
                     && nullable_string_is_equal(smap_get(keys, state_keys[1]), nothing_for_empty(error)));
}

static void
put_key(const struct switchrec_interface *interface, const char *key, const char *value)
{
    if (value) {
        switchrec_interface_update_external_ids_setkey(interface, key, value);
    } else {
        delete_interface_key(interface, key);
    }
}

void
switch_db_set_port_state(struct switch_db *db, const char *name, const char *state, const char *error)
{
    const struct switchrec_interface *interface = single_interface(db, name);

    if (interface) {
        put_key(interface, state_keys[0], state);
        put_key(interface, state_keys[1], nothing_for_empty(error));
    }
}
