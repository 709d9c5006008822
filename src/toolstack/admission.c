/* SPDX-License-Identifier: Apache-2.0
 *
 * Admits a call: checks that its operation is legal as the rows are now, and writes its Operation together with what it begins with. What a single
 * write carries out is over then.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "objects/legal.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/attachment.h"
#include "toolstack/life-private.h"
#include "toolstack/placement.h"
#include "toolstack/toolstack-private.h"
#include "verbs/failure.h"

/* How long a verb may take, but for starts, which wait for the agent (toolstack_config.wire_ms). A clean shutdown is the guest's matter; clients
 * wait five minutes for a reply. */
enum { CLEAN_MS = 240 * 1000, SHUTDOWN_MS = 60 * 1000, OTHER_MS = 60 * 1000 };

/* "start" of "VM.start". */
static const char *
operation_name(const struct verb *verb)
{
    return strchr(verb->method, '.') + 1;
}

static struct error *
refused(struct verb_call *call, struct xenapi_reply failure)
{
    verb_call_fail(call, failure);
    return error_new(ERROR_REFUSED, "%s is refused", call->verb->method);
}

static struct xenapi_reply
self_failure(const struct verb_call *call, const char *code)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&call->self, ref);
    return xenapi_failure(code, ref, NULL);
}

static struct error *
host_failure(struct verb_call *call, const char *code, const struct uuid *host)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(host, ref);
    return refused(call, xenapi_failure(code, ref, NULL));
}

/* A VM of another host is that host's. */
static struct error *
check_host(const struct toolstack *ts, struct verb_call *call, const struct poolrec_vm *vm)
{
    if (vm->resident_on && !uuid_equals(&vm->resident_on->header_.uuid, &ts->host)) {
        return host_failure(call, "HOST_NOT_LIVE", &vm->resident_on->header_.uuid);
    }
    return NULL;
}

/* Whoever names the host hears what is wrong with it; else there is none to choose. */
static struct error *
check_start(const struct toolstack *ts, struct verb_call *call, const struct poolrec_vm *vm)
{
    const struct poolrec_host *here = poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host);
    struct xenapi_reply failure;

    if (call->verb->id == VERB_VM_start_on && !uuid_equals(&call->host, &ts->host)) {
        return host_failure(call, "HOST_NOT_LIVE", &call->host);
    }
    if (!here || placement_is_possible(ts->pool, vm, here, &failure)) {
        return attachment_has_bridges(ts->pool, vm, &failure) ? NULL : refused(call, failure);
    }
    if (call->verb->id == VERB_VM_start) {
        xenapi_reply_destroy(&failure);
        failure = xenapi_failure("NO_HOSTS_AVAILABLE", NULL);
    }
    return refused(call, failure);
}

static long long int
patience(const struct toolstack *ts, enum verb_id verb)
{
    switch ((int) verb) {
    case VERB_VM_start:
    case VERB_VM_start_on:
    case VERB_VIF_plug:
    case VERB_VIF_move: return ts->wire_ms;
    case VERB_VM_clean_shutdown:
    case VERB_VM_clean_reboot: return CLEAN_MS;
    case VERB_VM_shutdown: return SHUTDOWN_MS;
    }
    return OTHER_MS;
}

static const struct poolrec_operation *
insert_operation(const struct toolstack *ts, struct ovsdb_idl_txn *txn, const struct verb_call *call, const struct poolrec_vm *vm,
                 const struct poolrec_vif *vif)
{
    const struct poolrec_operation *operation = poolrec_operation_insert_persist_uuid(txn, &call->task);
    long long int now = time_wall_msec();

    poolrec_operation_set_verb(operation, call->verb->method);
    poolrec_operation_set_VM(operation, vm);
    poolrec_operation_set_VIF(operation, vif);
    poolrec_operation_set_host(operation, poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host));
    poolrec_operation_set_since(operation, now);
    poolrec_operation_set_until(operation, now + patience(ts, call->verb->id));
    if (call->start_paused) {
        poolrec_operation_update_params_setkey(operation, "start_paused", "true");
    }
    return operation;
}

static struct error *
begin_start(struct toolstack *ts, struct ovsdb_idl_txn *txn, struct verb_call *call, const struct poolrec_vm *vm)
{
    struct error *error = check_start(ts, call, vm);
    unsigned int domid = error ? 0 : toolstack_next_domid(ts);

    if (!error && !domid) {
        error = refused(call, xenapi_failure("INTERNAL_ERROR", "all numbers of domains are taken", NULL));
    }
    if (!error) {
        insert_operation(ts, txn, call, vm, NULL);
        vm_rows_attach(&ts->index, vm, poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host), domid);
    }
    return error;
}

static struct error *
admit_vm(struct ovsdb_idl_txn *txn, struct life_write *write, const struct poolrec_vm *vm)
{
    struct toolstack *ts = write->toolstack;
    struct verb_call *call = write->call;
    struct error *error = check_host(ts, call, vm);

    if (error) {
        return error;
    }
    switch ((int) call->verb->id) {
    case VERB_VM_start:
    case VERB_VM_start_on: return begin_start(ts, txn, call, vm);
    case VERB_VM_suspend: return refused(call, self_failure(call, "VM_LACKS_FEATURE_SUSPEND"));
    case VERB_VM_resume:
    case VERB_VM_resume_on: return refused(call, xenapi_failure("NOT_IMPLEMENTED", call->verb->method, NULL));
    }
    poolrec_vm_verify_power_state(vm);
    insert_operation(ts, txn, call, vm, NULL);
    return NULL;
}

