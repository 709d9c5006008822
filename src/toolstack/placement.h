/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a host can take a VM that is to be started: it is enabled and alive, sees the VM's networks (toolstack/attachment.h), and what the
 * VMs on it can have at most leaves enough of its memory. A VM counts from the moment its start was admitted; two that are admitted in the same instant may not see each other. Guests that are namespaces take
 * no memory of their own.
 */
#ifndef TOOLSTACK_PLACEMENT_H
#define TOOLSTACK_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "xenapi/call.h"

struct pool;
struct poolrec_host;
struct poolrec_vm;

/* What the VMs that are resident on a host leave of its memory, in bytes. */
int64_t placement_free_memory(struct pool *, const struct poolrec_host *);

/* If not, '*failure' says why: HOST_DISABLED, HOST_NOT_LIVE, VM_REQUIRES_NETWORK or HOST_NOT_ENOUGH_FREE_MEMORY. */
bool placement_is_possible(struct pool *, const struct poolrec_vm *, const struct poolrec_host *, struct xenapi_reply *failure);

#endif
