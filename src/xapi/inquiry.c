/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/inquiry.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <sset.h>
#include <util.h>

#include "base/limits.h"
#include "xapi/event.h"

void
xapi_inquiries_init(struct xapi_inquiries *inquiries, struct sset *news)
{
    hmap_init(&inquiries->by_uuid);
    hmap_init(&inquiries->by_ref);
    ovs_list_init(&inquiries->wanted);
    ovs_list_init(&inquiries->delayed);
    ovs_list_init(&inquiries->untracked);
    inquiries->round = 0;
    inquiries->delayed_until = LLONG_MAX;
    inquiries->news = news;
}

static bool
is_queued(const struct xapi_inquiry *inquiry)
{
    return inquiry->state == XAPI_WANTED || inquiry->state == XAPI_DELAYED;
}

static void
set_state(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, enum xapi_inquiry_state state)
{
    if (is_queued(inquiry)) {
        ovs_list_remove(&inquiry->node);
    }
    inquiry->state = state;
    if (is_queued(inquiry)) {
        ovs_list_push_back(state == XAPI_WANTED ? &inquiries->wanted : &inquiries->delayed, &inquiry->node);
    }
}

/* It need not be looked at again for the sake of its end. */
static void
leave_untracked(struct xapi_inquiry *inquiry, bool is_tracked)
{
    ovs_list_remove(&inquiry->untracked_node);
    ovs_list_init(&inquiry->untracked_node);
    inquiry->is_tracked = is_tracked;
}

static void
set_ref(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, const char *ref)
{
    char *copy = nullable_xstrdup(ref);

    if (inquiry->ref) {
        hmap_remove(&inquiries->by_ref, &inquiry->ref_node);
        free(inquiry->ref);
    }
    inquiry->ref = copy;
    leave_untracked(inquiry, false);
    if (copy) {
        hmap_insert(&inquiries->by_ref, &inquiry->ref_node, hash_string(copy, 0));
    }
}

static void
drop(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    set_ref(inquiries, inquiry, NULL);
    set_state(inquiries, inquiry, XAPI_CERTAIN);
    hmap_remove(&inquiries->by_uuid, &inquiry->uuid_node);
    smap_destroy(&inquiry->other_config);
    free(inquiry);
}

void
xapi_inquiries_destroy(struct xapi_inquiries *inquiries)
{
    struct xapi_inquiry *inquiry;

    HMAP_FOR_EACH_SAFE (inquiry, uuid_node, &inquiries->by_uuid) {
        drop(inquiries, inquiry);
    }
    hmap_destroy(&inquiries->by_uuid);
    hmap_destroy(&inquiries->by_ref);
}

static struct xapi_inquiry *
by_uuid(const struct xapi_inquiries *inquiries, const char *uuid)
{
    struct xapi_inquiry *inquiry;

    HMAP_FOR_EACH_WITH_HASH (inquiry, uuid_node, hash_string(uuid, 0), &inquiries->by_uuid) {
        if (!strcmp(inquiry->uuid, uuid)) {
            return inquiry;
        }
    }
    return NULL;
}

static struct xapi_inquiry *
by_ref(const struct xapi_inquiries *inquiries, const char *ref)
{
    struct xapi_inquiry *inquiry;

    HMAP_FOR_EACH_WITH_HASH (inquiry, ref_node, hash_string(ref, 0), &inquiries->by_ref) {
        if (!strcmp(inquiry->ref, ref)) {
            return inquiry;
        }
    }
    return NULL;
}

static void
ask(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    backoff_reset(&inquiry->backoff);
    set_state(inquiries, inquiry, XAPI_WANTED);
}

/* What is not there is the least that can be forgotten: it costs a question when somebody asks for it again. */
static bool
make_room(struct xapi_inquiries *inquiries)
{
    struct xapi_inquiry *inquiry;

    if (hmap_count(&inquiries->by_uuid) >= LIMIT_XAPI_ASKED) {
        HMAP_FOR_EACH_SAFE (inquiry, uuid_node, &inquiries->by_uuid) {
            if (inquiry->state == XAPI_CERTAIN && !inquiry->exists) {
                drop(inquiries, inquiry);
            }
        }
    }
    return hmap_count(&inquiries->by_uuid) < LIMIT_XAPI_ASKED;
}

