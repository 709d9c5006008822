/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/typed.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "base/quote.h"
#include "verbs/failure.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

/* Where a value is wanted: what a failure tells of it. */
struct place {
    const char *name;
    struct xenapi_reply *failure;
};

static bool
fails(const struct place *place, struct xenapi_reply failure)
{
    *place->failure = failure;
    return false;
}

static bool
is_of_another_type(const struct place *place)
{
    return fails(place, xenapi_failure("FIELD_TYPE_ERROR", place->name, NULL));
}

struct xenapi_reply
typed_over_limit(const char *name, const char *text, size_t size, const char *unit, size_t limit)
{
    char *reason = xasprintf("%"PRIuSIZE" %s: %"PRIuSIZE" is the limit", size, unit, limit);
    struct xenapi_reply failure = xenapi_failure("VALUE_NOT_SUPPORTED", name, quote(text).text, reason, NULL);

    free(reason);
    return failure;
}

static bool
is_within(const struct place *place, const char *text, size_t limit)
{
    size_t size = strlen(text);

    return size <= limit || fails(place, typed_over_limit(place->name, text, size, "bytes", limit));
}

static bool
string_value(const struct place *place, const struct xenapi_value *value, struct xenapi_value *typed)
{
    char *text = xenapi_value_to_text(value);

    if (!text) {
        return is_of_another_type(place);
    }
    *typed = xenapi_string_nocopy(text);
    if (!is_within(place, text, LIMIT_TEXT_BYTES)) {
        xenapi_value_destroy(typed);
        return false;
    }
    return true;
}

/* Of a 'value' that no number or datetime could be made of. */
static bool
is_no_such(const struct place *place, const struct xenapi_value *value)
{
    return value->type == XENAPI_STRING
        ? fails(place, failure_value(place->name, value->string))
        : is_of_another_type(place);
}

static bool
int_value(const struct place *place, const struct xenapi_value *value, struct xenapi_value *typed)
{
    int64_t integer;

    if (!xenapi_value_to_int(value, &integer)) {
        return is_no_such(place, value);
    }
    *typed = xenapi_int(integer);
    return true;
}

static bool
float_value(const struct place *place, const struct xenapi_value *value, struct xenapi_value *typed)
{
    double real;

    if (!xenapi_value_to_double(value, &real)) {
        return is_no_such(place, value);
    }
    *typed = xenapi_double(real);
    return true;
}

static bool
datetime_value(const struct place *place, const struct xenapi_value *value, struct xenapi_value *typed)
{
    int64_t seconds;

    if (!xenapi_value_to_datetime(value, &seconds)) {
        return is_no_such(place, value);
    }
    *typed = xenapi_datetime(seconds);
    return true;
}

static bool
enum_value(const struct place *place, const struct xenapi_enum *words, const struct xenapi_value *value, struct xenapi_value *typed)
{
    const char *word = value->type == XENAPI_STRING ? xenapi_enum_value(words, value->string) : NULL;

    if (!word) {
        return is_no_such(place, value);
    }
    *typed = xenapi_string(word);
    return true;
}

static bool
ref_value(const struct place *place, enum xenapi_class_id class, const struct xenapi_value *value, struct xenapi_value *typed)
{
    struct uuid uuid;

    if (value->type != XENAPI_STRING) {
        return is_of_another_type(place);
    } else if (xenapi_ref_is_null(value->string)) {
        *typed = xenapi_string(XENAPI_REF_NULL);
        return true;
    } else if (!xenapi_ref_parse(value->string, &uuid)) {
        return fails(place, failure_handle(class, value->string));
    }
    *typed = xenapi_string(value->string);
    return true;
}

static bool set_value(const struct place *, const struct xenapi_atom_type *, const struct xenapi_value *, struct xenapi_value *typed);

static bool
atom_value(const struct place *place, const struct xenapi_atom_type *type, const struct xenapi_value *value, struct xenapi_value *typed)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING:
        return string_value(place, value, typed);
    case XENAPI_ATOM_INT:
        return int_value(place, value, typed);
    case XENAPI_ATOM_FLOAT:
        return float_value(place, value, typed);
    case XENAPI_ATOM_BOOL:
        *typed = *value;
        return value->type == XENAPI_BOOL || is_of_another_type(place);
    case XENAPI_ATOM_DATETIME:
        return datetime_value(place, value, typed);
    case XENAPI_ATOM_ENUM:
        return enum_value(place, &xenapi_enums[type->values], value, typed);
    case XENAPI_ATOM_REF:
        return ref_value(place, type->class, value, typed);
    case XENAPI_ATOM_STRINGS:
        return set_value(place, &(struct xenapi_atom_type) { .atom = XENAPI_ATOM_STRING }, value, typed);
    }
    OVS_NOT_REACHED();
}

static bool
set_has(const struct xenapi_value *set, const struct xenapi_value *element)
{
    for (size_t i = 0; i < set->set.n; i++) {
        if (xenapi_value_equals(&set->set.elements[i], element)) {
            return true;
        }
    }
    return false;
}

