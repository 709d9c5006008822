/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/replica.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <uuid.h>
#include <ovsdb-idl.h>
#include <timeval.h>

#include "base/error.h"

struct pool {
    char *remote;
    struct ovsdb_idl *idl;
};

static void
pool_watch_only_own_vifs(struct ovsdb_idl *idl, const struct uuid *host)
{
    struct ovsdb_idl_condition own = OVSDB_IDL_CONDITION_INIT(&own);

    poolrec_vif_add_clause_host(&own, OVSDB_F_EQ, host);
    poolrec_vif_set_condition(idl, &own);
    ovsdb_idl_condition_destroy(&own);
}

/* What people look at alone need not wake an agent. */
static void
pool_omit_lives(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &poolrec_vm_col_power_state, &poolrec_vm_col_domid, &poolrec_vm_col_is_control_domain, &poolrec_vm_col_start_times,
        &poolrec_vbd_col_VM,
    };

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_omit(idl, columns[i]);
    }
    ovsdb_idl_omit_alert(idl, &poolrec_vif_col_wire_times);     /* it writes them, and never reads them */
}

/* What other programs keep with networks, pools and VMs: the agent looks for identities there (directory/pool.h). */
static void
pool_omit_identities(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &poolrec_network_col_other_config, &poolrec_pool_col_other_config, &poolrec_vm_col_other_config,
    };

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_omit(idl, columns[i]);
    }
}

struct pool *
pool_open_whole(const char *remote)
{
    struct pool *pool = xmalloc(sizeof *pool);

    pool->remote = xstrdup(remote);
    pool->idl = ovsdb_idl_create(remote, &poolrec_idl_class, true, true);
    /* Relays and followers answer as well as the leader; writes are forwarded. */
    ovsdb_idl_set_leader_only(pool->idl, false);
    ovsdb_idl_track_add_all(pool->idl);
    return pool;
}

struct pool *
pool_open(const char *remote, const struct uuid *host)
{
    struct pool *pool = pool_open_whole(remote);

    if (host) {
        pool_omit_lives(pool->idl);
        pool_watch_only_own_vifs(pool->idl, host);
    } else {
        /* A program that comes and goes, as ovs-vsctl does: leaving before the answer to this would make the server log a broken
         * connection. */
        ovsdb_idl_set_db_change_aware(pool->idl, false);
    }
    return pool;
}

struct pool *
pool_open_for_people(const char *remote)
{
    struct pool *pool = pool_open(remote, NULL);

    pool_omit_identities(pool->idl);
    return pool;
}

void
pool_close(struct pool *pool)
{
    if (pool) {
        ovsdb_idl_destroy(pool->idl);
        free(pool->remote);
        free(pool);
    }
}

void
pool_run(struct pool *pool)
{
    ovsdb_idl_run(pool->idl);
}

void
pool_wait(struct pool *pool)
{
    ovsdb_idl_wait(pool->idl);
}

bool
pool_is_synced(const struct pool *pool)
{
    return ovsdb_idl_has_ever_connected(pool->idl);
}

bool
pool_is_connected(const struct pool *pool)
{
    return ovsdb_idl_is_connected(pool->idl);
}

unsigned int
pool_seqno(const struct pool *pool)
{
    return ovsdb_idl_get_seqno(pool->idl);
}

struct ovsdb_idl *
pool_idl(const struct pool *pool)
{
    return pool->idl;
}

struct error *
pool_sync(struct pool *pool, long long int timeout_ms)
{
    long long int deadline = time_msec() + timeout_ms;

    for (;;) {
        pool_run(pool);
        if (pool_is_synced(pool)) {
            return NULL;
        }
        if (!ovsdb_idl_is_alive(pool->idl) || time_msec() >= deadline) {
            return error_new(ERROR_UNREACHABLE, "the pool database at %s does not answer: is its ovsdb-server running? "
                             "(another address: --pool or CABLED_POOL)", pool->remote);
        }
        pool_wait(pool);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}