static struct xapi_inquiry *
add(struct xapi_inquiries *inquiries, const char *uuid)
{
    struct xapi_inquiry *inquiry = xzalloc(sizeof *inquiry);

    ovs_strlcpy(inquiry->uuid, uuid, sizeof inquiry->uuid);
    smap_init(&inquiry->other_config);
    ovs_list_init(&inquiry->untracked_node);
    inquiry->state = XAPI_CERTAIN;
    hmap_insert(&inquiries->by_uuid, &inquiry->uuid_node, hash_string(uuid, 0));
    ask(inquiries, inquiry);
    return inquiry;
}

enum directory_answer
xapi_inquiries_find(struct xapi_inquiries *inquiries, const char *text, struct directory_record *record)
{
    char uuid[UUID_LEN + 1];
    struct uuid read;

    if (!uuid_from_string(&read, text)) {
        return DIRECTORY_UNKNOWN;
    }
    snprintf(uuid, sizeof uuid, UUID_FMT, UUID_ARGS(&read));
    struct xapi_inquiry *inquiry = by_uuid(inquiries, uuid);
    if (!inquiry && !make_room(inquiries)) {
        return DIRECTORY_UNREACHABLE;
    }
    inquiry = inquiry ? inquiry : add(inquiries, uuid);
    if (inquiry->state != XAPI_CERTAIN && !inquiry->stands) {
        inquiry->in_vain = true;
        return DIRECTORY_UNREACHABLE;
    } else if (!inquiry->exists) {
        return DIRECTORY_UNKNOWN;
    }
    *record = (struct directory_record) { inquiry->uuid, &inquiry->other_config };
    return DIRECTORY_KNOWN;
}

/* What is known is not so any more, or perhaps not. */
static void
doubt(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    inquiry->stands = false;
    if (inquiry->state == XAPI_UNDER_WAY) {
        inquiry->again = true;
    } else {
        ask(inquiries, inquiry);
    }
}

static bool
is_known(const struct xapi_inquiry *inquiry, const struct xapi_event *event)
{
    return inquiry->state == XAPI_CERTAIN && inquiry->exists && nullable_string_is_equal(inquiry->ref, event->ref)
           && smap_equal(&inquiry->other_config, &event->other_config);
}

/* An import or a failover may give an object of the same uuid another reference. */
void
xapi_inquiries_take(struct xapi_inquiries *inquiries, const struct xapi_event *event)
{
    struct xapi_inquiry *inquiry = event->is_gone ? by_ref(inquiries, event->ref) : by_uuid(inquiries, event->uuid);

    if (!inquiry) {
        return;
    } else if (event->is_gone || (inquiry->ref && strcmp(inquiry->ref, event->ref))) {
        set_ref(inquiries, inquiry, NULL);
        doubt(inquiries, inquiry);
    } else {
        if (inquiry->ref) {
            leave_untracked(inquiry, true);
        }
        if (!is_known(inquiry, event)) {
            doubt(inquiries, inquiry);
        }
    }
}

void
xapi_inquiries_begin_round(struct xapi_inquiries *inquiries)
{
    inquiries->round++;
}

/* What was found before this round began is older than the token with which it has ended. */
void
xapi_inquiries_end_round(struct xapi_inquiries *inquiries)
{
    while (!ovs_list_is_empty(&inquiries->untracked)) {
        struct xapi_inquiry *inquiry = CONTAINER_OF(ovs_list_front(&inquiries->untracked), struct xapi_inquiry, untracked_node);

        if (inquiry->round == inquiries->round) {
            return;
        }
        leave_untracked(inquiry, true);
        if (inquiry->state == XAPI_CERTAIN) {
            inquiry->stands = true;
            ask(inquiries, inquiry);
        } else {
            inquiry->again = inquiry->state == XAPI_UNDER_WAY;
        }
    }
}

