/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <ovsdb-idl.h>
#include <sset.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "pool/replica.h"
#include "source/pool_counts.h"
#include "source/pool_host.h"
#include "source/pool_report.h"
#include "source/pool_wish.h"
#include "source/pool_writes.h"
#include "source/source.h"
#include "source/told.h"
#include "vif/wish.h"

VLOG_DEFINE_THIS_MODULE(source_pool);

struct source_pool {
    struct source up;
    struct pool *pool;
    struct uuid host;
    struct told *told;
    struct pool_writes writes;
    void (*seen)(bool anew, void *aux); /* source_pool_observe() */
    void *seen_aux;
};

static struct source_pool *
source_pool_cast(const struct source *source)
{
    return CONTAINER_OF(source, struct source_pool, up);
}

static const struct poolrec_vif *
find_vif(struct source_pool *source, const char *text)
{
    struct uuid uuid;

    return uuid_from_string(&uuid, text) ? poolrec_vif_get_for_uuid(pool_idl(source->pool), &uuid) : NULL;
}

/* Somebody else wrote what is only ours to write. */
static bool
report_is_lost(struct source_pool *source, const struct poolrec_vif *row, const char *uuid)
{
    const struct source_report *last = told_last_report(source->told, uuid);

    return last && !pool_report_is_written(row, last);
}

/* Whoever is told looks at the VIF and reports it anew. With 'again' also what is no news. */
static void
tell_vif(struct source_pool *source, const struct poolrec_vif *row, bool again, const struct source_events *events)
{
    char uuid[UUID_TEXT_SIZE];

    snprintf(uuid, sizeof uuid, UUID_FMT, UUID_ARGS(&row->header_.uuid));
    if (poolrec_vif_is_deleted(row) || !pool_wish_is_there(row)) {
        told_withdraw(source->told, uuid);
        events->withdrawn(uuid, events->aux);
        return;
    }

    struct vif_wish *wish = pool_wish_read(source->pool, row);
    bool is_news = told_wish(source->told, wish);
    if (is_news || again || report_is_lost(source, row, uuid)) {
        VLOG_DBG("vif=%s device=%s: %s", uuid, row->interface, is_news ? "a wish" : "a report is wanted again");
        events->wished(wish, events->aux);
    } else {
        vif_wish_destroy(wish);
        free(wish);
    }
}

static void
tell_all(struct source_pool *source, bool again, const struct source_events *events)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(source->pool)) {
        tell_vif(source, vif, again, events);
    }
}

/* Of what has gone while the replica was read anew, nobody has told. */
static void
withdraw_what_is_not_there(struct source_pool *source, const struct source_events *events)
{
    struct sset uuids = SSET_INITIALIZER(&uuids);
    const char *uuid;

    told_wished(source->told, &uuids);
    SSET_FOR_EACH (uuid, &uuids) {
        if (!find_vif(source, uuid)) {
            told_withdraw(source->told, uuid);
            events->withdrawn(uuid, events->aux);
        }
    }
    sset_destroy(&uuids);
}

/* What other programs keep with a network is in no wish. */
static bool
networks_have_changed(struct ovsdb_idl *idl)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH_TRACKED (network, idl) {
        for (size_t i = 0; i < POOLREC_NETWORK_N_COLUMNS; i++) {
            if (i != POOLREC_NETWORK_COL_OTHER_CONFIG && poolrec_network_is_updated(network, i)) {
                return true;
            }
        }
        if (poolrec_network_is_new(network) || poolrec_network_is_deleted(network)) {
            return true;
        }
    }
    return false;
}

static void
tell_changes(struct source_pool *source, const struct source_events *events)
{
    struct ovsdb_idl *idl = pool_idl(source->pool);
    const bool anew = pool_host_is_new(source->pool, &source->host);
    const struct poolrec_vif *vif;

    if (anew) {
        withdraw_what_is_not_there(source, events);
    }
    /* A network concerns the VIFs of those that share its bridge as well. */
    if (source->writes.lost || networks_have_changed(idl)) {
        tell_all(source, source->writes.lost, events);
        source->writes.lost = false;
    }
    POOLREC_VIF_FOR_EACH_TRACKED (vif, idl) {
        tell_vif(source, vif, false, events);
    }
    if (source->seen) {
        source->seen(anew, source->seen_aux);
    }
    ovsdb_idl_track_clear(idl);
}

