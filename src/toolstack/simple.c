/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/simple.h"

#include <stdlib.h>

#include <util.h>

#include "base/error.h"
#include "objects/objects.h"
#include "toolstack/controller.h"
#include "toolstack/host_calls.h"
#include "toolstack/network.h"
#include "toolstack/plugins.h"
#include "toolstack/storage.h"
#include "toolstack/vbd.h"
#include "toolstack/vif.h"
#include "toolstack/vm_clone.h"
#include "toolstack/vm_record.h"
#include "verbs/failure.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

typedef bool simple_fn(struct simple_call *, struct ovsdb_idl_txn *);

/* 'end' is what is done outside of the database when it is known whether it has taken the change. */
static const struct simple_verb {
    simple_fn *change;
    bool writes;
    void (*end)(struct simple_call *, bool done);
} simple_verbs[VERB_N] = {
    [VERB_pool_set_vswitch_controller] = { controller_set, true },
    [VERB_host_call_plugin] = { plugins_call, false },
    [VERB_host_compute_free_memory] = { host_compute_free_memory, false },
    [VERB_host_get_servertime] = { host_get_servertime, false },
    [VERB_host_enable] = { host_enable, true },
    [VERB_host_disable] = { host_enable, true },
    [VERB_network_create] = { network_create, true },
    [VERB_network_destroy] = { network_destroy, true },
    [VERB_network_set_default_locking_mode] = { network_set_default_locking_mode, true },
    [VERB_VM_create] = { vm_create, true },
    [VERB_VM_destroy] = { vm_destroy, true },
    [VERB_VM_clone] = { vm_clone, true },
    [VERB_VM_provision] = { vm_provision, true },
    [VERB_VM_get_allowed_VIF_devices] = { vm_get_allowed_vif_devices, false },
    [VERB_VM_get_allowed_VBD_devices] = { vm_get_allowed_vbd_devices, false },
    [VERB_VM_get_possible_hosts] = { vm_get_possible_hosts, false },
    [VERB_VM_assert_can_boot_here] = { vm_assert_can_boot_here, false },
    [VERB_VM_assert_operation_valid] = { vm_assert_operation_valid, false },
    [VERB_VM_update_allowed_operations] = { vm_update_allowed_operations, false },
    [VERB_VM_set_memory_limits] = { vm_set_memory_limits, true },
    [VERB_VM_set_VCPUs_max] = { vm_set_vcpus, true },
    [VERB_VM_set_VCPUs_at_startup] = { vm_set_vcpus, true },
    [VERB_VIF_create] = { vif_create, true },
    [VERB_VIF_destroy] = { vif_destroy, true },
    [VERB_VIF_set_locking_mode] = { vif_set_locking_mode, true },
    [VERB_VIF_set_ipv4_allowed] = { vif_change_allowed, true },
    [VERB_VIF_add_ipv4_allowed] = { vif_change_allowed, true },
    [VERB_VIF_remove_ipv4_allowed] = { vif_change_allowed, true },
    [VERB_VIF_set_ipv6_allowed] = { vif_change_allowed, true },
    [VERB_VIF_add_ipv6_allowed] = { vif_change_allowed, true },
    [VERB_VIF_remove_ipv6_allowed] = { vif_change_allowed, true },
    [VERB_SR_scan] = { storage_scan, true },
    [VERB_VDI_create] = { storage_vdi_create, true, storage_vdi_created },
    [VERB_VDI_destroy] = { storage_vdi_destroy, true, storage_vdi_destroyed },
    [VERB_VBD_create] = { vbd_create, true },
    [VERB_VBD_destroy] = { vbd_destroy, true },
    [VERB_VBD_plug] = { vbd_refuse, false },
    [VERB_VBD_unplug] = { vbd_refuse, false },
    [VERB_VBD_unplug_force] = { vbd_refuse, false },
    [VERB_VBD_insert] = { vbd_change_medium, true },
    [VERB_VBD_eject] = { vbd_change_medium, true },
    [VERB_SDN_controller_introduce] = { controller_introduce, true },
    [VERB_SDN_controller_forget] = { controller_forget, true },
};

