/* SPDX-License-Identifier: Apache-2.0
 *
 * VM.clone: a VM of the same kind with VIFs and disks of its own. A simple verb (toolstack/simple.h).
 */
#ifndef TOOLSTACK_VM_CLONE_H
#define TOOLSTACK_VM_CLONE_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct poolrec_vm;
struct simple_call;
struct xenapi_value;

bool vm_clone(struct simple_call *, struct ovsdb_idl_txn *);

/* Adds a VM with the uuid 'call->made', as 'record' describes it, with a seed for the MACs of its VIFs: that of the record, unless
 * 'has_new_seed'. NULL, and the call has a failure, if that is not possible. */
const struct poolrec_vm *vm_row_add(struct simple_call *, struct ovsdb_idl_txn *, const struct xenapi_value *record, bool has_new_seed);

#endif
