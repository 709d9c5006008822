/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/vm_size.h"

#include <inttypes.h>
#include <stdio.h>

#include "verbs/failure.h"

bool
vm_size_check_memory(const struct vm_size_memory *memory, struct xenapi_reply *failure)
{
    if (memory->static_min >= 0 && memory->static_min <= memory->dynamic_min && memory->dynamic_min <= memory->dynamic_max
        && memory->dynamic_max <= memory->static_max) {
        return true;
    }
    *failure = xenapi_failure("MEMORY_CONSTRAINT_VIOLATION",
                              "Memory limits must satisfy: static_min \xe2\x89\xa4 dynamic_min \xe2\x89\xa4 dynamic_max \xe2\x89\xa4 static_max", NULL);
    return false;
}

static struct xenapi_reply
invalid(const char *field, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%"PRId64, value);
    return failure_value(field, text);
}

bool
vm_size_check_vcpus(int64_t max, int64_t at_startup, struct xenapi_reply *failure)
{
    char text[24];

    if (max < 1) {
        *failure = invalid("VCPUs_max", max);
        return false;
    }
    if (at_startup < 1) {
        *failure = invalid("VCPUs_at_startup", at_startup);
        return false;
    }
    if (at_startup > max) {
        snprintf(text, sizeof text, "%"PRId64, at_startup);
        *failure = xenapi_failure("VALUE_NOT_SUPPORTED", "VCPUs_at_startup", text, "value greater than VCPUs_max", NULL);
        return false;
    }
    return true;
}
