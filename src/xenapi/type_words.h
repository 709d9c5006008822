/* SPDX-License-Identifier: Apache-2.0
 *
 * The words for types in classes.def and verbs.def, as initializers of a struct xenapi_field_type: TYPE_INT, TYPE_REF(VM), TYPE_SET(REF(VIF)),
 * TYPE_MAP(STRING, STRING). What begins with ATOM_ may stand in a set or a map. For the two files that make tables of them.
 */
#ifndef XENAPI_TYPE_WORDS_H
#define XENAPI_TYPE_WORDS_H

#include "xenapi/classes.h"

#define ATOM_STRING { .atom = XENAPI_ATOM_STRING }
#define ATOM_INT { .atom = XENAPI_ATOM_INT }
#define ATOM_FLOAT { .atom = XENAPI_ATOM_FLOAT }
#define ATOM_ENUM(NAME) { .atom = XENAPI_ATOM_ENUM, .values = XENAPI_ENUM_##NAME }
#define ATOM_REF(CLASS) { .atom = XENAPI_ATOM_REF, .class = XENAPI_CLASS_##CLASS }
#define ATOM_STRINGS { .atom = XENAPI_ATOM_STRINGS }

#define TYPE_STRING { .shape = XENAPI_SHAPE_SCALAR, .key = ATOM_STRING }
#define TYPE_INT { .shape = XENAPI_SHAPE_SCALAR, .key = ATOM_INT }
#define TYPE_FLOAT { .shape = XENAPI_SHAPE_SCALAR, .key = ATOM_FLOAT }
#define TYPE_BOOL { .shape = XENAPI_SHAPE_SCALAR, .key = { .atom = XENAPI_ATOM_BOOL } }
#define TYPE_DATETIME { .shape = XENAPI_SHAPE_SCALAR, .key = { .atom = XENAPI_ATOM_DATETIME } }
#define TYPE_ENUM(NAME) { .shape = XENAPI_SHAPE_SCALAR, .key = ATOM_ENUM(NAME) }
#define TYPE_REF(CLASS) { .shape = XENAPI_SHAPE_SCALAR, .key = ATOM_REF(CLASS) }
#define TYPE_SET(ELEMENT) { .shape = XENAPI_SHAPE_SET, .key = ATOM_##ELEMENT }
#define TYPE_MAP(KEY, VALUE) { .shape = XENAPI_SHAPE_MAP, .key = ATOM_##KEY, .value = ATOM_##VALUE }

#endif