/* What the call is about. NULL, and '*error', if it is gone. */
static const struct object *
self_of(struct life_write *write, enum xenapi_class_id class, struct error **error)
{
    struct verb_call *call = write->call;
    const struct object *object = objects_find(write->toolstack->objects, class, &call->self);
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&call->self, ref);
    *error = object ? NULL : refused(call, failure_handle(class, ref));
    return object;
}

static struct error *
write_vm(struct ovsdb_idl_txn *txn, struct life_write *write)
{
    struct toolstack *ts = write->toolstack;
    struct error *error;
    const struct object *object = self_of(write, XENAPI_CLASS_VM, &error);
    struct xenapi_reply failure;
    struct legal_vm legal;

    if (object) {
        legal_vm_init(&legal, ts->objects, object);
        error = legality_of_vm(&legal.judged, operation_name(write->call->verb), &failure)
            ? admit_vm(txn, write, poolrec_vm_get_for_uuid(pool_idl(ts->pool), &write->call->self))
            : refused(write->call, failure);
        legal_vm_destroy(&legal);
    }
    return error;
}

static bool
is_running(const struct poolrec_vm *vm)
{
    return vm && vm->power_state && !strcmp(vm->power_state, "Running");
}

/* A guest that runs can go to a network that its host has. */
static struct error *
check_move(const struct toolstack *ts, struct verb_call *call, const struct poolrec_network *network)
{
    const struct poolrec_host *here = poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host);
    char host[XENAPI_REF_SIZE], ref[XENAPI_REF_SIZE];
    struct xenapi_reply failure;

    if (here && !attachment_is_visible(ts->pool, network, here)) {
        xenapi_ref_format(&ts->host, host);
        xenapi_ref_format(&network->header_.uuid, ref);
        return refused(call, xenapi_failure("HOST_CANNOT_ATTACH_NETWORK", host, ref, NULL));
    }
    return attachment_has_bridge(network, &failure) ? NULL : refused(call, failure);
}

/* One that is plugged in goes over while the guest runs; otherwise only the row says so. */
static struct error *
begin_move(struct ovsdb_idl_txn *txn, struct life_write *write, const struct poolrec_vif *vif)
{
    struct toolstack *ts = write->toolstack;
    struct verb_call *call = write->call;
    const struct poolrec_network *network = poolrec_network_get_for_uuid(pool_idl(ts->pool), &call->network);
    const bool is_live = is_running(vif->VM) && vif->currently_attached && network != vif->network;
    struct error *error = NULL;
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&call->network, ref);
    if (!network) {
        return refused(call, failure_handle(XENAPI_CLASS_network, ref));
    }
    if (is_live) {
        error = check_move(ts, call, network);
    }
    if (error) {
        return error;
    }
    poolrec_vif_verify_network(vif);
    poolrec_vif_verify_currently_attached(vif);
    if (is_live) {
        vif_rows_move(vif, network, insert_operation(ts, txn, call, vif->VM, vif));
    } else {
        poolrec_vif_set_network(vif, network);
        write->is_over = true;
    }
    return NULL;
}

/* Whose VM it is, is looked at when the verb is legal: a client acts on the code, whichever server it asks. */
static struct error *
admit_vif(struct ovsdb_idl_txn *txn, struct life_write *write, const struct poolrec_vif *vif,
          const struct legality_vif *legal)
{
    struct toolstack *ts = write->toolstack;
    struct verb_call *call = write->call;
    bool moves = call->verb->id == VERB_VIF_move;
    struct xenapi_reply failure;
    struct error *error;

    if (!moves && !legality_of_vif(legal, operation_name(call->verb), &failure)) {
        return refused(call, failure);
    }
    error = vif->VM ? check_host(ts, call, vif->VM) : NULL;
    if (error || moves) {
        return error ? error : begin_move(txn, write, vif);
    }
    if (call->verb->id == VERB_VIF_plug && vif->network && !attachment_has_bridge(vif->network, &failure)) {
        return refused(call, failure);
    }
    poolrec_vm_verify_power_state(vif->VM);
    poolrec_vif_verify_currently_attached(vif);
    insert_operation(ts, txn, call, vif->VM, vif);
    if (call->verb->id == VERB_VIF_plug) {
        vif_rows_attach(vif, poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host), vm_rows_domid(vif->VM));
    } else {
        vif_rows_detaching(vif);
    }
    return NULL;
}

static struct error *
write_vif(struct ovsdb_idl_txn *txn, struct life_write *write)
{
    struct toolstack *ts = write->toolstack;
    struct error *error;
    const struct object *object = self_of(write, XENAPI_CLASS_VIF, &error);
    struct legal_vif legal;

    if (object) {
        legal_vif_init(&legal, ts->objects, object);
        error = admit_vif(txn, write, poolrec_vif_get_for_uuid(pool_idl(ts->pool), &write->call->self), &legal.judged);
        legal_vif_destroy(&legal);
    }
    return error;
}

struct error *
admission_write(struct ovsdb_idl_txn *txn, struct life_write *write)
{
    switch ((int) write->call->verb->class) {
    case XENAPI_CLASS_VM: return write_vm(txn, write);
    case XENAPI_CLASS_VIF: return write_vif(txn, write);
    }
    OVS_NOT_REACHED();
}
