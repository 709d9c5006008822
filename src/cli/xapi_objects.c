/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/xapi_objects.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "cli/xapi.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

const struct xenapi_value *
xapi_field(const struct xenapi_value *map, const char *field, enum xenapi_type type)
{
    const struct xenapi_value *value = map->type == XENAPI_MAP ? xenapi_map_get(map, field) : NULL;

    return value && value->type == type ? value : NULL;
}

const char *
xapi_text(const struct xenapi_value *map, const char *field)
{
    const struct xenapi_value *value = xapi_field(map, field, XENAPI_STRING);

    return value ? value->string : "";
}

int64_t
xapi_integer(const struct xenapi_value *map, const char *field)
{
    const struct xenapi_value *value = map->type == XENAPI_MAP ? xenapi_map_get(map, field) : NULL;
    int64_t integer;

    return value && xenapi_value_to_int(value, &integer) ? integer : 0;
}

bool
xapi_truth(const struct xenapi_value *map, const char *field)
{
    const struct xenapi_value *value = xapi_field(map, field, XENAPI_BOOL);

    return value && value->boolean;
}

/* Calls CLASS.VERB with one text. The result is of that type. */
static struct error *
ask(struct xapi *xapi, const char *class, const char *verb, const char *text, enum xenapi_type type, struct xenapi_value *result)
{
    char *method = xasprintf("%s.%s", class, verb);
    struct error *error = xapi_ask(xapi, method, result, text, NULL);

    if (!error && result->type != type) {
        xenapi_value_destroy(result);
        error = xapi_strange(xapi, method);
    }
    free(method);
    return error;
}

struct error *
xapi_record(struct xapi *xapi, const char *class, const char *ref, struct xenapi_value *record)
{
    return ask(xapi, class, "get_record", ref, XENAPI_MAP, record);
}

/* "VM" is a word of its own, "network" none with a capital. */
static struct error *
not_found(struct xapi *xapi, const char *class, const char *word)
{
    struct nearest nearest = NEAREST_INITIALIZER(word);
    char *method = xasprintf("%s.get_all_records", class);
    char *noun = xstrdup(class);
    struct xenapi_value all = xenapi_void();
    struct error *error;

    for (char *c = noun; *c; c++) {
        *c = tolower((unsigned char) *c);
    }
    error_free(xapi_ask(xapi, method, &all, NULL));
    for (size_t i = 0; all.type == XENAPI_MAP && i < all.map.n; i++) {
        nearest_offer(&nearest, xapi_text(&all.map.members[i].value, "name_label"));
    }
    if (nearest_word(&nearest) && *nearest_word(&nearest)) {
        error = error_new(ERROR_NOT_FOUND, "there is no %s %s: did you mean %s?", class, quote(word).text, quote(nearest_word(&nearest)).text);
    } else {
        error = error_new(ERROR_NOT_FOUND, "there is no %s %s: `cable %s list` shows them", class, quote(word).text, noun);
    }
    xenapi_value_destroy(&all);
    free(noun);
    free(method);
    return error;
}

static struct error *
ambiguous(const char *class, const char *word, const struct xenapi_set *refs)
{
    struct ds uuids = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < refs->n; i++) {
        const char *ref = refs->elements[i].type == XENAPI_STRING ? refs->elements[i].string : "";
        struct uuid uuid;

        if (xenapi_ref_parse(ref, &uuid)) {
            ds_put_format(&uuids, "%s"UUID_FMT, uuids.length ? ", " : "", UUID_ARGS(&uuid));
        }
    }
    struct error *error = error_new(ERROR_INVALID, "there are %"PRIuSIZE" of the name %s %s: say which one by its uuid: %s", refs->n,
                                    class, quote(word).text, ds_cstr(&uuids));
    ds_destroy(&uuids);
    return error;
}

static struct error *
find_by_name(struct xapi *xapi, const char *class, const char *word, char **ref)
{
    struct xenapi_value refs;
    struct error *error = ask(xapi, class, "get_by_name_label", word, XENAPI_SET, &refs);

    if (error) {
        return error;
    }
    if (!refs.set.n) {
        error = not_found(xapi, class, word);
    } else if (refs.set.n > 1) {
        error = ambiguous(class, word, &refs.set);
    } else if (refs.set.elements[0].type != XENAPI_STRING) {
        error = xapi_strange(xapi, "get_by_name_label");
    } else {
        *ref = xstrdup(refs.set.elements[0].string);
    }
    xenapi_value_destroy(&refs);
    return error;
}

struct error *
xapi_find(struct xapi *xapi, const char *class, const char *word, char **ref)
{
    struct xenapi_value result;
    struct uuid uuid;
    struct error *error;

    if (!uuid_from_string(&uuid, word)) {
        return find_by_name(xapi, class, word, ref);
    }
    error = ask(xapi, class, "get_by_uuid", word, XENAPI_STRING, &result);
    if (!error) {
        *ref = result.string;
    }
    return error;
}

struct error *
xapi_construct(struct xapi *xapi, const char *method, struct xenapi_value record, char **ref)
{
    struct xenapi_value params = xapi_params(), result;
    struct error *error;

    xenapi_set_add(&params, record);
    error = xapi_call(xapi, method, params, &result);
    if (!error && result.type != XENAPI_STRING) {
        xenapi_value_destroy(&result);
        error = xapi_strange(xapi, method);
    } else if (!error) {
        *ref = result.string;
    }
    return error;
}

static struct xenapi_value
default_of(const struct xenapi_field *field)
{
    const char *initial = field->initial ? field->initial : "";

    if (field->type.shape != XENAPI_SHAPE_SCALAR) {
        return field->type.shape == XENAPI_SHAPE_SET ? xenapi_set_create() : xenapi_map_create();
    }
    switch (field->type.key.atom) {
    case XENAPI_ATOM_INT:
        return xenapi_int(strtoll(initial, NULL, 10));
    case XENAPI_ATOM_FLOAT:
        return xenapi_double(strtod(initial, NULL));
    case XENAPI_ATOM_BOOL:
        return xenapi_bool(!strcmp(initial, "true"));
    case XENAPI_ATOM_DATETIME:
        return xenapi_datetime(0);
    case XENAPI_ATOM_REF:
        return xenapi_string(XENAPI_REF_NULL);
    case XENAPI_ATOM_STRING:
    case XENAPI_ATOM_ENUM:
    case XENAPI_ATOM_STRINGS:
        break;
    }
    return xenapi_string(initial);
}

struct xenapi_value
xapi_new_record(enum xenapi_class_id id)
{
    const struct xenapi_class *class = &xenapi_classes[id];
    struct xenapi_value record = xenapi_map_create();

    for (size_t i = 0; i < class->n_fields; i++) {
        if (class->fields[i].needed) {
            xenapi_map_put(&record, class->fields[i].name, default_of(&class->fields[i]));
        }
    }
    return record;
}
