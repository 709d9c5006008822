/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/attachment.h"

#include <net/if.h>
#include <stddef.h>
#include <string.h>

#include <smap.h>

#include "pool/replica.h"
#include "xenapi/ref.h"

/* Where something of a network is. */
struct places {
    bool exists, is_here;
};

static struct places
places_of_pifs(struct pool *pool, const struct poolrec_network *network, const struct poolrec_host *host)
{
    struct places places = { false, false };
    const struct poolrec_pif *pif;

    POOLREC_PIF_FOR_EACH (pif, pool_idl(pool)) {
        if (pif->network == network) {
            places.exists = true;
            places.is_here |= pif->host == host;
        }
    }
    return places;
}

/* Of VMs that run. */
static struct places
places_of_vms(struct pool *pool, const struct poolrec_network *network, const struct poolrec_host *host)
{
    struct places places = { false, false };
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->network == network && vif->VM && vif->VM->power_state && !strcmp(vif->VM->power_state, "Running")) {
            places.exists = true;
            places.is_here |= vif->VM->resident_on == host;
        }
    }
    return places;
}

static bool
is_private(const struct poolrec_network *network)
{
    return network->managed && !network->uplink && !smap_get_bool(&network->other_config, "assume_network_is_shared", false);
}

bool
attachment_is_visible(struct pool *pool, const struct poolrec_network *network, const struct poolrec_host *host)
{
    struct places places = places_of_pifs(pool, network, host);

    if (!places.exists && is_private(network)) {
        places = places_of_vms(pool, network, host);
    }
    return !places.exists || places.is_here;
}

bool
attachment_sees_networks(struct pool *pool, const struct poolrec_vm *vm, const struct poolrec_host *host, struct xenapi_reply *failure)
{
    char ref[XENAPI_REF_SIZE], network[XENAPI_REF_SIZE];
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->VM == vm && vif->network && !attachment_is_visible(pool, vif->network, host)) {
            xenapi_ref_format(&vm->header_.uuid, ref);
            xenapi_ref_format(&vif->network->header_.uuid, network);
            *failure = xenapi_failure("VM_REQUIRES_NETWORK", ref, network, NULL);
            return false;
        }
    }
    return true;
}

bool
attachment_has_bridge(const struct poolrec_network *network, struct xenapi_reply *failure)
{
    if (network->managed || if_nametoindex(network->bridge)) {
        return true;
    }
    *failure = xenapi_failure("BRIDGE_NOT_AVAILABLE", network->bridge, NULL);
    return false;
}

bool
attachment_has_bridges(struct pool *pool, const struct poolrec_vm *vm, struct xenapi_reply *failure)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->VM == vm && vif->network && !attachment_has_bridge(vif->network, failure)) {
            return false;
        }
    }
    return true;
}
