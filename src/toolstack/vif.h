/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class VIF that change its row alone: the agent sees what was changed and puts it in force. Each is a simple verb
 * (toolstack/simple.h): true, or false and the call has a failure.
 */
#ifndef TOOLSTACK_VIF_H
#define TOOLSTACK_VIF_H

#include <stdbool.h>

struct mac;
struct object;
struct ovsdb_idl_txn;
struct poolrec_vif;
struct simple_call;

bool vif_create(struct simple_call *, struct ovsdb_idl_txn *);
bool vif_destroy(struct simple_call *, struct ovsdb_idl_txn *);
bool vif_set_locking_mode(struct simple_call *, struct ovsdb_idl_txn *);

/* set_, add_ and remove_ of ipv4_allowed and ipv6_allowed: which one, the call's verb says. */
bool vif_change_allowed(struct simple_call *, struct ovsdb_idl_txn *);

/* What a VIF's row has beside XenAPI's fields when it is made and is not attached: no device, and metrics. */
void vif_row_begin(struct ovsdb_idl_txn *, const struct poolrec_vif *);

#endif
