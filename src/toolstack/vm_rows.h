/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VM's life writes into its rows: VM, VIFs, VBDs and VM_metrics together, so that no reader sees one without the others. All write
 * in an open transaction, and nothing is checked here.
 *
 * A VIF is plugged where the agent sees it: its host, and in VIF.interface the device. Detaching has two halves: first currently_attached
 * is false, and the agent takes the port away and says "detached"; then the VIF has no host and no device any more.
 */
#ifndef TOOLSTACK_VM_ROWS_H
#define TOOLSTACK_VM_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ovsdb_idl_index;
struct ovsdb_idl_txn;
struct pool;
struct poolrec_host;
struct poolrec_network;
struct poolrec_operation;
struct poolrec_vbd;
struct poolrec_vif;
struct poolrec_vm;

/* Finds the devices and operations of a VM. To be created before the pool's first run. */
struct vm_index {
    struct ovsdb_idl_index *vms, *vifs, *vbds, *operations;
};
void vm_index_create(struct vm_index *, struct pool *);

/* The VIFs or VBDs of 'vm', in an array that the caller frees; '*n' of them. */
const struct poolrec_vif **vm_index_vifs(const struct vm_index *, const struct poolrec_vm *, size_t *n);
const struct poolrec_vbd **vm_index_vbds(const struct vm_index *, const struct poolrec_vm *, size_t *n);

/* The operations of 'vm' and its devices, whichever host carries them out. */
const struct poolrec_operation **vm_index_operations(const struct vm_index *, const struct poolrec_vm *, size_t *n);

/* Whether a VM of the pool has that domid. */
bool vm_index_has_domid(const struct vm_index *, unsigned int domid);

/* The VM's domid; 0 if it has none, which is -1 in XenAPI. That of a control domain is 0 as well. */
unsigned int vm_rows_domid(const struct poolrec_vm *);

/* The device of a VIF in that domain: "vif7.0". */
enum { VIF_INTERFACE_SIZE = 40 };
void vif_interface_format(unsigned int domid, const struct poolrec_vif *, char interface[VIF_INTERFACE_SIZE]);

/* One VIF. */
void vif_rows_attach(const struct poolrec_vif *, const struct poolrec_host *, unsigned int domid);
void vif_rows_detaching(const struct poolrec_vif *);
void vif_rows_detached(const struct poolrec_vif *);

/* Puts a VIF that is attached on another network; the operation remembers which one it was on, and move_back() puts it there again. */
void vif_rows_move(const struct poolrec_vif *, const struct poolrec_network *, const struct poolrec_operation *);
void vif_rows_move_back(struct pool *, const struct poolrec_vif *, const struct poolrec_operation *);

/* A VM that is about to get a domain: all its devices are attached. */
void vm_rows_attach(const struct vm_index *, const struct poolrec_vm *, const struct poolrec_host *, unsigned int domid);

/* A VM that runs, or is paused: with its metrics. 'now' is in seconds since 1970. */
void vm_rows_running(struct ovsdb_idl_txn *, const struct poolrec_vm *, const struct poolrec_host *, bool is_paused, int64_t now);

/* A VM without a domain: the first half of detaching, and the whole. */
void vm_rows_detaching(const struct vm_index *, const struct poolrec_vm *);
void vm_rows_halted(const struct vm_index *, const struct poolrec_vm *);

#endif
