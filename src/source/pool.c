/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/pool.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <uuid.h>
#include <openvswitch/vlog.h>
#include <ovsdb-idl.h>
#include <sset.h>
#include <timeval.h>

#include "base/backoff.h"
#include "base/error.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "source/pool_counts.h"
#include "source/source.h"
#include "source/told.h"
#include "vif/wish.h"

VLOG_DEFINE_THIS_MODULE(source_pool);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

struct source_pool {
    struct source up;
    struct pool *pool;
    struct uuid host;
    struct told *told;
    struct ovsdb_idl_txn *txn;  /* collected in this turn, or under way */
    bool committing;
    bool tell_again;            /* a write failed: nobody knows which reports were in it */
    struct backoff refusals;
    char *refusal;              /* why the last write was refused, or NULL */
};

static struct source_pool *
source_pool_cast(const struct source *source)
{
    return CONTAINER_OF(source, struct source_pool, up);
}

static void
copy_uuid(const struct uuid *uuid, char text[UUID_TEXT_SIZE])
{
    snprintf(text, UUID_TEXT_SIZE, UUID_FMT, UUID_ARGS(uuid));
}

static struct error *
wish_set_network(struct vif_wish *wish, const struct poolrec_network *row)
{
    struct error *error = device_name_check("bridge", row->bridge);

    if (!error && row->uplink) {
        error = device_name_check("uplink", row->uplink);
    }
    if (error) {
        return error;
    }
    copy_uuid(&row->header_.uuid, wish->network.uuid);
    ovs_strlcpy(wish->network.bridge, row->bridge, sizeof wish->network.bridge);
    ovs_strlcpy(wish->network.uplink, row->uplink ? row->uplink : "", sizeof wish->network.uplink);
    wish->network.managed = row->managed;
    wish->network.vlan = row->n_vlan ? row->vlan[0] : 0;
    wish->mtu = row->MTU;
    return NULL;
}

static struct error *
wish_set_device(struct vif_wish *wish, const struct poolrec_vif *row)
{
    struct error *error = device_name_check("device", row->interface);

    if (!error) {
        ovs_strlcpy(wish->device, row->interface, sizeof wish->device);
    }
    return error;
}

/* Whatever does not parse is refused in words and changes nothing: the database takes rows from anyone who may write there. */
static struct vif_wish *
wish_from_row(struct source_pool *source, const struct poolrec_vif *row)
{
    struct vif_wish *wish = xzalloc(sizeof *wish);
    struct error *error = wish_set_device(wish, row);

    copy_uuid(&row->header_.uuid, wish->uuid);
    if (row->VM) {
        copy_uuid(&row->VM->header_.uuid, wish->vm_uuid);
    }
    wish->attach = row->currently_attached;
    if (!error) {
        error = wish_set_network(wish, row->network);
    }
    error = error ? error : pool_network_check_sharing(source->pool, row->network);
    error = error ? error : pool_network_check_trunks(row->network, row->n_trunks);
    if (!error) {
        error = pool_vif_policy(row, &wish->policy);
    }
    error = error ? error : pool_vif_rate(row, &wish->rate);
    if (row->MTU) {
        wish->mtu = row->MTU;
    }
    if (error) {
        wish->refusal = xstrdup(error->text);
        error_free(error);
    }
    return wish;
}

/* A row whose network has not arrived yet is no wish: the monitor's conditions let references be empty for a while. A halted VM's VIF
 * has its own uuid in place of a device. */
static bool
row_is_complete(const struct poolrec_vif *row)
{
    return row->network && row->host && strlen(row->interface) < UUID_TEXT_SIZE - 1;
}

static const struct poolrec_vif *
find_vif(struct source_pool *source, const char *text)
{
    struct uuid uuid;

    return uuid_from_string(&uuid, text) ? poolrec_vif_get_for_uuid(pool_idl(source->pool), &uuid) : NULL;
}

static bool
report_is_known(const struct poolrec_vif *row, const struct source_report *report)
{
    int64_t ofport = row->n_ofport ? row->ofport[0] : 0;

    return !strcmp(row->wire_state, report->state) && !strcmp(row->wire_error, report->error) && ofport == report->ofport
           && !strcmp(row->wire_policy, report->policy) && report->link_is_up == !!row->n_wired_since;
}

/* Somebody else wrote what is only ours to write. */
static bool
report_is_lost(struct source_pool *source, const struct poolrec_vif *row, const char *uuid)
{
    const struct source_report *last = told_last_report(source->told, uuid);

    return last && !report_is_known(row, last);
}

