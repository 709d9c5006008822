/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/port_keys.h"

#include <string.h>

#include <smap.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "switch/db-private.h"

/* A bond has several, and is no device of a guest's. */
static const struct switchrec_interface *
find_only_interface(const struct switch_db *db, const char *device)
{
    const struct switchrec_port *port = find_port(db, device);

    return port && port->n_interfaces == 1 ? port->interfaces[0] : NULL;
}

static void
set_keys(const struct switchrec_interface *row, const struct smap *keys)
{
    const struct smap_node *node;

    SMAP_FOR_EACH (node, keys) {
        if (!nullable_string_is_equal(smap_get(&row->external_ids, node->key), node->value)) {
            switchrec_interface_update_external_ids_setkey(row, node->key, node->value);
        }
    }
}

static void
remove_keys(const struct switchrec_interface *row, const struct smap *keys, const char *const *names)
{
    for (; *names; names++) {
        if (smap_get(&row->external_ids, *names) && !smap_get(keys, *names)) {
            switchrec_interface_update_external_ids_delkey(row, *names);
        }
    }
}

struct error *
port_keys_write(struct switch_db *db, const char *device, const struct smap *keys, const char *const *names)
{
    const struct switchrec_interface *row = find_only_interface(db, device);

    if (!row) {
        return error_new(ERROR_NOT_FOUND, "this host's switch has no port %s: is its bridge Open vSwitch's?", quote(device).text);
    }
    set_keys(row, keys);
    remove_keys(row, keys, names);
    return NULL;
}

const char *
port_keys_get(const struct switch_db *db, const char *device, const char *key)
{
    const struct switchrec_interface *row = find_only_interface(db, device);

    return row ? smap_get(&row->external_ids, key) : NULL;
}
