/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields allowed_operations: of all operations that this server carries out, those that are legal now (verbs/legality.h). Advice for buttons; a
 * verb checks for itself. There is no suspending, no migration and no snapshot here, so those are never among them.
 *
 * Each returns a set of names of the class's enumeration, in its order, which is the caller's.
 */
#ifndef VERBS_ALLOWED_H
#define VERBS_ALLOWED_H

#include <stdbool.h>

#include "verbs/legality.h"
#include "xenapi/value.h"

struct xenapi_value allowed_of_vm(const struct legality_vm *);
struct xenapi_value allowed_of_vif(const struct legality_vif *);
struct xenapi_value allowed_of_vbd(const struct legality_vbd *);

struct xenapi_value allowed_of_network(void);
struct xenapi_value allowed_of_sr(void);
struct xenapi_value allowed_of_host(bool is_enabled);

#endif
