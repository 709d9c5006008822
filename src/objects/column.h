/* SPDX-License-Identifier: Apache-2.0
 *
 * A field's value as the column of the pool database that keeps it. OVSDB has no defaults but zero: an empty column is a field's default where
 * that is another one. A reference is the other row's uuid, no reference an empty column.
 */
#ifndef OBJECTS_COLUMN_H
#define OBJECTS_COLUMN_H

#include <stdbool.h>

#include "xenapi/call.h"
#include "xenapi/classes.h"
#include "xenapi/value.h"

struct ovsdb_datum;
struct ovsdb_idl_column;
struct ovsdb_idl_table_class;
struct ovsdb_type;
struct uuid;

/* The column of that name; NULL if the table has none. */
const struct ovsdb_idl_column *column_find(const struct ovsdb_idl_table_class *, const char *name);

/* Whether there is an object of that class and uuid. */
struct column_world {
    bool (*has)(enum xenapi_class_id, const struct uuid *, const void *aux);
    const void *aux;
};

/* What 'datum' says, which the caller destroys. References to what is not there are null, or left out of a set. */
struct xenapi_value column_read(const struct xenapi_field *, const struct ovsdb_datum *, const struct column_world *);

/* Makes '*datum', the caller's, of 'value', which is typed (objects/typed.h), for a column of 'type'. False, and '*failure' the caller's, if
 * the column cannot hold it: HANDLE_INVALID [class, ref] of what is not there, or of nothing where something must be; INVALID_VALUE
 * [field, value] out of its range; VALUE_NOT_SUPPORTED [field, value, reason] over a limit. */
bool column_write(const struct xenapi_field *, const struct ovsdb_type *, const struct xenapi_value *value, const struct column_world *,
                  struct ovsdb_datum *datum, struct xenapi_reply *failure);

#endif
