/* SPDX-License-Identifier: Apache-2.0
 *
 * All objects of the XenAPI in one form, whichever class they are of: rows of the pool database, and those that this server holds in its memory
 * (tasks, sessions). Records, fields, look-ups and the order of changes, from which events are made, are generic over the table of classes
 * (xenapi/classes.h).
 *
 * Objects of the pool appear, change and go in objects_run() and at no other time, so a `struct object` is good until the next one. What their
 * fields say is read from the replica as it is.
 */
#ifndef OBJECTS_OBJECTS_H
#define OBJECTS_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenapi/classes.h"
#include "xenapi/value.h"

struct object;
struct objects;
struct ovsdb_idl_row;
struct pool;
struct uuid;

/* 'pool' stays the caller's, who runs it before objects_run(). Begins with generation 'generation', which must be larger than any that
 * a client can know of from an earlier process: the wall clock in milliseconds. */
struct objects *objects_create(struct pool *, int64_t generation);
void objects_destroy(struct objects *);

/* Takes in what has changed in the replica: this is the one that may ask it for that (ovsdb_idl_track_clear()). */
void objects_run(struct objects *);

/* The object of that class and uuid; NULL if there is none. 'uuid' as text or ref: objects_find_ref() takes what a client sent, and knows no
 * object by a null reference. */
const struct object *objects_find(const struct objects *, enum xenapi_class_id, const struct uuid *);
const struct object *objects_find_ref(const struct objects *, enum xenapi_class_id, const char *ref);

/* Objects of a class, in no particular order, and their number. */
const struct object *objects_first(const struct objects *, enum xenapi_class_id);
const struct object *objects_next(const struct objects *, const struct object *);
size_t objects_count(const struct objects *, enum xenapi_class_id);

#define OBJECTS_FOR_EACH(OBJECT, OBJECTS, CLASS) \
    for ((OBJECT) = objects_first(OBJECTS, CLASS); (OBJECT); (OBJECT) = objects_next(OBJECTS, OBJECT))

const struct xenapi_class *object_class(const struct object *);
const struct uuid *object_uuid(const struct object *);

/* The object's row in the pool database; NULL if it is held, or has gone since the last objects_run(). */
const struct ovsdb_idl_row *object_row(const struct object *);

/* The value of a field, which the caller destroys; the field is one of the object's class. Never fails: an empty column is the default, and a
 * reference to what is gone is OpaqueRef:NULL. */
struct xenapi_value object_get(const struct objects *, const struct object *, const struct xenapi_field *);

/* All fields, by wire name. */
struct xenapi_value object_record(const struct objects *, const struct object *);

/* Objects that the server holds. The object has the defaults of its class, and 'uuid'. Every change moves the generation, but of a class
 * without events (sessions). */
struct object *objects_hold(struct objects *, enum xenapi_class_id, const struct uuid *);
void objects_hold_set(struct objects *, struct object *, enum xenapi_field_id, struct xenapi_value); /* takes the value over */
void objects_release(struct objects *, struct object *);

/* Events. Each change of an object, and of what is derived for it, moves the generation by one and gives the object the new one. */
int64_t objects_generation(const struct objects *);

/* Gives the object a new generation although nothing has changed: event.inject. */
void objects_touch(struct objects *, const struct object *);

/* What has changed after generation 'since', oldest change first; each object once. What came and went since then is left out. After
 * generation 0 everything has been added. False if that is not known any more, because too much has gone since then (LIMIT_OBJECTS_GONE) or
 * another process has given that generation out: EVENTS_LOST. 'changed' must not change anything. */
struct object_change {
    enum { OBJECT_ADDED, OBJECT_MODIFIED, OBJECT_GONE } what;
    enum xenapi_class_id class;
    const struct uuid *uuid;
    const struct object *object;    /* NULL: gone */
    int64_t generation;
};
typedef void objects_changed_fn(const struct object_change *, void *aux);
bool objects_changed_since(const struct objects *, int64_t since, objects_changed_fn *changed, void *aux);

#endif
