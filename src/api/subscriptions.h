/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a client wants events of: a set of what xenapi/subscription.h reads.
 */
#ifndef API_SUBSCRIPTIONS_H
#define API_SUBSCRIPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/call.h"

struct xenapi_subscription;

struct subscriptions {
    struct xenapi_subscription *all;
    size_t n, allocated;
};

/* Adds those of 'set', a parameter as it came. False, with nothing added, and '*failure', which is the caller's, if one is none or there are too
 * many. */
bool subscriptions_add(struct subscriptions *, const struct xenapi_value *set, struct xenapi_reply *failure);

/* Takes those of 'set' away, as far as they are there. The same failures. */
bool subscriptions_remove(struct subscriptions *, const struct xenapi_value *set, struct xenapi_reply *failure);

bool subscriptions_match(const struct subscriptions *, const char *class, const char *ref);

/* Whether nothing but tasks is wanted. */
bool subscriptions_are_of_tasks(const struct subscriptions *);

/* All zeros again. */
void subscriptions_destroy(struct subscriptions *);

#endif
