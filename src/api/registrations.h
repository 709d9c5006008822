/* SPDX-License-Identifier: Apache-2.0
 *
 * What sessions have registered for, and up to where they have seen it: what event.next, the old form of event.from, remembers between two
 * calls. A session that has registered for nothing has no registration.
 */
#ifndef API_REGISTRATIONS_H
#define API_REGISTRATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/hmap.h>
#include <uuid.h>

#include "api/subscriptions.h"

/* struct registration by 'node', in its session's place. */
struct registrations {
    struct hmap all;
};

struct registration {
    struct hmap_node node;
    struct uuid session;
    struct subscriptions subscriptions;
    int64_t seen;               /* generation */
};

void registrations_init(struct registrations *);
void registrations_destroy(struct registrations *);

/* NULL if the session has none; valid until one of the functions below. */
struct registration *registrations_find(const struct registrations *, const struct uuid *session);

/* Registers the session for 'set', a parameter as it came; a session that is new here has seen all up to generation 'now'. False, with nothing
 * changed, and '*failure', which is the caller's, if the set is wrong. */
bool registrations_add(struct registrations *, const struct uuid *session, const struct xenapi_value *set, int64_t now,
                       struct xenapi_reply *failure);

/* The opposite, of a session that has a registration. */
bool registrations_remove(struct registrations *, struct registration *, const struct xenapi_value *set, struct xenapi_reply *failure);

/* Of a session that has ended. */
void registrations_forget(struct registrations *, const struct uuid *session);

#endif
