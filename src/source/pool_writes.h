/* SPDX-License-Identifier: Apache-2.0
 *
 * What is written to the pool database: one transaction collects what comes in a turn; while it is under way, and for a while after the
 * database said no, nothing is taken. Inside of the room.
 */
#ifndef SOURCE_POOL_WRITES_H
#define SOURCE_POOL_WRITES_H

#include <stdbool.h>

#include "base/backoff.h"

struct ovsdb_idl_txn;
struct pool;

struct pool_writes {
    struct pool *pool;
    struct ovsdb_idl_txn *txn;  /* collected in this turn, or under way */
    bool committing;
    bool lost;                  /* a write failed: nobody knows which reports were in it */
    struct backoff refusals;
    char *refusal;              /* why the last write was refused, or NULL */
};

/* 'pool' stays the caller's, and must outlive them. */
void pool_writes_init(struct pool_writes *, struct pool *);
void pool_writes_destroy(struct pool_writes *);

/* The transaction of this turn; NULL if nothing is taken now. */
struct ovsdb_idl_txn *pool_writes_txn(struct pool_writes *);

/* Looks whether what is under way has ended. After pool_run(). */
void pool_writes_run(struct pool_writes *);

/* Sends what was collected in this turn, and waits for what leads on. */
void pool_writes_wait(struct pool_writes *);

#endif
