/* SPDX-License-Identifier: Apache-2.0
 *
 * cable watch: what changes in the pool database, told as it happens. The replica says which objects have changed; what
 * they were before is remembered here.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/hmap.h>
#include <openvswitch/poll-loop.h>
#include <ovsdb-idl.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "pool/replica.h"

/* An object as it was told last. */
struct known {
    struct hmap_node node;      /* by uuid */
    struct uuid uuid;
    struct row row;
};

struct watch {
    struct cli *cli;
    struct pool *pool;
    struct hmap known;
    bool connected;
};

static struct known *
known_find(const struct watch *watch, const struct uuid *uuid)
{
    struct known *known;

    HMAP_FOR_EACH_WITH_HASH (known, node, uuid_hash(uuid), &watch->known) {
        if (uuid_equals(&known->uuid, uuid)) {
            return known;
        }
    }
    return NULL;
}

static void
known_destroy(struct watch *watch, struct known *known)
{
    hmap_remove(&watch->known, &known->node);
    row_destroy(&known->row);
    free(known);
}

/* Takes over 'row'. */
static struct known *
known_add(struct watch *watch, const struct uuid *uuid, struct row *row)
{
    struct known *known = xmalloc(sizeof *known);

    known->uuid = *uuid;
    known->row = *row;
    hmap_insert(&watch->known, &known->node, uuid_hash(uuid));
    return known;
}

static void
tell(const struct watch *watch, struct row *event)
{
    watch->cli->output.class->event(&watch->cli->output, event);
    row_destroy(event);
}

static void
event_begin(struct row *event, const char *object, const char *name, const char *what)
{
    *event = (struct row) ROW_INITIALIZER;
    row_put_time(event, "time", time_wall_msec());
    row_put_text(event, "object", object);
    row_put_text(event, "name", name);
    row_put_text(event, "event", what);
}

/* What a network's VIFs are is told as changes of the VIFs. */
static bool
is_derived(const char *field)
{
    return !strcmp(field, "vifs") || !strcmp(field, "devices");
}

static bool
is_uuid(const char *field)
{
    size_t length = strlen(field);

    return length >= 4 && !strcmp(field + length - 4, "uuid");
}

/* People see of a new object only what tells it from others. */
static bool
is_telling(const char *field)
{
    static const char *const fields[] = { "vm", "network", "host", "mac", "mode", "bridge", "vlan", "uplink", "state" };

    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (!strcmp(field, fields[i])) {
            return true;
        }
    }
    return false;
}

/* 'from' is NULL for a new object. */
static void
put_change(struct rows *changes, const struct cell *from, const struct cell *to)
{
    struct row *change = rows_add(changes);

    row_put_text(change, "field", to->name);
    if (from) {
        row_put_copy(change, "from", from);
    } else {
        row_put_null(change, "from");
    }
    row_put_copy(change, "to", to);
    change->dull = from ? is_uuid(to->name) : !is_telling(to->name);
}

/* Both rows are of one class and so have the same cells. */
static size_t
put_changes(struct rows *changes, const struct row *from, const struct row *to)
{
    for (size_t i = 0; i < to->n; i++) {
        const struct cell *cell = &to->cells[i];
        const struct cell *before = from ? &from->cells[i] : NULL;

        if (!is_derived(cell->name) && (before ? !cell_equals(before, cell) : cell->type != CELL_NULL)) {
            put_change(changes, before, cell);
        }
    }
    return changes->n;
}

/* 'row' is the object now, and is taken over. */
static void
tell_change(struct watch *watch, const char *object, const struct uuid *uuid, struct row *row)
{
    struct known *known = known_find(watch, uuid);
    struct row event;

    event_begin(&event, object, row->cells[0].text, known ? "changed" : "created");
    row_put_text_nocopy(&event, "uuid", xasprintf(UUID_FMT, UUID_ARGS(uuid)));
    if (put_changes(row_put_rows(&event, "changes"), known ? &known->row : NULL, row)) {
        tell(watch, &event);
    } else {
        row_destroy(&event);
    }
    if (known) {
        known_destroy(watch, known);
    }
    known_add(watch, uuid, row);
}

static void
tell_end(struct watch *watch, const char *object, const struct uuid *uuid)
{
    struct known *known = known_find(watch, uuid);
    struct row event;

    if (known) {
        event_begin(&event, object, known->row.cells[0].text, "destroyed");
        row_put_text_nocopy(&event, "uuid", xasprintf(UUID_FMT, UUID_ARGS(uuid)));
        tell(watch, &event);
        known_destroy(watch, known);
    }
}

static void
look_at_networks(struct watch *watch)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH_TRACKED (network, pool_idl(watch->pool)) {
        if (poolrec_network_is_deleted(network)) {
            tell_end(watch, "network", &network->header_.uuid);
        } else {
            struct row row = ROW_INITIALIZER;

            record_network(watch->pool, network, &row);
            tell_change(watch, "network", &network->header_.uuid, &row);
        }
    }
}

static void
look_at_vifs(struct watch *watch)
{
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH_TRACKED (vif, pool_idl(watch->pool)) {
        if (poolrec_vif_is_deleted(vif)) {
            tell_end(watch, "vif", &vif->header_.uuid);
        } else {
            struct row row = ROW_INITIALIZER;

            record_vif(vif, &row);
            tell_change(watch, "vif", &vif->header_.uuid, &row);
        }
    }
}

/* What is there at the start is not told. */
static void
learn(struct watch *watch)
{
    const struct poolrec_network *network;
    const struct poolrec_vif *vif;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(watch->pool)) {
        struct row row = ROW_INITIALIZER;

        record_network(watch->pool, network, &row);
        known_add(watch, &network->header_.uuid, &row);
    }
    POOLREC_VIF_FOR_EACH (vif, pool_idl(watch->pool)) {
        struct row row = ROW_INITIALIZER;

        record_vif(vif, &row);
        known_add(watch, &vif->header_.uuid, &row);
    }
    ovsdb_idl_track_clear(pool_idl(watch->pool));
}

/* While the pool database is out of reach, changes are not seen as they happen: that is told as well. */
static void
look_at_connection(struct watch *watch)
{
    bool connected = pool_is_connected(watch->pool);
    struct row event;

    if (connected != watch->connected) {
        event_begin(&event, "pool", watch->cli->pool_remote, connected ? "connected" : "disconnected");
        tell(watch, &event);
        watch->connected = connected;
    }
}

static void
look(struct watch *watch)
{
    look_at_connection(watch);
    look_at_networks(watch);
    look_at_vifs(watch);
    ovsdb_idl_track_clear(pool_idl(watch->pool));
}

/* Until nobody reads any more, or a signal ends the program. */
static void
follow(struct watch *watch)
{
    learn(watch);
    look_at_connection(watch);
    while (!fflush(watch->cli->output.stream) && !ferror(watch->cli->output.stream)) {
        pool_wait(watch->pool);
        poll_block();
        pool_run(watch->pool);
        look(watch);
    }
}

struct error *
watch_run(struct cli *cli)
{
    struct watch watch = { .cli = cli, .known = HMAP_INITIALIZER(&watch.known) };
    struct error *error = cli_pool(cli, &watch.pool);
    struct known *known;

    if (!error) {
        follow(&watch);
    }
    HMAP_FOR_EACH_SAFE (known, node, &watch.known) {
        known_destroy(&watch, known);
    }
    hmap_destroy(&watch.known);
    return error;
}
