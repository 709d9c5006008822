/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of XenAPI's classes and their fields, as far as they are served here: the only place where a field's name, type or default
 * stands. Records, getters and setters, filters, events and the check of schema/cabled.ovsschema read it.
 *
 * The table is a .def, as that of the rules is: one row makes both the number by which code names a field (XENAPI_VM_power_state, so that
 * a misspelt one does not compile) and the description that generic code reads. Names are XenAPI's; types, defaults and who may set a
 * field are its data model's, but that a field is RO where setting it could have no effect here.
 */
#ifndef XENAPI_CLASSES_H
#define XENAPI_CLASSES_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/enums.h"

enum xenapi_class_id {
#define CLASS(NAME, EVENT, TABLE) XENAPI_CLASS_##NAME,
#include "xenapi/classes.def"
    XENAPI_N_CLASSES,

    /* Classes that references here name and that have no objects. */
    XENAPI_LAST_CLASS = XENAPI_N_CLASSES - 1,
#define ABSENT(NAME) XENAPI_CLASS_##NAME,
#include "xenapi/absent.def"
#undef ABSENT
};

enum xenapi_field_id {
#define FIELD(CLASS, NAME, ...) XENAPI_##CLASS##_##NAME,
#define FIELD_IN(CLASS, NAMESPACE, NAME, ...) XENAPI_##CLASS##_##NAMESPACE##_##NAME,
#include "xenapi/classes.def"
    XENAPI_N_FIELDS
};

/* What a scalar, an element of a set, a key or a value of a map is. */
enum xenapi_atom {
    XENAPI_ATOM_STRING,
    XENAPI_ATOM_INT,
    XENAPI_ATOM_FLOAT,
    XENAPI_ATOM_BOOL,
    XENAPI_ATOM_DATETIME,
    XENAPI_ATOM_ENUM,
    XENAPI_ATOM_REF,
    XENAPI_ATOM_STRINGS,        /* a set of strings; only as a map's value */
};

struct xenapi_atom_type {
    enum xenapi_atom atom;
    enum xenapi_enum_id values; /* of a XENAPI_ATOM_ENUM */
    enum xenapi_class_id class; /* of a XENAPI_ATOM_REF; from XENAPI_N_CLASSES on: one without objects */
};

enum xenapi_shape { XENAPI_SHAPE_SCALAR, XENAPI_SHAPE_SET, XENAPI_SHAPE_MAP };

struct xenapi_field_type {
    enum xenapi_shape shape;
    struct xenapi_atom_type key;        /* the scalar, the set's element or the map's key */
    struct xenapi_atom_type value;      /* the map's value */
};

/* Who may set a field. Verbs may set any. */
enum xenapi_access {
    XENAPI_ACCESS_RO,               /* no client */
    XENAPI_ACCESS_NEW,              /* whoever creates the object, in the constructor's record */
    XENAPI_ACCESS_RW,               /* also whoever changes it later */
};

/* Where a field's value is. */
enum xenapi_storage {
    XENAPI_STORAGE_COLUMN,          /* in the column of its wire name. Where the column may be empty, an empty one means the default */
    XENAPI_STORAGE_DERIVED,         /* computed from rows, this one's or others', and from tasks */
    XENAPI_STORAGE_CONSTANT,        /* nowhere: it is always the default */
    XENAPI_STORAGE_HELD,            /* in the memory of the server that made the object: sessions, tasks */
};

struct xenapi_field {
    enum xenapi_field_id id;
    enum xenapi_class_id class;
    const char *name;           /* on the wire: "name_label" */
    const char *filter_name;    /* in filters: "name__label" */
    struct xenapi_field_type type;
    enum xenapi_access access;
    bool needed;                /* the constructor's record must have it */
    const char *initial;        /* the default: a scalar as text, the one element of a set; NULL is the type's own: "", 0, 0.0, false,
                                 * 1970, OpaqueRef:NULL, no elements */
    enum xenapi_storage storage;
};

struct xenapi_class {
    enum xenapi_class_id id;
    const char *name;           /* on the wire: "VM" */
    const char *event;          /* in events: "vm". NULL: has neither events nor lists */
    const char *table;          /* in the pool database; NULL: its objects are the server's */
    const struct xenapi_field *fields;  /* uuid first */
    size_t n_fields;
};

extern const struct xenapi_class xenapi_classes[XENAPI_N_CLASSES];
extern const struct xenapi_field xenapi_fields[XENAPI_N_FIELDS];

/* The class of that name, in any case, as subscriptions name it; NULL if none is served. */
const struct xenapi_class *xenapi_class_find(const char *name);

/* The wire name of a class, also of one that has no objects here. */
const char *xenapi_class_name(enum xenapi_class_id);

/* The field of that name, on the wire or in filters; NULL if the class has none. */
const struct xenapi_field *xenapi_field_find(const struct xenapi_class *, const char *name);
const struct xenapi_field *xenapi_field_find_in_filter(const struct xenapi_class *, const char *filter_name);

#endif
