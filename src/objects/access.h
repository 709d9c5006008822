/* SPDX-License-Identifier: Apache-2.0
 *
 * Carries out the methods that follow from the table of classes (xenapi/accessors.h). Those that read are answered at once; those that write
 * become a change of the pool database.
 */
#ifndef OBJECTS_ACCESS_H
#define OBJECTS_ACCESS_H

#include <stdbool.h>

#include "xenapi/accessors.h"
#include "xenapi/call.h"
#include "xenapi/classes.h"

struct error;
struct objects;
struct ovsdb_idl_row;
struct ovsdb_idl_txn;
struct uuid;

/* True for getters, lists and look-ups. */
bool access_only_reads(const struct xenapi_accessor_method *);

/* The reply to a method that only reads. 'params' is a set, without the session; its length has been checked against access_arity(). */
struct xenapi_reply access_read(const struct objects *, const struct xenapi_accessor_method *, const struct xenapi_value *params);

/* How many parameters the method has, without the session. */
size_t access_arity(const struct xenapi_accessor_method *);

/* Writes in an open transaction, or, to a held object, at once: a setter, add or remove. False if it failed: '*failure' is the caller's then and
 * 'txn' is to be aborted. What is checked against a row that others may change meanwhile is verified, so that the transaction says "try
 * again". */
bool access_write(struct objects *, struct ovsdb_idl_txn *txn, const struct xenapi_accessor_method *,
                  const struct xenapi_value *params, struct xenapi_reply *failure);

/* Adds an object of 'class' with 'uuid' in an open transaction, as a constructor's 'record' describes it: unknown members are ignored, those
 * that are absent or nil get their default, fields that are RO get it too. If there is an object of that uuid, it is that one: an attempt of
 * before, whose answer was lost, has made it. NULL, and '*failure', if a value is not of its field's type (objects/typed.h), does not fit
 * into the column, or a reference leads nowhere (objects/column.h). The row is the transaction's. */
const struct ovsdb_idl_row *access_create(struct objects *, struct ovsdb_idl_txn *txn, enum xenapi_class_id class,
                                          const struct uuid *uuid, const struct xenapi_value *record,
                                          struct xenapi_reply *failure);

/* Writes one field of a row, of any storage that has a column, whatever its access: for verbs. The same checks. */
bool access_put(struct objects *, const struct ovsdb_idl_row *, const struct xenapi_field *, const struct xenapi_value *,
                struct xenapi_reply *failure);

#endif
