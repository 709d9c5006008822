/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/follower.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/backoff.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "directory/directory.h"
#include "xapi/event.h"
#include "xapi/follower-private.h"
#include "xapi/news.h"
#include "xapi/session.h"
#include "xenapi/call.h"
#include "xenapi/map.h"

VLOG_DEFINE_THIS_MODULE(xapi_follower);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

enum {
    /* How long a call of event.from waits on the server's side. */
    EVENTS_WAIT_S = 30,
};

static struct xapi_follower *
follower_cast(const struct directory *directory)
{
    return CONTAINER_OF(directory, struct xapi_follower, up);
}

/* Nothing is certain, and the events begin anew. What was asked is not answered. */
static void
begin_anew(struct xapi_follower *follower)
{
    follower->has_events_call = false;
    free(follower->token);
    follower->token = NULL;
    xapi_lookups_clear(follower);
    xapi_listing_begin(&follower->listing);
    xapi_inquiries_doubt(&follower->vifs);
    xapi_inquiries_doubt(&follower->vms);
    if (follower->is_reachable) {
        follower->is_reachable = false;
        follower->since = time_wall_msec();
    }
}

static void
lost(void *follower_)
{
    begin_anew(follower_);
}

/* Events. */

static struct error *
take_event(const struct xenapi_value *value, void *follower_)
{
    struct xapi_follower *follower = follower_;
    struct xapi_event event;
    struct error *error = xapi_event_read(value, &event);

    if (error) {
        return error;
    }
    switch (event.kind) {
    case XAPI_POOL:
    case XAPI_NETWORK:
        error = xapi_listing_take(&follower->listing, &event);
        break;
    case XAPI_VIF:
        xapi_inquiries_take(&follower->vifs, &event);
        break;
    case XAPI_VM:
        xapi_inquiries_take(&follower->vms, &event);
        break;
    case XAPI_OTHER:
        break;
    }
    xapi_event_destroy(&event);
    return error;
}

/* The listing is complete. */
static void
become_reachable(struct xapi_follower *follower)
{
    xapi_listing_end(&follower->listing);
    follower->is_reachable = true;
    follower->since = time_wall_msec();
    if (follower->is_flushed) {
        follower->is_flushed = false;
        follower->news.all = true;
    }
    VLOG_INFO_RL(&rl, "XAPI at %s is followed: %"PRIuSIZE" networks", xapi_session_server(follower->session),
              hmap_count(&follower->listing.by_bridge));
}

static void
take_token(struct xapi_follower *follower, struct xenapi_reply *reply)
{
    struct xenapi_value token = xenapi_void();

    if (reply->value.type != XENAPI_MAP || !xenapi_map_take(&reply->value, "token", &token) || token.type != XENAPI_STRING) {
        xapi_session_lose(follower->session, error_new(ERROR_INVALID, "its reply to event.from has no token"));
        xenapi_value_destroy(&token);
        return;
    }
    if (!follower->token) {
        become_reachable(follower);
    }
    free(follower->token);
    follower->token = token.string;
    xapi_inquiries_end_round(&follower->vifs);
    xapi_inquiries_end_round(&follower->vms);
    xapi_session_succeed(follower->session);
}

/* EVENTS_LOST, a token that it does not know any more, or something worse: the events begin anew. */
static void
lose_events(struct xapi_follower *follower, const struct xenapi_reply *reply)
{
    VLOG_WARN_RL(&rl, "XAPI at %s: its events end with %s and are read anew", xapi_session_server(follower->session),
              quote(xenapi_failure_code(reply)).text);
    xapi_session_cancel(follower->session);
    backoff_fail_once_free(&follower->backoff, time_msec());
    begin_anew(follower);
}

static void
events_done(struct xenapi_reply *reply, void *follower_)
{
    struct xapi_follower *follower = follower_;

    follower->has_events_call = false;
    if (reply->is_failure) {
        lose_events(follower, reply);
    } else {
        take_token(follower, reply);
    }
    xenapi_reply_destroy(reply);
}

static struct xenapi_value
classes(bool all)
{
    struct xenapi_value set = xenapi_set_create();

    for (enum xapi_kind kind = XAPI_POOL; kind <= (all ? XAPI_VM : XAPI_NETWORK); kind++) {
        xenapi_set_add(&set, xenapi_string(xapi_kind_name(kind)));
    }
    return set;
}

static void
ask_for_events(struct xapi_follower *follower)
{
    struct xenapi_value params = xenapi_set_create();

    xenapi_set_add(&params, classes(follower->token));
    xenapi_set_add(&params, xenapi_string(follower->token ? follower->token : ""));
    xenapi_set_add(&params, xenapi_double(EVENTS_WAIT_S));
    follower->has_events_call = true;
    xapi_inquiries_begin_round(&follower->vifs);
    xapi_inquiries_begin_round(&follower->vms);
    xapi_session_call(follower->session, &(struct xapi_session_call) {
        .method = "event.from", .params = params, .timeout_ms = EVENTS_WAIT_S * 1000 + LIMIT_XAPI_CALL_MS, .event = take_event,
        .done = events_done, .aux = follower,
    });
}

