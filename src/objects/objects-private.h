/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this room share.
 */
#ifndef OBJECTS_OBJECTS_PRIVATE_H
#define OBJECTS_OBJECTS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>
#include <uuid.h>

#include "objects/column.h"
#include "objects/objects.h"
#include "objects/references.h"

/* Kinds are numbered as classes are; the last one are rows of the table Operation, which are no objects of XenAPI and refer to some. */
enum { KIND_OPERATION = XENAPI_N_CLASSES, N_KINDS };

struct kind {
    struct objects *objects;
    const struct xenapi_class *class;               /* NULL: Operation */
    const struct ovsdb_idl_table_class *table;      /* NULL: held in memory */
    const struct ovsdb_idl_column **columns;        /* of each field by its place in the class; NULL: it is not in a column */
    size_t *by_name;                                /* places of the fields in the order of their names */
    struct hmap all;
};

struct object {
    struct hmap_node node;                          /* in kind->all */
    struct ovs_list by_generation;                  /* in objects->changes, if the class has events */
    struct kind *kind;
    struct uuid uuid;
    int64_t created, generation;
    unsigned int turn;                              /* of objects_run(), in which it came */
    struct xenapi_value *held;                      /* of each field; NULL: it is a row */
    struct reference references[REFERENCES_MAX];
};

/* An object that was there. */
struct gone {
    struct ovs_list by_generation;
    enum xenapi_class_id class;
    struct uuid uuid;
    int64_t created, generation;
};

struct objects {
    struct pool *pool;
    struct kind kinds[N_KINDS];
    struct hmap references;                         /* struct reference, by id and uuid */
    int64_t generation;
    struct ovs_list changes, gone;                  /* oldest generation first */
    size_t n_gone;
    int64_t known_since;                            /* the generation after which nothing has been forgotten */

    unsigned int seqno;                             /* of the replica, up to which it has been taken in; 'turn' 0: not yet */
    unsigned int turn;
    int64_t before_turn;                            /* the generation when the turn began */
    const struct object *witness;                   /* see intake.c */
};

/* order.c: the order of changes. */

/* Moves the generation, and gives it to the object. */
void order_touch(struct objects *, struct object *);
/* The same, unless that was done in this turn already. */
void order_touch_once(struct objects *, struct object *);
/* Puts a new object into the order, and takes one out that is remembered as gone. */
void order_add(struct objects *, struct object *);
void order_remove(struct objects *, struct object *);
void order_destroy(struct objects *);

/* objects.c */

struct object *kind_find(const struct kind *, const struct uuid *);
struct object *kind_add(struct objects *, struct kind *, const struct uuid *);
/* Takes it out of all lists but the references. */
void kind_remove(struct objects *, struct object *);

/* The row of that uuid, also one that the open transaction has added; NULL if there is none. */
const struct ovsdb_idl_row *kind_row(const struct kind *, const struct uuid *);

/* Whether an object is there to be referred to, as objects_find() says. */
struct column_world objects_world(const struct objects *);

#endif