static void
register_host(struct source_pool *source)
{
    if (pool_is_synced(source->pool) && !pool_host_is_there(source->pool, &source->host)) {
        struct ovsdb_idl_txn *txn = pool_writes_txn(&source->writes);

        if (txn) {
            pool_host_add(txn, &source->host);
        }
    }
}

static void
source_pool_run(struct source *source_, const struct source_events *events)
{
    struct source_pool *source = source_pool_cast(source_);

    pool_run(source->pool);
    pool_writes_run(&source->writes);
    tell_changes(source, events);
    register_host(source);
}

static void
source_pool_wait(struct source *source_)
{
    struct source_pool *source = source_pool_cast(source_);

    pool_writes_wait(&source->writes);
    pool_wait(source->pool);
}

static void
source_pool_destroy(struct source *source_)
{
    struct source_pool *source = source_pool_cast(source_);

    pool_writes_destroy(&source->writes);
    told_destroy(source->told);
    pool_close(source->pool);
    free(source);
}

static bool
source_pool_is_complete(const struct source *source)
{
    return pool_is_synced(source_pool_cast(source)->pool);
}

static bool
source_pool_is_connected(const struct source *source)
{
    return pool_is_connected(source_pool_cast(source)->pool);
}

static bool
source_pool_has_bridge(const struct source *source, const char *name)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(source_pool_cast(source)->pool)) {
        if (network->managed && !strcmp(network->bridge, name)) {
            return true;
        }
    }
    return false;
}

static bool
source_pool_report(struct source *source_, const struct source_report *report)
{
    struct source_pool *source = source_pool_cast(source_);
    const struct poolrec_vif *row = find_vif(source, report->uuid);
    const bool is_news = row && !pool_report_is_written(row, report);

    if (is_news && !pool_writes_txn(&source->writes)) {
        return false;
    }
    told_report(source->told, report);
    if (is_news) {
        pool_report_write(pool_idl(source->pool), row, report, time_wall_msec());
    }
    return true;
}

static const char *
source_pool_refusal(const struct source *source_, long long int *until)
{
    const struct source_pool *source = source_pool_cast(source_);

    *until = source->writes.refusals.until;
    return source->writes.refusal;
}

static bool
source_pool_load_counts(const struct source *source, const char *uuid, struct source_counts *counts)
{
    const struct poolrec_vif *row = find_vif(source_pool_cast(source), uuid);

    if (row) {
        pool_counts_load(row, counts);
    }
    return row;
}

static bool
source_pool_store_counts(struct source *source_, const char *uuid, const struct source_counts *counts)
{
    struct source_pool *source = source_pool_cast(source_);
    const struct poolrec_vif *row = find_vif(source, uuid);

    if (row && !pool_counts_are_stored(row, counts)) {
        if (!pool_writes_txn(&source->writes)) {
            return false;
        }
        pool_counts_store(row, counts);
    }
    return true;
}

static const struct source_class source_pool_class = {
    .name = "pool",
    .destroy = source_pool_destroy,
    .run = source_pool_run,
    .wait = source_pool_wait,
    .is_complete = source_pool_is_complete,
    .is_connected = source_pool_is_connected,
    .has_bridge = source_pool_has_bridge,
    .report = source_pool_report,
    .refusal = source_pool_refusal,
    .load_counts = source_pool_load_counts,
    .store_counts = source_pool_store_counts,
};

struct pool *
source_pool_replica(const struct source *source)
{
    return source_pool_cast(source)->pool;
}

void
source_pool_observe(struct source *source_, void (*seen)(bool, void *), void *aux)
{
    struct source_pool *source = source_pool_cast(source_);

    source->seen = seen;
    source->seen_aux = aux;
}

struct source *
source_pool_open(const char *remote, const struct uuid *host)
{
    struct source_pool *source = xzalloc(sizeof *source);

    source->up.class = &source_pool_class;
    source->pool = pool_open(remote, host);
    source->host = *host;
    source->told = told_create();
    pool_writes_init(&source->writes, source->pool);
    return &source->up;
}
