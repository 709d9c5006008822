/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/access.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/access-private.h"
#include "objects/objects.h"
#include "verbs/failure.h"
#include "xenapi/filter.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"
#include "xenapi/scalar.h"

bool
access_only_reads(const struct xenapi_accessor_method *method)
{
    switch (method->accessor) {
    case XENAPI_ACCESSOR_SET:
    case XENAPI_ACCESSOR_ADD:
    case XENAPI_ACCESSOR_REMOVE:
    case XENAPI_ACCESSOR_ADD_TO:
    case XENAPI_ACCESSOR_REMOVE_FROM: return false;
    case XENAPI_ACCESSOR_GET:
    case XENAPI_ACCESSOR_GET_RECORD:
    case XENAPI_ACCESSOR_GET_BY_UUID:
    case XENAPI_ACCESSOR_GET_BY_NAME_LABEL:
    case XENAPI_ACCESSOR_GET_ALL:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE: return true;
    }
    OVS_NOT_REACHED();
}

size_t
access_arity(const struct xenapi_accessor_method *method)
{
    switch (method->accessor) {
    case XENAPI_ACCESSOR_GET_ALL:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS: return 0;
    case XENAPI_ACCESSOR_GET:
    case XENAPI_ACCESSOR_GET_RECORD:
    case XENAPI_ACCESSOR_GET_BY_UUID:
    case XENAPI_ACCESSOR_GET_BY_NAME_LABEL:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE: return 1;
    case XENAPI_ACCESSOR_SET:
    case XENAPI_ACCESSOR_ADD:
    case XENAPI_ACCESSOR_REMOVE:
    case XENAPI_ACCESSOR_REMOVE_FROM: return 2;
    case XENAPI_ACCESSOR_ADD_TO: return 3;
    }
    OVS_NOT_REACHED();
}

/* A parameter that must be text; NULL and '*failure' if it is none. */
static const char *
text_of(const struct xenapi_value *params, size_t i, const char *name, struct xenapi_reply *failure)
{
    const struct xenapi_value *value = &params->set.elements[i];

    if (value->type != XENAPI_STRING) {
        *failure = xenapi_failure("FIELD_TYPE_ERROR", name, NULL);
        return NULL;
    }
    return value->string;
}

const struct object *
access_self(const struct objects *objects, const struct xenapi_accessor_method *method, const struct xenapi_value *params,
            struct xenapi_reply *failure)
{
    const char *ref = text_of(params, 0, "self", failure);
    const struct object *object = ref ? objects_find_ref(objects, method->class->id, ref) : NULL;

    if (ref && !object) {
        *failure = failure_handle(method->class->id, ref);
    }
    return object;
}

static struct xenapi_value
ref_of(const struct object *object)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(object_uuid(object), ref);
    return xenapi_string(ref);
}

static struct xenapi_reply
read_of_object(const struct objects *objects, const struct xenapi_accessor_method *method, const struct xenapi_value *params)
{
    struct xenapi_reply failure;
    const struct object *object = access_self(objects, method, params, &failure);

    if (!object) {
        return failure;
    }
    return xenapi_success(method->field ? object_get(objects, object, method->field) : object_record(objects, object));
}

static struct xenapi_reply
read_by_uuid(const struct objects *objects, const struct xenapi_class *class, const struct xenapi_value *params)
{
    struct xenapi_reply failure;
    const char *text = text_of(params, 0, "uuid", &failure);
    const struct object *object;
    struct uuid uuid;

    if (!text) {
        return failure;
    }
    object = uuid_from_string(&uuid, text) ? objects_find(objects, class->id, &uuid) : NULL;
    return object ? xenapi_success(ref_of(object)) : failure_uuid(class->id, text);
}

static bool
has_name(const struct objects *objects, const struct object *object, const char *name)
{
    struct xenapi_value value = object_get(objects, object, xenapi_field_find(object_class(object), "name_label"));
    bool is_it = !strcmp(value.string, name);

    xenapi_value_destroy(&value);
    return is_it;
}

static struct xenapi_reply
read_by_name(const struct objects *objects, const struct xenapi_class *class, const struct xenapi_value *params)
{
    struct xenapi_value set = xenapi_set_create();
    struct xenapi_reply failure;
    const char *name = text_of(params, 0, "label", &failure);
    const struct object *object;

    if (!name) {
        return failure;
    }
    OBJECTS_FOR_EACH (object, objects, class->id) {
        if (has_name(objects, object, name)) {
            xenapi_set_add(&set, ref_of(object));
        }
    }
    return xenapi_success(set);
}

static struct xenapi_reply
read_all(const struct objects *objects, const struct xenapi_class *class)
{
    struct xenapi_value set = xenapi_set_create();
    const struct object *object;

    OBJECTS_FOR_EACH (object, objects, class->id) {
        xenapi_set_add(&set, ref_of(object));
    }
    return xenapi_success(set);
}

