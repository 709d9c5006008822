/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/references.h"

#include <string.h>

#include <hash.h>
#include <ovsdb-data.h>
#include <ovsdb-idl-provider.h>
#include <util.h>

#include "objects/objects-private.h"
#include "pool/idl.h"

enum effect {
    /* On the object that is referred to, when the reference comes or goes. */
    TOUCHES = 1 << 0,           /* a field is derived from it: a new generation */
    ALTERS = 1 << 1,            /* so is what others derive from that object: its state */

    /* On the object that refers, when the state of the other one changes. */
    FOLLOWS = 1 << 2,           /* a new generation */
    PASSES_ON = 1 << 3,         /* its state changes, too */
};

static const struct {
    size_t from, to;            /* kinds */
    const struct ovsdb_idl_column *column;
    unsigned int effects;
} table[] = {
    /* VM.VIFs and so on; VIF.allowed_operations depend on what its VM does. */
    [REFERENCE_VIF_VM] = { XENAPI_CLASS_VIF, XENAPI_CLASS_VM, &poolrec_vif_col_VM, TOUCHES | FOLLOWS },
    [REFERENCE_VIF_network] = { XENAPI_CLASS_VIF, XENAPI_CLASS_network, &poolrec_vif_col_network, TOUCHES },
    [REFERENCE_VBD_VM] = { XENAPI_CLASS_VBD, XENAPI_CLASS_VM, &poolrec_vbd_col_VM, TOUCHES | FOLLOWS },
    [REFERENCE_VBD_VDI] = { XENAPI_CLASS_VBD, XENAPI_CLASS_VDI, &poolrec_vbd_col_VDI, TOUCHES },
    [REFERENCE_VM_resident_on] = { XENAPI_CLASS_VM, XENAPI_CLASS_host, &poolrec_vm_col_resident_on, TOUCHES },
    [REFERENCE_VM_guest_metrics] = { XENAPI_CLASS_VM, XENAPI_CLASS_VM_guest_metrics, &poolrec_vm_col_guest_metrics, PASSES_ON },
    [REFERENCE_PIF_host] = { XENAPI_CLASS_PIF, XENAPI_CLASS_host, &poolrec_pif_col_host, TOUCHES },
    [REFERENCE_PIF_network] = { XENAPI_CLASS_PIF, XENAPI_CLASS_network, &poolrec_pif_col_network, TOUCHES },
    [REFERENCE_PBD_host] = { XENAPI_CLASS_PBD, XENAPI_CLASS_host, &poolrec_pbd_col_host, TOUCHES },
    [REFERENCE_PBD_SR] = { XENAPI_CLASS_PBD, XENAPI_CLASS_SR, &poolrec_pbd_col_SR, TOUCHES },
    [REFERENCE_VDI_SR] = { XENAPI_CLASS_VDI, XENAPI_CLASS_SR, &poolrec_vdi_col_SR, TOUCHES },
    /* VM.current_operations; what is allowed to a VM's devices depends on them as well. */
    [REFERENCE_Operation_VM] = { KIND_OPERATION, XENAPI_CLASS_VM, &poolrec_operation_col_VM, TOUCHES | ALTERS },
    [REFERENCE_Operation_VIF] = { KIND_OPERATION, XENAPI_CLASS_VIF, &poolrec_operation_col_VIF, TOUCHES },
};

/* The columns that are an object's state in the sense of above. */
static const struct {
    size_t kind;
    const struct ovsdb_idl_column *column;
} states[] = {
    { XENAPI_CLASS_VM, &poolrec_vm_col_power_state },
    { XENAPI_CLASS_VM, &poolrec_vm_col_guest_metrics },
    { XENAPI_CLASS_VM_guest_metrics, &poolrec_vm_guest_metrics_col_can_use_hotplug_vif },
};

static size_t
kind_id(const struct objects *objects, const struct kind *kind)
{
    return kind - objects->kinds;
}

static uint32_t
reference_hash(enum reference_id id, const struct uuid *to)
{
    return hash_int(id, uuid_hash(to));
}

