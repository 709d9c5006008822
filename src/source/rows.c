/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/rows.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <smap.h>
#include <sset.h>
#include <util.h>

#include "source/row_wish.h"
#include "source/source.h"
#include "source/told.h"
#include "switch/db.h"
#include "vif/description.h"
#include "vif/hand.h"
#include "vif/wish.h"

VLOG_DEFINE_THIS_MODULE(source_rows);

struct source_rows {
    struct source up;
    struct switch_db *db;
    struct told *told;
    struct shash uuids;         /* of the wishes that were told, by device: char * */
    struct shash devices;       /* the other way round */
    struct shash held;          /* of struct vif_hand by device, with all the external_ids that are to be written */
    struct sset unhanded;       /* devices */
    struct sset changed;        /* devices to look at */
    bool (*leaves)(const struct smap *keys, void *aux); /* source_rows_leave_ids() */
    void *leaves_aux;
    struct sset stale;          /* ports that still say what became of them when they were described */
};

static struct source_rows *
source_rows_cast(const struct source *source)
{
    return CONTAINER_OF(source, struct source_rows, up);
}

static void
wish_free(struct vif_wish *wish)
{
    if (wish) {
        vif_wish_destroy(wish);
        free(wish);
    }
}

/* Another device of that uuid: somebody has copied a row, with our mark. */
static bool
uuid_is_taken(const struct source_rows *source, const char *uuid, const char *device)
{
    const char *other = shash_find_data(&source->devices, uuid);

    return other && strcmp(other, device);
}

/* NULL if nothing describes the port. */
static struct vif_wish *
read_row(const struct source_rows *source, const char *device)
{
    struct switch_port port;

    if (!switch_db_port(source->db, device, &port) || !row_wish_is_there(&port)) {
        return NULL;
    }

    char marked[UUID_TEXT_SIZE];
    const bool trusts_mark = row_wish_mark(&port, marked) && !uuid_is_taken(source, marked, port.interface);
    return row_wish_read(&port, trusts_mark);
}

static bool
has_keys(const struct switch_port *port, const struct smap *keys)
{
    const struct smap_node *node;

    SMAP_FOR_EACH (node, keys) {
        if (!nullable_string_is_equal(smap_get(port->keys, node->key), node->value)) {
            return false;
        }
    }
    return true;
}

/* True if the row says all that is held, so that the latter is of no use any more. */
static bool
row_says_it(const struct source_rows *source, const struct vif_hand *hand, const struct vif_wish *row)
{
    struct switch_port port;

    return row && vif_wish_equals(row, &hand->wish) && switch_db_port(source->db, hand->wish.device, &port)
           && has_keys(&port, &hand->keys);
}

static void
drop_held(struct source_rows *source, const char *device)
{
    vif_hand_destroy(shash_find_and_delete(&source->held, device));
}

/* What is wished of a device now; the caller's. */
static struct vif_wish *
wish_for(struct source_rows *source, const char *device)
{
    struct vif_hand *held = shash_find_data(&source->held, device);
    struct vif_wish *row = read_row(source, device);

    if (!row) {
        sset_find_and_delete(&source->unhanded, device);
    }
    if (sset_contains(&source->unhanded, device)) {
        wish_free(row);
        return NULL;
    }
    if (held && row_says_it(source, held, row)) {
        drop_held(source, device);
        held = NULL;
    }
    if (held) {
        wish_free(row);
        return vif_wish_clone(&held->wish);
    }
    return row;
}

static void
forget_uuid(struct source_rows *source, const char *device)
{
    char *uuid = shash_find_and_delete(&source->uuids, device);

    if (uuid) {
        free(shash_find_and_delete(&source->devices, uuid));
    }
    free(uuid);
}

static void
note_uuid(struct source_rows *source, const struct vif_wish *wish)
{
    if (!shash_find(&source->uuids, wish->device)) {
        shash_add(&source->uuids, wish->device, xstrdup(wish->uuid));
        shash_add(&source->devices, wish->uuid, xstrdup(wish->device));
    }
}

/* A port that nobody describes any more says no more what became of it. */
static void
note_stale(struct source_rows *source, const char *device)
{
    if (!switch_db_port_state_is(source->db, device, NULL, NULL)) {
        sset_add(&source->stale, device);
    }
}

static void
withdraw(struct source_rows *source, const char *device, const struct source_events *events)
{
    const char *uuid = shash_find_data(&source->uuids, device);

    if (uuid) {
        told_withdraw(source->told, uuid);
        events->withdrawn(uuid, events->aux);
        forget_uuid(source, device);
    }
}

