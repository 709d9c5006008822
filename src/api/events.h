/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls that wait for events. event.from is asked with a token, which says up to where its client has seen the events, and answered as soon as
 * something newer matches, or with nothing when its time is over. event.next is the old form: the session remembers what it is subscribed to and
 * up to where it has seen.
 *
 * What comes together is told together: a call waits 50 ms longer when something has matched, as in XAPI; one that is about tasks only
 * does not. When too many calls wait, the one that has waited longest is answered as if its time were over.
 */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include <stddef.h>

#include "xenapi/call.h"

struct call;
struct events;
struct objects;
struct uuid;

struct events *events_create(struct objects *);

/* Calls that wait are destroyed without an answer. */
void events_destroy(struct events *);

/* event.from(classes, token, timeout) and event.next() of 'session'; 'call' is taken over. */
void events_from(struct events *, struct call *, const struct uuid *session);
void events_next(struct events *, struct call *, const struct uuid *session);

/* event.register(classes) and event.unregister(classes), event.get_current_id(), event.inject(class, ref): answered at once. 'param' are those after
 * the session. */
struct xenapi_reply events_register(struct events *, const struct uuid *session, const struct xenapi_value *param);
struct xenapi_reply events_unregister(struct events *, const struct uuid *session, const struct xenapi_value *param);
struct xenapi_reply events_current_id(const struct events *);
struct xenapi_reply events_inject(struct events *, const struct xenapi_value *param);

/* How many calls wait. */
size_t events_n_waiting(const struct events *);

/* The session has ended: its calls are answered with SESSION_INVALID. */
void events_session_ended(struct events *, const struct uuid *session);

/* Last in a turn: whatever has changed in it is told. */
void events_run(struct events *);
void events_wait(const struct events *);

#endif
