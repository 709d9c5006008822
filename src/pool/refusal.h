/* SPDX-License-Identifier: Apache-2.0
 *
 * What the end of a transaction on the pool database means for the change that it carried: done, to be made again because the replica was
 * behind, or refused for good. Shared by those who wait for it (pool/change.h) and those who do not (pool/commit.h). Inside of the room.
 */
#ifndef POOL_REFUSAL_H
#define POOL_REFUSAL_H

#include <stdbool.h>

#include <ovsdb-idl.h>

struct error;
struct pool;

enum {
    /* How long the replica may lag behind the database that refused a change. A database sends what it has before it refuses; only a relay
     * is late. */
    REFUSAL_CATCH_UP_MS = 1000,
};

/* NULL if 'txn', whose 'status' is final, made its change. Otherwise why not, and in '*is_race' whether the database was ahead of the
 * replica, so that a check will find what is wrong. */
struct error *refusal_judge(const struct pool *, const struct ovsdb_idl_txn *txn, enum ovsdb_idl_txn_status status, bool *is_race);

/* What is said when no status is final in time. */
struct error *refusal_timeout(void);

#endif
