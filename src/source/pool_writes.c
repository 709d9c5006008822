/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool_writes.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>

#include "pool/replica.h"

VLOG_DEFINE_THIS_MODULE(source_pool_writes);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

void
pool_writes_init(struct pool_writes *writes, struct pool *pool)
{
    *writes = (struct pool_writes) { .pool = pool };
}

void
pool_writes_destroy(struct pool_writes *writes)
{
    if (writes->txn) {
        ovsdb_idl_txn_destroy(writes->txn);
    }
    free(writes->refusal);
}

struct ovsdb_idl_txn *
pool_writes_txn(struct pool_writes *writes)
{
    if (writes->committing || backoff_holds(&writes->refusals, time_msec()) || !pool_is_connected(writes->pool)) {
        return NULL;
    }
    if (!writes->txn) {
        writes->txn = ovsdb_idl_txn_create(pool_idl(writes->pool));
        ovsdb_idl_txn_add_comment(writes->txn, "cabled");
    }
    return writes->txn;
}

/* A database that says no is not asked a thousand times a second. */
static void
note_answer(struct pool_writes *writes, const char *refusal)
{
    free(writes->refusal);
    writes->refusal = refusal ? xstrdup(refusal) : NULL;
    if (refusal) {
        VLOG_WARN_RL(&refused_rl, "the pool database refused a report: %s", refusal);
        backoff_fail(&writes->refusals, time_msec());
        writes->lost = true;
    } else {
        backoff_reset(&writes->refusals);
    }
}

static void
commit(struct pool_writes *writes)
{
    if (!writes->txn) {
        return;
    }

    enum ovsdb_idl_txn_status status = ovsdb_idl_txn_commit(writes->txn);

    writes->committing = status == TXN_INCOMPLETE;
    if (writes->committing) {
        return;
    }
    note_answer(writes, status == TXN_SUCCESS || status == TXN_UNCHANGED ? NULL : ovsdb_idl_txn_get_error(writes->txn));
    ovsdb_idl_txn_destroy(writes->txn);
    writes->txn = NULL;
    poll_immediate_wake();
}

void
pool_writes_run(struct pool_writes *writes)
{
    if (writes->committing) {
        commit(writes);
    }
}

void
pool_writes_wait(struct pool_writes *writes)
{
    if (!writes->committing) {
        commit(writes);
    }
    if (writes->txn) {
        ovsdb_idl_txn_wait(writes->txn);
    }
    if (backoff_holds(&writes->refusals, time_msec())) {
        poll_timer_wait_until(writes->refusals.until);
    }
}
