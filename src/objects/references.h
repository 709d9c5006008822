/* SPDX-License-Identifier: Apache-2.0
 *
 * Who depends on whom: the table of those references between rows from which something is derived for the one that is referred to (VM.VIFs
 * from VIF.VM) or for the one that refers (VIF.allowed_operations from its VM's power state). Each reference that stands in a row of the
 * replica is remembered, so that those which lead to an object are found without looking at any other row, and so that whoever loses one is
 * known. Inside of the room.
 */
#ifndef OBJECTS_REFERENCES_H
#define OBJECTS_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>

#include <openvswitch/hmap.h>
#include <uuid.h>

struct object;
struct objects;
struct ovsdb_idl_row;

/* By the referring table and its column. */
enum reference_id {
    REFERENCE_VIF_VM,
    REFERENCE_VIF_network,
    REFERENCE_VBD_VM,
    REFERENCE_VBD_VDI,
    REFERENCE_VM_resident_on,
    REFERENCE_VM_guest_metrics,
    REFERENCE_PIF_host,
    REFERENCE_PIF_network,
    REFERENCE_PBD_host,
    REFERENCE_PBD_SR,
    REFERENCE_VDI_SR,
    REFERENCE_Operation_VM,
    REFERENCE_Operation_VIF,
};

/* A reference that an object's row has. */
struct reference {
    struct hmap_node node;      /* in objects->references while 'is_set' */
    enum reference_id id;
    bool is_set;
    struct uuid to;
    struct object *from;
};

/* How many there are in one table. */
enum { REFERENCES_MAX = 2 };

/* Remembers the references of 'row', which is the object's; NULL: it is gone. Gives those a new generation for whom something is different
 * then. */
void references_take(struct objects *, struct object *, const struct ovsdb_idl_row *row);

/* True if what others derive from the object's own columns has changed, as the replica tells of 'row'. */
bool references_state_is_changed(const struct object *, const struct ovsdb_idl_row *row);

/* Gives those a new generation who derive something from the object's columns. */
void references_state_changed(struct objects *, struct object *);

/* Objects that refer to 'to', in no particular order. */
const struct reference *references_first(const struct objects *, enum reference_id, const struct uuid *to);
const struct reference *references_next(const struct objects *, const struct reference *);

#define REFERENCE_FOR_EACH(REFERENCE, OBJECTS, ID, TO) \
    for ((REFERENCE) = references_first(OBJECTS, ID, TO); (REFERENCE); (REFERENCE) = references_next(OBJECTS, REFERENCE))

#endif
