/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_wish.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "vif/wish.h"

/* A row whose network has not arrived yet is no wish: the monitor's conditions let references be empty for a while. A halted VM's VIF
 * has its own uuid in place of a device. */
bool
pool_wish_is_there(const struct poolrec_vif *row)
{
    return row->network && row->host && strlen(row->interface) < UUID_TEXT_SIZE - 1;
}

static void
copy_uuid(const struct uuid *uuid, char text[UUID_TEXT_SIZE])
{
    snprintf(text, UUID_TEXT_SIZE, UUID_FMT, UUID_ARGS(uuid));
}

static struct error *
set_network(struct vif_wish *wish, const struct poolrec_network *row)
{
    struct error *error = device_name_check("bridge", row->bridge);

    if (!error && row->uplink) {
        error = device_name_check("uplink", row->uplink);
    }
    if (error) {
        return error;
    }
    copy_uuid(&row->header_.uuid, wish->network.uuid);
    ovs_strlcpy(wish->network.bridge, row->bridge, sizeof wish->network.bridge);
    ovs_strlcpy(wish->network.uplink, row->uplink ? row->uplink : "", sizeof wish->network.uplink);
    wish->network.managed = row->managed;
    wish->network.vlan = row->n_vlan ? row->vlan[0] : 0;
    wish->mtu = row->MTU;
    return NULL;
}

static struct error *
set_device(struct vif_wish *wish, const struct poolrec_vif *row)
{
    struct error *error = device_name_check("device", row->interface);

    if (!error) {
        ovs_strlcpy(wish->device, row->interface, sizeof wish->device);
    }
    return error;
}

struct vif_wish *
pool_wish_read(struct pool *pool, const struct poolrec_vif *row)
{
    struct vif_wish *wish = xzalloc(sizeof *wish);
    struct error *error = set_device(wish, row);

    copy_uuid(&row->header_.uuid, wish->uuid);
    if (row->VM) {
        copy_uuid(&row->VM->header_.uuid, wish->vm_uuid);
    }
    wish->attach = row->currently_attached;
    if (!error) {
        error = set_network(wish, row->network);
    }
    error = error ? error : pool_network_check_sharing(pool, row->network);
    error = error ? error : pool_network_check_trunks(row->network, row->n_trunks);
    if (!error) {
        error = pool_vif_policy(row, &wish->policy);
    }
    error = error ? error : pool_vif_rate(row, &wish->rate);
    if (row->MTU) {
        wish->mtu = row->MTU;
    }
    if (error) {
        wish->refusal = xstrdup(error->text);
        error_free(error);
    }
    return wish;
}