static bool
set_value(const struct place *place, const struct xenapi_atom_type *type, const struct xenapi_value *value, struct xenapi_value *typed)
{
    if (value->type != XENAPI_SET) {
        return is_of_another_type(place);
    } else if (value->set.n > LIMIT_ELEMENTS) {
        return fails(place, typed_over_limit(place->name, "", value->set.n, "elements", LIMIT_ELEMENTS));
    }
    *typed = xenapi_set_create();
    for (size_t i = 0; i < value->set.n; i++) {
        struct xenapi_value element;

        if (!atom_value(place, type, &value->set.elements[i], &element)) {
            xenapi_value_destroy(typed);
            return false;
        } else if (set_has(typed, &element)) {
            xenapi_value_destroy(&element);
        } else {
            xenapi_set_add(typed, element);
        }
    }
    return true;
}

/* The key of 'type' that 'text' is, in '*key', which is the caller's then. */
static bool
key_value(const struct place *place, const struct xenapi_atom_type *type, const char *text, char **key)
{
    const struct xenapi_value said = { .type = XENAPI_STRING, .string = CONST_CAST(char *, text) };
    struct xenapi_value typed;

    if (!is_within(place, text, LIMIT_KEY_BYTES) || !atom_value(place, type, &said, &typed)) {
        return false;
    }
    *key = xenapi_value_to_text(&typed);
    xenapi_value_destroy(&typed);
    return true;
}

static bool
map_add(const struct place *place, const struct xenapi_field_type *type, const struct xenapi_member *member, struct xenapi_value *typed)
{
    struct xenapi_value value;
    char *key;

    if (!key_value(place, &type->key, member->key, &key)) {
        return false;
    }
    bool is_good = atom_value(place, &type->value, &member->value, &value);
    if (is_good) {
        xenapi_map_put(typed, key, value);
    }
    free(key);
    return is_good;
}

static bool
map_value(const struct place *place, const struct xenapi_field_type *type, const struct xenapi_value *value, struct xenapi_value *typed)
{
    if (value->type != XENAPI_MAP) {
        return is_of_another_type(place);
    } else if (value->map.n > LIMIT_ELEMENTS) {
        return fails(place, typed_over_limit(place->name, "", value->map.n, "elements", LIMIT_ELEMENTS));
    }
    *typed = xenapi_map_create();
    for (size_t i = 0; i < value->map.n; i++) {
        if (!map_add(place, type, &value->map.members[i], typed)) {
            xenapi_value_destroy(typed);
            return false;
        }
    }
    return true;
}

bool
typed_value(const char *name, const struct xenapi_field_type *type, const struct xenapi_value *value, struct xenapi_value *typed,
            struct xenapi_reply *failure)
{
    const struct place place = { name, failure };

    switch (type->shape) {
    case XENAPI_SHAPE_SCALAR: return atom_value(&place, &type->key, value, typed);
    case XENAPI_SHAPE_SET: return set_value(&place, &type->key, value, typed);
    case XENAPI_SHAPE_MAP: return map_value(&place, type, value, typed);
    }
    OVS_NOT_REACHED();
}

static struct xenapi_value
zero_of(const struct xenapi_atom_type *type)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING: return xenapi_string("");
    case XENAPI_ATOM_INT: return xenapi_int(0);
    case XENAPI_ATOM_FLOAT: return xenapi_double(0);
    case XENAPI_ATOM_BOOL: return xenapi_bool(false);
    case XENAPI_ATOM_DATETIME: return xenapi_datetime(0);
    case XENAPI_ATOM_ENUM: return xenapi_string(xenapi_enums[type->values].values[0]);
    case XENAPI_ATOM_REF: return xenapi_string(XENAPI_REF_NULL);
    case XENAPI_ATOM_STRINGS: return xenapi_set_create();
    }
    OVS_NOT_REACHED();
}

/* What the table of fields writes as 'text'. */
static struct xenapi_value
written(const struct xenapi_atom_type *type, const char *text)
{
    const struct xenapi_value said = { .type = XENAPI_STRING, .string = CONST_CAST(char *, text) };
    struct xenapi_reply failure;
    struct xenapi_value value;

    if (type->atom == XENAPI_ATOM_BOOL) {
        return xenapi_bool(!strcmp(text, "true"));
    }
    bool is_good = atom_value(&(struct place) { "", &failure }, type, &said, &value);
    ovs_assert(is_good);
    return value;
}

static struct xenapi_value
set_of_one(struct xenapi_value element)
{
    struct xenapi_value set = xenapi_set_create();

    xenapi_set_add(&set, element);
    return set;
}

struct xenapi_value
typed_default(const struct xenapi_field *field)
{
    const struct xenapi_atom_type *type = &field->type.key;

    switch (field->type.shape) {
    case XENAPI_SHAPE_SCALAR: return field->initial ? written(type, field->initial) : zero_of(type);
    case XENAPI_SHAPE_SET: return field->initial ? set_of_one(written(type, field->initial)) : xenapi_set_create();
    case XENAPI_SHAPE_MAP: return xenapi_map_create();
    }
    OVS_NOT_REACHED();
}
