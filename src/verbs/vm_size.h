/* SPDX-License-Identifier: Apache-2.0
 *
 * How large a VM can be: its memory limits and its numbers of processors, as VM.set_memory_limits, VM.set_VCPUs_max and VM.start ask (XAPI
 * ocaml/xapi/xapi_vm_helpers.ml).
 */
#ifndef VERBS_VM_SIZE_H
#define VERBS_VM_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "xenapi/call.h"

struct vm_size_memory {
    int64_t static_min, dynamic_min, dynamic_max, static_max;   /* bytes */
};

/* Otherwise '*failure' says MEMORY_CONSTRAINT_VIOLATION. */
bool vm_size_check_memory(const struct vm_size_memory *, struct xenapi_reply *failure);

/* Otherwise '*failure' says INVALID_VALUE, or VALUE_NOT_SUPPORTED if more are to start than there can be. */
bool vm_size_check_vcpus(int64_t max, int64_t at_startup, struct xenapi_reply *failure);

#endif
