/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <ovsdb-data.h>
#include <ovsdb-idl-provider.h>
#include <util.h>

#include "objects/access-private.h"
#include "objects/objects-private.h"
#include "objects/typed.h"
#include "verbs/failure.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

/* What a transaction may refer to: rows, also those that it has added itself. */
static bool
has_row(enum xenapi_class_id class, const struct uuid *uuid, const void *objects_)
{
    const struct objects *objects = objects_;

    return objects->kinds[class].table && kind_row(&objects->kinds[class], uuid);
}

static const struct ovsdb_idl_column *
column_of(const struct objects *objects, const struct xenapi_field *field)
{
    const struct kind *kind = &objects->kinds[field->class];

    return kind->columns[field - kind->class->fields];
}

/* Writes 'value', which is typed. */
static bool
write_row(struct objects *objects, const struct ovsdb_idl_row *row, const struct xenapi_field *field, const struct xenapi_value *value,
          struct xenapi_reply *failure)
{
    const struct column_world rows = { has_row, objects };
    const struct ovsdb_idl_column *column = column_of(objects, field);
    struct ovsdb_datum datum;

    if (!column_write(field, &column->type, value, &rows, &datum, failure)) {
        return false;
    }
    ovsdb_idl_txn_write(row, column, &datum);
    return true;
}

bool
access_put(struct objects *objects, const struct ovsdb_idl_row *row, const struct xenapi_field *field, const struct xenapi_value *value,
           struct xenapi_reply *failure)
{
    struct xenapi_value typed;
    bool is_good;

    if (!typed_value(field->name, &field->type, value, &typed, failure)) {
        return false;
    }
    is_good = write_row(objects, row, field, &typed, failure);
    xenapi_value_destroy(&typed);
    return is_good;
}

/* An edit of a field's value: 'value' is what it is and becomes what it is to be. */
typedef bool edit_fn(const struct xenapi_accessor_method *, const struct xenapi_value *params, struct xenapi_value *value,
                     struct xenapi_reply *failure);

static bool
edit_set(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *value,
         struct xenapi_reply *failure)
{
    struct xenapi_value typed;

    if (!typed_value(method->field->name, &method->field->type, &params->set.elements[1], &typed, failure)) {
        return false;
    }
    xenapi_value_destroy(value);
    *value = typed;
    return true;
}

/* The second parameter as a set's element or a map's key. */
static bool
typed_key(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *typed,
          struct xenapi_reply *failure)
{
    const struct xenapi_field_type type = { .shape = XENAPI_SHAPE_SCALAR, .key = method->field->type.key };

    return typed_value(method->field->name, &type, &params->set.elements[1], typed, failure);
}

/* The place of 'element' in 'set', or the number of elements. */
static size_t
place_of(const struct xenapi_value *set, const struct xenapi_value *element)
{
    size_t i = 0;

    while (i < set->set.n && !xenapi_value_equals(&set->set.elements[i], element)) {
        i++;
    }
    return i;
}

static bool
edit_add(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *value,
         struct xenapi_reply *failure)
{
    struct xenapi_value element;

    if (!typed_key(method, params, &element, failure)) {
        return false;
    } else if (place_of(value, &element) < value->set.n) {
        xenapi_value_destroy(&element);
    } else {
        xenapi_set_add(value, element);
    }
    return true;
}

static bool
edit_remove(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *value,
            struct xenapi_reply *failure)
{
    struct xenapi_value element;
    size_t place;

    if (!typed_key(method, params, &element, failure)) {
        return false;
    }
    place = place_of(value, &element);
    if (place < value->set.n) {
        xenapi_value_destroy(&value->set.elements[place]);
        value->set.elements[place] = value->set.elements[--value->set.n];
    }
    xenapi_value_destroy(&element);
    return true;
}

static bool
fails_with_duplicate(const struct xenapi_accessor_method *method, const struct xenapi_value *params, const char *key,
                     struct xenapi_reply *failure)
{
    *failure = xenapi_failure("MAP_DUPLICATE_KEY", method->class->name, method->field->name, params->set.elements[0].string, key, NULL);
    return false;
}

/* The second and third parameters as a map of one. */
static bool
typed_member(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *typed,
             struct xenapi_reply *failure)
{
    char *key = xenapi_value_to_text(&params->set.elements[1]);
    struct xenapi_value map = xenapi_map_create();
    bool is_good;

    if (!key) {
        *failure = xenapi_failure("FIELD_TYPE_ERROR", "key", NULL);
        return false;
    }
    xenapi_map_append(&map, key, xenapi_value_clone(&params->set.elements[2]));
    is_good = typed_value(method->field->name, &method->field->type, &map, typed, failure);
    xenapi_value_destroy(&map);
    return is_good;
}

static bool
edit_add_to(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *value,
            struct xenapi_reply *failure)
{
    struct xenapi_value typed, taken;
    const char *key;
    bool is_good;

