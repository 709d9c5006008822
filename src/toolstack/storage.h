/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the classes SR and VDI: simple verbs (toolstack/simple.h). An SR of a host is a folder, which its PBD names, and a VDI a file in
 * it: made here raw and sparse, under the VDI's uuid; a qcow2 image that somebody puts there is found by SR.scan.
 *
 * A file is made before its row and removed after it: what is left after a crash is a file without a row, which SR.scan finds again.
 */
#ifndef TOOLSTACK_STORAGE_H
#define TOOLSTACK_STORAGE_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool storage_scan(struct simple_call *, struct ovsdb_idl_txn *);

bool storage_vdi_create(struct simple_call *, struct ovsdb_idl_txn *);
bool storage_vdi_destroy(struct simple_call *, struct ovsdb_idl_txn *);

/* What is done with the file afterwards. */
void storage_vdi_created(struct simple_call *, bool done);
void storage_vdi_destroyed(struct simple_call *, bool done);

#endif
