/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/controller.h"

#include <uuid.h>

#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/simple.h"
#include "verbs/sdn_address.h"

static void
add(struct simple_call *call, struct ovsdb_idl_txn *txn, const char *protocol, const char *address, int64_t port)
{
    const struct poolrec_sdn_controller *row = poolrec_sdn_controller_insert_persist_uuid(txn, &call->made);

    poolrec_sdn_controller_set_protocol(row, protocol);
    poolrec_sdn_controller_set_address(row, address);
    poolrec_sdn_controller_set_port(row, port);
}

bool
controller_introduce(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const char *protocol = simple_text(call, 0), *address = simple_text(call, 1);
    struct ovsdb_idl *idl = pool_idl(call->context->pool);
    int64_t port;

    if (poolrec_sdn_controller_get_for_uuid(idl, &call->made)) {
        return simple_made(call);
    }
    if (poolrec_sdn_controller_first(idl)) {
        return simple_fail(call, xenapi_failure("OPERATION_NOT_ALLOWED", "SDN controller has been configured. Please forget it first.", NULL));
    }
    call->has_failure = !sdn_address_check(protocol, address, simple_int(call, 2), &port, &call->failure);
    if (call->has_failure) {
        return false;
    }
    add(call, txn, protocol, address, port);
    return simple_made(call);
}

bool
controller_forget(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *object = simple_object(call, 0);

    if (object) {
        poolrec_sdn_controller_delete(poolrec_sdn_controller_get_for_uuid(pool_idl(call->context->pool), object_uuid(object)));
    }
    return object;
}

/* No address is none. */
bool
controller_set(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    struct ovsdb_idl *idl = pool_idl(call->context->pool);
    const struct poolrec_sdn_controller *row, *next;
    const char *address = simple_text(call, 0);
    int64_t port;

    if (poolrec_sdn_controller_get_for_uuid(idl, &call->made)) {
        return true;
    }
    call->has_failure = *address && !sdn_address_check("ssl", address, 0, &port, &call->failure);
    if (call->has_failure) {
        return false;
    }
    POOLREC_SDN_CONTROLLER_FOR_EACH_SAFE (row, next, idl) {
        poolrec_sdn_controller_delete(row);
    }
    if (*address) {
        add(call, txn, "ssl", address, port);
    }
    return true;
}
