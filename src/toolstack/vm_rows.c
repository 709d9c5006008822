/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/vm_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "pool/replica.h"
#include "toolstack/host_rows.h"

void
vm_index_create(struct vm_index *index, struct pool *pool)
{
    index->vms = ovsdb_idl_index_create1(pool_idl(pool), &poolrec_vm_col_domid);
    index->vifs = ovsdb_idl_index_create1(pool_idl(pool), &poolrec_vif_col_VM);
    index->vbds = ovsdb_idl_index_create1(pool_idl(pool), &poolrec_vbd_col_VM);
    index->operations = ovsdb_idl_index_create1(pool_idl(pool), &poolrec_operation_col_VM);
}

const struct poolrec_vif **
vm_index_vifs(const struct vm_index *index, const struct poolrec_vm *vm, size_t *n)
{
    struct poolrec_vif *target = poolrec_vif_index_init_row(index->vifs);
    const struct poolrec_vif *vif, **vifs = NULL;
    size_t allocated = 0;

    *n = 0;
    poolrec_vif_index_set_VM(target, vm);
    POOLREC_VIF_FOR_EACH_EQUAL (vif, target, index->vifs) {
        if (*n >= allocated) {
            vifs = x2nrealloc(vifs, &allocated, sizeof *vifs);
        }
        vifs[(*n)++] = vif;
    }
    poolrec_vif_index_destroy_row(target);
    return vifs;
}

const struct poolrec_vbd **
vm_index_vbds(const struct vm_index *index, const struct poolrec_vm *vm, size_t *n)
{
    struct poolrec_vbd *target = poolrec_vbd_index_init_row(index->vbds);
    const struct poolrec_vbd *vbd, **vbds = NULL;
    size_t allocated = 0;

    *n = 0;
    poolrec_vbd_index_set_VM(target, vm);
    POOLREC_VBD_FOR_EACH_EQUAL (vbd, target, index->vbds) {
        if (*n >= allocated) {
            vbds = x2nrealloc(vbds, &allocated, sizeof *vbds);
        }
        vbds[(*n)++] = vbd;
    }
    poolrec_vbd_index_destroy_row(target);
    return vbds;
}

const struct poolrec_operation **
vm_index_operations(const struct vm_index *index, const struct poolrec_vm *vm, size_t *n)
{
    struct poolrec_operation *target = poolrec_operation_index_init_row(index->operations);
    const struct poolrec_operation *operation, **operations = NULL;
    size_t allocated = 0;

    *n = 0;
    poolrec_operation_index_set_VM(target, vm);
    POOLREC_OPERATION_FOR_EACH_EQUAL (operation, target, index->operations) {
        if (*n >= allocated) {
            operations = x2nrealloc(operations, &allocated, sizeof *operations);
        }
        operations[(*n)++] = operation;
    }
    poolrec_operation_index_destroy_row(target);
    return operations;
}

bool
vm_index_has_domid(const struct vm_index *index, unsigned int domid)
{
    struct poolrec_vm *target = poolrec_vm_index_init_row(index->vms);
    const int64_t id = domid;
    bool found;

    poolrec_vm_index_set_domid(target, &id, 1);
    found = poolrec_vm_index_find(index->vms, target);
    poolrec_vm_index_destroy_row(target);
    return found;
}

unsigned int
vm_rows_domid(const struct poolrec_vm *vm)
{
    return vm->n_domid && vm->domid[0] > 0 ? vm->domid[0] : 0;
}

void
vif_interface_format(unsigned int domid, const struct poolrec_vif *vif, char interface[VIF_INTERFACE_SIZE])
{
    snprintf(interface, VIF_INTERFACE_SIZE, "vif%u.%s", domid, vif->device);
}

/* What the agent had said is of another device. */
static void
forget_report(const struct poolrec_vif *vif)
{
    poolrec_vif_set_wire_state(vif, "");
    poolrec_vif_set_wire_error(vif, "");
    poolrec_vif_set_wire_policy(vif, "");
    poolrec_vif_set_wire_times(vif, NULL, NULL, 0);
    poolrec_vif_set_ofport(vif, NULL, 0);
    poolrec_vif_set_wired_since(vif, NULL, 0);
}

void
vif_rows_attach(const struct poolrec_vif *vif, const struct poolrec_host *host, unsigned int domid)
{
    char interface[VIF_INTERFACE_SIZE];

    vif_interface_format(domid, vif, interface);
    poolrec_vif_verify_currently_attached(vif);
    poolrec_vif_set_host(vif, host);
    poolrec_vif_set_interface(vif, interface);
    poolrec_vif_set_currently_attached(vif, true);
    forget_report(vif);
}

