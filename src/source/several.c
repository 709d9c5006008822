/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "source/several.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/shash.h>
#include <sset.h>
#include <util.h>

#include "source/source.h"
#include "vif/wish.h"

struct source_several {
    struct source up;
    struct source *pool;        /* or NULL */
    struct source *rows;
    struct shash pool_devices;  /* of the pool's wishes, by uuid: char *, "" for one whose device does not parse */
    struct sset named;          /* the same devices */
    struct sset left;           /* uuids of a pool that was closed */
    struct shash described;     /* of struct vif_wish by uuid: what the rows say, told or withheld */
    struct sset withheld;       /* uuids of those */
    struct sset moved;          /* devices that the pool has come to name, or names no more */
    const struct source_events *events; /* while it runs */
};

static struct source_several *
several_cast(const struct source *source)
{
    return CONTAINER_OF(source, struct source_several, up);
}

static void
wish_free(struct vif_wish *wish)
{
    if (wish) {
        vif_wish_destroy(wish);
        free(wish);
    }
}

static void
note_pool_device(struct source_several *several, const char *uuid, const char *device)
{
    char *before = device ? shash_replace(&several->pool_devices, uuid, xstrdup(device))
                          : shash_find_and_delete(&several->pool_devices, uuid);

    if (before && (!device || strcmp(before, device))) {
        sset_find_and_delete(&several->named, before);
        sset_add(&several->moved, before);
    }
    if (device && device[0] && sset_add(&several->named, device)) {
        sset_add(&several->moved, device);
    }
    free(before);
}

static void
pool_wished(struct vif_wish *wish, void *several_)
{
    struct source_several *several = several_;

    note_pool_device(several, wish->uuid, wish->device);
    several->events->wished(wish, several->events->aux);
}

static void
pool_withdrawn(const char *uuid, void *several_)
{
    struct source_several *several = several_;

    note_pool_device(several, uuid, NULL);
    several->events->withdrawn(uuid, several->events->aux);
}

/* Also one of which the pool knows the uuid: the row is about to be another VIF's, or nobody's. */
static bool
is_the_pools(const struct source_several *several, const struct vif_wish *wish)
{
    return sset_contains(&several->named, wish->device) || shash_find(&several->pool_devices, wish->uuid);
}

static void
rows_wished(struct vif_wish *wish, void *several_)
{
    struct source_several *several = several_;

    wish_free(shash_replace(&several->described, wish->uuid, vif_wish_clone(wish)));
    if (is_the_pools(several, wish)) {
        sset_add(&several->withheld, wish->uuid);
        wish_free(wish);
    } else {
        sset_find_and_delete(&several->withheld, wish->uuid);
        several->events->wished(wish, several->events->aux);
    }
}

static void
rows_withdrawn(const char *uuid, void *several_)
{
    struct source_several *several = several_;

    if (!sset_find_and_delete(&several->withheld, uuid)) {
        several->events->withdrawn(uuid, several->events->aux);
    }
    wish_free(shash_find_and_delete(&several->described, uuid));
}

/* The rows' wish for what the pool has come to name is taken back, unless the pool speaks of the same VIF; for what it names no more,
 * it is told. */
static void
judge(struct source_several *several, struct vif_wish *wish)
{
    const bool withhold = is_the_pools(several, wish), is_withheld = sset_contains(&several->withheld, wish->uuid);

    if (withhold && !is_withheld) {
        sset_add(&several->withheld, wish->uuid);
        if (!shash_find(&several->pool_devices, wish->uuid)) {
            several->events->withdrawn(wish->uuid, several->events->aux);
        }
    } else if (!withhold && is_withheld) {
        sset_find_and_delete(&several->withheld, wish->uuid);
        several->events->wished(vif_wish_clone(wish), several->events->aux);
    }
}

static void
judge_moved(struct source_several *several)
{
    struct shash_node *node;

    if (sset_is_empty(&several->moved)) {
        return;
    }
    SHASH_FOR_EACH (node, &several->described) {
        judge(several, node->data);
    }
    sset_clear(&several->moved);
}

static void
withdraw_left(struct source_several *several)
{
    const char *uuid;

    SSET_FOR_EACH_SAFE (uuid, &several->left) {
        pool_withdrawn(uuid, several);
        sset_delete(&several->left, SSET_NODE_FROM_NAME(uuid));
    }
}

