/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/commit.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/refusal.h"
#include "pool/replica.h"

enum commit_state {
    COMMIT_SENT,                /* 'txn' is under way */
    COMMIT_BEHIND,              /* the database was ahead: waits until the replica changes, at most until 'catch_up' */
    COMMIT_DONE,
};

struct pool_commit {
    struct pool *pool;
    pool_change_fn *change;
    void *aux;
    long long int deadline;

    enum commit_state state;
    struct ovsdb_idl_txn *txn;
    unsigned int seqno;         /* of the replica that the change was checked against */
    long long int catch_up;
    struct error *error;        /* why the last attempt failed */
};

static void
commit_end_txn(struct pool_commit *commit)
{
    if (commit->txn) {
        ovsdb_idl_txn_destroy(commit->txn);
        commit->txn = NULL;
    }
}

static void
commit_end_attempt(struct pool_commit *commit, struct error *error, enum commit_state state)
{
    commit_end_txn(commit);
    error_free(commit->error);
    commit->error = error;
    commit->state = state;
}

/* While nobody answers, the change can still be made in time: a connection that comes back changes the replica. */
static long long int
commit_patience(const struct pool_commit *commit)
{
    return pool_is_connected(commit->pool) ? MIN(commit->deadline, time_msec() + REFUSAL_CATCH_UP_MS) : commit->deadline;
}

/* Looks what has become of the transaction. */
static void
commit_look(struct pool_commit *commit)
{
    enum ovsdb_idl_txn_status status = ovsdb_idl_txn_commit(commit->txn);

    if (status != TXN_INCOMPLETE) {
        bool is_race;
        struct error *error = refusal_judge(commit->pool, commit->txn, status, &is_race);

        commit->catch_up = commit_patience(commit);
        commit_end_attempt(commit, error, is_race ? COMMIT_BEHIND : COMMIT_DONE);
    } else if (time_msec() >= commit->deadline) {
        commit_end_attempt(commit, refusal_timeout(), COMMIT_DONE);
    }
}

static void
commit_try(struct pool_commit *commit)
{
    struct error *error;

    commit->seqno = pool_seqno(commit->pool);
    commit->txn = ovsdb_idl_txn_create(pool_idl(commit->pool));
    error = commit->change(commit->pool, commit->txn, commit->aux);
    if (error) {
        commit_end_attempt(commit, error, COMMIT_DONE);
    } else {
        commit->state = COMMIT_SENT;
        commit_look(commit);
    }
}

struct pool_commit *
pool_commit_begin(struct pool *pool, pool_change_fn *change, void *aux, long long int timeout_ms)
{
    struct pool_commit *commit = xzalloc(sizeof *commit);

    commit->pool = pool;
    commit->change = change;
    commit->aux = aux;
    commit->deadline = time_msec() + timeout_ms;
    commit_try(commit);
    return commit;
}

bool
pool_commit_run(struct pool_commit *commit, struct error **error)
{
    if (commit->state == COMMIT_SENT) {
        commit_look(commit);
    }
    if (commit->state == COMMIT_BEHIND) {
        if (time_msec() >= commit->catch_up) {
            commit->state = COMMIT_DONE;
        } else if (pool_seqno(commit->pool) != commit->seqno && pool_is_connected(commit->pool)) {
            commit_try(commit);
        }
    }
    if (commit->state != COMMIT_DONE) {
        return false;
    }
    *error = commit->error;
    commit->error = NULL;
    pool_commit_destroy(commit);
    return true;
}

void
pool_commit_wait(const struct pool_commit *commit)
{
    switch (commit->state) {
    case COMMIT_SENT:
        ovsdb_idl_txn_wait(commit->txn);
        poll_timer_wait_until(commit->deadline);
        break;
    case COMMIT_BEHIND:
        /* pool_wait() wakes for what the replica gets; what it has got meanwhile is looked at now. */
        if (pool_seqno(commit->pool) != commit->seqno && pool_is_connected(commit->pool)) {
            poll_immediate_wake();
        }
        poll_timer_wait_until(commit->catch_up);
        break;
    case COMMIT_DONE:
        poll_immediate_wake();
        break;
    }
}

void
pool_commit_destroy(struct pool_commit *commit)
{
    if (commit) {
        commit_end_txn(commit);
        error_free(commit->error);
        free(commit);
    }
}
