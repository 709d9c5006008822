/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/accessors.h"

#include <string.h>

#include <util.h>

#include "xenapi/classes.h"

/* What stands between the class and the field, or is all that there is. Of two that begin alike ("add_to_", "add_") both are tried, since
 * a field may begin with "to_". */
static const char *const words[XENAPI_N_ACCESSORS] = {
    [XENAPI_ACCESSOR_GET] = "get_",
    [XENAPI_ACCESSOR_SET] = "set_",
    [XENAPI_ACCESSOR_ADD] = "add_",
    [XENAPI_ACCESSOR_REMOVE] = "remove_",
    [XENAPI_ACCESSOR_ADD_TO] = "add_to_",
    [XENAPI_ACCESSOR_REMOVE_FROM] = "remove_from_",
    [XENAPI_ACCESSOR_GET_RECORD] = "get_record",
    [XENAPI_ACCESSOR_GET_BY_UUID] = "get_by_uuid",
    [XENAPI_ACCESSOR_GET_BY_NAME_LABEL] = "get_by_name_label",
    [XENAPI_ACCESSOR_GET_ALL] = "get_all",
    [XENAPI_ACCESSOR_GET_ALL_RECORDS] = "get_all_records",
    [XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE] = "get_all_records_where",
};

static bool
is_settable(const struct xenapi_field *field, enum xenapi_shape shape)
{
    return field && field->access == XENAPI_ACCESS_RW && field->type.shape == shape;
}

bool
xenapi_accessor_exists(const struct xenapi_class *class, enum xenapi_accessor accessor, const struct xenapi_field *field)
{
    switch (accessor) {
    case XENAPI_ACCESSOR_GET: return field;
    case XENAPI_ACCESSOR_SET: return field && field->access == XENAPI_ACCESS_RW;
    case XENAPI_ACCESSOR_ADD:
    case XENAPI_ACCESSOR_REMOVE: return is_settable(field, XENAPI_SHAPE_SET);
    case XENAPI_ACCESSOR_ADD_TO:
    case XENAPI_ACCESSOR_REMOVE_FROM: return is_settable(field, XENAPI_SHAPE_MAP);
    case XENAPI_ACCESSOR_GET_RECORD:
    case XENAPI_ACCESSOR_GET_BY_UUID: return !field;
    case XENAPI_ACCESSOR_GET_BY_NAME_LABEL: return !field && xenapi_field_find(class, "name_label");
    case XENAPI_ACCESSOR_GET_ALL:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS:
    case XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE: return !field && class->event;
    }
    OVS_NOT_REACHED();
}

static const struct xenapi_class *
class_find_exactly(const char *name, size_t length)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        if (strlen(xenapi_classes[i].name) == length && !memcmp(xenapi_classes[i].name, name, length)) {
            return &xenapi_classes[i];
        }
    }
    return NULL;
}

/* Whether 'word', a method's name without its class, is that accessor. */
static bool
is_accessor(const char *word, enum xenapi_accessor accessor, struct xenapi_accessor_method *method)
{
    size_t length = strlen(words[accessor]);

    if (accessor >= XENAPI_ACCESSOR_GET_RECORD) {
        method->field = NULL;
        return !strcmp(word, words[accessor]) && xenapi_accessor_exists(method->class, accessor, NULL);
    }
    method->field = strncmp(word, words[accessor], length) ? NULL : xenapi_field_find(method->class, word + length);
    return xenapi_accessor_exists(method->class, accessor, method->field);
}

bool
xenapi_accessor_find(const char *name, struct xenapi_accessor_method *method)
{
    const char *dot = strchr(name, '.');
    struct xenapi_accessor_method found = { .class = dot ? class_find_exactly(name, dot - name) : NULL };

    for (int i = 0; found.class && i < XENAPI_N_ACCESSORS; i++) {
        found.accessor = i;
        if (is_accessor(dot + 1, i, &found)) {
            *method = found;
            return true;
        }
    }
    return false;
}

char *
xenapi_accessor_name(const struct xenapi_accessor_method *method)
{
    return xasprintf("%s.%s%s", method->class->name, words[method->accessor], method->field ? method->field->name : "");
}
