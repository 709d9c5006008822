/* SPDX-License-Identifier: Apache-2.0
 *
 * What a client sent, made the value of a field's or parameter's type. Wires and clients spell values in several ways (xenapi/scalar.h);
 * behind these functions there is one: an int is a XENAPI_INT, an enumeration's word has its own spelling, a reference to nothing is
 * "OpaqueRef:NULL", a set holds nothing twice. Texts, keys and elements are within base/limits.h.
 *
 * What is none of the type is a failure of the call: FIELD_TYPE_ERROR [name] if it is of another type or nil, INVALID_VALUE [name, text] if the
 * text says no such value, HANDLE_INVALID [class, text] if it is no reference, VALUE_NOT_SUPPORTED [name, text, reason] if it is over a
 * limit. Whether a reference leads to an object is not looked at here.
 */
#ifndef OBJECTS_TYPED_H
#define OBJECTS_TYPED_H

#include <stdbool.h>

#include "xenapi/call.h"
#include "xenapi/classes.h"
#include "xenapi/value.h"

/* Makes '*typed', the caller's, of 'value'. 'name' is the field's or parameter's. False, and '*failure' the caller's, if it cannot be made. */
bool typed_value(const char *name, const struct xenapi_field_type *, const struct xenapi_value *value, struct xenapi_value *typed,
                 struct xenapi_reply *failure);

/* The default of a field, which the caller destroys. */
struct xenapi_value typed_default(const struct xenapi_field *);

/* What is said of a text or a number of elements that is over its limit. */
struct xenapi_reply typed_over_limit(const char *name, const char *text, size_t size, const char *unit, size_t limit);

#endif
