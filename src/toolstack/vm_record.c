/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/vm_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "objects/legal.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/placement.h"
#include "toolstack/simple.h"
#include "toolstack/vm_clone.h"
#include "verbs/failure.h"
#include "verbs/vm_size.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

/* Devices that clients are offered: what XAPI offers. */
enum { DEVICES_OFFERED = 16 };

static const struct poolrec_vm *
row_of(const struct simple_call *call, const struct uuid *uuid)
{
    return poolrec_vm_get_for_uuid(pool_idl(call->context->pool), uuid);
}

/* The row of parameter 0; NULL, and a failure, if 'operation' is not legal for the VM. Its power state must still be the same when the database
 * takes the change. */
static const struct poolrec_vm *
legal_row(struct simple_call *call, const char *operation)
{
    const struct object *object = simple_object(call, 0);
    const struct poolrec_vm *vm;
    struct legal_vm legal;

    if (!object) {
        return NULL;
    }
    legal_vm_init(&legal, call->context->objects, object);
    call->has_failure = !legality_of_vm(&legal.judged, operation, &call->failure);
    legal_vm_destroy(&legal);
    if (call->has_failure) {
        return NULL;
    }
    vm = row_of(call, object_uuid(object));
    poolrec_vm_verify_power_state(vm);
    poolrec_vm_verify_domid(vm);
    return vm;
}

bool
vm_create(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    if (!row_of(call, &call->made) && !vm_row_add(call, txn, &call->params.set.elements[0], false)) {
        return false;
    }
    return simple_made(call);
}

/* Its VIFs and VBDs go with it; its disks do not. */
bool
vm_destroy(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct poolrec_vm *vm = legal_row(call, "destroy");
    struct ovsdb_idl *idl = pool_idl(call->context->pool);
    const struct poolrec_vif *vif, *next_vif;
    const struct poolrec_vbd *vbd, *next_vbd;

    if (!vm) {
        return false;
    }
    POOLREC_VIF_FOR_EACH_SAFE (vif, next_vif, idl) {
        if (vif->VM == vm) {
            poolrec_vif_delete(vif);
        }
    }
    POOLREC_VBD_FOR_EACH_SAFE (vbd, next_vbd, idl) {
        if (vbd->VM == vm) {
            poolrec_vbd_delete(vbd);
        }
    }
    poolrec_vm_delete(vm);
    return true;
}

/* XAPI makes the disks that a template describes in XML. Those who drive a server without templates of its own make them with VDI.create, and
 * take that description away first; one that is left is not passed over in silence. */
bool
vm_provision(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct poolrec_vm *vm = legal_row(call, "provision");

    if (!vm) {
        return false;
    }
    if (*smap_get_def(&vm->other_config, "disks", "")) {
        return simple_fail(call, failure_value("other_config:disks", "disks are made with VDI.create here: remove the key"));
    }
    poolrec_vm_set_is_a_template(vm, false);
    return true;
}

bool
vm_set_memory_limits(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct vm_size_memory memory = {
        .static_min = simple_int(call, 1), .static_max = simple_int(call, 2),
        .dynamic_min = simple_int(call, 3), .dynamic_max = simple_int(call, 4),
    };
    const struct poolrec_vm *vm = legal_row(call, "changing_memory_limits");

    if (!vm) {
        return false;
    }
    call->has_failure = !vm_size_check_memory(&memory, &call->failure);
    if (!call->has_failure) {
        poolrec_vm_set_memory_static_min(vm, memory.static_min);
        poolrec_vm_set_memory_static_max(vm, memory.static_max);
        poolrec_vm_set_memory_dynamic_min(vm, memory.dynamic_min);
        poolrec_vm_set_memory_dynamic_max(vm, memory.dynamic_max);
    }
    return !call->has_failure;
}