    if (!typed_member(method, params, &typed, failure)) {
        return false;
    }
    key = typed.map.members[0].key;
    is_good = !xenapi_map_get(value, key) || fails_with_duplicate(method, params, key, failure);
    if (is_good && xenapi_map_take(&typed, key, &taken)) {
        xenapi_map_put(value, key, taken);
    }
    xenapi_value_destroy(&typed);
    return is_good;
}

static void
map_drop(struct xenapi_value *map, const char *key)
{
    struct xenapi_value rest = xenapi_map_create();

    for (size_t i = 0; i < map->map.n; i++) {
        struct xenapi_member *member = &map->map.members[i];

        if (strcmp(member->key, key)) {
            xenapi_map_put(&rest, member->key, member->value);
            member->value = xenapi_void();
        }
    }
    xenapi_value_destroy(map);
    *map = rest;
}

static bool
edit_remove_from(const struct xenapi_accessor_method *method, const struct xenapi_value *params, struct xenapi_value *value,
                 struct xenapi_reply *failure)
{
    struct xenapi_value typed;
    char *key;

    if (!typed_key(method, params, &typed, failure)) {
        return false;
    }
    key = xenapi_value_to_text(&typed);
    map_drop(value, key);
    free(key);
    xenapi_value_destroy(&typed);
    return true;
}

static edit_fn *
edit_of(enum xenapi_accessor accessor)
{
    switch (accessor) {
    case XENAPI_ACCESSOR_SET: return edit_set;
    case XENAPI_ACCESSOR_ADD: return edit_add;
    case XENAPI_ACCESSOR_REMOVE: return edit_remove;
    case XENAPI_ACCESSOR_ADD_TO: return edit_add_to;
    case XENAPI_ACCESSOR_REMOVE_FROM: return edit_remove_from;
    case XENAPI_ACCESSOR_GET:
    case XENAPI_ACCESSOR_GET_RECORD:
    case XENAPI_ACCESSOR_GET_BY_UUID:
    case XENAPI_ACCESSOR_GET_BY_NAME_LABEL:
    case XENAPI_ACCESSOR_GET_ALL:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE: break;
    }
    OVS_NOT_REACHED();
}

/* A field of a row that the last objects_run() has seen: it may have gone since. */
static bool
write_field(struct objects *objects, const struct object *object, const struct xenapi_accessor_method *method,
            const struct xenapi_value *params, struct xenapi_value *value, struct xenapi_reply *failure)
{
    const struct ovsdb_idl_row *row = object_row(object);

    if (!row) {
        *failure = failure_handle(method->class->id, params->set.elements[0].string);
        return false;
    }
    if (method->accessor != XENAPI_ACCESSOR_SET) {
        ovsdb_idl_txn_verify(row, column_of(objects, method->field));
    }
    return write_row(objects, row, method->field, value, failure);
}

bool
access_write(struct objects *objects, struct ovsdb_idl_txn *txn OVS_UNUSED, const struct xenapi_accessor_method *method,
             const struct xenapi_value *params, struct xenapi_reply *failure)
{
    const struct object *object = access_self(objects, method, params, failure);
    struct xenapi_value value;
    bool is_good;

    if (!object) {
        return false;
    }
    value = object_get(objects, object, method->field);
    is_good = edit_of(method->accessor)(method, params, &value, failure);
    if (is_good && object->held) {
        objects_hold_set(objects, CONST_CAST(struct object *, object), method->field->id, value);
        return true;
    }
    is_good = is_good && write_field(objects, object, method, params, &value, failure);
    xenapi_value_destroy(&value);
    return is_good;
}

/* Writes a new row's field: what the record says, if it may, and the default otherwise. Defaults are written out, so that no row is all
 * zeros (intake.c). */
static bool
create_field(struct objects *objects, const struct ovsdb_idl_row *row, const struct xenapi_field *field, const struct xenapi_value *record,
             struct xenapi_reply *failure)
{
    const struct xenapi_value *said = field->access == XENAPI_ACCESS_RO ? NULL : xenapi_map_get(record, field->name);
    struct xenapi_value initial;
    bool is_good;

    if (said && said->type != XENAPI_NIL) {
        return access_put(objects, row, field, said, failure);
    }
    initial = typed_default(field);
    is_good = write_row(objects, row, field, &initial, failure);
    xenapi_value_destroy(&initial);
    return is_good;
}

const struct ovsdb_idl_row *
access_create(struct objects *objects, struct ovsdb_idl_txn *txn, enum xenapi_class_id id, const struct uuid *uuid,
              const struct xenapi_value *record, struct xenapi_reply *failure)
{
    const struct kind *kind = &objects->kinds[id];
    const struct ovsdb_idl_row *row = kind_row(kind, uuid);

    if (record->type != XENAPI_MAP) {
        *failure = xenapi_failure("FIELD_TYPE_ERROR", "args", NULL);
        return NULL;
    } else if (row) {
        return row;                     /* an attempt whose answer was lost has made it */
    }
    row = ovsdb_idl_txn_insert_persist_uuid(txn, kind->table, uuid);
    for (size_t i = 0; i < kind->class->n_fields; i++) {
        if (kind->columns[i] && !create_field(objects, row, &kind->class->fields[i], record, failure)) {
            return NULL;
        }
    }
    return row;
}
