/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class SDN_controller, and pool.set_vswitch_controller, which is the same of an earlier time: simple verbs (toolstack/simple.h).
 */
#ifndef TOOLSTACK_CONTROLLER_H
#define TOOLSTACK_CONTROLLER_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool controller_introduce(struct simple_call *, struct ovsdb_idl_txn *);
bool controller_forget(struct simple_call *, struct ovsdb_idl_txn *);
bool controller_set(struct simple_call *, struct ovsdb_idl_txn *);

#endif
