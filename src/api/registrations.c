/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/registrations.h"

#include <stdlib.h>

#include <util.h>

void
registrations_init(struct registrations *registrations)
{
    hmap_init(&registrations->all);
}

static void
forget(struct registrations *registrations, struct registration *registration)
{
    hmap_remove(&registrations->all, &registration->node);
    subscriptions_destroy(&registration->subscriptions);
    free(registration);
}

static void
forget_if_empty(struct registrations *registrations, struct registration *registration)
{
    if (!registration->subscriptions.n) {
        forget(registrations, registration);
    }
}

void
registrations_destroy(struct registrations *registrations)
{
    struct registration *registration;

    HMAP_FOR_EACH_SAFE (registration, node, &registrations->all) {
        forget(registrations, registration);
    }
    hmap_destroy(&registrations->all);
}

struct registration *
registrations_find(const struct registrations *registrations, const struct uuid *session)
{
    struct registration *registration;

    HMAP_FOR_EACH_WITH_HASH (registration, node, uuid_hash(session), &registrations->all) {
        if (uuid_equals(&registration->session, session)) {
            return registration;
        }
    }
    return NULL;
}

static struct registration *
create(struct registrations *registrations, const struct uuid *session, int64_t now)
{
    struct registration *registration = xzalloc(sizeof *registration);

    registration->session = *session;
    registration->seen = now;
    hmap_insert(&registrations->all, &registration->node, uuid_hash(session));
    return registration;
}

bool
registrations_add(struct registrations *registrations, const struct uuid *session, const struct xenapi_value *set, int64_t now,
                  struct xenapi_reply *failure)
{
    struct registration *found = registrations_find(registrations, session);
    struct registration *registration = found ? found : create(registrations, session, now);
    const bool added = subscriptions_add(&registration->subscriptions, set, failure);

    forget_if_empty(registrations, registration);
    return added;
}

bool
registrations_remove(struct registrations *registrations, struct registration *registration, const struct xenapi_value *set,
                     struct xenapi_reply *failure)
{
    const bool removed = subscriptions_remove(&registration->subscriptions, set, failure);

    forget_if_empty(registrations, registration);
    return removed;
}

void
registrations_forget(struct registrations *registrations, const struct uuid *session)
{
    struct registration *registration = registrations_find(registrations, session);

    if (registration) {
        forget(registrations, registration);
    }
}
