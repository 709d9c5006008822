/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/row_wish.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "switch/db.h"
#include "vif/description.h"

bool
row_wish_is_there(const struct switch_port *port)
{
    return port->bridge && port->keys && vif_description_is_there(port->keys);
}

static void
copy_uuid(const struct uuid *uuid, char text[UUID_TEXT_SIZE])
{
    snprintf(text, UUID_TEXT_SIZE, UUID_FMT, UUID_ARGS(uuid));
}

bool
row_wish_mark(const struct switch_port *port, char text[UUID_TEXT_SIZE])
{
    struct uuid uuid;
    const bool is_there = port->vif && uuid_from_string(&uuid, port->vif);

    if (is_there) {
        copy_uuid(&uuid, text);
    }
    return is_there;
}

static struct error *
form_check(const struct switch_port *port)
{
    if (port->n_interfaces != 1 || strcmp(port->name, port->interface)) {
        return error_new(ERROR_INVALID, "port %s is a bond, or its interface has another name: only a port with one interface of its "
                         "name can be guarded by what its row says", port->name);
    }
    return NULL;
}

struct vif_wish *
row_wish_read(const struct switch_port *port, bool trusts_mark)
{
    struct vif_wish *wish = xzalloc(sizeof *wish);
    struct error *error = form_check(port);

    wish->attach = true;
    wish->origin = port->vif && !port->adopted ? VIF_HANDED : VIF_DESCRIBED;
    ovs_strlcpy(wish->device, port->interface, sizeof wish->device);
    ovs_strlcpy(wish->network.bridge, port->bridge, sizeof wish->network.bridge);
    if (!trusts_mark || !row_wish_mark(port, wish->uuid)) {
        copy_uuid(port->uuid, wish->uuid);
    }
    error = error ? error : vif_description_parse(port->keys, &port->vlans, wish);
    if (error) {
        wish->refusal = xstrdup(error->text);
        error_free(error);
    }
    return wish;
}
