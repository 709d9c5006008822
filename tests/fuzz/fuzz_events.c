/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <sset.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "check.h"
#include "xapi/event.h"
#include "xapi/inquiry.h"
#include "xapi/listing.h"
#include "xapi/news.h"
#include "xapi/splitter.h"
#include "xenapi/call.h"
#include "xenapi/value.h"

/* What a follower keeps, and what a reply came to. */
struct world {
    enum xapi_wire wire;
    struct xapi_news news;
    struct xapi_listing listing;
    struct xapi_inquiries vifs, vms;
    unsigned int n_events;
    bool is_refused;
};

/* An object that is asked for whenever an event names it: a question is always under way, wanted or answered. */
static void
ask_and_answer(struct xapi_inquiries *inquiries, const struct xapi_event *event)
{
    struct directory_record record;
    struct xapi_inquiry *inquiry;

    xapi_inquiries_find(inquiries, event->uuid, &record);
    inquiry = xapi_inquiries_next(inquiries, 0);
    xapi_inquiries_take(inquiries, event);
    if (inquiry && event->is_gone) {
        xapi_inquiries_missing(inquiries, inquiry);
    } else if (inquiry) {
        xapi_inquiries_located(inquiries, inquiry, event->ref);
        xapi_inquiries_found(inquiries, inquiry, &event->other_config);
    }
}

static struct error *
apply(struct world *world, const struct xapi_event *event)
{
    struct directory_record record;

    if (event->kind == XAPI_VIF || event->kind == XAPI_VM) {
        ask_and_answer(event->kind == XAPI_VIF ? &world->vifs : &world->vms, event);
    } else if (event->kind != XAPI_OTHER) {
        struct error *error = xapi_listing_take(&world->listing, event);

        ovs_assert(error || event->is_gone || !event->bridge
                   || xapi_listing_network(&world->listing, event->bridge, &record) == DIRECTORY_KNOWN);
        return error;
    }
    return NULL;
}

static struct error *
take_event(const char *text, size_t n, void *world_)
{
    struct world *world = world_;
    struct xenapi_value value;
    struct xapi_event event;
    struct error *error = xapi_wire_decode_value(world->wire, text, n, &value);

    if (!error) {
        error = xapi_event_read(&value, &event);
        xenapi_value_destroy(&value);
        if (!error) {
            error = apply(world, &event);
            xapi_event_destroy(&event);
        }
    }
    world->n_events += !error;
    world->is_refused |= error != NULL;
    return error;
}

/* Reads the reply in pieces of that size. */
static struct world *
follow(enum xapi_wire wire, const uint8_t *bytes, size_t n, size_t piece)
{
    struct world *world = xzalloc(sizeof *world);
    struct xapi_splitter splitter;
    struct xenapi_reply reply;
    struct error *error = NULL;

    world->wire = wire;
    xapi_news_init(&world->news);
    xapi_listing_init(&world->listing, &world->news);
    xapi_inquiries_init(&world->vifs, &world->news.vifs);
    xapi_inquiries_init(&world->vms, &world->news.vms);
    xapi_listing_begin(&world->listing);
    xapi_listing_end(&world->listing);
    xapi_splitter_init(&splitter, wire, take_event, world);
    for (size_t at = 0; at < n && !error; at += piece) {
        error = xapi_splitter_feed(&splitter, (const char *) bytes + at, MIN(piece, n - at));
    }
    if (!error) {
        ovs_assert(splitter.rest.length <= LIMIT_XAPI_REPLY_BYTES);
        error = xapi_wire_decode(wire, ds_cstr(&splitter.rest), splitter.rest.length, &reply);
        if (!error) {
            xenapi_reply_destroy(&reply);
        }
    }
    world->is_refused |= error != NULL;
    check_error(error);
    xapi_splitter_destroy(&splitter);
    return world;
}

static void
forget(struct world *world)
{
    xapi_inquiries_destroy(&world->vms);
    xapi_inquiries_destroy(&world->vifs);
    xapi_listing_destroy(&world->listing);
    xapi_news_destroy(&world->news);
    free(world);
}

/* The first byte chooses the wire and the pieces; in which pieces a reply comes makes no difference. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!n) {
        return 0;
    }
    const enum xapi_wire wire = bytes[0] & 1 ? XAPI_XML : XAPI_JSON;
    struct world *whole = follow(wire, bytes + 1, n - 1, n), *pieces = follow(wire, bytes + 1, n - 1, 1 + (bytes[0] >> 1));

    ovs_assert(whole->n_events == pieces->n_events && whole->is_refused == pieces->is_refused);
    ovs_assert(sset_equals(&whole->news.bridges, &pieces->news.bridges) && sset_equals(&whole->news.vifs, &pieces->news.vifs));
    ovs_assert(hmap_count(&whole->listing.by_ref) == hmap_count(&pieces->listing.by_ref));
    forget(whole);
    forget(pieces);
    return 0;
}
