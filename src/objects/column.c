/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/column.h"

#include <stdlib.h>
#include <string.h>

#include <ovsdb-data.h>
#include <ovsdb-error.h>
#include <ovsdb-idl-provider.h>
#include <ovsdb-types.h>
#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "objects/typed.h"
#include "verbs/failure.h"
#include "xenapi/datetime.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

const struct ovsdb_idl_column *
column_find(const struct ovsdb_idl_table_class *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!strcmp(table->columns[i].name, name)) {
            return &table->columns[i];
        }
    }
    return NULL;
}

static bool
world_has(const struct column_world *world, enum xenapi_class_id class, const struct uuid *uuid)
{
    return class < XENAPI_N_CLASSES && world->has(class, uuid, world->aux);
}

static struct xenapi_value
read_ref(const struct xenapi_atom_type *type, const struct uuid *uuid, const struct column_world *world)
{
    char text[XENAPI_REF_SIZE];

    if (!world_has(world, type->class, uuid)) {
        return xenapi_string(XENAPI_REF_NULL);
    }
    xenapi_ref_format(uuid, text);
    return xenapi_string(text);
}

/* A column can hold seconds that no date can say: others write to the database, too. */
static struct xenapi_value
read_datetime(int64_t seconds)
{
    return xenapi_datetime(MAX(XENAPI_DATETIME_MIN, MIN(XENAPI_DATETIME_MAX, seconds)));
}

static struct xenapi_value
read_atom(const struct xenapi_atom_type *type, const union ovsdb_atom *atom, const struct column_world *world)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING:
    case XENAPI_ATOM_ENUM: return xenapi_string(json_string(atom->s));
    case XENAPI_ATOM_INT: return xenapi_int(atom->integer);
    case XENAPI_ATOM_FLOAT: return xenapi_double(atom->real);
    case XENAPI_ATOM_BOOL: return xenapi_bool(atom->boolean);
    case XENAPI_ATOM_DATETIME: return read_datetime(atom->integer);
    case XENAPI_ATOM_REF: return read_ref(type, &atom->uuid, world);
    case XENAPI_ATOM_STRINGS: break;        /* no column holds sets in a map */
    }
    OVS_NOT_REACHED();
}

static struct xenapi_value
read_set(const struct xenapi_field *field, const struct ovsdb_datum *datum, const struct column_world *world)
{
    struct xenapi_value set = xenapi_set_create();

    for (unsigned int i = 0; i < datum->n; i++) {
        if (field->type.key.atom != XENAPI_ATOM_REF || world_has(world, field->type.key.class, &datum->keys[i].uuid)) {
            xenapi_set_add(&set, read_atom(&field->type.key, &datum->keys[i], world));
        }
    }
    return set;
}

static struct xenapi_value
read_map(const struct xenapi_field *field, const struct ovsdb_datum *datum, const struct column_world *world)
{
    struct xenapi_value map = xenapi_map_create();

    for (unsigned int i = 0; i < datum->n; i++) {
        struct xenapi_value key = read_atom(&field->type.key, &datum->keys[i], world);
        char *text = xenapi_value_to_text(&key);

        xenapi_map_put(&map, text, read_atom(&field->type.value, &datum->values[i], world));
        free(text);
        xenapi_value_destroy(&key);
    }
    return map;
}

struct xenapi_value
column_read(const struct xenapi_field *field, const struct ovsdb_datum *datum, const struct column_world *world)
{
    switch (field->type.shape) {
    case XENAPI_SHAPE_SCALAR:
        return datum->n ? read_atom(&field->type.key, &datum->keys[0], world) : typed_default(field);
    case XENAPI_SHAPE_SET: return read_set(field, datum, world);
    case XENAPI_SHAPE_MAP: return read_map(field, datum, world);
    }
    OVS_NOT_REACHED();
}

/* A column that is being made. */
struct draft {
    const struct xenapi_field *field;
    const struct ovsdb_type *type;
    const struct column_world *world;
    struct ovsdb_datum *datum;
    struct xenapi_reply *failure;
};

static bool
fails(const struct draft *draft, struct xenapi_reply failure)
{
    *draft->failure = failure;
    return false;
}

/* Limits of columns that have none in the schema, because those of version 1.0.0 had none. */
static size_t
bytes_limit(const struct draft *draft)
{
    return strcmp(draft->field->name, "name_description") ? LIMIT_TEXT_BYTES : LIMIT_DESCRIPTION_BYTES;
}

static bool
text_fits(const struct draft *draft, const struct ovsdb_base_type *base, const char *text)
{
    size_t limit = MIN(base->string.maxLen, bytes_limit(draft));
    size_t size = strlen(text);

    /* The schema counts characters, base/limits.h bytes. Who is within the limit in bytes is so in characters. */
    return size <= limit || fails(draft, typed_over_limit(draft->field->name, text, size, "bytes", limit));
}

static bool
atom_fits(const struct draft *draft, const struct ovsdb_base_type *base, const union ovsdb_atom *atom, const struct xenapi_value *value)
{
    if (base->type == OVSDB_TYPE_STRING && !base->enum_ && !text_fits(draft, base, value->string)) {
        return false;
    }
    struct ovsdb_error *error = ovsdb_atom_check_constraints(atom, base);
    if (error) {
        char *text = xenapi_value_to_text(value);

        ovsdb_error_destroy(error);
        fails(draft, failure_value(draft->field->name, text));
        free(text);
    }
    return !error;
}