bool
vm_set_vcpus(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const bool is_max = call->verb->id == VERB_VM_set_VCPUs_max;
    const struct poolrec_vm *vm = legal_row(call, "changing_VCPUs");
    int64_t value = simple_int(call, 1);

    if (!vm) {
        return false;
    }
    call->has_failure = !vm_size_check_vcpus(is_max ? value : vm->VCPUs_max, is_max ? vm->VCPUs_at_startup : value, &call->failure);
    if (call->has_failure) {
        return false;
    }
    poolrec_vm_verify_VCPUs_max(vm);
    poolrec_vm_verify_VCPUs_at_startup(vm);
    (is_max ? poolrec_vm_set_VCPUs_max : poolrec_vm_set_VCPUs_at_startup)(vm, value);
    return true;
}

static void
offer_devices(struct simple_call *call, const bool used[DEVICES_OFFERED])
{
    call->result = xenapi_set_create();
    for (unsigned int i = 0; i < DEVICES_OFFERED; i++) {
        if (!used[i]) {
            xenapi_set_add(&call->result, xenapi_string_nocopy(xasprintf("%u", i)));
        }
    }
}

static void
note_device(const char *device, bool used[DEVICES_OFFERED])
{
    unsigned long int number = strtoul(device, NULL, 10);

    if (number < DEVICES_OFFERED) {
        used[number] = true;
    }
}

bool
vm_get_allowed_vif_devices(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *vm = simple_object(call, 0);
    const struct poolrec_vif *vif;
    bool used[DEVICES_OFFERED] = { false };

    if (!vm) {
        return false;
    }
    POOLREC_VIF_FOR_EACH (vif, pool_idl(call->context->pool)) {
        if (vif->VM && uuid_equals(&vif->VM->header_.uuid, object_uuid(vm))) {
            note_device(vif->device, used);
        }
    }
    offer_devices(call, used);
    return true;
}

bool
vm_get_allowed_vbd_devices(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *vm = simple_object(call, 0);
    const struct poolrec_vbd *vbd;
    bool used[DEVICES_OFFERED] = { false };

    if (!vm) {
        return false;
    }
    POOLREC_VBD_FOR_EACH (vbd, pool_idl(call->context->pool)) {
        if (vbd->VM && uuid_equals(&vbd->VM->header_.uuid, object_uuid(vm))) {
            note_device(vbd->userdevice, used);
        }
    }
    offer_devices(call, used);
    return true;
}

bool
vm_get_possible_hosts(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *vm = simple_object(call, 0);
    const struct poolrec_host *host;
    char ref[XENAPI_REF_SIZE];

    if (!vm) {
        return false;
    }
    call->result = xenapi_set_create();
    POOLREC_HOST_FOR_EACH (host, pool_idl(call->context->pool)) {
        struct xenapi_reply failure;

        if (placement_is_possible(call->context->pool, row_of(call, object_uuid(vm)), host, &failure)) {
            xenapi_ref_format(&host->header_.uuid, ref);
            xenapi_set_add(&call->result, xenapi_string(ref));
        } else {
            xenapi_reply_destroy(&failure);
        }
    }
    return true;
}

bool
vm_assert_can_boot_here(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *vm = simple_object(call, 0), *object = vm ? simple_object(call, 1) : NULL;
    const struct poolrec_host *host = object ? poolrec_host_get_for_uuid(pool_idl(call->context->pool), object_uuid(object)) : NULL;

    if (!host) {
        return false;
    }
    call->has_failure = !placement_is_possible(call->context->pool, row_of(call, object_uuid(vm)), host, &call->failure);
    return !call->has_failure;
}

bool
vm_assert_operation_valid(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *object = simple_object(call, 0);
    struct legal_vm legal;

    if (!object) {
        return false;
    }
    legal_vm_init(&legal, call->context->objects, object);
    call->has_failure = !legality_of_vm(&legal.judged, simple_text(call, 1), &call->failure);
    legal_vm_destroy(&legal);
    return !call->has_failure;
}

bool
vm_update_allowed_operations(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    return simple_object(call, 0);
}
