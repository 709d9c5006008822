/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's VMs (XenAPI class VM), as far as VIFs refer to them.
 */
#ifndef POOL_VM_H
#define POOL_VM_H

#include <stdbool.h>

#include "pool/idl.h"

struct error;
struct ovsdb_idl_txn;
struct pool;

/* The VM that 'word' means: a uuid or a name_label. */
struct error *pool_vm_find(struct pool *, const char *word, const struct poolrec_vm **vm);

/* The same, but a VM of that name is made in 'txn' if there is none; '*made' tells so. A uuid must exist. */
struct error *pool_vm_find_or_make(struct pool *, struct ovsdb_idl_txn *txn, const char *word, const struct poolrec_vm **vm,
                                   bool *made);

/* Refused while it has VIFs, which the error names, or disks, or is not switched off. */
struct error *pool_vm_destroy(struct pool *, const struct poolrec_vm *vm);

/* What people call it: its name_label, or "" if it has none. */
const char *pool_vm_name(const struct poolrec_vm *);

#endif
