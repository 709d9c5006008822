/* SPDX-License-Identifier: Apache-2.0
 *
 * This host's own row. Inside of the room.
 */
#ifndef SOURCE_POOL_HOST_H
#define SOURCE_POOL_HOST_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct pool;
struct uuid;

bool pool_host_is_there(const struct pool *, const struct uuid *host);

/* Adds it to 'txn', with the name that the kernel has for this host. */
void pool_host_add(struct ovsdb_idl_txn *, const struct uuid *host);

/* True if it has come with the last changes: then the replica was read as a whole, also after a database that was made anew or put back
 * from a copy. The replica tells of the rows that are there then, but of none that is there no more (libopenvswitch 3.1,
 * ovsdb_idl_clear()). */
bool pool_host_is_new(const struct pool *, const struct uuid *host);

#endif
