/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/network.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "objects/access.h"
#include "objects/objects.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "toolstack/simple.h"
#include "verbs/bridge_name.h"
#include "verbs/failure.h"
#include "vif/device.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

/* The next free xapi<N>: of no network, no uplink and no VIF. */
static void
choose_bridge(struct pool *pool, char name[DEVICE_NAME_SIZE])
{
    unsigned int i = 0;

    do {
        snprintf(name, DEVICE_NAME_SIZE, "xapi%u", i++);
    } while (pool_network_with_bridge(pool, name) || pool_network_with_uplink(pool, name) || pool_vif_with_device(pool, name));
}

static bool
bridge_is_possible(struct simple_call *call, const char *name)
{
    call->has_failure = !bridge_name_check(name, &call->failure);
    if (!call->has_failure && pool_network_with_bridge(call->context->pool, name)) {
        return simple_fail(call, xenapi_failure("BRIDGE_NAME_EXISTS", name, NULL));
    }
    return !call->has_failure;
}

/* XAPI takes an MTU of 0 or less for none. */
static void
default_mtu(struct xenapi_value *record)
{
    const struct xenapi_value *mtu = xenapi_map_get(record, "MTU");
    int64_t value;

    if (mtu && xenapi_value_to_int(mtu, &value) && value <= 0) {
        xenapi_map_put(record, "MTU", xenapi_int(1500));
    }
}

static bool
add(struct simple_call *call, struct ovsdb_idl_txn *txn, const char *bridge)
{
    struct xenapi_value record = xenapi_value_clone(&call->params.set.elements[0]);

    xenapi_map_put(&record, "bridge", xenapi_string(bridge));
    default_mtu(&record);
    call->has_failure = !access_create(call->context->objects, txn, XENAPI_CLASS_network, &call->made, &record, &call->failure);
    xenapi_value_destroy(&record);
    return !call->has_failure && simple_made(call);
}

bool
network_create(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    char *given = simple_member_text(call, "bridge"), chosen[DEVICE_NAME_SIZE];
    bool ok;

    if (poolrec_network_get_for_uuid(pool_idl(call->context->pool), &call->made)) {
        ok = simple_made(call);
    } else if (given && *given) {
        ok = bridge_is_possible(call, given) && add(call, txn, given);
    } else {
        choose_bridge(call->context->pool, chosen);
        ok = add(call, txn, chosen);
    }
    free(given);
    return ok;
}

static void
fail_with_ref(struct simple_call *call, const char *code, const struct uuid *uuid)
{
    char ref[XENAPI_REF_SIZE];

    if (!call->has_failure) {
        simple_fail(call, xenapi_failure(code, NULL));
    }
    xenapi_ref_format(uuid, ref);
    xenapi_set_add(&call->failure.value, xenapi_string(ref));
}

static bool
has_no_vif_attached(struct simple_call *call, const struct poolrec_network *network)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(call->context->pool)) {
        if (vif->network == network && vif->currently_attached) {
            fail_with_ref(call, "NETWORK_CONTAINS_VIF", &vif->header_.uuid);
        }
    }
    return !call->has_failure;
}

static bool
has_no_pif(struct simple_call *call, const struct poolrec_network *network)
{
    const struct poolrec_pif *pif;

    POOLREC_PIF_FOR_EACH (pif, pool_idl(call->context->pool)) {
        if (pif->network == network) {
            fail_with_ref(call, "NETWORK_CONTAINS_PIF", &pif->header_.uuid);
        }
    }
    return !call->has_failure;
}

/* VIFs that are not attached go with it. */
bool
network_destroy(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *object = simple_object(call, 0);
    const struct poolrec_network *network =
        object ? poolrec_network_get_for_uuid(pool_idl(call->context->pool), object_uuid(object)) : NULL;
    const struct poolrec_vif *vif, *next;

    if (!object || !has_no_vif_attached(call, network) || !has_no_pif(call, network)) {
        return false;
    }
    POOLREC_VIF_FOR_EACH_SAFE (vif, next, pool_idl(call->context->pool)) {
        if (vif->network == network) {
            poolrec_vif_verify_currently_attached(vif);
            poolrec_vif_delete(vif);
        }
    }
    poolrec_network_delete(network);
    return true;
}

bool
network_set_default_locking_mode(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *network = simple_object(call, 0);
    const struct poolrec_vif *vif;
    char ref[XENAPI_REF_SIZE];

    if (!network) {
        return false;
    }
    POOLREC_VIF_FOR_EACH (vif, pool_idl(call->context->pool)) {
        if (vif->currently_attached && vif->network && uuid_equals(&vif->network->header_.uuid, object_uuid(network))) {
            xenapi_ref_format(&vif->header_.uuid, ref);
            return simple_fail(call, xenapi_failure("VIF_IN_USE", simple_text(call, 0), ref, NULL));
        }
    }
    call->has_failure = !access_put(call->context->objects, object_row(network), &xenapi_fields[XENAPI_network_default_locking_mode],
                                    &call->params.set.elements[1], &call->failure);
    return !call->has_failure;
}
