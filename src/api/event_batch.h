/* SPDX-License-Identifier: Apache-2.0
 *
 * What has changed, as events: those of objects that came, of objects that are different, of objects that have gone, in this order, each object
 * once, with its record if it is there.
 */
#ifndef API_EVENT_BATCH_H
#define API_EVENT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "xenapi/value.h"

struct objects;
struct subscriptions;

/* Whether anything matches that has changed after generation 'since'; 0 is the beginning, so that all that is there has come. False in '*known' if
 * that is not known any more. */
bool event_batch_is_there(const struct objects *, const struct subscriptions *, int64_t since, bool *known);

/* Sets '*events' to the set of events after generation 'since', the caller's. 'timestamp' is what each says of its time. False if it is not known any
 * more what has changed: EVENTS_LOST. */
bool event_batch_make(const struct objects *, const struct subscriptions *, int64_t since, const char *timestamp,
                      struct xenapi_value *events);

/* How many objects there are of each class that has events: a map of counts by the name that the class has in events. */
struct xenapi_value event_batch_counts(const struct objects *);

#endif