static void
tell(struct source_rows *source, const char *device, const struct source_events *events)
{
    struct vif_wish *wish = wish_for(source, device);
    const char *uuid = shash_find_data(&source->uuids, device);

    if (!wish) {
        note_stale(source, device);
    }
    if (uuid && (!wish || strcmp(uuid, wish->uuid))) {
        withdraw(source, device, events);
    }
    if (wish && told_wish(source->told, wish)) {
        VLOG_DBG("vif=%s device=%s: a wish", wish->uuid, device);
        note_uuid(source, wish);
        events->wished(wish, events->aux);
    } else {
        wish_free(wish);
    }
}

/* Somebody else wrote what is only ours to write. */
static void
repeat_lost_report(struct source_rows *source, const char *device, const struct source_events *events)
{
    const char *uuid = shash_find_data(&source->uuids, device);
    const struct source_report *last = uuid ? told_last_report(source->told, uuid) : NULL;
    struct switch_port port;

    if (last && !(switch_db_port(source->db, device, &port) && port.vif && !port.adopted)
        && !switch_db_port_state_is(source->db, device, last->state, last->error)) {
        struct vif_wish *wish = wish_for(source, device);

        if (wish) {
            events->wished(wish, events->aux);
        }
    }
}

static void
clear_stale(struct source_rows *source)
{
    const char *device;

    if (sset_is_empty(&source->stale) || !switch_db_can_write(source->db)) {
        return;
    }
    SSET_FOR_EACH (device, &source->stale) {
        if (!shash_find(&source->uuids, device)) {
            switch_db_set_port_state(source->db, device, NULL, NULL);
        }
    }
    sset_clear(&source->stale);
}

/* The set is begun anew each time: one that has had a thousand devices in it once takes a thousand looks to find the one that is there now. */
static void
tell_changed(struct source_rows *source, const struct source_events *events)
{
    struct sset changed = SSET_INITIALIZER(&changed);
    const char *device;

    sset_swap(&changed, &source->changed);
    SSET_FOR_EACH (device, &changed) {
        tell(source, device, events);
        repeat_lost_report(source, device, events);
    }
    sset_destroy(&changed);
}

static void
source_rows_run(struct source *source_, const struct source_events *events)
{
    struct source_rows *source = source_rows_cast(source_);

    if (!switch_db_is_synced(source->db)) {
        return;
    }
    tell_changed(source, events);
    clear_stale(source);
}

static void
source_rows_wait(struct source *source_)
{
    if (!sset_is_empty(&source_rows_cast(source_)->changed)) {
        poll_immediate_wake();
    }
}

static void
source_rows_destroy(struct source *source_)
{
    struct source_rows *source = source_rows_cast(source_);
    struct shash_node *node;

    SHASH_FOR_EACH (node, &source->held) {
        vif_hand_destroy(node->data);
    }
    shash_destroy(&source->held);
    shash_destroy_free_data(&source->uuids);
    shash_destroy_free_data(&source->devices);
    sset_destroy(&source->unhanded);
    sset_destroy(&source->changed);
    sset_destroy(&source->stale);
    told_destroy(source->told);
    free(source);
}

static bool
source_rows_is_complete(const struct source *source)
{
    return switch_db_is_synced(source_rows_cast(source)->db);
}

static bool
source_rows_is_connected(const struct source *source)
{
    return switch_db_is_connected(source_rows_cast(source)->db);
}

static bool
source_rows_has_bridge(const struct source *source OVS_UNUSED, const char *name OVS_UNUSED)
{
    return false;
}

static bool
source_rows_report(struct source *source_, const struct source_report *report)
{
    struct source_rows *source = source_rows_cast(source_);
    const char *device = shash_find_data(&source->devices, report->uuid);
    struct switch_port port;
    const bool tells = device && switch_db_port(source->db, device, &port) && !(port.vif && !port.adopted)
                       && !shash_find(&source->held, device)
                       && !switch_db_port_state_is(source->db, device, report->state, report->error);

    if (tells && !switch_db_can_write(source->db)) {
        return false;
    }
    told_report(source->told, report);
    if (tells) {
        switch_db_set_port_state(source->db, device, report->state, report->error);
    }
    return true;
}

static const char *
source_rows_refusal(const struct source *source OVS_UNUSED, long long int *until OVS_UNUSED)
{
    return NULL;
}

/* What a VIF's rules have counted is kept nowhere but in the switch. */
static bool
source_rows_load_counts(const struct source *source, const char *uuid, struct source_counts *counts OVS_UNUSED)
{
    return shash_find(&source_rows_cast(source)->devices, uuid);
}

static bool
source_rows_store_counts(struct source *source OVS_UNUSED, const char *uuid OVS_UNUSED, const struct source_counts *counts OVS_UNUSED)
{
    return true;
}