void
xapi_inquiries_doubt(struct xapi_inquiries *inquiries)
{
    struct xapi_inquiry *inquiry;

    HMAP_FOR_EACH (inquiry, uuid_node, &inquiries->by_uuid) {
        inquiry->again = inquiry->stands = false;
        ask(inquiries, inquiry);
    }
    inquiries->delayed_until = LLONG_MAX;
}

/* Those whose wait is over are wanted. */
static void
end_delays(struct xapi_inquiries *inquiries, long long int now)
{
    struct xapi_inquiry *inquiry;

    inquiries->delayed_until = LLONG_MAX;
    LIST_FOR_EACH_SAFE (inquiry, node, &inquiries->delayed) {
        if (backoff_holds(&inquiry->backoff, now)) {
            inquiries->delayed_until = MIN(inquiries->delayed_until, inquiry->backoff.until);
        } else {
            set_state(inquiries, inquiry, XAPI_WANTED);
        }
    }
}

struct xapi_inquiry *
xapi_inquiries_next(struct xapi_inquiries *inquiries, long long int now)
{
    struct xapi_inquiry *inquiry;

    if (now >= inquiries->delayed_until) {
        end_delays(inquiries, now);
    }
    if (ovs_list_is_empty(&inquiries->wanted)) {
        return NULL;
    }
    inquiry = CONTAINER_OF(ovs_list_front(&inquiries->wanted), struct xapi_inquiry, node);
    set_state(inquiries, inquiry, XAPI_UNDER_WAY);
    return inquiry;
}

long long int
xapi_inquiries_when(const struct xapi_inquiries *inquiries)
{
    return ovs_list_is_empty(&inquiries->wanted) ? inquiries->delayed_until : 0;
}

/* True if the answer that has come is good; otherwise it is asked again. */
static bool
settle(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    if (inquiry->again) {
        inquiry->again = false;
        ask(inquiries, inquiry);
        return false;
    }
    backoff_reset(&inquiry->backoff);
    set_state(inquiries, inquiry, XAPI_CERTAIN);
    return true;
}

static void
answered(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, bool exists, bool is_news)
{
    if (is_news || inquiry->in_vain || !inquiry->has_answer || inquiry->exists != exists) {
        sset_add(inquiries->news, inquiry->uuid);
    }
    inquiry->exists = exists;
    inquiry->has_answer = true;
    inquiry->in_vain = inquiry->stands = false;
}

void
xapi_inquiries_located(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, const char *ref)
{
    set_ref(inquiries, inquiry, ref);
}

void
xapi_inquiries_found(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, const struct smap *other_config)
{
    if (settle(inquiries, inquiry)) {
        answered(inquiries, inquiry, true, !smap_equal(&inquiry->other_config, other_config));
        smap_destroy(&inquiry->other_config);
        smap_clone(&inquiry->other_config, other_config);
        if (!inquiry->is_tracked && ovs_list_is_empty(&inquiry->untracked_node)) {
            inquiry->round = inquiries->round;
            ovs_list_push_back(&inquiries->untracked, &inquiry->untracked_node);
        }
    }
}

void
xapi_inquiries_missing(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    set_ref(inquiries, inquiry, NULL);
    if (settle(inquiries, inquiry)) {
        answered(inquiries, inquiry, false, false);
        smap_clear(&inquiry->other_config);
    }
}

static void
delay(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry)
{
    inquiry->again = inquiry->stands = false;
    set_state(inquiries, inquiry, XAPI_DELAYED);
    inquiries->delayed_until = MIN(inquiries->delayed_until, inquiry->backoff.until);
}

void
xapi_inquiries_moved(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, long long int now)
{
    set_ref(inquiries, inquiry, NULL);
    backoff_fail_once_free(&inquiry->backoff, now);
    delay(inquiries, inquiry);
}

void
xapi_inquiries_failed(struct xapi_inquiries *inquiries, struct xapi_inquiry *inquiry, long long int now)
{
    backoff_fail(&inquiry->backoff, now);
    delay(inquiries, inquiry);
}