static bool
write_ref(const struct draft *draft, const struct xenapi_atom_type *type, const char *ref, union ovsdb_atom *atom)
{
    return (xenapi_ref_parse(ref, &atom->uuid) && world_has(draft->world, type->class, &atom->uuid))
        || fails(draft, failure_handle(type->class, ref));
}

static bool
write_atom(const struct draft *draft, const struct xenapi_atom_type *type, const struct ovsdb_base_type *base,
           const struct xenapi_value *value, union ovsdb_atom *atom)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING:
    case XENAPI_ATOM_ENUM:
        atom->s = ovsdb_atom_string_create(value->string);
        break;
    case XENAPI_ATOM_INT:
        atom->integer = value->integer;
        break;
    case XENAPI_ATOM_FLOAT:
        atom->real = value->real;
        break;
    case XENAPI_ATOM_BOOL:
        atom->boolean = value->boolean;
        break;
    case XENAPI_ATOM_DATETIME:
        atom->integer = value->seconds;
        break;
    case XENAPI_ATOM_REF:
        return write_ref(draft, type, value->string, atom);
    case XENAPI_ATOM_STRINGS:
        OVS_NOT_REACHED();              /* no column holds sets in a map */
    }
    if (!atom_fits(draft, base, atom, value)) {
        ovsdb_atom_destroy(atom, base->type);
        return false;
    }
    return true;
}

/* Adds a key, and a value if the column is a map. */
static bool
draft_add(struct draft *draft, const struct xenapi_value *key, const struct xenapi_value *value)
{
    const struct xenapi_field_type *type = &draft->field->type;
    union ovsdb_atom atoms[2];

    if (!write_atom(draft, &type->key, &draft->type->key, key, &atoms[0])) {
        return false;
    }
    if (value && !write_atom(draft, &type->value, &draft->type->value, value, &atoms[1])) {
        ovsdb_atom_destroy(&atoms[0], draft->type->key.type);
        return false;
    }
    ovsdb_datum_add_unsafe(draft->datum, &atoms[0], value ? &atoms[1] : NULL, draft->type, NULL);
    ovsdb_atom_destroy(&atoms[0], draft->type->key.type);
    if (value) {
        ovsdb_atom_destroy(&atoms[1], draft->type->value.type);
    }
    return true;
}

static bool
draft_scalar(struct draft *draft, const struct xenapi_value *value)
{
    const struct xenapi_atom_type *type = &draft->field->type.key;

    if (type->atom == XENAPI_ATOM_REF && xenapi_ref_is_null(value->string)) {
        return !draft->type->n_min || fails(draft, failure_handle(type->class, XENAPI_REF_NULL));
    }
    return draft_add(draft, value, NULL);
}

static bool
draft_set(struct draft *draft, const struct xenapi_value *value)
{
    for (size_t i = 0; i < value->set.n; i++) {
        if (!draft_add(draft, &value->set.elements[i], NULL)) {
            return false;
        }
    }
    return true;
}

/* A map's key, which is text in a xenapi_value, as the value that it stands for. */
static bool
draft_add_member(struct draft *draft, const struct xenapi_member *member)
{
    const struct xenapi_value text = { .type = XENAPI_STRING, .string = member->key };
    const struct xenapi_field_type type = { .shape = XENAPI_SHAPE_SCALAR, .key = draft->field->type.key };
    struct xenapi_value key;
    bool is_good;

    if (!typed_value(draft->field->name, &type, &text, &key, draft->failure)) {
        return false;
    }
    is_good = draft_add(draft, &key, &member->value);
    xenapi_value_destroy(&key);
    return is_good;
}

static bool
draft_map(struct draft *draft, const struct xenapi_value *value)
{
    for (size_t i = 0; i < value->map.n; i++) {
        if (!draft_add_member(draft, &value->map.members[i])) {
            return false;
        }
    }
    return true;
}

static bool
draft_any(struct draft *draft, const struct xenapi_value *value)
{
    switch (draft->field->type.shape) {
    case XENAPI_SHAPE_SCALAR: return draft_scalar(draft, value);
    case XENAPI_SHAPE_SET: return draft_set(draft, value);
    case XENAPI_SHAPE_MAP: return draft_map(draft, value);
    }
    OVS_NOT_REACHED();
}

bool
column_write(const struct xenapi_field *field, const struct ovsdb_type *type, const struct xenapi_value *value,
             const struct column_world *world, struct ovsdb_datum *datum, struct xenapi_reply *failure)
{
    struct draft draft = { field, type, world, datum, failure };

    ovsdb_datum_init_empty(datum);
    if (!draft_any(&draft, value)) {
        ovsdb_datum_destroy(datum, type);
        return false;
    }
    ovsdb_datum_sort_unique(datum, type);
    if (datum->n > MIN(type->n_max, LIMIT_ELEMENTS)) {
        *failure = typed_over_limit(field->name, "", datum->n, "elements", MIN(type->n_max, LIMIT_ELEMENTS));
        ovsdb_datum_destroy(datum, type);
        return false;
    }
    return true;
}
