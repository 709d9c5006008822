/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a VIF's port: what they are to say, and whether they do.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <smap.h>

#include "switch/db-private.h"
#include "switch/db.h"

#define COOKIE_KEY "cabled-replace-cookie"

/* The keys that other programs look for (Open vSwitch's integration guide; XenServer's vif script), and our marks. */
struct identity {
    struct {
        const char *key, *value;
    } pairs[10];
    size_t n;
    char ifindex[11];          /* 32 bits in decimal */
};

static void
identity_put(struct identity *identity, const char *key, const char *value)
{
    ovs_assert(identity->n < ARRAY_SIZE(identity->pairs));
    identity->pairs[identity->n].key = key;
    identity->pairs[identity->n++].value = value;
}

/* What stays the describer's word: sync/ makes the rest of it. */
static void
identity_init(struct identity *identity, const struct switch_vif_row *vif)
{
    identity->n = 0;
    snprintf(identity->ifindex, sizeof identity->ifindex, "%u", vif->ifindex);
    identity_put(identity, "cabled-vif", vif->vif);
    identity_put(identity, "cabled-ifindex", identity->ifindex);
    if (vif->leaves_identity) {
        return;
    }
    identity_put(identity, "attached-mac", vif->mac);
    identity_put(identity, "xs-vif-uuid", vif->vif);
    identity_put(identity, "xs-network-uuid", vif->network);
    if (vif->vm[0]) {
        identity_put(identity, "xs-vm-uuid", vif->vm);
    }
}

/* What a port has from its first moment on, and is another's afterwards (switch/identity.h). */
static void
identity_put_first(struct identity *identity, const struct switch_vif_row *vif)
{
    if (!vif->leaves_identity) {
        identity_put(identity, "iface-status", "active");
    }
    if (vif->iface_id) {
        identity_put(identity, "iface-id", vif->iface_id);
    }
    if (vif->vm_id) {
        identity_put(identity, "vm-id", vif->vm_id);
    }
}

static bool
identity_matches(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    struct identity identity;

    identity_init(&identity, vif);
    for (size_t i = 0; i < identity.n; i++) {
        const char *value = smap_get(&interface->external_ids, identity.pairs[i].key);

        if (!value || strcmp(value, identity.pairs[i].value)) {
            return false;
        }
    }
    return true;
}

/* Of a VIF that was handed to the agent. What describes it and is not among them must not be there. */
static bool
keys_match(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    const struct smap_node *node;

    if (vif->forgets_cookie && smap_get(&interface->external_ids, COOKIE_KEY)) {
        return false;
    }
    if (!vif->keys) {
        return true;
    }
    SMAP_FOR_EACH (node, vif->keys) {
        const char *value = smap_get(&interface->external_ids, node->key);

        if (!value || strcmp(value, node->value)) {
            return false;
        }
    }
    for (const char *const *key = vif_description_keys; *key; key++) {
        if (smap_get(&interface->external_ids, *key) && !smap_get(vif->keys, *key)) {
            return false;
        }
    }
    return true;
}

static void
set_given_keys(const struct switchrec_interface *interface, const struct smap *keys)
{
    const struct smap_node *node;

    SMAP_FOR_EACH (node, keys) {
        switchrec_interface_update_external_ids_setkey(interface, node->key, node->value);
    }
    for (const char *const *key = vif_description_keys; *key; key++) {
        if (!smap_get(keys, *key)) {
            delete_interface_key(interface, *key);
        }
    }
}

static void
set_keys(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    if (vif->keys) {
        set_given_keys(interface, vif->keys);
    }
    if (vif->forgets_cookie) {
        delete_interface_key(interface, COOKIE_KEY);
    }
}

static void
set_identity(const struct switchrec_interface *interface, const struct identity *identity)
{
    for (size_t i = 0; i < identity->n; i++) {
        switchrec_interface_update_external_ids_setkey(interface, identity->pairs[i].key, identity->pairs[i].value);
    }
}

/* The same for a row that is new. */
static void
set_first_identity(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    struct identity identity;
    struct smap keys = SMAP_INITIALIZER(&keys);

    identity_init(&identity, vif);
    identity_put_first(&identity, vif);
    if (vif->keys) {
        smap_clone(&keys, vif->keys);
    }
    for (size_t i = 0; i < identity.n; i++) {
        smap_replace(&keys, identity.pairs[i].key, identity.pairs[i].value);
    }
    switchrec_interface_set_external_ids(interface, &keys);
    smap_destroy(&keys);
}

/* A VIF without trunks is an access port of its network's VLAN, or of VLAN 0: it sends and gets untagged frames only. Without a tag it
 * would be a trunk port and be flooded with the frames of every VLAN. */
static void
set_vlans(const struct switchrec_port *port, const struct switch_vif_row *vif)
{
    int64_t *trunks = xmalloc((vif->n_vlans + 1) * sizeof *trunks);
    const int64_t tag = vif->vlan;

    for (size_t i = 0; i < vif->n_vlans; i++) {
        trunks[i] = vif->vlans[i];
    }
    switchrec_port_set_trunks(port, trunks, vif->n_vlans);
    switchrec_port_set_tag(port, &tag, vif->n_vlans ? 0 : 1);
    switchrec_port_set_vlan_mode(port, vif->n_vlans ? "trunk" : "access");
    free(trunks);
}

/* Trunks are compared as sets: the database keeps them ascending, as a policy does. */
static bool
vlans_match(const struct switchrec_port *port, const struct switch_vif_row *vif)
{
    if (port->n_trunks != vif->n_vlans || port->n_tag != !vif->n_vlans || (port->n_tag && port->tag[0] != vif->vlan)
        || !port->vlan_mode || strcmp(port->vlan_mode, vif->n_vlans ? "trunk" : "access")) {
        return false;
    }
    for (size_t i = 0; i < vif->n_vlans; i++) {
        if (port->trunks[i] != vif->vlans[i]) {
            return false;
        }
    }
    return true;
}

