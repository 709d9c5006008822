/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/events.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "api/call.h"
#include "api/event_batch.h"
#include "api/registrations.h"
#include "api/subscriptions.h"
#include "base/limits.h"
#include "objects/objects.h"
#include "verbs/failure.h"
#include "xenapi/event_token.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

enum { TOGETHER_MS = 50 };

struct events {
    struct objects *objects;
    struct ovs_list waiting;    /* struct waiting by 'node': who has waited longest first */
    size_t n_waiting;
    struct registrations registrations;
};

struct waiting {
    struct ovs_list node;
    struct events *events;
    struct call *call;
    struct uuid session;
    struct subscriptions subscriptions;         /* of event.from */
    bool is_next;               /* event.next: what it waits for stands in the registration */
    int64_t since;              /* up to where the client has seen */
    int64_t looked;             /* up to where nothing has matched */
    long long int due;          /* when to answer; LLONG_MAX until something has matched */
    long long int until;        /* when its time is over */
};

struct events *
events_create(struct objects *objects)
{
    struct events *events = xmalloc(sizeof *events);

    *events = (struct events) { .objects = objects };
    ovs_list_init(&events->waiting);
    registrations_init(&events->registrations);
    return events;
}

static void
waiting_free(struct waiting *waiting)
{
    ovs_list_remove(&waiting->node);
    waiting->events->n_waiting--;
    subscriptions_destroy(&waiting->subscriptions);
    free(waiting);
}

void
events_destroy(struct events *events)
{
    struct waiting *waiting;

    if (events) {
        LIST_FOR_EACH_SAFE (waiting, node, &events->waiting) {
            call_destroy(waiting->call);
            waiting_free(waiting);
        }
        registrations_destroy(&events->registrations);
        free(events);
    }
}

/* Answers. */

static void
answer(struct waiting *waiting, struct xenapi_reply reply)
{
    call_answer(waiting->call, reply);
    waiting_free(waiting);
}

static struct xenapi_value
token_of(int64_t generation)
{
    const struct xenapi_event_token token = { .database = generation };
    char text[XENAPI_EVENT_TOKEN_SIZE];

    xenapi_event_token_format(&token, text);
    return xenapi_string(text);
}

static void
answer_from(struct waiting *waiting)
{
    const struct objects *objects = waiting->events->objects;
    struct xenapi_value result, events;

    if (!event_batch_make(objects, &waiting->subscriptions, waiting->since, "0.0", &events)) {
        answer(waiting, xenapi_failure("EVENTS_LOST", NULL));
        return;
    }
    result = xenapi_map_create();
    xenapi_map_put(&result, "events", events);
    xenapi_map_put(&result, "token", token_of(objects_generation(objects)));
    xenapi_map_put(&result, "valid_ref_counts", event_batch_counts(objects));
    answer(waiting, xenapi_success(result));
}

/* What is lost is lost once: the next call tells of what comes from now on. */
static void
answer_next(struct waiting *waiting, struct registration *registration)
{
    const struct objects *objects = waiting->events->objects;
    char *timestamp = xasprintf("%lld.0", (long long int) time_wall());
    struct xenapi_value events;
    const bool known = event_batch_make(objects, &registration->subscriptions, registration->seen, timestamp, &events);

    free(timestamp);
    registration->seen = objects_generation(objects);
    answer(waiting, known ? xenapi_success(events) : xenapi_failure("EVENTS_LOST", NULL));
}

static struct xenapi_reply
not_registered(const struct uuid *session)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(session, ref);
    return xenapi_failure("SESSION_NOT_REGISTERED", ref, NULL);
}

static void
answer_now(struct waiting *waiting)
{
    struct registration *registration;

    if (!waiting->is_next) {
        answer_from(waiting);
    } else if ((registration = registrations_find(&waiting->events->registrations, &waiting->session))) {
        answer_next(waiting, registration);
    } else {
        answer(waiting, not_registered(&waiting->session));
    }
}

