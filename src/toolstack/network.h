/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class network: simple verbs (toolstack/simple.h). The agent makes and removes the bridges.
 */
#ifndef TOOLSTACK_NETWORK_H
#define TOOLSTACK_NETWORK_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool network_create(struct simple_call *, struct ovsdb_idl_txn *);
bool network_destroy(struct simple_call *, struct ovsdb_idl_txn *);
bool network_set_default_locking_mode(struct simple_call *, struct ovsdb_idl_txn *);

#endif
