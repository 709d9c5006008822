/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/event_batch.h"

#include <inttypes.h>
#include <stdlib.h>

#include <util.h>

#include "api/subscriptions.h"
#include "objects/objects.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

enum { N_KINDS = OBJECT_GONE + 1 };

static const char *const kind_names[N_KINDS] = { [OBJECT_ADDED] = "add", [OBJECT_MODIFIED] = "mod", [OBJECT_GONE] = "del" };

struct batch {
    const struct objects *objects;
    const struct subscriptions *subscriptions;
    const char *timestamp;
    struct xenapi_value events[N_KINDS];
};

static struct xenapi_value
event_of(const struct batch *batch, const struct object_change *change, const char *ref)
{
    struct xenapi_value event = xenapi_map_create();

    xenapi_map_put(&event, "class", xenapi_string(xenapi_classes[change->class].event));
    xenapi_map_put(&event, "id", xenapi_string_nocopy(xasprintf("%"PRId64, change->generation)));
    xenapi_map_put(&event, "operation", xenapi_string(kind_names[change->what]));
    xenapi_map_put(&event, "ref", xenapi_string(ref));
    if (change->what != OBJECT_GONE) {
        xenapi_map_put(&event, "snapshot", object_record(batch->objects, change->object));
    }
    xenapi_map_put(&event, "timestamp", xenapi_string(batch->timestamp));
    return event;
}

static bool
matches(const struct subscriptions *subscriptions, const struct object_change *change, char ref[XENAPI_REF_SIZE])
{
    const char *class = xenapi_classes[change->class].event;

    xenapi_ref_format(change->uuid, ref);
    return class && subscriptions_match(subscriptions, class, ref);
}

static void
add(const struct object_change *change, void *batch_)
{
    struct batch *batch = batch_;
    char ref[XENAPI_REF_SIZE];

    if (matches(batch->subscriptions, change, ref)) {
        xenapi_set_add(&batch->events[change->what], event_of(batch, change, ref));
    }
}

/* Moves the elements of 'set' to the end of 'all'. */
static void
append(struct xenapi_value *all, struct xenapi_value *set)
{
    for (size_t i = 0; i < set->set.n; i++) {
        xenapi_set_add(all, set->set.elements[i]);
    }
    set->set.n = 0;
    xenapi_value_destroy(set);
}

bool
event_batch_make(const struct objects *objects, const struct subscriptions *subscriptions, int64_t since, const char *timestamp,
                 struct xenapi_value *events)
{
    struct batch batch = { .objects = objects, .subscriptions = subscriptions, .timestamp = timestamp };

    for (int kind = 0; kind < N_KINDS; kind++) {
        batch.events[kind] = xenapi_set_create();
    }
    const bool known = objects_changed_since(objects, since, add, &batch);
    *events = xenapi_set_create();
    for (int kind = 0; kind < N_KINDS; kind++) {
        append(events, &batch.events[kind]);
    }
    if (!known) {
        xenapi_value_destroy(events);
    }
    return known;
}

struct looking {
    const struct subscriptions *subscriptions;
    bool found;
};

static void
look(const struct object_change *change, void *looking_)
{
    struct looking *looking = looking_;
    char ref[XENAPI_REF_SIZE];

    looking->found = looking->found || matches(looking->subscriptions, change, ref);
}

bool
event_batch_is_there(const struct objects *objects, const struct subscriptions *subscriptions, int64_t since, bool *known)
{
    struct looking looking = { .subscriptions = subscriptions };

    *known = objects_changed_since(objects, since, look, &looking);
    return looking.found;
}

struct xenapi_value
event_batch_counts(const struct objects *objects)
{
    struct xenapi_value counts = xenapi_map_create();

    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        if (xenapi_classes[i].event) {
            xenapi_map_put(&counts, xenapi_classes[i].event, xenapi_count(objects_count(objects, i)));
        }
    }
    return counts;
}
