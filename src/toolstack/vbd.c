/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/vbd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "objects/access.h"
#include "objects/legal.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/simple.h"
#include "verbs/failure.h"
#include "verbs/vif_identity.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

static const struct poolrec_vbd *
row_of(const struct simple_call *call, const struct uuid *uuid)
{
    return poolrec_vbd_get_for_uuid(pool_idl(call->context->pool), uuid);
}

static const struct poolrec_vbd *
find_device(const struct simple_call *call, const struct object *vm, unsigned int device)
{
    const struct poolrec_vbd *vbd;

    POOLREC_VBD_FOR_EACH (vbd, pool_idl(call->context->pool)) {
        if (vbd->VM && uuid_equals(&vbd->VM->header_.uuid, object_uuid(vm)) && strtoul(vbd->userdevice, NULL, 10) == device) {
            return vbd;
        }
    }
    return NULL;
}

/* "autodetect" is the first that is free. */
static bool
choose_device(struct simple_call *call, const struct object *vm, const char *given, unsigned int *device)
{
    if (!strcmp(given, "autodetect")) {
        *device = 0;
        while (find_device(call, vm, *device)) {
            ++*device;
        }
        return true;
    }
    call->has_failure = !vif_identity_device(given, device, &call->failure);
    if (!call->has_failure && find_device(call, vm, *device)) {
        return simple_fail(call, xenapi_failure("DEVICE_ALREADY_EXISTS", given, NULL));
    }
    return !call->has_failure;
}

static bool
member_is(const struct simple_call *call, const char *name, const char *value)
{
    char *text = simple_member_text(call, name);
    bool is = text && !strcasecmp(text, value);

    free(text);
    return is;
}

/* An empty drive is one for CDs; another has a disk, which it does not write to if nobody may. */
static bool
medium_is_possible(struct simple_call *call)
{
    const struct object *vdi;
    const struct poolrec_vdi *row;

    if (member_is(call, "empty", "true")) {
        return member_is(call, "type", "CD") || simple_fail(call, failure_value("empty", "only a CD drive is without a medium"));
    }
    vdi = simple_member_object(call, XENAPI_CLASS_VDI, "VDI");
    row = vdi ? poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), object_uuid(vdi)) : NULL;
    if (row && row->read_only && !member_is(call, "mode", "RO")) {
        char ref[XENAPI_REF_SIZE];

        xenapi_ref_format(object_uuid(vdi), ref);
        return simple_fail(call, xenapi_failure("VDI_READONLY", ref, NULL));
    }
    return vdi;
}

static bool
add(struct simple_call *call, struct ovsdb_idl_txn *txn, unsigned int device)
{
    struct xenapi_value record = xenapi_value_clone(&call->params.set.elements[0]);

    xenapi_map_put(&record, "userdevice", xenapi_string_nocopy(xasprintf("%u", device)));
    xenapi_map_put(&record, "currently_attached", xenapi_bool(false));
    if (member_is(call, "empty", "true")) {
        xenapi_map_put(&record, "VDI", xenapi_string(XENAPI_REF_NULL));
    }
    call->has_failure = !access_create(call->context->objects, txn, XENAPI_CLASS_VBD, &call->made, &record, &call->failure);
    xenapi_value_destroy(&record);
    return !call->has_failure && simple_made(call);
}

bool
vbd_create(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct object *vm;
    char *given;
    unsigned int device;
    bool ok;

    if (row_of(call, &call->made)) {
        return simple_made(call);
    }
    vm = simple_member_object(call, XENAPI_CLASS_VM, "VM");
    if (!vm) {
        return false;
    }
    given = simple_member_text(call, "userdevice");
    ok = medium_is_possible(call) && choose_device(call, vm, given ? given : "", &device) && add(call, txn, device);
    free(given);
    return ok;
}

/* The row of parameter 0, if 'operation' is legal for it; NULL, and a failure, if not. */
static const struct poolrec_vbd *
legal_row(struct simple_call *call, const char *operation)
{
    const struct object *object = simple_object(call, 0);
    struct legal_vbd legal;

    if (!object) {
        return NULL;
    }
    legal_vbd_init(&legal, call->context->objects, object);
    call->has_failure = !legality_of_vbd(&legal.judged, operation, &call->failure);
    legal_vbd_destroy(&legal);
    return call->has_failure ? NULL : row_of(call, object_uuid(object));
}

bool
vbd_destroy(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const struct poolrec_vbd *vbd = legal_row(call, "attach");

    if (!vbd) {
        return false;
    }
    if (vbd->currently_attached) {
        char vm[XENAPI_REF_SIZE] = XENAPI_REF_NULL, *text;

        if (vbd->VM) {
            xenapi_ref_format(&vbd->VM->header_.uuid, vm);
        }
        text = xasprintf("VBD '%s' still attached to '%s'", simple_text(call, 0), vm);
        simple_fail(call, xenapi_failure("OPERATION_NOT_ALLOWED", text, NULL));
        free(text);
        return false;
    }
    poolrec_vbd_verify_currently_attached(vbd);
    poolrec_vbd_delete(vbd);
    return true;
}

bool
vbd_change_medium(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const bool inserts = call->verb->id == VERB_VBD_insert;
    const struct poolrec_vbd *vbd = legal_row(call, inserts ? "insert" : "eject");
    const struct object *vdi = vbd && inserts ? simple_object(call, 1) : NULL;

    if (!vbd || (inserts && !vdi)) {
        return false;
    }
    poolrec_vbd_verify_currently_attached(vbd);
    poolrec_vbd_verify_empty(vbd);
    poolrec_vbd_set_VDI(vbd, vdi ? poolrec_vdi_get_for_uuid(pool_idl(call->context->pool), object_uuid(vdi)) : NULL);
    poolrec_vbd_set_empty(vbd, !inserts);
    return true;
}

bool
vbd_refuse(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const char *operation = call->verb->id == VERB_VBD_plug ? "plug" : call->verb->id == VERB_VBD_unplug ? "unplug" : "unplug_force";

    ovs_assert(!legal_row(call, operation));
    return false;
}
