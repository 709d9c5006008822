/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/change.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/replica.h"

/* How long the replica may lag behind the database that refused a change. A database sends what it has before it refuses;
 * only a relay is late. */
enum { CATCH_UP_MS = 1000 };

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
    deadline = MIN(deadline, time_msec() + CATCH_UP_MS);
    while (pool_seqno(pool) == seqno && time_msec() < deadline) {
        pool_run(pool);
        pool_wait(pool);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

/* What the database said: RFC 7047 3.1, <error>. */
struct refusal {
    char *kind;
    char *details;
};

static struct refusal
refusal_parse(const char *text)
{
    struct json *json = json_from_string(text);
    struct refusal refusal = { xstrdup("error"), xstrdup(text) };

    if (json->type == JSON_OBJECT) {
        const struct json *kind = shash_find_data(json_object(json), "error");
        const struct json *details = shash_find_data(json_object(json), "details");

        if (kind && kind->type == JSON_STRING && details && details->type == JSON_STRING) {
            free(refusal.kind);
            free(refusal.details);
            refusal = (struct refusal) { xstrdup(json_string(kind)), xstrdup(json_string(details)) };
        }
    }
    json_destroy(json);
    return refusal;
}

/* True if the database was ahead of the replica: a check will find what is wrong. */
static bool
is_race(enum ovsdb_idl_txn_status status, const struct refusal *refusal)
{
    return status == TXN_TRY_AGAIN || !strcmp(refusal->kind, "constraint violation")
        || !strcmp(refusal->kind, "referential integrity violation");
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
        error = error_new(ERROR_TIMEOUT, "the pool database did not answer in time: whether the change was made is not known");
    } else if (status != TXN_SUCCESS && status != TXN_UNCHANGED) {
        struct refusal refusal = refusal_parse(status == TXN_ERROR ? ovsdb_idl_txn_get_error(txn) : "");

        *outcome = is_race(status, &refusal) ? AGAIN : DONE;
        error = status == TXN_ERROR
            ? error_new(ERROR_REFUSED, "the pool database refused the change (%s): %s", refusal.kind, refusal.details)
            : error_new(ERROR_REFUSED, "somebody else changes the same objects all the time: try again");
        free(refusal.kind);
        free(refusal.details);
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