/* Waiting. */

static void
client_gone(struct call *call, void *waiting_)
{
    waiting_free(waiting_);
    call_destroy(call);
}

/* Of all that wait, or those of a session if that is not NULL, the one that has waited longest, and how many there are. */
static struct waiting *
longest(const struct events *events, const struct uuid *session, size_t *n)
{
    struct waiting *waiting, *first = NULL;

    *n = 0;
    LIST_FOR_EACH (waiting, node, &events->waiting) {
        if (!session || uuid_equals(&waiting->session, session)) {
            first = first ? first : waiting;
            ++*n;
        }
    }
    return first;
}

static void
make_room(struct events *events, const struct uuid *session)
{
    size_t n;
    struct waiting *waiting = longest(events, session, &n);

    if (n >= LIMIT_EVENT_CALLS_OF_SESSION) {
        answer_now(waiting);
    } else if ((waiting = longest(events, NULL, &n)) && n >= LIMIT_EVENT_CALLS) {
        answer_now(waiting);
    }
}

/* 'subscriptions' are taken over. */
static struct waiting *
waiting_create(struct events *events, struct call *call, const struct uuid *session, struct subscriptions subscriptions, int64_t since)
{
    struct waiting *waiting;

    make_room(events, session);
    waiting = xmalloc(sizeof *waiting);
    *waiting = (struct waiting) {
        .events = events, .call = call, .session = *session, .subscriptions = subscriptions, .since = since, .looked = since,
        .due = LLONG_MAX, .until = LLONG_MAX,
    };
    call->gone = client_gone;
    call->aux = waiting;
    ovs_list_push_back(&events->waiting, &waiting->node);
    events->n_waiting++;
    return waiting;
}

/* Reads what event.from was asked. */
struct from {
    struct subscriptions subscriptions;
    struct xenapi_event_token token;
    double timeout;
};

static bool
from_read(const struct events *events, const struct xenapi_value *param, struct from *from, struct xenapi_reply *failure)
{
    const char *token = param[1].type == XENAPI_STRING ? param[1].string : "?";

    if (!xenapi_value_to_double(&param[2], &from->timeout)) {
        *failure = failure_value("timeout", "it is no number");
    } else if (!xenapi_event_token_parse(token, &from->token)) {
        *failure = xenapi_failure("EVENT_FROM_TOKEN_PARSE_FAILURE", token, NULL);
    } else if (from->token.database > objects_generation(events->objects)) {
        *failure = xenapi_failure("EVENTS_LOST", NULL);
    } else {
        return subscriptions_add(&from->subscriptions, &param[0], failure);
    }
    return false;
}

static long long int
end_of(double timeout_s)
{
    return time_msec() + (long long int) (MIN(MAX(timeout_s, 0), LIMIT_EVENT_WAIT_MS / 1000) * 1000);
}

void
events_from(struct events *events, struct call *call, const struct uuid *session)
{
    struct from from = { .timeout = 0 };
    struct xenapi_reply failure;

    if (!from_read(events, &call->up.params.set.elements[1], &from, &failure)) {
        call_answer(call, failure);
        return;
    }
    struct waiting *waiting = waiting_create(events, call, session, from.subscriptions, from.token.database);
    waiting->until = end_of(from.timeout);
}

void
events_next(struct events *events, struct call *call, const struct uuid *session)
{
    const struct registration *registration = registrations_find(&events->registrations, session);
    struct waiting *waiting;

    if (!registration) {
        call_answer(call, not_registered(session));
        return;
    }
    waiting = waiting_create(events, call, session, (struct subscriptions) { .all = NULL }, registration->seen);
    waiting->is_next = true;
}

/* What is answered at once. */

struct xenapi_reply
events_register(struct events *events, const struct uuid *session, const struct xenapi_value *param)
{
    struct xenapi_reply failure;

    return registrations_add(&events->registrations, session, &param[0], objects_generation(events->objects), &failure)
           ? xenapi_success(xenapi_void()) : failure;
}

