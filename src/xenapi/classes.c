/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/classes.h"

#include <string.h>
#include <strings.h>

#include "xenapi/type_words.h"

#define ACCESS_RO .access = XENAPI_ACCESS_RO
#define ACCESS_NEW .access = XENAPI_ACCESS_NEW
#define ACCESS_NEW_NEEDED .access = XENAPI_ACCESS_NEW, .needed = true
#define ACCESS_RW .access = XENAPI_ACCESS_RW
#define ACCESS_RW_NEEDED .access = XENAPI_ACCESS_RW, .needed = true

#define ZERO NULL

/* Where each class begins and ends in xenapi_fields[]. */
enum {
#define CLASS(NAME, EVENT, TABLE) FIRST_OF_##NAME, BEFORE_##NAME = FIRST_OF_##NAME - 1,
#define FIELD(CLASS, NAME, ...) PLACE_OF_##CLASS##_##NAME,
#define FIELD_IN(CLASS, NAMESPACE, NAME, ...) PLACE_OF_##CLASS##_##NAMESPACE##_##NAME,
#define END_CLASS(NAME) END_OF_##NAME, LAST_OF_##NAME = END_OF_##NAME - 1,
#include "xenapi/classes.def"
};

#define FIELD(CLASS, NAME, TYPE, ACCESS, DEFAULT, STORAGE) \
    { XENAPI_##CLASS##_##NAME, XENAPI_CLASS_##CLASS, #NAME, #NAME, TYPE_##TYPE, ACCESS_##ACCESS, .initial = DEFAULT, \
      .storage = XENAPI_STORAGE_##STORAGE },
#define FIELD_IN(CLASS, NAMESPACE, NAME, TYPE, ACCESS, DEFAULT, STORAGE) \
    { XENAPI_##CLASS##_##NAMESPACE##_##NAME, XENAPI_CLASS_##CLASS, #NAMESPACE "_" #NAME, #NAMESPACE "__" #NAME, TYPE_##TYPE, \
      ACCESS_##ACCESS, .initial = DEFAULT, .storage = XENAPI_STORAGE_##STORAGE },
const struct xenapi_field xenapi_fields[XENAPI_N_FIELDS] = {
#include "xenapi/classes.def"
};

#define CLASS(NAME, EVENT, TABLE) \
    { XENAPI_CLASS_##NAME, #NAME, EVENT, TABLE, &xenapi_fields[FIRST_OF_##NAME], END_OF_##NAME - FIRST_OF_##NAME },
const struct xenapi_class xenapi_classes[XENAPI_N_CLASSES] = {
#include "xenapi/classes.def"
};

const struct xenapi_class *
xenapi_class_find(const char *name)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        if (!strcasecmp(xenapi_classes[i].name, name)) {
            return &xenapi_classes[i];
        }
    }
    return NULL;
}

const char *
xenapi_class_name(enum xenapi_class_id id)
{
    static const char *const absent[] = {
#define ABSENT(NAME) #NAME,
#include "xenapi/absent.def"
#undef ABSENT
    };

    return id < XENAPI_N_CLASSES ? xenapi_classes[id].name : absent[id - XENAPI_N_CLASSES];
}

const struct xenapi_field *
xenapi_field_find(const struct xenapi_class *class, const char *name)
{
    for (size_t i = 0; i < class->n_fields; i++) {
        if (!strcmp(class->fields[i].name, name)) {
            return &class->fields[i];
        }
    }
    return NULL;
}

const struct xenapi_field *
xenapi_field_find_in_filter(const struct xenapi_class *class, const char *filter_name)
{
    for (size_t i = 0; i < class->n_fields; i++) {
        if (!strcmp(class->fields[i].filter_name, filter_name)) {
            return &class->fields[i];
        }
    }
    return NULL;
}
