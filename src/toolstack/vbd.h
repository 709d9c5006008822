/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class VBD: simple verbs (toolstack/simple.h). Drives and their media are chosen while the VM is halted.
 */
#ifndef TOOLSTACK_VBD_H
#define TOOLSTACK_VBD_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool vbd_create(struct simple_call *, struct ovsdb_idl_txn *);
bool vbd_destroy(struct simple_call *, struct ovsdb_idl_txn *);

/* VBD.insert and VBD.eject: which one, the call's verb says. */
bool vbd_change_medium(struct simple_call *, struct ovsdb_idl_txn *);

/* VBD.plug, VBD.unplug and VBD.unplug_force are never legal: it says why. */
bool vbd_refuse(struct simple_call *, struct ovsdb_idl_txn *);

#endif
