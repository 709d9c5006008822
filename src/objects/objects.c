/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/objects.h"

#include <stdlib.h>
#include <string.h>

#include <ovsdb-idl-provider.h>
#include <util.h>

#include "objects/derived.h"
#include "objects/objects-private.h"
#include "objects/typed.h"
#include "pool/idl.h"
#include "pool/replica.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

static const struct ovsdb_idl_table_class *
table_find(const char *name)
{
    for (size_t i = 0; i < POOLREC_N_TABLES; i++) {
        if (!strcmp(poolrec_table_classes[i].name, name)) {
            return &poolrec_table_classes[i];
        }
    }
    OVS_NOT_REACHED();
}

static size_t *
sort_by_name(const struct xenapi_class *class)
{
    size_t *places = xmalloc(class->n_fields * sizeof *places);

    for (size_t i = 0; i < class->n_fields; i++) {
        size_t j = i;

        while (j && strcmp(class->fields[places[j - 1]].name, class->fields[i].name) > 0) {
            places[j] = places[j - 1];
            j--;
        }
        places[j] = i;
    }
    return places;
}

static void
kind_find_columns(struct kind *kind)
{
    const struct xenapi_class *class = kind->class;

    kind->columns = xcalloc(class->n_fields, sizeof *kind->columns);
    for (size_t i = 0; i < class->n_fields; i++) {
        if (class->fields[i].storage == XENAPI_STORAGE_COLUMN) {
            kind->columns[i] = column_find(kind->table, class->fields[i].name);
            ovs_assert(kind->columns[i]);
        }
    }
}

static void
kind_init(struct kind *kind, struct objects *objects, const struct xenapi_class *class)
{
    hmap_init(&kind->all);
    kind->objects = objects;
    if (!class) {
        kind->table = &poolrec_table_operation;
        return;
    }
    kind->class = class;
    kind->by_name = sort_by_name(class);
    if (class->table) {
        kind->table = table_find(class->table);
        kind_find_columns(kind);
    }
}

struct objects *
objects_create(struct pool *pool, int64_t generation)
{
    struct objects *objects = xzalloc(sizeof *objects);

    objects->pool = pool;
    objects->generation = objects->known_since = generation;
    for (size_t i = 0; i < N_KINDS; i++) {
        kind_init(&objects->kinds[i], objects, i == KIND_OPERATION ? NULL : &xenapi_classes[i]);
    }
    hmap_init(&objects->references);
    ovs_list_init(&objects->changes);
    ovs_list_init(&objects->gone);
    return objects;
}

static void
held_destroy(struct object *object)
{
    if (object->held) {
        for (size_t i = 0; i < object->kind->class->n_fields; i++) {
            xenapi_value_destroy(&object->held[i]);
        }
        free(object->held);
    }
}

void
objects_destroy(struct objects *objects)
{
    struct object *object;

    if (!objects) {
        return;
    }
    for (size_t i = 0; i < N_KINDS; i++) {
        struct kind *kind = &objects->kinds[i];

        HMAP_FOR_EACH_POP (object, node, &kind->all) {
            held_destroy(object);
            free(object);
        }
        hmap_destroy(&kind->all);
        free(kind->columns);
        free(kind->by_name);
    }
    hmap_destroy(&objects->references);
    order_destroy(objects);
    free(objects);
}

struct object *
kind_find(const struct kind *kind, const struct uuid *uuid)
{
    struct object *object;

    HMAP_FOR_EACH_WITH_HASH (object, node, uuid_hash(uuid), &kind->all) {
        if (uuid_equals(&object->uuid, uuid)) {
            return object;
        }
    }
    return NULL;
}

struct object *
kind_add(struct objects *objects, struct kind *kind, const struct uuid *uuid)
{
    struct object *object = xzalloc(sizeof *object);

    object->kind = kind;
    object->uuid = *uuid;
    object->turn = objects->turn;
    hmap_insert(&kind->all, &object->node, uuid_hash(uuid));
    order_add(objects, object);
    return object;
}

void
kind_remove(struct objects *objects, struct object *object)
{
    order_remove(objects, object);
    hmap_remove(&object->kind->all, &object->node);
    held_destroy(object);
    free(object);
}

const struct ovsdb_idl_row *
kind_row(const struct kind *kind, const struct uuid *uuid)
{
    const struct ovsdb_idl_row *row = ovsdb_idl_get_row_for_uuid(pool_idl(kind->objects->pool), kind->table, uuid);

    /* A row that others refer to stays in the replica for a while after it has gone, without content. */
    return row && row->new_datum ? row : NULL;
}

