/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/change.h"

#include <stdbool.h>

#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/refusal.h"
#include "pool/replica.h"

static enum ovsdb_idl_txn_status
txn_finish(struct pool *pool, struct ovsdb_idl_txn *txn, long long int deadline)
{
    enum ovsdb_idl_txn_status status;

    while ((status = ovsdb_idl_txn_commit(txn)) == TXN_INCOMPLETE && time_msec() < deadline) {
        pool_run(pool);
        pool_wait(pool);
        ovsdb_idl_txn_wait(txn);
        poll_timer_wait_until(deadline);
        poll_block();
    }
    return status;
}

static void
replica_catch_up(struct pool *pool, unsigned int seqno, long long int deadline)
{
    deadline = MIN(deadline, time_msec() + REFUSAL_CATCH_UP_MS);
    while (pool_seqno(pool) == seqno && time_msec() < deadline) {
        pool_run(pool);
        pool_wait(pool);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

enum outcome { DONE, AGAIN };

static struct error *
change_once(struct pool *pool, pool_change_fn *change, void *aux, long long int deadline, enum outcome *outcome)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(pool_idl(pool));
    struct error *error = change(pool, txn, aux);

    *outcome = DONE;
    if (error) {
        ovsdb_idl_txn_abort(txn);
        ovsdb_idl_txn_destroy(txn);
        return error;
    }

    enum ovsdb_idl_txn_status status = txn_finish(pool, txn, deadline);
    if (status == TXN_INCOMPLETE) {
        error = refusal_timeout();
    } else {
        bool is_race;

        error = refusal_judge(pool, txn, status, &is_race);
        *outcome = is_race ? AGAIN : DONE;
    }
    ovsdb_idl_txn_destroy(txn);
    return error;
}

struct error *
pool_change(struct pool *pool, pool_change_fn *change, void *aux, long long int timeout_ms)
{
    long long int deadline = time_msec() + timeout_ms;

    for (;;) {
        unsigned int seqno = pool_seqno(pool);
        enum outcome outcome;
        struct error *error = change_once(pool, change, aux, deadline, &outcome);

        if (!error || outcome == DONE) {
            return error;
        }
        replica_catch_up(pool, seqno, deadline);
        if (pool_seqno(pool) == seqno || time_msec() >= deadline) {
            return error;
        }
        error_free(error);
    }
}
