/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/follower-private.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "xapi/session.h"
#include "xenapi/call.h"

VLOG_DEFINE_THIS_MODULE(xapi_lookup);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);

static void ask(struct xapi_lookup *);

/* The question is answered, one way or another, and its place is free. */
static struct xapi_inquiry *
end(struct xapi_lookup *lookup)
{
    struct xapi_inquiry *inquiry = lookup->inquiry;

    lookup->inquiry = NULL;
    return inquiry;
}

static bool
failed_with(const struct xenapi_reply *reply, const char *code)
{
    return reply->is_failure && !strcmp(xenapi_failure_code(reply), code);
}

/* What came is no answer; 'error' is taken over. */
static void
fail(struct xapi_lookup *lookup, struct error *error)
{
    VLOG_WARN_RL(&rl, "XAPI at %s: %s %s: %s; it is asked again", xapi_session_server(lookup->follower->session),
                 xapi_kind_name(lookup->kind), lookup->inquiry->uuid, error->text);
    error_free(error);
    xapi_inquiries_failed(lookup->inquiries, end(lookup), time_msec());
}

static struct error *
failure_error(const struct xenapi_reply *reply)
{
    return error_new(ERROR_REFUSED, "it fails with %s", quote(xenapi_failure_code(reply)).text);
}

static void
config_done(struct xenapi_reply *reply, void *lookup_)
{
    struct xapi_lookup *lookup = lookup_;
    struct smap config = SMAP_INITIALIZER(&config);
    struct error *error = NULL;

    if (failed_with(reply, "HANDLE_INVALID")) {
        xapi_inquiries_moved(lookup->inquiries, end(lookup), time_msec());
    } else {
        error = reply->is_failure ? failure_error(reply) : xapi_config_read(lookup->kind, &reply->value, &config);
        if (error) {
            fail(lookup, error);
        } else {
            xapi_inquiries_found(lookup->inquiries, end(lookup), &config);
        }
    }
    smap_destroy(&config);
    xenapi_reply_destroy(reply);
}

static void
uuid_done(struct xenapi_reply *reply, void *lookup_)
{
    struct xapi_lookup *lookup = lookup_;

    if (failed_with(reply, "UUID_INVALID")) {
        xapi_inquiries_missing(lookup->inquiries, end(lookup));
    } else if (reply->is_failure) {
        fail(lookup, failure_error(reply));
    } else if (reply->value.type != XENAPI_STRING || strlen(reply->value.string) > LIMIT_NAME_BYTES) {
        fail(lookup, error_new(ERROR_INVALID, "what it is named by is no reference"));
    } else {
        xapi_inquiries_located(lookup->inquiries, lookup->inquiry, reply->value.string);
        ask(lookup);
    }
    xenapi_reply_destroy(reply);
}

static void
ask(struct xapi_lookup *lookup)
{
    const bool is_located = lookup->inquiry->ref;
    char *method = xasprintf("%s.%s", xapi_kind_name(lookup->kind), is_located ? "get_other_config" : "get_by_uuid");
    struct xenapi_value params = xenapi_set_create();

    xenapi_set_add(&params, xenapi_string(is_located ? lookup->inquiry->ref : lookup->inquiry->uuid));
    xapi_session_call(lookup->follower->session, &(struct xapi_session_call) {
        .method = method, .params = params, .timeout_ms = LIMIT_XAPI_CALL_MS, .done = is_located ? config_done : uuid_done, .aux = lookup,
    });
    free(method);
}

/* The next question; VIFs first, because a port without its id is of no use. */
static bool
next(struct xapi_follower *follower, struct xapi_lookup *lookup, long long int now)
{
    *lookup = (struct xapi_lookup) { follower, &follower->vifs, xapi_inquiries_next(&follower->vifs, now), XAPI_VIF };
    if (!lookup->inquiry) {
        *lookup = (struct xapi_lookup) { follower, &follower->vms, xapi_inquiries_next(&follower->vms, now), XAPI_VM };
    }
    return lookup->inquiry;
}

void
xapi_lookups_begin(struct xapi_follower *follower, long long int now)
{
    for (size_t i = 0; i < ARRAY_SIZE(follower->lookups); i++) {
        struct xapi_lookup *lookup = &follower->lookups[i];

        if (!lookup->inquiry) {
            if (!next(follower, lookup, now)) {
                return;
            }
            ask(lookup);
        }
    }
}

void
xapi_lookups_wait(const struct xapi_follower *follower)
{
    const long long int when = MIN(xapi_inquiries_when(&follower->vifs), xapi_inquiries_when(&follower->vms));

    for (size_t i = 0; i < ARRAY_SIZE(follower->lookups); i++) {
        if (follower->is_reachable && !follower->lookups[i].inquiry) {
            poll_timer_wait_until(when);
            return;
        }
    }
}

void
xapi_lookups_clear(struct xapi_follower *follower)
{
    for (size_t i = 0; i < ARRAY_SIZE(follower->lookups); i++) {
        follower->lookups[i].inquiry = NULL;
    }
}
