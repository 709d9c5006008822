/* SPDX-License-Identifier: Apache-2.0
 *
 * What a follower knows, for the files that make it up: follower.c has the events and the directory, lookup.c asks for VIFs and VMs.
 */
#ifndef XAPI_FOLLOWER_PRIVATE_H
#define XAPI_FOLLOWER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/backoff.h"
#include "base/limits.h"
#include "directory/directory.h"
#include "xapi/event.h"
#include "xapi/inquiry.h"
#include "xapi/listing.h"
#include "xapi/news.h"

struct xapi_follower;
struct xapi_session;

/* A question after one object, in one or two calls. */
struct xapi_lookup {
    struct xapi_follower *follower;
    struct xapi_inquiries *inquiries;
    struct xapi_inquiry *inquiry;       /* NULL: this place is free */
    enum xapi_kind kind;
};

struct xapi_follower {
    struct directory up;
    struct xapi_session *session;
    struct xapi_listing listing;
    struct xapi_inquiries vifs, vms;
    struct xapi_news news;
    struct xapi_lookup lookups[LIMIT_XAPI_LOOKUPS];
    bool has_events_call;
    char *token;                        /* NULL: the next events are the listing */
    struct backoff backoff;             /* of event.from */
    bool is_reachable;
    bool is_flushed;                    /* all_changed() is owed */
    long long int since;
    char *words;                        /* status() told them last */
};

/* Asks for what is wanted, as far as there is room. */
void xapi_lookups_begin(struct xapi_follower *, long long int now);
void xapi_lookups_wait(const struct xapi_follower *);

/* Their calls have been cancelled. */
void xapi_lookups_clear(struct xapi_follower *);

#endif
