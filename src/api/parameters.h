/* SPDX-License-Identifier: Apache-2.0
 *
 * A verb's parameters as a client sent them, made what the table of verbs says (verbs/verb.h): ints that came as text, enums in any case, maps
 * whose values are whatever their author had at hand, and those that were left out.
 */
#ifndef API_PARAMETERS_H
#define API_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "xenapi/call.h"

struct verb;
struct xenapi_field_type;

/* Sets '*params' to the set of the verb's parameters, the caller's, from those of 'given' from 'first' on, of which there are as many as the
 * verb allows. References are well-formed then, but may lead nowhere. False, and '*failure' is the caller's, if one is not of its type. */
bool parameters_read(const struct verb *, const struct xenapi_value *given, size_t first, struct xenapi_value *params,
                     struct xenapi_reply *failure);

#endif
