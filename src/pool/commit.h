/* SPDX-License-Identifier: Apache-2.0
 *
 * A change of the pool database (pool/change.h) that a server makes in its loop, without waiting for it. Several can be under way at
 * once. Like pool_change(), it is checked and written again when somebody else was first, or when the connection was lost meanwhile: then it
 * is not known whether the database had made it already, so that a change which adds a row looks first whether it is there.
 *
 * A replica has one open transaction at a time: none of these may be called from inside a change.
 */
#ifndef POOL_COMMIT_H
#define POOL_COMMIT_H

#include <stdbool.h>

#include "pool/change.h"

struct error;
struct pool;
struct pool_commit;

/* Checks 'change' at once and sends what it wrote; 'aux' stays the caller's and must live until the commit is done or destroyed. ERROR_TIMEOUT
 * if the database has not answered after 'timeout_ms': then it is not known whether the change was made. */
struct pool_commit *pool_commit_begin(struct pool *, pool_change_fn *change, void *aux, long long int timeout_ms);

/* To be called after pool_run(). True when it is done: '*error' is NULL then and the replica shows the change, or says why nothing was
 * changed. Done once: the commit is destroyed then. */
bool pool_commit_run(struct pool_commit *, struct error **error);
void pool_commit_wait(const struct pool_commit *);

/* Of one that is not done: gives it up. The database may make the change all the same. NULL is fine. */
void pool_commit_destroy(struct pool_commit *);

#endif
