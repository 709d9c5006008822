/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a host has what a VM's networks need of it, as XAPI judges (xapi_network_attach_helpers.ml): first whether it can see a network at
 * all, before a host is chosen; then, on that host, whether the bridge is there.
 */
#ifndef TOOLSTACK_ATTACHMENT_H
#define TOOLSTACK_ATTACHMENT_H

#include <stdbool.h>

#include "xenapi/call.h"

struct pool;
struct poolrec_host;
struct poolrec_network;
struct poolrec_vm;

/* True if VMs on the host can be on the network. One with PIFs is where they are; any other is everywhere if it has an uplink, is not ours to make, or its
 * other_config says assume_network_is_shared; what is left is a private network, which is on one host at a time. */
bool attachment_is_visible(struct pool *, const struct poolrec_network *, const struct poolrec_host *);

/* True if that is so of all networks of the VM. If not, '*failure' is VM_REQUIRES_NETWORK. */
bool attachment_sees_networks(struct pool *, const struct poolrec_vm *, const struct poolrec_host *, struct xenapi_reply *failure);

/* True if this host can attach the network: its bridge is there, or ours to make. If not, '*failure' is BRIDGE_NOT_AVAILABLE. */
bool attachment_has_bridge(const struct poolrec_network *, struct xenapi_reply *failure);

/* The same for all networks of the VM. */
bool attachment_has_bridges(struct pool *, const struct poolrec_vm *, struct xenapi_reply *failure);

#endif
