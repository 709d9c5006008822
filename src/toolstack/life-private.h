/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a life share.
 */
#ifndef TOOLSTACK_LIFE_PRIVATE_H
#define TOOLSTACK_LIFE_PRIVATE_H

#include "toolstack/life.h"
#include "xenapi/ref.h"

struct ovsdb_idl_txn;
struct poolrec_vif;

/* What there is to see of a VM now. Good until the replica changes. */
struct life_view {
    const struct poolrec_vm *vm;        /* NULL: there is none, or it is not of this host */
    struct domain *domain;              /* or NULL */
    const struct poolrec_operation *operation;  /* the VM's own that counts, or NULL */
    struct verb_call *call;                  /* of 'operation' */
    char ref[XENAPI_REF_SIZE];
    struct vm_plan_vif *vifs;
    struct vm_plan_seen seen;
};

void life_view_take(struct toolstack *, struct life *, struct life_view *);
void life_view_release(struct life_view *);

/* The operations of a VM that this host carries out, its VIFs' too, in an array that the caller frees. */
const struct poolrec_operation **life_operations(const struct toolstack *, const struct poolrec_vm *, size_t *n);

/* The VM's row, if its life is this host's. */
const struct poolrec_vm *life_vm_row(const struct toolstack *, const struct life *);

/* Begins a write; 'life->write' describes it already. */
void life_begin_write(struct toolstack *, struct life *, struct life_write);

/* A pool_change_fn for each kind of write; 'aux' is the struct life_write. */
struct error *life_write_change(struct pool *, struct ovsdb_idl_txn *, void *aux);

/* Checks the call of 'write' and writes what it begins with. The error only says that it was refused: the call has the failure. */
struct error *admission_write(struct ovsdb_idl_txn *, struct life_write *);

/* Goes on with the operations of the VM's VIFs. True if another look may find more to do at once. */
bool vif_changes_turn(struct toolstack *, struct life *, const struct life_view *);

/* Makes good what is different between the domain's VIFs and their rows while no operation is under way. */
void vif_changes_rest(struct toolstack *, struct life *, const struct life_view *);

#endif
