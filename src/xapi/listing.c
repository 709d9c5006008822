/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/listing.h"

#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xapi/event.h"
#include "xapi/news.h"

/* A pool or network. */
struct listed {
    struct hmap_node ref_node, bridge_node;
    char *ref;
    char *bridge;               /* of a network; NULL: this is a pool */
    char uuid[UUID_LEN + 1];
    struct smap other_config;
    unsigned int pass;          /* the listing that told of it last */
};

void
xapi_listing_init(struct xapi_listing *listing, struct xapi_news *news)
{
    *listing = (struct xapi_listing) { .news = news };
    hmap_init(&listing->by_ref);
    hmap_init(&listing->by_bridge);
    sset_init(&listing->bridges_in_vain);
}

static void
tell(struct xapi_listing *listing, const struct listed *listed)
{
    if (listed->bridge) {
        sset_add(listing->is_certain ? &listing->news->bridges : &listing->bridges_in_vain, listed->bridge);
    } else {
        *(listing->is_certain ? &listing->news->pool : &listing->pool_in_vain) = true;
    }
}

static void
file_away(struct xapi_listing *listing, struct listed *listed)
{
    hmap_insert(&listing->by_ref, &listed->ref_node, hash_string(listed->ref, 0));
    if (listed->bridge) {
        hmap_insert(&listing->by_bridge, &listed->bridge_node, hash_string(listed->bridge, 0));
    }
    tell(listing, listed);
}

static void
drop(struct xapi_listing *listing, struct listed *listed)
{
    tell(listing, listed);
    hmap_remove(&listing->by_ref, &listed->ref_node);
    if (listed->bridge) {
        hmap_remove(&listing->by_bridge, &listed->bridge_node);
    }
    smap_destroy(&listed->other_config);
    free(listed->bridge);
    free(listed->ref);
    free(listed);
}

void
xapi_listing_destroy(struct xapi_listing *listing)
{
    struct listed *listed;

    HMAP_FOR_EACH_SAFE (listed, ref_node, &listing->by_ref) {
        drop(listing, listed);
    }
    hmap_destroy(&listing->by_ref);
    hmap_destroy(&listing->by_bridge);
    sset_destroy(&listing->bridges_in_vain);
}

void
xapi_listing_begin(struct xapi_listing *listing)
{
    listing->is_certain = false;
    listing->pass++;
}

static struct listed *
find(const struct xapi_listing *listing, const char *ref)
{
    struct listed *listed;

    HMAP_FOR_EACH_WITH_HASH (listed, ref_node, hash_string(ref, 0), &listing->by_ref) {
        if (!strcmp(listed->ref, ref)) {
            return listed;
        }
    }
    return NULL;
}

static bool
is_same(const struct listed *listed, const struct xapi_event *event)
{
    return !strcmp(listed->uuid, event->uuid) && nullable_string_is_equal(listed->bridge, event->bridge)
           && smap_equal(&listed->other_config, &event->other_config);
}

static void
add(struct xapi_listing *listing, const struct xapi_event *event)
{
    struct listed *listed = xzalloc(sizeof *listed);

    listed->ref = xstrdup(event->ref);
    listed->bridge = nullable_xstrdup(event->bridge);
    ovs_strlcpy(listed->uuid, event->uuid, sizeof listed->uuid);
    smap_clone(&listed->other_config, &event->other_config);
    listed->pass = listing->pass;
    file_away(listing, listed);
}

struct error *
xapi_listing_take(struct xapi_listing *listing, const struct xapi_event *event)
{
    struct listed *listed = find(listing, event->ref);

    if (listed && !event->is_gone && is_same(listed, event)) {
        listed->pass = listing->pass;
        return NULL;
    }
    if (listed) {
        drop(listing, listed);
    }
    if (!event->is_gone && hmap_count(&listing->by_ref) >= LIMIT_XAPI_LISTED) {
        return error_new(ERROR_LIMIT, "there are more than %d networks and pools", LIMIT_XAPI_LISTED);
    } else if (!event->is_gone) {
        add(listing, event);
    }
    return NULL;
}

void
xapi_listing_end(struct xapi_listing *listing)
{
    struct listed *listed;
    const char *bridge;

    HMAP_FOR_EACH_SAFE (listed, ref_node, &listing->by_ref) {
        if (listed->pass != listing->pass) {
            drop(listing, listed);
        }
    }
    SSET_FOR_EACH (bridge, &listing->bridges_in_vain) {
        sset_add(&listing->news->bridges, bridge);
    }
    sset_clear(&listing->bridges_in_vain);
    listing->news->pool |= listing->pool_in_vain;
    listing->pool_in_vain = false;
    listing->is_certain = true;
}

static enum directory_answer
answer(const struct listed *listed, struct directory_record *record)
{
    if (!listed) {
        return DIRECTORY_UNKNOWN;
    }
    *record = (struct directory_record) { listed->uuid, &listed->other_config };
    return DIRECTORY_KNOWN;
}

enum directory_answer
xapi_listing_network(struct xapi_listing *listing, const char *bridge, struct directory_record *record)
{
    const struct listed *listed, *first = NULL;

    if (!listing->is_certain) {
        sset_add(&listing->bridges_in_vain, bridge);
        return DIRECTORY_UNREACHABLE;
    }
    HMAP_FOR_EACH_WITH_HASH (listed, bridge_node, hash_string(bridge, 0), &listing->by_bridge) {
        if (!strcmp(listed->bridge, bridge) && (!first || strcmp(listed->uuid, first->uuid) < 0)) {
            first = listed;
        }
    }
    return answer(first, record);
}

enum directory_answer
xapi_listing_pool(struct xapi_listing *listing, struct directory_record *record)
{
    const size_t n_pools = hmap_count(&listing->by_ref) - hmap_count(&listing->by_bridge);
    const struct listed *listed, *pool = NULL;

    if (!listing->is_certain) {
        listing->pool_in_vain = true;
        return DIRECTORY_UNREACHABLE;
    } else if (n_pools == 1) {
        HMAP_FOR_EACH (listed, ref_node, &listing->by_ref) {
            pool = listed->bridge ? pool : listed;
        }
    }
    return answer(pool, record);
}
