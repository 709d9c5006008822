/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/parameters.h"

#include <stdlib.h>

#include <util.h>

#include "base/limits.h"
#include "verbs/failure.h"
#include "verbs/verb.h"
#include "xenapi/map.h"
#include "xenapi/scalar.h"

static bool
read_text(const struct xenapi_value *given, struct xenapi_value *value)
{
    char *text = xenapi_value_to_text(given);

    if (text) {
        *value = xenapi_string_nocopy(text);
    }
    return text;
}

static bool
read_enum(enum xenapi_enum_id values, const struct xenapi_value *given, struct xenapi_value *value)
{
    const char *word = given->type == XENAPI_STRING ? xenapi_enum_value(&xenapi_enums[values], given->string) : NULL;

    if (word) {
        *value = xenapi_string(word);
    }
    return word;
}

/* Clients write booleans as such; Python 2's xmlrpclib sent 0 and 1 of people who meant it well. */
static bool
read_bool(const struct xenapi_value *given, struct xenapi_value *value)
{
    int64_t number;

    if (given->type == XENAPI_BOOL) {
        *value = xenapi_bool(given->boolean);
        return true;
    }
    if (given->type != XENAPI_INT || !xenapi_value_to_int(given, &number) || number < 0 || number > 1) {
        return false;
    }
    *value = xenapi_bool(number);
    return true;
}

static bool
read_number(enum xenapi_atom atom, const struct xenapi_value *given, struct xenapi_value *value)
{
    int64_t integer;
    double real;

    if (atom == XENAPI_ATOM_FLOAT) {
        if (!xenapi_value_to_double(given, &real)) {
            return false;
        }
        *value = xenapi_double(real);
    } else {
        if (!(atom == XENAPI_ATOM_INT ? xenapi_value_to_int : xenapi_value_to_datetime)(given, &integer)) {
            return false;
        }
        *value = atom == XENAPI_ATOM_INT ? xenapi_int(integer) : xenapi_datetime(integer);
    }
    return true;
}

static bool read_set(const struct xenapi_atom_type *element, const struct xenapi_value *given, struct xenapi_value *value);

static bool
read_atom(const struct xenapi_atom_type *type, const struct xenapi_value *given, struct xenapi_value *value)
{
    static const struct xenapi_atom_type text = { .atom = XENAPI_ATOM_STRING };

    switch (type->atom) {
    case XENAPI_ATOM_STRING: return read_text(given, value);
    case XENAPI_ATOM_REF: return given->type == XENAPI_STRING && read_text(given, value);
    case XENAPI_ATOM_ENUM: return read_enum(type->values, given, value);
    case XENAPI_ATOM_BOOL: return read_bool(given, value);
    case XENAPI_ATOM_INT:
    case XENAPI_ATOM_FLOAT:
    case XENAPI_ATOM_DATETIME: return read_number(type->atom, given, value);
    case XENAPI_ATOM_STRINGS: return read_set(&text, given, value);
    }
    OVS_NOT_REACHED();
}

static bool
read_set(const struct xenapi_atom_type *element, const struct xenapi_value *given, struct xenapi_value *value)
{
    struct xenapi_value set = xenapi_set_create();

    if (given->type != XENAPI_SET || given->set.n > LIMIT_ELEMENTS) {
        return false;
    }
    for (size_t i = 0; i < given->set.n; i++) {
        struct xenapi_value one;

        if (!read_atom(element, &given->set.elements[i], &one)) {
            xenapi_value_destroy(&set);
            return false;
        }
        xenapi_set_add(&set, one);
    }
    *value = set;
    return true;
}

static bool
read_map(const struct xenapi_atom_type *type, const struct xenapi_value *given, struct xenapi_value *value)
{
    struct xenapi_value map = xenapi_map_create();

    if (given->type != XENAPI_MAP || given->map.n > LIMIT_ELEMENTS) {
        return false;
    }
    for (size_t i = 0; i < given->map.n; i++) {
        struct xenapi_value one;

        if (!read_atom(type, &given->map.members[i].value, &one)) {
            xenapi_value_destroy(&map);
            return false;
        }
        xenapi_map_put(&map, given->map.members[i].key, one);
    }
    *value = map;
    return true;
}

static bool
read_value(const struct xenapi_field_type *type, const struct xenapi_value *given, struct xenapi_value *value)
{
    switch (type->shape) {
    case XENAPI_SHAPE_SCALAR: return read_atom(&type->key, given, value);
    case XENAPI_SHAPE_SET: return read_set(&type->key, given, value);
    case XENAPI_SHAPE_MAP: return read_map(&type->value, given, value);
    }
    OVS_NOT_REACHED();
}

static bool
read_record(const struct xenapi_value *given, struct xenapi_value *value)
{
    if (given->type != XENAPI_MAP) {
        return false;
    }
    *value = xenapi_value_clone(given);
    return true;
}

static bool
read_parameter(const struct verb_parameter *parameter, const struct xenapi_value *given, struct xenapi_value *value)
{
    return parameter->kind == VERB_PARAMETER_RECORD ? read_record(given, value) : read_value(&parameter->type, given, value);
}

/* What a parameter is that was left out, or for which a client said null. */
static struct xenapi_value
initial_of(const struct verb_parameter *parameter)
{
    struct xenapi_value text = xenapi_string(parameter->initial), value;

    if (parameter->type.shape == XENAPI_SHAPE_SET) {
        value = xenapi_set_create();
    } else if (parameter->type.shape == XENAPI_SHAPE_MAP) {
        value = xenapi_map_create();
    } else if (parameter->type.key.atom == XENAPI_ATOM_BOOL) {
        value = xenapi_bool(parameter->initial[0] == 't');
    } else if (!read_value(&parameter->type, &text, &value)) {
        OVS_NOT_REACHED();
    }
    xenapi_value_destroy(&text);
    return value;
}

/* For the failure: what was given, as far as it can be said in a text. */
static struct xenapi_reply
refuse(const struct verb_parameter *parameter, const struct xenapi_value *given)
{
    static const char *const names[] = {
        [XENAPI_VOID] = "", [XENAPI_NIL] = "null", [XENAPI_BYTES] = "bytes", [XENAPI_SET] = "a set", [XENAPI_MAP] = "a map",
    };
    char *text = xenapi_value_to_text(given);
    struct xenapi_reply failure = failure_value(parameter->name, text ? text : names[given->type]);

    free(text);
    return failure;
}

bool
parameters_read(const struct verb *verb, const struct xenapi_value *given, size_t first, struct xenapi_value *params,
                struct xenapi_reply *failure)
{
    struct xenapi_value read = xenapi_set_create();

    for (size_t i = 0; i < verb->n_parameters; i++) {
        const struct verb_parameter *parameter = &verb->parameters[i];
        const struct xenapi_value *one = first + i < given->set.n ? &given->set.elements[first + i] : NULL;
        struct xenapi_value value;

        if (parameter->initial && (!one || one->type == XENAPI_NIL)) {
            value = initial_of(parameter);
        } else if (!read_parameter(parameter, one, &value)) {
            *failure = refuse(parameter, one);
            xenapi_value_destroy(&read);
            return false;
        }
        xenapi_set_add(&read, value);
    }
    *params = read;
    return true;
}
