/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of the class host, but for its plugins: simple verbs (toolstack/simple.h).
 */
#ifndef TOOLSTACK_HOST_CALLS_H
#define TOOLSTACK_HOST_CALLS_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

/* host.enable and host.disable: which one, the call's verb says. */
bool host_enable(struct simple_call *, struct ovsdb_idl_txn *);
bool host_compute_free_memory(struct simple_call *, struct ovsdb_idl_txn *);
bool host_get_servertime(struct simple_call *, struct ovsdb_idl_txn *);

#endif
