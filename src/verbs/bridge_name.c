/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/bridge_name.h"

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "verbs/failure.h"
#include "vif/device.h"

static bool
is_reserved(const char *name)
{
    static const char *const prefixes[] = { "xen", "xapi", "vif", "tap", "eth" };

    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (!strncmp(name, prefixes[i], strlen(prefixes[i]))) {
            return true;
        }
    }
    return false;
}

bool
bridge_name_check(const char *name, struct xenapi_reply *failure)
{
    OWN_ERROR struct error *error = device_name_check("bridge", name);

    if (error || is_reserved(name)) {
        *failure = failure_value("bridge", name);
        return false;
    }
    return true;
}