static void
add_record(const struct objects *objects, const struct object *object, struct xenapi_value *records)
{
    char *ref = xmalloc(XENAPI_REF_SIZE);

    xenapi_ref_format(object_uuid(object), ref);
    xenapi_map_append(records, ref, object_record(objects, object));
}

static struct xenapi_reply
read_all_records(const struct objects *objects, const struct xenapi_class *class)
{
    struct xenapi_value records = xenapi_map_create();
    const struct object *object;

    OBJECTS_FOR_EACH (object, objects, class->id) {
        add_record(objects, object, &records);
    }
    xenapi_map_sort(&records);
    return xenapi_success(records);
}

static void
put_quoted(const char *text, struct ds *s)
{
    ds_put_char(s, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') {
            ds_put_char(s, '\\');
        }
        ds_put_char(s, *text);
    }
    ds_put_char(s, '\'');
}

/* As XAPI's database spells values, with which its filters compare: scalars as they are, sets "('a' 'b')", maps "(('key' 'value'))". */
static void
put_in_filter(const struct xenapi_value *value, bool is_inner, struct ds *s)
{
    char *text = xenapi_value_to_text(value);

    if (text && is_inner) {
        put_quoted(text, s);
    } else if (text) {
        ds_put_cstr(s, text);
    } else if (value->type == XENAPI_SET) {
        ds_put_char(s, '(');
        for (size_t i = 0; i < value->set.n; i++) {
            ds_put_cstr(s, i ? " " : "");
            put_in_filter(&value->set.elements[i], true, s);
        }
        ds_put_char(s, ')');
    } else {
        ds_put_char(s, '(');
        for (size_t i = 0; i < value->map.n; i++) {
            ds_put_cstr(s, i ? " (" : "(");
            put_quoted(value->map.members[i].key, s);
            ds_put_char(s, ' ');
            put_in_filter(&value->map.members[i].value, true, s);
            ds_put_char(s, ')');
        }
        ds_put_char(s, ')');
    }
    free(text);
}

struct candidate {
    const struct objects *objects;
    const struct object *object;
};

static char *
field_in_filter(const char *name, void *candidate_)
{
    const struct candidate *candidate = candidate_;
    const struct xenapi_field *field = xenapi_field_find_in_filter(object_class(candidate->object), name);
    struct ds s = DS_EMPTY_INITIALIZER;

    if (!field) {
        return NULL;
    }
    struct xenapi_value value = object_get(candidate->objects, candidate->object, field);
    put_in_filter(&value, false, &s);
    xenapi_value_destroy(&value);
    return ds_steal_cstr(&s);
}

static struct error *
filter_records(const struct objects *objects, const struct xenapi_class *class, const struct xenapi_filter *filter,
               struct xenapi_value *records)
{
    struct candidate candidate = { .objects = objects };

    OBJECTS_FOR_EACH (candidate.object, objects, class->id) {
        bool matches;
        struct error *error = xenapi_filter_match(filter, field_in_filter, &candidate, &matches);

        if (error) {
            return error;
        } else if (matches) {
            add_record(objects, candidate.object, records);
        }
    }
    xenapi_map_sort(records);
    return NULL;
}

static struct xenapi_reply
read_where(const struct objects *objects, const struct xenapi_class *class, const struct xenapi_value *params)
{
    struct xenapi_value records = xenapi_map_create();
    struct xenapi_filter *filter;
    struct xenapi_reply failure;
    const char *text = text_of(params, 0, "expr", &failure);
    struct error *error;

    if (!text) {
        return failure;
    }
    error = xenapi_filter_parse(text, &filter);
    if (error) {
        failure = failure_value(text, error->text);
        error_free(error);
        return failure;
    }
    error = filter_records(objects, class, filter, &records);
    xenapi_filter_destroy(filter);
    if (error) {
        xenapi_value_destroy(&records);
        return failure_internal(error);
    }
    return xenapi_success(records);
}

struct xenapi_reply
access_read(const struct objects *objects, const struct xenapi_accessor_method *method, const struct xenapi_value *params)
{
    switch (method->accessor) {
    case XENAPI_ACCESSOR_GET:
    case XENAPI_ACCESSOR_GET_RECORD: return read_of_object(objects, method, params);
    case XENAPI_ACCESSOR_GET_BY_UUID: return read_by_uuid(objects, method->class, params);
    case XENAPI_ACCESSOR_GET_BY_NAME_LABEL: return read_by_name(objects, method->class, params);
    case XENAPI_ACCESSOR_GET_ALL: return read_all(objects, method->class);
    case XENAPI_ACCESSOR_GET_ALL_RECORDS: return read_all_records(objects, method->class);
    case XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE: return read_where(objects, method->class, params);
    case XENAPI_ACCESSOR_SET:
    case XENAPI_ACCESSOR_ADD:
    case XENAPI_ACCESSOR_REMOVE:
    case XENAPI_ACCESSOR_ADD_TO:
    case XENAPI_ACCESSOR_REMOVE_FROM: break;
    }
    OVS_NOT_REACHED();
}
