/* SPDX-License-Identifier: Apache-2.0
 *
 * What reading and writing accessors share.
 */
#ifndef OBJECTS_ACCESS_PRIVATE_H
#define OBJECTS_ACCESS_PRIVATE_H

#include "objects/access.h"

struct object;

/* The object that a method's first parameter names; NULL and '*failure' if there is none. */
const struct object *access_self(const struct objects *, const struct xenapi_accessor_method *, const struct xenapi_value *params,
                                 struct xenapi_reply *failure);

#endif
