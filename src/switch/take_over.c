/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/take_over.h"

#include <string.h>

#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "switch/db-private.h"
#include "switch/visit.h"
#include "vif/description.h"
#include "vif/wish.h"

static const char taken_over[] = "cabled-taken-over";

bool
take_over_is_done(const struct switch_db *db, const char *bridge)
{
    const struct switchrec_bridge *row = find_bridge(db, bridge);

    return row && smap_get_bool(&row->external_ids, taken_over, false);
}

struct take_over {
    const struct take_over_port *ports;
    size_t n;
    const char *const *bridges;
};

static struct error *
port_check(const struct switch_db *db, const struct take_over_port *port)
{
    const struct switchrec_port *row = find_port(db, port->name);
    const struct switchrec_bridge *bridge = row ? port_bridge(db, row) : NULL;

    if (!bridge || strcmp(bridge->name, port->bridge) || row->n_interfaces != 1) {
        return error_new(ERROR_REFUSED, "port %s is not on bridge %s any more: try again", port->name, port->bridge);
    }
    return NULL;
}

static void
describe(const struct switch_db *db, const struct take_over_port *port)
{
    const struct switchrec_interface *interface = find_port(db, port->name)->interfaces[0];
    struct smap keys = SMAP_INITIALIZER(&keys);
    const struct smap_node *node;

    vif_description_put(port->wish, &keys);
    switchrec_interface_verify_external_ids(interface);
    SMAP_FOR_EACH (node, &keys) {
        switchrec_interface_update_external_ids_setkey(interface, node->key, node->value);
    }
    for (const char *const *key = vif_description_keys; *key; key++) {
        if (smap_get(&interface->external_ids, *key) && !smap_get(&keys, *key)) {
            switchrec_interface_update_external_ids_delkey(interface, *key);
        }
    }
    smap_destroy(&keys);
}

static struct error *
write_all(struct switch_db *db, void *take_over_)
{
    const struct take_over *take_over = take_over_;

    for (size_t i = 0; i < take_over->n; i++) {
        struct error *error = port_check(db, &take_over->ports[i]);

        if (error) {
            return error;
        }
    }
    for (size_t i = 0; i < take_over->n; i++) {
        describe(db, &take_over->ports[i]);
    }
    for (const char *const *name = take_over->bridges; *name; name++) {
        const struct switchrec_bridge *row = find_bridge(db, *name);

        switchrec_bridge_verify_ports(row);
        switchrec_bridge_update_external_ids_setkey(row, "cabled-guard", "true");
        switchrec_bridge_update_external_ids_setkey(row, taken_over, "true");
    }
    return NULL;
}

struct error *
take_over(struct visit *visit, const struct take_over_port *ports, size_t n, const char *const bridges[])
{
    struct take_over change = { ports, n, bridges };
    int64_t cfg;

    return visit_commit(visit, write_all, &change, &cfg);
}