/* The directory. */

static void
follower_run(struct directory *directory, const struct directory_events *events)
{
    struct xapi_follower *follower = follower_cast(directory);

    xapi_session_run(follower->session);
    if (xapi_session_is_open(follower->session)) {
        if (!follower->has_events_call && !backoff_holds(&follower->backoff, time_msec())) {
            ask_for_events(follower);
        }
        if (follower->is_reachable) {
            xapi_lookups_begin(follower, time_msec());
        }
    }
    if (follower->is_reachable) {
        xapi_news_tell(&follower->news, events);
    }
}

static void
follower_wait(struct directory *directory)
{
    struct xapi_follower *follower = follower_cast(directory);

    xapi_session_wait(follower->session);
    if (xapi_session_is_open(follower->session)) {
        if (!follower->has_events_call) {
            poll_timer_wait_until(follower->backoff.until);
        }
        xapi_lookups_wait(follower);
    }
    if (follower->is_reachable && !xapi_news_is_empty(&follower->news)) {
        poll_immediate_wake();
    }
}

static enum directory_answer
follower_network(struct directory *directory, const char *bridge, struct directory_record *record)
{
    return xapi_listing_network(&follower_cast(directory)->listing, bridge, record);
}

static enum directory_answer
follower_pool(struct directory *directory, struct directory_record *record)
{
    return xapi_listing_pool(&follower_cast(directory)->listing, record);
}

static enum directory_answer
follower_vif(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return xapi_inquiries_find(&follower_cast(directory)->vifs, uuid, record);
}

static enum directory_answer
follower_vm(struct directory *directory, const char *uuid, struct directory_record *record)
{
    return xapi_inquiries_find(&follower_cast(directory)->vms, uuid, record);
}

static void
knowledge_create(struct xapi_follower *follower)
{
    xapi_news_init(&follower->news);
    xapi_listing_init(&follower->listing, &follower->news);
    xapi_inquiries_init(&follower->vifs, &follower->news.vifs);
    xapi_inquiries_init(&follower->vms, &follower->news.vms);
}

static void
knowledge_destroy(struct xapi_follower *follower)
{
    xapi_lookups_clear(follower);
    xapi_listing_destroy(&follower->listing);
    xapi_inquiries_destroy(&follower->vifs);
    xapi_inquiries_destroy(&follower->vms);
    xapi_news_destroy(&follower->news);
}

static void
follower_flush(struct directory *directory)
{
    struct xapi_follower *follower = follower_cast(directory);

    xapi_session_cancel(follower->session);
    begin_anew(follower);
    knowledge_destroy(follower);
    knowledge_create(follower);
    xapi_listing_begin(&follower->listing);
    follower->is_flushed = true;
}

static void
follower_status(const struct directory *directory, struct directory_status *status)
{
    struct xapi_follower *follower = follower_cast(directory);

    free(follower->words);
    follower->words = xasprintf("XAPI at %s", xapi_session_server(follower->session));
    *status = (struct directory_status) {
        .toolstack = follower->words, .is_reachable = follower->is_reachable, .since_msec = follower->since,
        .error = xapi_session_error(follower->session),
    };
}

static void
follower_destroy(struct directory *directory)
{
    struct xapi_follower *follower = follower_cast(directory);

    xapi_session_destroy(follower->session);
    knowledge_destroy(follower);
    free(follower->token);
    free(follower->words);
    free(follower);
}

static const struct directory_class class = {
    .name = "xapi", .destroy = follower_destroy, .run = follower_run, .wait = follower_wait, .network = follower_network,
    .pool = follower_pool, .vif = follower_vif, .vm = follower_vm, .flush = follower_flush, .status = follower_status,
};

struct error *
xapi_follower_open(const struct xapi_follower_config *config, struct directory **directoryp)
{
    struct xapi_session_config session = { .login = config->login, .server.ca = config->ca, .server.is_trusted = config->is_trusted };
    struct error *error = http_address_parse(config->address, &session.server.address);
    struct xapi_follower *follower;

    *directoryp = NULL;
    if (error) {
        return error;
    }
    follower = xzalloc(sizeof *follower);
    follower->up.class = &class;
    knowledge_create(follower);
    xapi_listing_begin(&follower->listing);
    session.lost = lost;
    session.aux = follower;
    follower->session = xapi_session_create(&session);
    *directoryp = &follower->up;
    return NULL;
}
