/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of bridges that a client may give a new network (XenAPI network.create): a device's name that is none of those which the toolstack and the
 * kernel give out themselves.
 */
#ifndef VERBS_BRIDGE_NAME_H
#define VERBS_BRIDGE_NAME_H

#include <stdbool.h>

#include "xenapi/call.h"

/* Otherwise '*failure' says INVALID_VALUE. */
bool bridge_name_check(const char *name, struct xenapi_reply *failure);

#endif