bool
simple_has(enum verb_id verb)
{
    return simple_verbs[verb].change;
}

struct simple_call *
simple_call_create(const struct simple_context *context, const struct verb *verb, const struct xenapi_value *params)
{
    struct simple_call *call = xzalloc(sizeof *call);

    call->context = context;
    call->verb = verb;
    call->params = xenapi_value_clone(params);
    uuid_generate(&call->made);
    uuid_generate(&call->also);
    return call;
}

bool
simple_call_writes(const struct simple_call *call)
{
    return simple_verbs[call->verb->id].writes;
}

/* What an earlier try has left is forgotten. */
static void
begin(struct simple_call *call)
{
    if (call->has_failure) {
        xenapi_reply_destroy(&call->failure);
        call->has_failure = false;
    }
    xenapi_value_destroy(&call->result);
}

struct error *
simple_call_change(struct pool *pool, struct ovsdb_idl_txn *txn, void *call_)
{
    struct simple_call *call = call_;

    begin(call);
    return simple_verbs[call->verb->id].change(call, txn) ? NULL : error_new(ERROR_REFUSED, "%s is refused", call->verb->method);
}

bool
simple_call_run(struct simple_call *call)
{
    return !call->plugin || plugins_run(call);
}

void
simple_call_wait(const struct simple_call *call)
{
    if (call->plugin) {
        plugins_wait(call);
    }
}

static struct xenapi_reply
reply_of(struct simple_call *call, struct error *error)
{
    if (call->has_failure) {
        error_free(error);
        return call->failure;
    }
    if (error) {
        return failure_internal(error);
    }

    struct xenapi_reply reply = xenapi_success(call->result);
    call->result = xenapi_void();
    return reply;
}

struct xenapi_reply
simple_call_finish(struct simple_call *call, struct error *error)
{
    const struct simple_verb *verb = &simple_verbs[call->verb->id];
    struct xenapi_reply reply;

    if (verb->end) {
        verb->end(call, !error && !call->has_failure);
    }
    if (call->plugin) {
        plugins_forget(call);
    }
    reply = reply_of(call, error);
    xenapi_value_destroy(&call->params);
    xenapi_value_destroy(&call->result);
    free(call->path);
    free(call);
    return reply;
}

bool
simple_fail(struct simple_call *call, struct xenapi_reply failure)
{
    ovs_assert(!call->has_failure);
    call->has_failure = true;
    call->failure = failure;
    return false;
}

const char *
simple_text(const struct simple_call *call, size_t i)
{
    return call->params.set.elements[i].string;
}

int64_t
simple_int(const struct simple_call *call, size_t i)
{
    return call->params.set.elements[i].integer;
}

/* An object whose row has just gone is not there either. */
static const struct object *
find(struct simple_call *call, enum xenapi_class_id class, const char *ref)
{
    const struct object *object = objects_find_ref(call->context->objects, class, ref);

    if (!object || !object_row(object)) {
        simple_fail(call, failure_handle(class, ref));
        return NULL;
    }
    return object;
}

const struct object *
simple_object(struct simple_call *call, size_t i)
{
    return find(call, call->verb->parameters[i].type.key.class, simple_text(call, i));
}

bool
simple_made(struct simple_call *call)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&call->made, ref);
    call->result = xenapi_string(ref);
    return true;
}

const struct object *
simple_member_object(struct simple_call *call, enum xenapi_class_id class, const char *name)
{
    char *ref = simple_member_text(call, name);
    const struct object *object = find(call, class, ref ? ref : "");

    free(ref);
    return object;
}

char *
simple_member_text(const struct simple_call *call, const char *name)
{
    const struct xenapi_value *member = xenapi_map_get(&call->params.set.elements[0], name);

    return member ? xenapi_value_to_text(member) : NULL;
}
