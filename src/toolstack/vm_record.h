/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class VM that change its record or tell of it, not its life: simple verbs (toolstack/simple.h).
 */
#ifndef TOOLSTACK_VM_RECORD_H
#define TOOLSTACK_VM_RECORD_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool vm_create(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_destroy(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_provision(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_set_memory_limits(struct simple_call *, struct ovsdb_idl_txn *);

/* VM.set_VCPUs_max and VM.set_VCPUs_at_startup: which one, the call's verb says. */
bool vm_set_vcpus(struct simple_call *, struct ovsdb_idl_txn *);

bool vm_get_allowed_vif_devices(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_get_allowed_vbd_devices(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_get_possible_hosts(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_assert_can_boot_here(struct simple_call *, struct ovsdb_idl_txn *);
bool vm_assert_operation_valid(struct simple_call *, struct ovsdb_idl_txn *);

/* Nothing is written: what is allowed follows from the rest. */
bool vm_update_allowed_operations(struct simple_call *, struct ovsdb_idl_txn *);

#endif