static const struct source_class source_rows_class = {
    .name = "rows",
    .destroy = source_rows_destroy,
    .run = source_rows_run,
    .wait = source_rows_wait,
    .is_complete = source_rows_is_complete,
    .is_connected = source_rows_is_connected,
    .has_bridge = source_rows_has_bridge,
    .report = source_rows_report,
    .refusal = source_rows_refusal,
    .load_counts = source_rows_load_counts,
    .store_counts = source_rows_store_counts,
};

struct source *
source_rows_open(struct switch_db *db)
{
    struct source_rows *source = xzalloc(sizeof *source);

    source->up.class = &source_rows_class;
    source->db = db;
    source->told = told_create();
    shash_init(&source->uuids);
    shash_init(&source->devices);
    shash_init(&source->held);
    sset_init(&source->unhanded);
    sset_init(&source->changed);
    sset_init(&source->stale);
    return &source->up;
}

void
source_rows_note_port(struct source *source_, const char *port)
{
    struct source_rows *source = source_rows_cast(source_);
    struct switch_port view;

    /* A described member of a bond has another name than its port. Only rows that say something of interest cost anything. */
    sset_add(&source->changed, switch_db_port(source->db, port, &view) && view.interface[0] ? view.interface : port);
}

void
source_rows_note_all(struct source *source_)
{
    struct source_rows *source = source_rows_cast(source_);
    struct shash_node *node;

    SHASH_FOR_EACH (node, &source->uuids) {
        sset_add(&source->changed, node->name);
    }
}

/* All the external_ids that the row is to have, and that are not somebody else's. */
static void
complete_keys(const struct source_rows *source, struct vif_hand *hand)
{
    static const char *const ids[] = { "iface-id", "vm-id", "iface-status" };

    vif_description_put(&hand->wish, &hand->keys);
    if (source->leaves && source->leaves(&hand->keys, source->leaves_aux)) {
        for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
            smap_remove(&hand->keys, ids[i]);
        }
    }
}

void
source_rows_leave_ids(struct source *source_, bool (*leaves)(const struct smap *, void *), void *aux)
{
    struct source_rows *source = source_rows_cast(source_);

    source->leaves = leaves;
    source->leaves_aux = aux;
}

void
source_rows_hand(struct source *source_, struct vif_hand *hand)
{
    struct source_rows *source = source_rows_cast(source_);
    const char *device = hand->wish.device;
    struct vif_wish *described = read_row(source, device);

    if (described) {
        ovs_strlcpy(hand->wish.uuid, described->uuid, sizeof hand->wish.uuid);
    }
    wish_free(described);
    complete_keys(source, hand);
    sset_find_and_delete(&source->unhanded, device);
    drop_held(source, device);
    shash_add(&source->held, device, hand);
    told_withdraw(source->told, hand->wish.uuid);   /* news in any case: other keys are no other wish */
    sset_add(&source->changed, device);
}

unsigned int
source_rows_n_held(const struct source *source)
{
    return shash_count(&source_rows_cast(source)->held);
}

const char *
source_rows_find(const struct source *source, const char *device)
{
    return shash_find_data(&source_rows_cast(source)->uuids, device);
}

bool
source_rows_holds(const struct source *source, const char *device)
{
    return shash_find(&source_rows_cast(source)->held, device);
}

const struct smap *
source_rows_keys(const struct source *source, const char *device)
{
    const struct vif_hand *hand = shash_find_data(&source_rows_cast(source)->held, device);

    return hand ? &hand->keys : NULL;
}

/* What is ours in a row is made anew with it. */
static bool
is_mark(const char *key)
{
    return !strncmp(key, "cabled-", 7) && strcmp(key, "cabled-network");
}

void
source_rows_hold(struct source *source_, const char *device)
{
    struct source_rows *source = source_rows_cast(source_);
    struct vif_wish *wish = source_rows_holds(source_, device) ? NULL : read_row(source, device);
    const struct smap_node *node;
    struct switch_port port;
    struct vif_hand *hand;

    if (!wish || wish->refusal || !switch_db_port(source->db, device, &port)) {
        wish_free(wish);
        return;
    }
    hand = xzalloc(sizeof *hand);
    hand->wish = *wish;
    free(wish);
    smap_init(&hand->keys);
    SMAP_FOR_EACH (node, port.keys) {
        if (!is_mark(node->key)) {
            smap_add(&hand->keys, node->key, node->value);
        }
    }
    complete_keys(source, hand);
    shash_add(&source->held, device, hand);
}

void
source_rows_unhand(struct source *source_, const char *device)
{
    struct source_rows *source = source_rows_cast(source_);

    drop_held(source, device);
    sset_add(&source->unhanded, device);
    sset_add(&source->changed, device);
}