/* In a row that is somebody else's there is a limit of ours only if the mark says so. */
static bool
policing_is_left(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    return vif->leaves_rest && !vif->policing_kbits && !smap_get_bool(&interface->external_ids, "cabled-policed", false);
}

static void
set_policing(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    if (policing_is_left(interface, vif)) {
        return;
    }
    switchrec_interface_set_ingress_policing_rate(interface, vif->policing_kbits);
    switchrec_interface_set_ingress_policing_burst(interface, vif->policing_burst_kbits);
    if (vif->leaves_rest && vif->policing_kbits) {
        switchrec_interface_update_external_ids_setkey(interface, "cabled-policed", "true");
    } else {
        delete_interface_key(interface, "cabled-policed");
    }
}

static bool
policing_matches(const struct switchrec_interface *interface, const struct switch_vif_row *vif)
{
    return policing_is_left(interface, vif) || (interface->ingress_policing_rate == vif->policing_kbits
                                                && interface->ingress_policing_burst == vif->policing_burst_kbits);
}

const char *const spanning_tree_keys[] = { "stp-enable", "rstp-enable", NULL };

/* Spanning tree runs before OpenFlow: a guest must not reach it. */
static void
shut_out_of_spanning_tree(const struct switchrec_port *port)
{
    for (const char *const *key = spanning_tree_keys; *key; key++) {
        switchrec_port_update_other_config_setkey(port, *key, "false");
    }
}

/* Whole columns: what is changed by the key goes to the database as an operation of its own. */
static void
set_first_keys(const struct switchrec_port *port, const struct switch_vif_row *vif)
{
    const struct smap external_ids = SMAP_CONST1(&external_ids, "cabled-vif", vif->vif);
    struct smap other_config = SMAP_INITIALIZER(&other_config);

    for (const char *const *key = spanning_tree_keys; *key; key++) {
        smap_add(&other_config, *key, "false");
    }
    switchrec_port_set_external_ids(port, &external_ids);
    switchrec_port_set_other_config(port, &other_config);
    smap_destroy(&other_config);
}

static void
set_vif_row(const struct switchrec_port *port, const struct switch_vif_row *vif, const struct identity *identity)
{
    set_identity(port->interfaces[0], identity);
    set_keys(port->interfaces[0], vif);
    if (!vif->leaves_rest) {
        set_vlans(port, vif);
    }
    set_policing(port->interfaces[0], vif);
    shut_out_of_spanning_tree(port);
    if (vif->takes_over) {
        forget_adoption(port);
    }
}

void
switch_db_update_vif_port(struct switch_db *db, const struct switch_vif_row *vif)
{
    struct identity identity;

    identity_init(&identity, vif);
    set_vif_row(find_port(db, vif->name), vif, &identity);
}

static bool
port_spans(const struct switchrec_port *port)
{
    return smap_get_bool(&port->other_config, "stp-enable", true) || smap_get_bool(&port->other_config, "rstp-enable", true);
}

bool
switch_db_port_spans(const struct switch_db *db, const char *name)
{
    const struct switchrec_port *port = find_port(db, name);

    return port && port_spans(port);
}

bool
switch_db_vif_port_matches(const struct switch_db *db, const struct switch_vif_row *vif)
{
    const struct switchrec_port *port = find_port(db, vif->name);

    return port && port->n_interfaces == 1 && identity_matches(port->interfaces[0], vif) && keys_match(port->interfaces[0], vif)
           && (vif->leaves_rest || vlans_match(port, vif)) && policing_matches(port->interfaces[0], vif) && !port_spans(port)
           && (!vif->takes_over || adoption_is_forgotten(port));
}

void
switch_db_add_vif_port(struct switch_db *db, const struct switch_vif_row *vif)
{
    struct switchrec_interface *interface = switchrec_interface_insert(db->txn);
    struct switchrec_port *port = switchrec_port_insert(db->txn);
    const int64_t ofport = vif->ofport_request;

    switchrec_interface_set_ofport_request(interface, &ofport, 1);
    set_first_identity(interface, vif);
    set_policing(interface, vif);
    switchrec_port_set_interfaces(port, &interface, 1);
    set_first_keys(port, vif);
    set_vlans(port, vif);

    /* Last: the replica looks for a row's place by its name again with each column that is written, and the place of none is the first. */
    switchrec_interface_set_name(interface, vif->name);
    switchrec_port_set_name(port, vif->name);

    const struct switchrec_bridge *bridge = find_bridge(db, vif->bridge);
    switchrec_bridge_verify_external_ids(bridge);  /* it may have been given back meanwhile */
    switchrec_bridge_update_ports_addvalue(bridge, port->header_.uuid);
}

void
switch_db_adopt_port(struct switch_db *db, const struct switch_vif_row *vif)
{
    const struct switchrec_port *port = find_port(db, vif->name);
    const int64_t ofport = vif->ofport_request;
    struct identity identity;

    switchrec_interface_set_ofport_request(port->interfaces[0], &ofport, 1);
    switchrec_port_update_external_ids_setkey(port, "cabled-vif", vif->vif);
    if (!vif->takes_over) {
        switchrec_port_update_external_ids_setkey(port, "cabled-adopted", "true");
    }
    if (!vif->takes_over && vif->leaves_identity) {
        switchrec_port_update_external_ids_setkey(port, "cabled-described", "true");
    }
    identity_init(&identity, vif);
    identity_put_first(&identity, vif);
    set_vif_row(port, vif, &identity);
}
