/* SPDX-License-Identifier: Apache-2.0
 *
 * A change of the pool database that is checked against the replica and then written, although others write at the same
 * time.
 *
 * A check that has passed may be outdated when the database sees the write. The database then refuses it: because a column
 * that was verified is different, an index would hold a double, or a row that is referred to has gone. In all three cases
 * the change is made again from the replica as it is by then, so that the check itself finds what is wrong and says it in
 * its own words.
 */
#ifndef POOL_CHANGE_H
#define POOL_CHANGE_H

struct error;
struct ovsdb_idl_txn;
struct pool;

/* Checks, then adds the operations to 'txn'. Called again after a race: keeps no pointer to a row between two calls. */
typedef struct error *pool_change_fn(struct pool *, struct ovsdb_idl_txn *txn, void *aux);

/* Carries out 'change', blocking at most 'timeout_ms'. On success the replica shows it; on failure nothing was changed,
 * except after ERROR_TIMEOUT, which says that it is not known. */
struct error *pool_change(struct pool *, pool_change_fn *change, void *aux, long long int timeout_ms);

#endif
