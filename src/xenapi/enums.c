/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/enums.h"

#include <strings.h>

#include <util.h>

#define ENUM(NAME, ...) static const char *const values_of_##NAME[] = { __VA_ARGS__ };
#include "xenapi/enums.def"
#undef ENUM

const struct xenapi_enum xenapi_enums[XENAPI_N_ENUMS] = {
#define ENUM(NAME, ...) { #NAME, values_of_##NAME, ARRAY_SIZE(values_of_##NAME) },
#include "xenapi/enums.def"
#undef ENUM
};

const char *
xenapi_enum_value(const struct xenapi_enum *type, const char *word)
{
    for (size_t i = 0; i < type->n; i++) {
        if (!strcasecmp(type->values[i], word)) {
            return type->values[i];
        }
    }
    return NULL;
}
