/* SPDX-License-Identifier: Apache-2.0
 *
 * Methods that follow from the table of classes alone, the same for each class: getters, setters, lists and look-ups. A verb of the same
 * name goes before them: VIF.set_locking_mode is none of these, because VIF.locking_mode is not RW.
 */
#ifndef XENAPI_ACCESSORS_H
#define XENAPI_ACCESSORS_H

#include <stdbool.h>

struct xenapi_class;
struct xenapi_field;

enum xenapi_accessor {
    /* Of an object's field. */
    XENAPI_ACCESSOR_GET,            /* get_F(self) */
    XENAPI_ACCESSOR_SET,            /* set_F(self, value) */
    XENAPI_ACCESSOR_ADD,            /* add_F(self, element), of a set */
    XENAPI_ACCESSOR_REMOVE,         /* remove_F(self, element) */
    XENAPI_ACCESSOR_ADD_TO,         /* add_to_F(self, key, value), of a map */
    XENAPI_ACCESSOR_REMOVE_FROM,    /* remove_from_F(self, key) */

    /* Of an object or a class. */
    XENAPI_ACCESSOR_GET_RECORD,
    XENAPI_ACCESSOR_GET_BY_UUID,
    XENAPI_ACCESSOR_GET_BY_NAME_LABEL,/* of classes whose objects have a name */
    XENAPI_ACCESSOR_GET_ALL,        /* this and the next two: of classes that have lists */
    XENAPI_ACCESSOR_GET_ALL_RECORDS,
    XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE,
};

enum { XENAPI_N_ACCESSORS = XENAPI_ACCESSOR_GET_ALL_RECORDS_WHERE + 1 };

struct xenapi_accessor_method {
    const struct xenapi_class *class;
    enum xenapi_accessor accessor;
    const struct xenapi_field *field;   /* NULL from XENAPI_ACCESSOR_GET_RECORD on */
};

/* True if 'class' has that accessor, of 'field' or, if that is NULL, of itself. */
bool xenapi_accessor_exists(const struct xenapi_class *class, enum xenapi_accessor, const struct xenapi_field *field);

/* True if 'name' ("VM.get_power_state") is such a method, which '*method' is then. Case counts. */
bool xenapi_accessor_find(const char *name, struct xenapi_accessor_method *method);

/* The name of 'method', which the caller frees. */
char *xenapi_accessor_name(const struct xenapi_accessor_method *method);

#endif