static void
several_run(struct source *source, const struct source_events *events)
{
    struct source_several *several = several_cast(source);
    const struct source_events of_pool = { pool_wished, pool_withdrawn, several };
    const struct source_events of_rows = { rows_wished, rows_withdrawn, several };

    several->events = events;
    withdraw_left(several);
    if (several->pool) {
        several->pool->class->run(several->pool, &of_pool);
    }
    several->rows->class->run(several->rows, &of_rows);
    judge_moved(several);
    several->events = NULL;
}

static void
several_wait(struct source *source)
{
    struct source_several *several = several_cast(source);

    if (several->pool) {
        several->pool->class->wait(several->pool);
    }
    several->rows->class->wait(several->rows);
}

static void
several_destroy(struct source *source)
{
    struct source_several *several = several_cast(source);
    struct shash_node *node;

    if (several->pool) {
        several->pool->class->destroy(several->pool);
    }
    several->rows->class->destroy(several->rows);
    SHASH_FOR_EACH (node, &several->described) {
        wish_free(node->data);
    }
    shash_destroy(&several->described);
    shash_destroy_free_data(&several->pool_devices);
    sset_destroy(&several->named);
    sset_destroy(&several->left);
    sset_destroy(&several->withheld);
    sset_destroy(&several->moved);
    free(several);
}

static bool
several_is_complete(const struct source *source)
{
    const struct source_several *several = several_cast(source);

    return (!several->pool || several->pool->class->is_complete(several->pool)) && several->rows->class->is_complete(several->rows);
}

static bool
several_is_connected(const struct source *source)
{
    const struct source_several *several = several_cast(source);

    return several->pool && several->pool->class->is_connected(several->pool);
}

static bool
several_has_bridge(const struct source *source, const char *name)
{
    const struct source_several *several = several_cast(source);

    return several->pool && several->pool->class->has_bridge(several->pool, name);
}

/* Who speaks of that VIF. */
static struct source *
whose(const struct source_several *several, const char *uuid)
{
    return several->pool && shash_find(&several->pool_devices, uuid) ? several->pool : several->rows;
}

static bool
several_report(struct source *source, const struct source_report *report)
{
    struct source *teller = whose(several_cast(source), report->uuid);

    return teller->class->report(teller, report);
}

static const char *
several_refusal(const struct source *source, long long int *until)
{
    const struct source_several *several = several_cast(source);

    return several->pool ? several->pool->class->refusal(several->pool, until) : NULL;
}

static bool
several_load_counts(const struct source *source, const char *uuid, struct source_counts *counts)
{
    const struct source *teller = whose(several_cast(source), uuid);

    return teller->class->load_counts(teller, uuid, counts);
}

static bool
several_store_counts(struct source *source, const char *uuid, const struct source_counts *counts)
{
    struct source *teller = whose(several_cast(source), uuid);

    return teller->class->store_counts(teller, uuid, counts);
}

static const struct source_class several_class = {
    .name = "several",
    .destroy = several_destroy,
    .run = several_run,
    .wait = several_wait,
    .is_complete = several_is_complete,
    .is_connected = several_is_connected,
    .has_bridge = several_has_bridge,
    .report = several_report,
    .refusal = several_refusal,
    .load_counts = several_load_counts,
    .store_counts = several_store_counts,
};

struct source *
source_several_open(struct source *rows)
{
    struct source_several *several = xzalloc(sizeof *several);

    several->up.class = &several_class;
    several->rows = rows;
    shash_init(&several->pool_devices);
    shash_init(&several->described);
    sset_init(&several->named);
    sset_init(&several->left);
    sset_init(&several->withheld);
    sset_init(&several->moved);
    return &several->up;
}

void
source_several_set_pool(struct source *source, struct source *pool)
{
    struct source_several *several = several_cast(source);
    struct shash_node *node;

    if (several->pool) {
        several->pool->class->destroy(several->pool);
    }
    SHASH_FOR_EACH (node, &several->pool_devices) {
        sset_add(&several->left, node->name);
    }
    several->pool = pool;
}

struct source *
source_several_pool(struct source *source)
{
    return several_cast(source)->pool;
}

bool
source_several_pool_names(const struct source *source, const char *device)
{
    return sset_contains(&several_cast(source)->named, device);
}