const struct object *
objects_find(const struct objects *objects, enum xenapi_class_id class, const struct uuid *uuid)
{
    return kind_find(&objects->kinds[class], uuid);
}

const struct object *
objects_find_ref(const struct objects *objects, enum xenapi_class_id class, const char *ref)
{
    struct uuid uuid;

    return xenapi_ref_parse(ref, &uuid) ? objects_find(objects, class, &uuid) : NULL;
}

static bool
is_there(enum xenapi_class_id class, const struct uuid *uuid, const void *objects)
{
    return objects_find(objects, class, uuid);
}

struct column_world
objects_world(const struct objects *objects)
{
    return (struct column_world) { is_there, objects };
}

const struct object *
objects_first(const struct objects *objects, enum xenapi_class_id class)
{
    struct hmap_node *node = hmap_first(&objects->kinds[class].all);

    return node ? CONTAINER_OF(node, struct object, node) : NULL;
}

const struct object *
objects_next(const struct objects *objects OVS_UNUSED, const struct object *object)
{
    struct hmap_node *node = hmap_next(&object->kind->all, &object->node);

    return node ? CONTAINER_OF(node, struct object, node) : NULL;
}

size_t
objects_count(const struct objects *objects, enum xenapi_class_id class)
{
    return hmap_count(&objects->kinds[class].all);
}

const struct xenapi_class *
object_class(const struct object *object)
{
    return object->kind->class;
}

const struct uuid *
object_uuid(const struct object *object)
{
    return &object->uuid;
}

const struct ovsdb_idl_row *
object_row(const struct object *object)
{
    return object->held ? NULL : kind_row(object->kind, &object->uuid);
}

/* 'row' is the object's; NULL if it is held, or its row has gone since the last objects_run(). */
static struct xenapi_value
get(const struct objects *objects, const struct object *object, const struct ovsdb_idl_row *row, const struct xenapi_field *field)
{
    size_t place = field - object->kind->class->fields;
    struct column_world world = objects_world(objects);

    switch (field->storage) {
    case XENAPI_STORAGE_COLUMN:
        return row ? column_read(field, ovsdb_idl_read(row, object->kind->columns[place]), &world) : typed_default(field);
    case XENAPI_STORAGE_DERIVED: return derived_get(objects, object, row, field);
    case XENAPI_STORAGE_CONSTANT: return typed_default(field);
    case XENAPI_STORAGE_HELD: return xenapi_value_clone(&object->held[place]);
    }
    OVS_NOT_REACHED();
}

struct xenapi_value
object_get(const struct objects *objects, const struct object *object, const struct xenapi_field *field)
{
    return get(objects, object, object_row(object), field);
}

struct xenapi_value
object_record(const struct objects *objects, const struct object *object)
{
    const struct ovsdb_idl_row *row = object_row(object);
    const struct xenapi_class *class = object->kind->class;
    struct xenapi_value record = xenapi_map_create();

    for (size_t i = 0; i < class->n_fields; i++) {
        const struct xenapi_field *field = &class->fields[object->kind->by_name[i]];

        xenapi_map_put(&record, field->name, get(objects, object, row, field));
    }
    return record;
}

struct object *
objects_hold(struct objects *objects, enum xenapi_class_id id, const struct uuid *uuid)
{
    const struct xenapi_class *class = &xenapi_classes[id];
    struct object *object = kind_add(objects, &objects->kinds[id], uuid);

    object->held = xmalloc(class->n_fields * sizeof *object->held);
    object->held[0] = xenapi_string_nocopy(xasprintf(UUID_FMT, UUID_ARGS(uuid)));
    for (size_t i = 1; i < class->n_fields; i++) {
        object->held[i] = typed_default(&class->fields[i]);
    }
    return object;
}

void
objects_hold_set(struct objects *objects, struct object *object, enum xenapi_field_id id, struct xenapi_value value)
{
    ovs_assert(xenapi_fields[id].class == object->kind->class->id);
    struct xenapi_value *held = &object->held[&xenapi_fields[id] - object->kind->class->fields];
    bool is_news = !xenapi_value_equals(held, &value);

    xenapi_value_destroy(held);
    *held = value;
    if (is_news) {
        order_touch(objects, object);
    }
}

void
objects_release(struct objects *objects, struct object *object)
{
    kind_remove(objects, object);
}