/* Whoever is told looks at the VIF and reports it anew. With 'again' also what is no news. */
static void
tell_vif(struct source_pool *source, const struct poolrec_vif *row, bool again, const struct source_events *events)
{
    char uuid[UUID_TEXT_SIZE];

    copy_uuid(&row->header_.uuid, uuid);
    if (poolrec_vif_is_deleted(row) || !row_is_complete(row)) {
        told_withdraw(source->told, uuid);
        events->withdrawn(uuid, events->aux);
        return;
    }

    struct vif_wish *wish = wish_from_row(source, row);
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

/* A database that comes back empty, or as it was before, is read as a whole, and then the replica tells of the rows that are there, but of
 * none that is there no more (libopenvswitch 3.1, ovsdb_idl_clear()). Our own row is new then. */
static bool
replica_was_read_anew(const struct source_pool *source)
{
    const struct poolrec_host *host = poolrec_host_get_for_uuid(pool_idl(source->pool), &source->host);

    return host && poolrec_host_is_new(host);
}

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

static void
tell_changes(struct source_pool *source, const struct source_events *events)
{
    struct ovsdb_idl *idl = pool_idl(source->pool);
    const struct poolrec_vif *vif;

    if (replica_was_read_anew(source)) {
        withdraw_what_is_not_there(source, events);
    }
    /* A network concerns the VIFs of those that share its bridge as well. */
    if (source->tell_again || poolrec_network_track_get_first(idl)) {
        tell_all(source, source->tell_again, events);
        source->tell_again = false;
    }
    POOLREC_VIF_FOR_EACH_TRACKED (vif, idl) {
        tell_vif(source, vif, false, events);
    }
    ovsdb_idl_track_clear(idl);
}

/* The transaction of this turn, or NULL while one is under way or the database said no a moment ago. */
static struct ovsdb_idl_txn *
source_txn(struct source_pool *source)
{
    if (source->committing || backoff_holds(&source->refusals, time_msec()) || !pool_is_connected(source->pool)) {
        return NULL;
    }
    if (!source->txn) {
        source->txn = ovsdb_idl_txn_create(pool_idl(source->pool));
        ovsdb_idl_txn_add_comment(source->txn, "cabled");
    }
    return source->txn;
}

/* A database that says no is not asked a thousand times a second. */
static void
note_answer(struct source_pool *source, const char *refusal)
{
    free(source->refusal);
    source->refusal = refusal ? xstrdup(refusal) : NULL;
    if (refusal) {
        VLOG_WARN_RL(&refused_rl, "the pool database refused a report: %s", refusal);
        backoff_fail(&source->refusals, time_msec());
        source->tell_again = true;
    } else {
        backoff_reset(&source->refusals);
    }
}

static void
source_commit(struct source_pool *source)
{
    if (!source->txn) {
        return;
    }

    enum ovsdb_idl_txn_status status = ovsdb_idl_txn_commit(source->txn);

    source->committing = status == TXN_INCOMPLETE;
    if (source->committing) {
        return;
    }
    note_answer(source, status == TXN_SUCCESS || status == TXN_UNCHANGED ? NULL : ovsdb_idl_txn_get_error(source->txn));
    ovsdb_idl_txn_destroy(source->txn);
    source->txn = NULL;
    poll_immediate_wake();
}

static void
register_host(struct source_pool *source)
{
    char name[HOST_NAME_MAX + 1] = "";

    if (!pool_is_synced(source->pool) || poolrec_host_get_for_uuid(pool_idl(source->pool), &source->host)) {
        return;
    }

    struct ovsdb_idl_txn *txn = source_txn(source);
    if (txn) {
        gethostname(name, sizeof name - 1);
        const struct poolrec_host *host = poolrec_host_insert_persist_uuid(txn, &source->host);
        poolrec_host_set_hostname(host, name[0] ? name : "localhost");
        poolrec_host_set_name_label(host, name);
    }
}

static void
source_pool_run(struct source *source_, const struct source_events *events)
{
    struct source_pool *source = source_pool_cast(source_);

    pool_run(source->pool);
    if (source->committing) {
        source_commit(source);
    }
    tell_changes(source, events);
    register_host(source);
}

static void
source_pool_wait(struct source *source_)
{
    struct source_pool *source = source_pool_cast(source_);

    if (!source->committing) {
        source_commit(source);
    }
    pool_wait(source->pool);
    if (source->txn) {
        ovsdb_idl_txn_wait(source->txn);
    }
    if (backoff_holds(&source->refusals, time_msec())) {
        poll_timer_wait_until(source->refusals.until);
    }
}

static void
source_pool_destroy(struct source *source_)
{
    struct source_pool *source = source_pool_cast(source_);

    if (source->txn) {
        ovsdb_idl_txn_destroy(source->txn);
    }
    told_destroy(source->told);
    pool_close(source->pool);
    free(source->refusal);
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

    if (row && !report_is_known(row, report) && !source_txn(source)) {
        return false;
    }
    told_report(source->told, report);
    if (!row || report_is_known(row, report)) {
        return true;
    }

    const int64_t ofport = report->ofport, now = time_wall_msec();
    poolrec_vif_set_wire_state(row, report->state);
    poolrec_vif_set_wire_error(row, report->error);
    poolrec_vif_set_wire_policy(row, report->policy);
    poolrec_vif_set_ofport(row, &ofport, ofport ? 1 : 0);
    if (report->link_is_up != !!row->n_wired_since) {
        poolrec_vif_set_wired_since(row, &now, report->link_is_up ? 1 : 0);
    }
    return true;
}

static const char *
source_pool_refusal(const struct source *source_, long long int *until)
{
    const struct source_pool *source = source_pool_cast(source_);

    *until = source->refusals.until;
    return source->refusal;
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
        if (!source_txn(source)) {
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

struct source *
source_pool_open(const char *remote, const struct uuid *host)
{
    struct source_pool *source = xzalloc(sizeof *source);

    source->up.class = &source_pool_class;
    source->pool = pool_open(remote, host);
    source->host = *host;
    source->told = told_create();
    return &source->up;
}
