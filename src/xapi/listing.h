/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools and networks of a toolstack. There are few, and they are looked for by other things than their uuids, so all of them are listed:
 * events tell of each that is there, then of changes. A listing is begun anew when events may have been missed; until it has ended nothing
 * is certain, and no answer is given.
 *
 * Pure: events go in, answers and news come out.
 */
#ifndef XAPI_LISTING_H
#define XAPI_LISTING_H

#include <stdbool.h>

#include <openvswitch/hmap.h>
#include <sset.h>

#include "directory/directory.h"

struct error;
struct xapi_event;
struct xapi_news;

struct xapi_listing {
    struct hmap by_ref, by_bridge;      /* struct listed */
    struct sset bridges_in_vain;        /* asked for when nothing was certain, or changed then */
    bool pool_in_vain;
    unsigned int pass;
    bool is_certain;
    struct xapi_news *news;             /* the caller's */
};

void xapi_listing_init(struct xapi_listing *, struct xapi_news *news);
void xapi_listing_destroy(struct xapi_listing *);

/* From here on nothing is certain; the events of a listing, one for each object that is there, may come. */
void xapi_listing_begin(struct xapi_listing *);

/* Takes an event of a pool or network in. ERROR_LIMIT if there are more than LIMIT_XAPI_LISTED. */
struct error *xapi_listing_take(struct xapi_listing *, const struct xapi_event *);

/* All that is there was told of: what was not is gone, and all is certain. */
void xapi_listing_end(struct xapi_listing *);

/* As directory/directory.h has it. */
enum directory_answer xapi_listing_network(struct xapi_listing *, const char *bridge, struct directory_record *);
enum directory_answer xapi_listing_pool(struct xapi_listing *, struct directory_record *);

#endif