struct xenapi_reply
events_unregister(struct events *events, const struct uuid *session, const struct xenapi_value *param)
{
    struct registration *registration = registrations_find(&events->registrations, session);
    struct xenapi_reply failure;

    if (!registration) {
        return not_registered(session);
    }
    return registrations_remove(&events->registrations, registration, &param[0], &failure) ? xenapi_success(xenapi_void()) : failure;
}

struct xenapi_reply
events_current_id(const struct events *events)
{
    return xenapi_success(xenapi_int(objects_generation(events->objects)));
}

/* The class in the API's own spelling, unlike in a subscription. */
static const struct object *
injected(const struct events *events, const char *class_name, const char *ref)
{
    const struct xenapi_class *class = xenapi_class_find(class_name);

    return class && class->event && !strcmp(class->name, class_name) ? objects_find_ref(events->objects, class->id, ref) : NULL;
}

struct xenapi_reply
events_inject(struct events *events, const struct xenapi_value *param)
{
    const char *class = param[0].type == XENAPI_STRING ? param[0].string : "";
    const char *ref = param[1].type == XENAPI_STRING ? param[1].string : "";
    const struct object *object = injected(events, class, ref);

    if (!object) {
        return xenapi_failure("HANDLE_INVALID", class, ref, NULL);
    }
    struct xenapi_value token = token_of(objects_generation(events->objects));
    objects_touch(events->objects, object);
    return xenapi_success(token);
}

size_t
events_n_waiting(const struct events *events)
{
    return events->n_waiting;
}

void
events_session_ended(struct events *events, const struct uuid *session)
{
    struct waiting *waiting;
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(session, ref);
    LIST_FOR_EACH_SAFE (waiting, node, &events->waiting) {
        if (uuid_equals(&waiting->session, session)) {
            answer(waiting, xenapi_failure("SESSION_INVALID", ref, NULL));
        }
    }
    registrations_forget(&events->registrations, session);
}

/* The loop. */

static const struct subscriptions *
subscriptions_of(const struct waiting *waiting)
{
    const struct registration *registration;

    if (!waiting->is_next) {
        return &waiting->subscriptions;
    }
    registration = registrations_find(&waiting->events->registrations, &waiting->session);
    return registration ? &registration->subscriptions : NULL;
}

/* Nobody gains if the whole of what is there comes later. */
static bool
may_gather(const struct waiting *waiting, const struct subscriptions *subscriptions)
{
    return waiting->since && !subscriptions_are_of_tasks(subscriptions);
}

/* Sees whether what has changed since the last look matches. */
static void
look(struct waiting *waiting, long long int now)
{
    const struct objects *objects = waiting->events->objects;
    const struct subscriptions *subscriptions = subscriptions_of(waiting);
    bool known = true;

    if (!subscriptions) {
        waiting->due = now;
    } else if (waiting->due == LLONG_MAX && waiting->looked != objects_generation(objects)) {
        const bool found = event_batch_is_there(objects, subscriptions, waiting->looked, &known);

        waiting->looked = objects_generation(objects);
        if (!known || found) {
            waiting->due = known && may_gather(waiting, subscriptions) ? now + TOGETHER_MS : now;
        }
    }
}

void
events_run(struct events *events)
{
    const long long int now = time_msec();
    struct waiting *waiting;

    LIST_FOR_EACH_SAFE (waiting, node, &events->waiting) {
        look(waiting, now);
        if (now >= MIN(waiting->due, waiting->until)) {
            answer_now(waiting);
        }
    }
}

void
events_wait(const struct events *events)
{
    const struct waiting *waiting;

    LIST_FOR_EACH (waiting, node, &events->waiting) {
        const long long int when = MIN(waiting->due, waiting->until);

        if (when != LLONG_MAX) {
            poll_timer_wait_until(when);
        }
    }
}
