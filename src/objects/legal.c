/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/legal.h"

#include <string.h>

#include <util.h>

#include "objects/objects.h"
#include "pool/idl.h"

static struct xenapi_value
field_of(const struct objects *objects, const struct object *object, enum xenapi_field_id id)
{
    return object_get(objects, object, &xenapi_fields[id]);
}

static bool
is_set(const struct objects *objects, const struct object *object, enum xenapi_field_id id)
{
    return field_of(objects, object, id).boolean;       /* a boolean owns nothing */
}

/* An enumeration's word, which is the table's. */
static const char *
word_of(const struct objects *objects, const struct object *object, enum xenapi_field_id id)
{
    struct xenapi_value value = field_of(objects, object, id);
    const char *word = xenapi_enum_value(&xenapi_enums[xenapi_fields[id].type.key.values], value.string);

    ovs_assert(word);
    xenapi_value_destroy(&value);
    return word;
}

static const struct object *
target_of(const struct objects *objects, const struct object *object, enum xenapi_field_id id)
{
    struct xenapi_value value = field_of(objects, object, id);
    const struct object *target = objects_find_ref(objects, xenapi_fields[id].type.key.class, value.string);

    xenapi_value_destroy(&value);
    return target;
}

void
legal_vm_init(struct legal_vm *vm, const struct objects *objects, const struct object *object)
{
    xenapi_ref_format(object_uuid(object), vm->ref);
    vm->blocked_operations = field_of(objects, object, XENAPI_VM_blocked_operations);
    vm->current_operations = field_of(objects, object, XENAPI_VM_current_operations);
    vm->judged = (struct legality_vm) {
        .ref = vm->ref,
        .power_state = word_of(objects, object, XENAPI_VM_power_state),
        .is_a_template = is_set(objects, object, XENAPI_VM_is_a_template),
        .is_default_template = is_set(objects, object, XENAPI_VM_is_default_template),
        .is_a_snapshot = is_set(objects, object, XENAPI_VM_is_a_snapshot),
        .is_control_domain = is_set(objects, object, XENAPI_VM_is_control_domain),
        .blocked_operations = &vm->blocked_operations,
        .current_operations = &vm->current_operations,
    };
}

void
legal_vm_destroy(struct legal_vm *vm)
{
    xenapi_value_destroy(&vm->blocked_operations);
    xenapi_value_destroy(&vm->current_operations);
}

/* A device's VM; NULL if it has none, and nothing is to be destroyed but zeros then. */
static const struct legality_vm *
vm_of(struct legal_vm *vm, const struct objects *objects, const struct object *object)
{
    if (!object) {
        memset(vm, 0, sizeof *vm);
        return NULL;
    }
    legal_vm_init(vm, objects, object);
    return &vm->judged;
}

static bool
guest_refuses_hotplug(const struct objects *objects, const struct object *vm)
{
    const struct object *metrics = vm ? target_of(objects, vm, XENAPI_VM_guest_metrics) : NULL;

    return metrics && !strcmp(word_of(objects, metrics, XENAPI_VM_guest_metrics_can_use_hotplug_vif), "no");
}

void
legal_vif_init(struct legal_vif *vif, const struct objects *objects, const struct object *object)
{
    const struct object *vm = target_of(objects, object, XENAPI_VIF_VM);

    xenapi_ref_format(object_uuid(object), vif->ref);
    vif->current_operations = field_of(objects, object, XENAPI_VIF_current_operations);
    vif->judged = (struct legality_vif) {
        .ref = vif->ref,
        .currently_attached = is_set(objects, object, XENAPI_VIF_currently_attached),
        .guest_refuses_hotplug = guest_refuses_hotplug(objects, vm),
        .current_operations = &vif->current_operations,
        .vm = vm_of(&vif->vm, objects, vm),
    };
}

void
legal_vif_destroy(struct legal_vif *vif)
{
    xenapi_value_destroy(&vif->current_operations);
    legal_vm_destroy(&vif->vm);
}

void
legal_vbd_init(struct legal_vbd *vbd, const struct objects *objects, const struct object *object)
{
    xenapi_ref_format(object_uuid(object), vbd->ref);
    vbd->current_operations = field_of(objects, object, XENAPI_VBD_current_operations);
    vbd->judged = (struct legality_vbd) {
        .ref = vbd->ref,
        .currently_attached = is_set(objects, object, XENAPI_VBD_currently_attached),
        .empty = is_set(objects, object, XENAPI_VBD_empty),
        .is_cd = !strcmp(word_of(objects, object, XENAPI_VBD_type), "CD"),
        .current_operations = &vbd->current_operations,
        .vm = vm_of(&vbd->vm, objects, target_of(objects, object, XENAPI_VBD_VM)),
    };
}

void
legal_vbd_destroy(struct legal_vbd *vbd)
{
    xenapi_value_destroy(&vbd->current_operations);
    legal_vm_destroy(&vbd->vm);
}
