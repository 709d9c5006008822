/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/placement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <smap.h>
#include <util.h>

#include "pool/replica.h"
#include "toolstack/attachment.h"
#include "xenapi/ref.h"

/* What a VM can have at most. A guest that is a namespace has no memory of its own. */
static int64_t
memory_of(const struct poolrec_vm *vm)
{
    return strcmp(smap_get_def(&vm->platform, "cabled-domain", ""), "netns") ? MAX(vm->memory_static_max, 0) : 0;
}

int64_t
placement_free_memory(struct pool *pool, const struct poolrec_host *host)
{
    int64_t free = host->metrics ? host->metrics->memory_total - host->memory_overhead : 0;
    const struct poolrec_vm *vm;

    POOLREC_VM_FOR_EACH (vm, pool_idl(pool)) {
        if (vm->resident_on == host && !vm->is_control_domain) {
            free -= MIN(memory_of(vm), free);
        }
    }
    return MAX(free, 0);
}

static bool
host_fails(const char *code, const struct poolrec_host *host, struct xenapi_reply *failure)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(&host->header_.uuid, ref);
    *failure = xenapi_failure(code, ref, NULL);
    return false;
}

static bool
memory_suffices(struct pool *pool, const struct poolrec_vm *vm, const struct poolrec_host *host, struct xenapi_reply *failure)
{
    const int64_t free = placement_free_memory(pool, host);
    char needed[24], available[24];

    if (memory_of(vm) <= free) {
        return true;
    }
    snprintf(needed, sizeof needed, "%"PRId64, memory_of(vm));
    snprintf(available, sizeof available, "%"PRId64, free);
    *failure = xenapi_failure("HOST_NOT_ENOUGH_FREE_MEMORY", needed, available, NULL);
    return false;
}

bool
placement_is_possible(struct pool *pool, const struct poolrec_vm *vm, const struct poolrec_host *host, struct xenapi_reply *failure)
{
    if (host->n_enabled && !*host->enabled) {
        return host_fails("HOST_DISABLED", host, failure);
    }
    if (host->metrics && host->metrics->n_live && !*host->metrics->live) {
        return host_fails("HOST_NOT_LIVE", host, failure);
    }
    return attachment_sees_networks(pool, vm, host, failure) && memory_suffices(pool, vm, host, failure);
}
