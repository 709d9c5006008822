/* SPDX-License-Identifier: Apache-2.0
 *
 * What a life writes: each kind of write in a closure that looks at the rows as they are by then.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/replica.h"
#include "toolstack/life-private.h"
#include "toolstack/start_times.h"
#include "toolstack/toolstack-private.h"
#include "xenapi/datetime.h"

static const struct poolrec_host *
host_row(const struct toolstack *ts)
{
    return poolrec_host_get_for_uuid(pool_idl(ts->pool), &ts->host);
}

static const struct poolrec_operation *
operation_row(const struct toolstack *ts, const struct verb_call *call)
{
    return call ? poolrec_operation_get_for_uuid(pool_idl(ts->pool), &call->task) : NULL;
}

/* Whoever deletes an operation breaks it off: what is written for it is written only if it is still there. */
static struct error *
hold_operation(const struct toolstack *ts, const struct verb_call *call)
{
    const struct poolrec_operation *operation = operation_row(ts, call);

    if (call && !operation) {
        return error_new(ERROR_NOT_FOUND, "the operation was broken off");
    }
    if (operation) {
        poolrec_operation_verify_stage(operation);
    }
    return NULL;
}

static struct error *
write_attach(const struct life_write *write, const struct poolrec_vm *vm)
{
    struct toolstack *ts = write->toolstack;
    unsigned int domid = toolstack_next_domid(ts);

    if (!domid) {
        return error_new(ERROR_LIMIT, "all numbers of domains are taken");
    }
    vm_rows_attach(&ts->index, vm, host_row(ts), domid);
    return NULL;
}

static struct error *
write_mark(const struct life_write *write)
{
    poolrec_operation_set_stage(operation_row(write->toolstack, write->call), vm_plan_stage_name(write->stage));
    return NULL;
}

static void
delete_operations(const struct life_write *write, const struct poolrec_vm *vm)
{
    bool all = write->record == VM_PLAN_HALTED || write->record == VM_PLAN_ABSENT;
    size_t n;
    const struct poolrec_operation **operations = life_operations(write->toolstack, vm, &n);

    for (size_t i = 0; i < n; i++) {
        if (all || !operations[i]->VIF) {
            poolrec_operation_delete(operations[i]);
        }
    }
    free(operations);
}

/* A domain that the row does not know is one of before: its devices are there. */
static void
attach_as_seen(const struct toolstack *ts, const struct poolrec_vm *vm, const struct domain *domain)
{
    if (domain && vm_rows_domid(vm) != domain_domid(domain)) {
        vm_rows_attach(&ts->index, vm, host_row(ts), domain_domid(domain));
    }
}

static struct error *
write_settle(struct ovsdb_idl_txn *txn, const struct life_write *write, const struct poolrec_vm *vm)
{
    struct toolstack *ts = write->toolstack;

    switch (write->record) {
    case VM_PLAN_ABSENT:
    case VM_PLAN_SUSPENDED:
        break;
    case VM_PLAN_HALTED:
        vm_rows_halted(&ts->index, vm);
        break;
    case VM_PLAN_PAUSED:
    case VM_PLAN_RUNNING:
        attach_as_seen(ts, vm, domains_find(ts->domains, &write->life->vm));
        vm_rows_running(txn, vm, host_row(ts), write->record == VM_PLAN_PAUSED, time_wall());
        break;
    }
    if (write->times.us[TIMELINE_REQUEST] || write->times.us[TIMELINE_UNPAUSED]) {
        start_times_write(&ts->index, vm, &write->times, write->begins);
    }
    delete_operations(write, vm);
    return NULL;
}

/* XenAPI has no field for it. */
static struct error *
write_crash(const struct life_write *write, const struct poolrec_vm *vm)
{
    char when[XENAPI_DATETIME_SIZE], *text;

    xenapi_datetime_format(time_wall(), when);
    text = xasprintf("%s %s", when, write->life->crash);
    poolrec_vm_update_other_config_setkey(vm, "cabled-last-crash", text);
    free(text);
    return NULL;
}

static struct error *
write_vif(const struct life_write *write)
{
    struct toolstack *ts = write->toolstack;
    const struct poolrec_operation *operation = operation_row(ts, write->call);
    const struct poolrec_vif *vif = operation->VIF;

    if (vif && write->moved_back) {
        vif_rows_move_back(ts->pool, vif, operation);
    } else if (vif && write->attached) {
        poolrec_vif_set_currently_attached(vif, true);
    } else if (vif) {
        vif_rows_detached(vif);
    }
    poolrec_operation_delete(operation);
    return NULL;
}

/* The domain has lost devices. It may have got them by now. */
static struct error *
write_losses(const struct life_write *write, const struct poolrec_vm *vm)
{
    const struct domain *domain = domains_find(write->toolstack->domains, &write->life->vm);
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(&write->toolstack->index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        unsigned int devid;

        if (domain && vifs[i]->currently_attached && str_to_uint(vifs[i]->device, 10, &devid) && !domain_has_vif(domain, devid)) {
            vif_rows_detached(vifs[i]);
        }
    }
    free(vifs);
    return NULL;
}

static struct error *
write_row(struct ovsdb_idl_txn *txn, const struct life_write *write, const struct poolrec_vm *vm)
{
    switch (write->kind) {
    case LIFE_WRITES_ADMISSION:
        OVS_NOT_REACHED();
    case LIFE_WRITES_ATTACH: return write_attach(write, vm);
    case LIFE_WRITES_MARK: return write_mark(write);
    case LIFE_WRITES_DETACHING:
        vm_rows_detaching(&write->toolstack->index, vm);
        return NULL;
    case LIFE_WRITES_SETTLE: return write_settle(txn, write, vm);
    case LIFE_WRITES_TIMES:
        start_times_write(&write->toolstack->index, vm, &write->times, false);
        return NULL;
    case LIFE_WRITES_CRASH: return write_crash(write, vm);
    case LIFE_WRITES_VIF: return write_vif(write);
    case LIFE_WRITES_LOSSES: return write_losses(write, vm);
    }
    OVS_NOT_REACHED();
}

struct error *
life_write_change(struct pool *pool, struct ovsdb_idl_txn *txn, void *write_)
{
    struct life_write *write = write_;
    const struct poolrec_vm *vm = poolrec_vm_get_for_uuid(pool_idl(pool), &write->life->vm);
    struct error *error;

    if (write->kind == LIFE_WRITES_ADMISSION) {
        return admission_write(txn, write);
    }
    error = hold_operation(write->toolstack, write->call);
    if (!error && !vm) {
        error = error_new(ERROR_NOT_FOUND, "the VM has been deleted");
    }
    return error ? error : write_row(txn, write, vm);
}
