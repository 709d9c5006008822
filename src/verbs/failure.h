/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a verb cannot be carried out, as XenAPI says it: a code and its parameters (struct xenapi_reply that is a failure), for each code
 * that the rooms of the server need. XAPI ocaml/idl/datamodel_errors.ml has the codes, xenapi/call.h the form.
 */
#ifndef VERBS_FAILURE_H
#define VERBS_FAILURE_H

#include "xenapi/call.h"
#include "xenapi/classes.h"

struct error;

/* HANDLE_INVALID [class, ref] and UUID_INVALID [class, uuid]. */
struct xenapi_reply failure_handle(enum xenapi_class_id class, const char *ref);
struct xenapi_reply failure_uuid(enum xenapi_class_id class, const char *uuid);

/* INVALID_VALUE [field, value]. */
struct xenapi_reply failure_value(const char *field, const char *value);

/* INTERNAL_ERROR [text]: what has no code of its own in XenAPI. 'error' is consumed. */
struct xenapi_reply failure_internal(struct error *error);

#endif
