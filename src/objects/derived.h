/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields that no column keeps (STORAGE DERIVED in xenapi/classes.def): what follows from other rows, or from the row itself. Inside of the room.
 *
 * Operations under way are the rows of the table Operation: that row's uuid is its task's.
 */
#ifndef OBJECTS_DERIVED_H
#define OBJECTS_DERIVED_H

#include "xenapi/classes.h"
#include "xenapi/value.h"

struct object;
struct objects;
struct ovsdb_idl_row;

/* The value of 'field', which is derived, and the caller's. 'row' is the object's, or NULL if that has gone. */
struct xenapi_value derived_get(const struct objects *, const struct object *, const struct ovsdb_idl_row *row, const struct xenapi_field *);

#endif
