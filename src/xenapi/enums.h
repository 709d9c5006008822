/* SPDX-License-Identifier: Apache-2.0
 *
 * XenAPI's enumerations: the words that a field of such a type can hold. Clients write them in any case (Nova creates a VBD of type
 * "disk"); what is stored and sent has the spelling of the table, enums.def.
 */
#ifndef XENAPI_ENUMS_H
#define XENAPI_ENUMS_H

#include <stddef.h>

enum xenapi_enum_id {
#define ENUM(NAME, ...) XENAPI_ENUM_##NAME,
#include "xenapi/enums.def"
#undef ENUM
    XENAPI_N_ENUMS
};

struct xenapi_enum {
    const char *name;           /* XenAPI's name of the type: "vm_power_state" */
    const char *const *values;
    size_t n;
};

extern const struct xenapi_enum xenapi_enums[XENAPI_N_ENUMS];

/* The value as it is spelled, whatever the case of 'word'; NULL if it is none of this enumeration. */
const char *xenapi_enum_value(const struct xenapi_enum *, const char *word);

#endif
