/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/device.h"

#include <stdbool.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

/* Linux refuses '/', ':' and space, and expands '%' (dev_alloc_name()); what is not printable ASCII it takes, but Open vSwitch's
 * tools and logs show it badly. */
static bool
is_device_character(char c)
{
    return c > ' ' && c < 0x7f && !strchr("/:%", c);
}

/* Every network namespace has its loopback device; Linux has settings of the other names in /proc/sys/net and lets no device have
 * them (sysctl_dev_name_is_allowed()); Open vSwitch makes devices of these names for its datapaths. */
static bool
is_taken_by_the_system(const char *name)
{
    static const char *const names[] = { "lo", "all", "default", "ovs-system", "ovs-netdev" };
    size_t i = 0;

    while (i < ARRAY_SIZE(names) && strcmp(name, names[i])) {
        i++;
    }
    return i < ARRAY_SIZE(names);
}

struct error *
device_name_check(const char *what, const char *name)
{
    if (!*name) {
        return error_new(ERROR_INVALID, "%s name is empty: write 1 to %d characters", what, DEVICE_NAME_SIZE - 1);
    } else if (strlen(name) >= DEVICE_NAME_SIZE) {
        return error_new(ERROR_INVALID, "%s name %s is longer than the %d characters that the kernel takes: choose a shorter one",
                         what, quote(name).text, DEVICE_NAME_SIZE - 1);
    } else if (!strcmp(name, ".") || !strcmp(name, "..")) {
        return error_new(ERROR_INVALID, "%s name %s stands for a folder in /sys: choose another one", what, quote(name).text);
    } else if (is_taken_by_the_system(name)) {
        return error_new(ERROR_INVALID, "%s name %s belongs to the system of every host: choose another one", what,
                         quote(name).text);
    }
    for (const char *c = name; *c; c++) {
        if (!is_device_character(*c)) {
            return error_new(ERROR_INVALID, "%s name %s holds a character that no device can have: write printable ASCII without "
                             "space, '/', ':' and '%%'", what, quote(name).text);
        }
    }
    return NULL;
}
