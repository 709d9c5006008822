/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/derived.h"

#include <stdlib.h>
#include <string.h>

#include <ovsdb-idl-provider.h>
#include <smap.h>
#include <util.h>
#include <uuid.h>

#include "objects/legal.h"
#include "objects/objects-private.h"
#include "objects/typed.h"
#include "pool/idl.h"
#include "verbs/allowed.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

/* Who refers to an object, by the field that says so. */
static const struct {
    enum xenapi_field_id field;
    enum reference_id reference;
} referrers[] = {
    { XENAPI_host_PIFs, REFERENCE_PIF_host },
    { XENAPI_host_PBDs, REFERENCE_PBD_host },
    { XENAPI_host_resident_VMs, REFERENCE_VM_resident_on },
    { XENAPI_network_VIFs, REFERENCE_VIF_network },
    { XENAPI_network_PIFs, REFERENCE_PIF_network },
    { XENAPI_VM_VIFs, REFERENCE_VIF_VM },
    { XENAPI_VM_VBDs, REFERENCE_VBD_VM },
    { XENAPI_SR_VDIs, REFERENCE_VDI_SR },
    { XENAPI_SR_PBDs, REFERENCE_PBD_SR },
    { XENAPI_VDI_VBDs, REFERENCE_VBD_VDI },
};

/* Verbs whose operation has another name. */
static const struct {
    const char *verb, *operation;
} renamed[] = {
    { "VM.set_memory_limits", "changing_memory_limits" },
    { "VM.set_VCPUs_max", "changing_VCPUs" },
    { "VM.set_VCPUs_at_startup", "changing_VCPUs" },
    { "VIF.unplug_force", "unplug" },
};

static struct xenapi_value
refs_to(const struct objects *objects, enum reference_id id, const struct object *object)
{
    struct xenapi_value set = xenapi_set_create();
    const struct reference *reference;

    REFERENCE_FOR_EACH (reference, objects, id, object_uuid(object)) {
        char ref[XENAPI_REF_SIZE];

        xenapi_ref_format(&reference->from->uuid, ref);
        xenapi_set_add(&set, xenapi_string(ref));
    }
    return set;
}

/* The operation that 'verb' is, as the enumeration of 'field' spells it; NULL if it has no name for it. */
static const char *
operation_of(const struct xenapi_field *field, const char *verb)
{
    const char *operation = strchr(verb, '.');

    operation = operation ? operation + 1 : verb;
    for (size_t i = 0; i < ARRAY_SIZE(renamed); i++) {
        if (!strcmp(renamed[i].verb, verb)) {
            operation = renamed[i].operation;
        }
    }
    return xenapi_enum_value(&xenapi_enums[field->type.value.values], operation);
}

static struct xenapi_value
operations_on(const struct objects *objects, enum reference_id id, const struct object *object, const struct xenapi_field *field)
{
    struct xenapi_value map = xenapi_map_create();
    const struct reference *reference;

    REFERENCE_FOR_EACH (reference, objects, id, object_uuid(object)) {
        const struct ovsdb_idl_row *row = kind_row(reference->from->kind, &reference->from->uuid);
        const char *operation = row ? operation_of(field, CONTAINER_OF(row, struct poolrec_operation, header_)->verb) : NULL;
        char task[XENAPI_REF_SIZE];

        if (operation) {
            xenapi_ref_format(&row->uuid, task);
            xenapi_map_put(&map, task, xenapi_string(operation));
        }
    }
    return map;
}

static struct xenapi_value
allowed_to_vm(const struct objects *objects, const struct object *object)
{
    struct legal_vm vm;
    struct xenapi_value set;

    legal_vm_init(&vm, objects, object);
    set = allowed_of_vm(&vm.judged);
    legal_vm_destroy(&vm);
    return set;
}

static struct xenapi_value
allowed_to_vif(const struct objects *objects, const struct object *object)
{
    struct legal_vif vif;
    struct xenapi_value set;

    legal_vif_init(&vif, objects, object);
    set = allowed_of_vif(&vif.judged);
    legal_vif_destroy(&vif);
    return set;
}

static struct xenapi_value
allowed_to_vbd(const struct objects *objects, const struct object *object)
{
    struct legal_vbd vbd;
    struct xenapi_value set;

    legal_vbd_init(&vbd, objects, object);
    set = allowed_of_vbd(&vbd.judged);
    legal_vbd_destroy(&vbd);
    return set;
}

static struct xenapi_value
allowed_to_host(const struct objects *objects, const struct object *object)
{
    return allowed_of_host(object_get(objects, object, &xenapi_fields[XENAPI_host_enabled]).boolean);
}

