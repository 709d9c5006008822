/* SPDX-License-Identifier: Apache-2.0
 *
 * The bridges that networks name, and who shares them. Inside of the room: pool/network.h is what others include.
 *
 * Networks of different VLANs may share a bridge; one of them may be untagged. Uplink and management are the bridge's, so
 * they must say the same of both. That is checked against the networks that the replica shows; two writers who put the
 * first two networks on a bridge in the same instant are not seen, and an agent refuses their VIFs until they agree.
 */
#ifndef POOL_BRIDGE_H
#define POOL_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "vif/device.h"

struct error;
struct pool;
struct poolrec_network;

/* Where a network will be. */
struct network_place {
    const char *bridge;
    const char *uplink;         /* "": none */
    bool managed;
    int64_t vlan;               /* 0: none */
};

/* Another network on the bridge; NULL if there is none. */
const struct poolrec_network *network_sharer(struct pool *, const struct poolrec_network *self, const char *bridge);

/* Whether the names can be those of a bridge and of an uplink, and no other network or VIF is in the way. */
struct error *network_place_check_bridge(struct pool *, const struct network_place *);
struct error *network_place_check_uplink(struct pool *, const struct poolrec_network *self, const struct network_place *);

/* Whether no other network is on that VLAN of the bridge, and those that share the bridge agree on uplink and management.
 * Their rows are verified. 'self' is NULL for a new network. */
struct error *network_place_check_sharing(struct pool *, const struct poolrec_network *self, const struct network_place *);

void network_place_next_free_bridge(struct pool *, char bridge[DEVICE_NAME_SIZE]);

#endif
