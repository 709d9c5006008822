/* SPDX-License-Identifier: Apache-2.0
 *
 * What has changed in the replica, taken in.
 *
 * libopenvswitch (3.1) tells of each row that has come, changed or gone, with four exceptions. It also tells of rows that refer to such a
 * row: they are left out here, because no column of theirs has changed. It tells of no row that comes with nothing but zeros: metrics are found by
 * the reference to them; other rows have something, because access_create() writes defaults out. When a connection begins anew, the replica is
 * emptied without a word (ovsdb_idl_clear()) and read anew: this is seen by a witness, an object whose row is gone or new although nothing
 * was said of its going. Then everything is compared, as it is at the beginning.
 */
#include <config.h>

#include <ovsdb-data.h>
#include <ovsdb-idl-provider.h>
#include <util.h>

#include "objects/objects-private.h"
#include "pool/idl.h"
#include "pool/replica.h"

static bool
is_new(const struct ovsdb_idl_row *row)
{
    return ovsdb_idl_row_get_seqno(row, OVSDB_IDL_CHANGE_INSERT);
}

static void take_references(struct objects *, struct object *, const struct ovsdb_idl_row *);

static void
add(struct objects *objects, struct kind *kind, const struct ovsdb_idl_row *row)
{
    take_references(objects, kind_add(objects, kind, &row->uuid), row);
}

static void
remove_object(struct objects *objects, struct object *object)
{
    if (objects->witness == object) {
        objects->witness = NULL;
    }
    references_take(objects, object, NULL);
    kind_remove(objects, object);
}

/* Adds the object that a reference in 'row' leads to, if it has come without a word. */
static void
add_target(struct objects *objects, const struct xenapi_field *field, const struct ovsdb_datum *datum)
{
    struct kind *kind = &objects->kinds[field->type.key.class];
    const struct ovsdb_idl_row *row = datum->n ? kind_row(kind, &datum->keys[0].uuid) : NULL;

    if (row && !kind_find(kind, &row->uuid)) {
        add(objects, kind, row);
    }
}

static void
take_references(struct objects *objects, struct object *object, const struct ovsdb_idl_row *row)
{
    const struct xenapi_class *class = object->kind->class;

    references_take(objects, object, row);
    for (size_t i = 0; class && i < class->n_fields; i++) {
        const struct xenapi_field *field = &class->fields[i];

        if (object->kind->columns[i] && field->type.shape == XENAPI_SHAPE_SCALAR && field->type.key.atom == XENAPI_ATOM_REF) {
            add_target(objects, field, ovsdb_idl_read(row, object->kind->columns[i]));
        }
    }
}

/* True if a column that is a field's has changed, or anything of an operation. */
static bool
is_changed(const struct object *object, const struct ovsdb_idl_row *row)
{
    const struct xenapi_class *class = object->kind->class;

    for (size_t i = 0; class && i < class->n_fields; i++) {
        if (object->kind->columns[i] && ovsdb_idl_track_is_updated(row, object->kind->columns[i])) {
            return true;
        }
    }
    return !class;
}

/* pool.vswitch_controller and pool.cpu_info are derived from objects that do not refer to the pool. */
static void
touch_pool(struct objects *objects, const struct kind *kind)
{
    struct object *object;

    if (kind == &objects->kinds[XENAPI_CLASS_SDN_controller] || kind == &objects->kinds[XENAPI_CLASS_host]) {
        HMAP_FOR_EACH (object, node, &objects->kinds[XENAPI_CLASS_pool].all) {
            order_touch_once(objects, object);
        }
    }
}

static void
take_change(struct objects *objects, struct object *object, const struct ovsdb_idl_row *row)
{
    order_touch_once(objects, object);
    take_references(objects, object, row);
    if (references_state_is_changed(object, row)) {
        references_state_changed(objects, object);
    }
}

/* Takes in that the replica has said something of the row 'uuid'. */
static void
take(struct objects *objects, struct kind *kind, const struct uuid *uuid, bool *is_anew)
{
    const struct ovsdb_idl_row *row = kind_row(kind, uuid);
    struct object *object = kind_find(kind, uuid);

    if (row && !object) {
        add(objects, kind, row);
        touch_pool(objects, kind);
    } else if (!row && object) {
        remove_object(objects, object);
        touch_pool(objects, kind);
    } else if (row && is_new(row) && object->turn != objects->turn) {
        *is_anew = true;
    } else if (row && is_changed(object, row)) {
        take_change(objects, object, row);
        touch_pool(objects, kind);
    }
}

static void
take_all_tracked(struct objects *objects, bool *is_anew)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        struct kind *kind = &objects->kinds[i];
        const struct ovsdb_idl_row *row = kind->table ? ovsdb_idl_track_get_first(pool_idl(objects->pool), kind->table) : NULL;

        for (; row; row = ovsdb_idl_track_get_next(row)) {
            take(objects, kind, &row->uuid, is_anew);
        }
    }
}

/* An object whose row cannot be all zeros. Without one, whoever asks has to compare. */
static const struct object *
choose_witness(const struct objects *objects)
{
    const struct object *host = objects_first(objects, XENAPI_CLASS_host);

    return host ? host : objects_first(objects, XENAPI_CLASS_network);
}

static bool
witness_is_there(const struct objects *objects)
{
    return objects->witness && kind_row(objects->witness->kind, &objects->witness->uuid);
}

static void
remove_missing(struct objects *objects, struct kind *kind)
{
    struct object *object;

    HMAP_FOR_EACH_SAFE (object, node, &kind->all) {
        if (!kind_row(kind, &object->uuid)) {
            remove_object(objects, object);
        }
    }
}

/* What the rows were is not remembered: if they were read anew, each counts as changed. */
static void
take_present(struct objects *objects, struct kind *kind, bool is_anew)
{
    const struct ovsdb_idl_row *row;

    for (row = ovsdb_idl_first_row(pool_idl(objects->pool), kind->table); row; row = ovsdb_idl_next_row(row)) {
        struct object *object = kind_find(kind, &row->uuid);

        if (!object) {
            add(objects, kind, row);
        } else if (is_anew) {
            order_touch_once(objects, object);
            take_references(objects, object, row);
        }
    }
}

static void
take_whole(struct objects *objects, bool is_anew)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        if (objects->kinds[i].table) {
            remove_missing(objects, &objects->kinds[i]);
        }
    }
    for (size_t i = 0; i < N_KINDS; i++) {
        if (objects->kinds[i].table) {
            take_present(objects, &objects->kinds[i], is_anew);
        }
    }
}

void
objects_run(struct objects *objects)
{
    bool is_anew = false;

    if (!pool_is_synced(objects->pool) || (objects->turn && pool_seqno(objects->pool) == objects->seqno)) {
        return;
    }
    objects->seqno = pool_seqno(objects->pool);
    objects->turn++;
    objects->before_turn = objects->generation;
    take_all_tracked(objects, &is_anew);
    if (is_anew || !witness_is_there(objects)) {
        take_whole(objects, is_anew);
    }
    objects->witness = choose_witness(objects);
    ovsdb_idl_track_clear(pool_idl(objects->pool));
}