void
vif_rows_detaching(const struct poolrec_vif *vif)
{
    poolrec_vif_set_currently_attached(vif, false);
}

void
vif_rows_detached(const struct poolrec_vif *vif)
{
    char uuid[UUID_LEN + 1];

    snprintf(uuid, sizeof uuid, UUID_FMT, UUID_ARGS(&vif->header_.uuid));
    poolrec_vif_set_host(vif, NULL);
    poolrec_vif_set_interface(vif, uuid);
    poolrec_vif_set_currently_attached(vif, false);
    forget_report(vif);
}

void
vif_rows_move(const struct poolrec_vif *vif, const struct poolrec_network *network, const struct poolrec_operation *operation)
{
    char from[UUID_LEN + 1];

    snprintf(from, sizeof from, UUID_FMT, UUID_ARGS(&vif->network->header_.uuid));
    poolrec_operation_update_params_setkey(operation, "from", from);
    poolrec_vif_set_network(vif, network);
    forget_report(vif);
}

void
vif_rows_move_back(struct pool *pool, const struct poolrec_vif *vif, const struct poolrec_operation *operation)
{
    const char *from = smap_get(&operation->params, "from");
    struct uuid uuid;
    const struct poolrec_network *network
        = from && uuid_from_string(&uuid, from) ? poolrec_network_get_for_uuid(pool_idl(pool), &uuid) : NULL;

    if (network) {
        poolrec_vif_set_network(vif, network);
        forget_report(vif);
    }
}

static void
attach_vifs(const struct vm_index *index, const struct poolrec_vm *vm, const struct poolrec_host *host, unsigned int domid)
{
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        vif_rows_attach(vifs[i], host, domid);
    }
    free(vifs);
}

static void
set_vbds(const struct vm_index *index, const struct poolrec_vm *vm, bool attached)
{
    size_t n;
    const struct poolrec_vbd **vbds = vm_index_vbds(index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        poolrec_vbd_set_currently_attached(vbds[i], attached);
    }
    free(vbds);
}

void
vm_rows_attach(const struct vm_index *index, const struct poolrec_vm *vm, const struct poolrec_host *host, unsigned int domid)
{
    const int64_t id = domid;

    poolrec_vm_verify_domid(vm);
    poolrec_vm_verify_power_state(vm);
    poolrec_vm_set_domid(vm, &id, 1);
    poolrec_vm_set_scheduled_to_be_resident_on(vm, host);
    poolrec_vm_set_guest_metrics(vm, NULL);
    poolrec_vm_set_start_times(vm, NULL, NULL, 0);
    attach_vifs(index, vm, host, domid);
    set_vbds(index, vm, true);
}

void
vm_rows_running(struct ovsdb_idl_txn *txn, const struct poolrec_vm *vm, const struct poolrec_host *host, bool is_paused, int64_t now)
{
    poolrec_vm_set_power_state(vm, is_paused ? "Paused" : "Running");
    poolrec_vm_set_resident_on(vm, host);
    poolrec_vm_set_scheduled_to_be_resident_on(vm, NULL);
    if (!vm->metrics) {
        host_rows_add_vm_metrics(txn, vm, now);
    }
    poolrec_vm_metrics_set_start_time(vm->metrics, now);
    poolrec_vm_metrics_set_last_updated(vm->metrics, now);
    poolrec_vm_metrics_set_memory_actual(vm->metrics, vm->memory_static_max);
    poolrec_vm_metrics_set_VCPUs_number(vm->metrics, MAX(1, vm->VCPUs_at_startup));
}

void
vm_rows_detaching(const struct vm_index *index, const struct poolrec_vm *vm)
{
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        vif_rows_detaching(vifs[i]);
    }
    free(vifs);
}

static void
detach_vifs(const struct vm_index *index, const struct poolrec_vm *vm)
{
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        vif_rows_detached(vifs[i]);
    }
    free(vifs);
}

void
vm_rows_halted(const struct vm_index *index, const struct poolrec_vm *vm)
{
    poolrec_vm_set_power_state(vm, "Halted");
    poolrec_vm_set_domid(vm, NULL, 0);
    poolrec_vm_set_resident_on(vm, NULL);
    poolrec_vm_set_scheduled_to_be_resident_on(vm, NULL);
    poolrec_vm_set_guest_metrics(vm, NULL);
    detach_vifs(index, vm);
    set_vbds(index, vm, false);
}