/* The field from before SDN_controller: the address of the one that the switches connect to. */
static struct xenapi_value
vswitch_controller(const struct objects *objects)
{
    const struct object *controller = objects_first(objects, XENAPI_CLASS_SDN_controller);

    return controller ? object_get(objects, controller, &xenapi_fields[XENAPI_SDN_controller_address]) : xenapi_string("");
}

/* What one host has more than the others is no CPU of the pool. */
static void
keep_common(struct smap *common, const struct smap *cpu_info)
{
    struct smap_node *node;

    SMAP_FOR_EACH_SAFE (node, common) {
        const char *value = smap_get(cpu_info, node->key);

        if (!value || strcmp(value, node->value)) {
            smap_remove_node(common, node);
        }
    }
}

static const char *const counted[] = { "cpu_count", "socket_count" };

/* What the CPUs of several hosts have in common. */
struct cpus {
    bool is_empty;
    struct smap common;
    unsigned long long int sums[ARRAY_SIZE(counted)];
};

static void
cpus_add(struct cpus *cpus, const struct smap *cpu_info)
{
    if (cpus->is_empty) {
        smap_clone(&cpus->common, cpu_info);
        cpus->is_empty = false;
    } else {
        keep_common(&cpus->common, cpu_info);
    }
    for (size_t i = 0; i < ARRAY_SIZE(counted); i++) {
        cpus->sums[i] += smap_get_ullong(cpu_info, counted[i], 0);
    }
}

/* Of all hosts: sums of what is counted, and what else is the same on all. */
static struct xenapi_value
cpu_info(const struct objects *objects)
{
    struct cpus cpus = { .is_empty = true, .common = SMAP_INITIALIZER(&cpus.common) };
    struct xenapi_value map = xenapi_map_create();
    const struct object *object;
    const struct smap_node *node;

    OBJECTS_FOR_EACH (object, objects, XENAPI_CLASS_host) {
        const struct ovsdb_idl_row *row = object_row(object);

        if (row) {
            cpus_add(&cpus, &CONTAINER_OF(row, struct poolrec_host, header_)->cpu_info);
        }
    }
    SMAP_FOR_EACH (node, &cpus.common) {
        xenapi_map_put(&map, node->key, xenapi_string(node->value));
    }
    for (size_t i = 0; i < ARRAY_SIZE(counted); i++) {
        xenapi_map_put(&map, counted[i], xenapi_string_nocopy(xasprintf("%llu", cpus.sums[i])));
    }
    smap_destroy(&cpus.common);
    return map;
}

static struct xenapi_value
uuid_of(const struct object *object)
{
    return xenapi_string_nocopy(xasprintf(UUID_FMT, UUID_ARGS(object_uuid(object))));
}

struct xenapi_value
derived_get(const struct objects *objects, const struct object *object, const struct ovsdb_idl_row *row, const struct xenapi_field *field)
{
    if (field == object_class(object)->fields) {
        return uuid_of(object);
    }
    for (size_t i = 0; i < ARRAY_SIZE(referrers); i++) {
        if (referrers[i].field == field->id) {
            return refs_to(objects, referrers[i].reference, object);
        }
    }
    switch ((int) field->id) {
    case XENAPI_pool_vswitch_controller: return vswitch_controller(objects);
    case XENAPI_pool_cpu_info: return cpu_info(objects);
    case XENAPI_host_allowed_operations: return allowed_to_host(objects, object);
    case XENAPI_network_allowed_operations: return allowed_of_network();
    case XENAPI_SR_allowed_operations: return allowed_of_sr();
    case XENAPI_VM_allowed_operations: return allowed_to_vm(objects, object);
    case XENAPI_VIF_allowed_operations: return allowed_to_vif(objects, object);
    case XENAPI_VBD_allowed_operations: return allowed_to_vbd(objects, object);
    case XENAPI_VM_current_operations: return operations_on(objects, REFERENCE_Operation_VM, object, field);
    case XENAPI_VIF_current_operations: return operations_on(objects, REFERENCE_Operation_VIF, object, field);
    case XENAPI_PIF_device_name: return object_get(objects, object, &xenapi_fields[XENAPI_PIF_device]);
    /* Nothing takes long that is done with these. */
    case XENAPI_host_current_operations:
    case XENAPI_network_current_operations:
    case XENAPI_SR_current_operations:
    case XENAPI_VBD_current_operations: return typed_default(field);
    }
    OVS_NOT_REACHED();
}