static const struct reference *
next_of(const struct hmap_node *node, enum reference_id id, const struct uuid *to)
{
    const struct reference *reference;

    for (; node; node = hmap_next_with_hash(node)) {
        reference = CONTAINER_OF(node, struct reference, node);
        if (reference->id == id && uuid_equals(&reference->to, to)) {
            return reference;
        }
    }
    return NULL;
}

const struct reference *
references_first(const struct objects *objects, enum reference_id id, const struct uuid *to)
{
    return next_of(hmap_first_with_hash(&objects->references, reference_hash(id, to)), id, to);
}

const struct reference *
references_next(const struct objects *objects OVS_UNUSED, const struct reference *reference)
{
    return next_of(hmap_next_with_hash(&reference->node), reference->id, &reference->to);
}

/* An operation concerns the object that its verb is of: VIF.plug has a VM as well, and is none of the VM's operations. */
static bool
concerns(const struct ovsdb_idl_row *row, enum reference_id id)
{
    const char *verb, *class = table[id].column->name;

    if (table[id].from != KIND_OPERATION) {
        return true;
    }
    verb = CONTAINER_OF(row, struct poolrec_operation, header_)->verb;
    return !strncmp(verb, class, strlen(class)) && verb[strlen(class)] == '.';
}

/* True if 'row' has the reference: '*to' is where it leads then. */
static bool
read_reference(const struct ovsdb_idl_row *row, enum reference_id id, struct uuid *to)
{
    const struct ovsdb_datum *datum = row && concerns(row, id) ? ovsdb_idl_read(row, table[id].column) : NULL;

    if (!datum || !datum->n) {
        return false;
    }
    *to = datum->keys[0].uuid;
    return true;
}

static void
came_or_went(struct objects *objects, const struct reference *reference)
{
    struct object *to = kind_find(&objects->kinds[table[reference->id].to], &reference->to);

    /* One that is not there yet gets its generation when it comes. */
    if (to && table[reference->id].effects & TOUCHES) {
        order_touch_once(objects, to);
    }
    if (to && table[reference->id].effects & ALTERS) {
        references_state_changed(objects, to);
    }
}

static void
reference_unset(struct objects *objects, struct reference *reference)
{
    if (reference->is_set) {
        hmap_remove(&objects->references, &reference->node);
        reference->is_set = false;
        came_or_went(objects, reference);
    }
}

static void
reference_set(struct objects *objects, struct reference *reference, const struct uuid *to)
{
    if (reference->is_set && uuid_equals(&reference->to, to)) {
        return;
    }
    reference_unset(objects, reference);
    reference->is_set = true;
    reference->to = *to;
    hmap_insert(&objects->references, &reference->node, reference_hash(reference->id, to));
    came_or_went(objects, reference);
}

void
references_take(struct objects *objects, struct object *object, const struct ovsdb_idl_row *row)
{
    size_t n = 0;

    for (size_t id = 0; id < ARRAY_SIZE(table); id++) {
        if (table[id].from == kind_id(objects, object->kind)) {
            struct reference *reference = &object->references[n++];
            struct uuid to;

            ovs_assert(n <= REFERENCES_MAX);
            reference->id = id;
            reference->from = object;
            if (read_reference(row, id, &to)) {
                reference_set(objects, reference, &to);
            } else {
                reference_unset(objects, reference);
            }
        }
    }
}

bool
references_state_is_changed(const struct object *object, const struct ovsdb_idl_row *row)
{
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        if (object->kind->class && object->kind->class->id == states[i].kind && ovsdb_idl_track_is_updated(row, states[i].column)) {
            return true;
        }
    }
    return false;
}

void
references_state_changed(struct objects *objects, struct object *object)
{
    const struct reference *reference;

    for (size_t id = 0; id < ARRAY_SIZE(table); id++) {
        if (table[id].to != kind_id(objects, object->kind) || !(table[id].effects & (FOLLOWS | PASSES_ON))) {
            continue;
        }
        REFERENCE_FOR_EACH (reference, objects, id, &object->uuid) {
            if (table[id].effects & FOLLOWS) {
                order_touch_once(objects, reference->from);
            }
            if (table[id].effects & PASSES_ON) {
                references_state_changed(objects, reference->from);
            }
        }
    }
}
