/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF that a program hands to the agent (control command vif/hand, cabled(8)), as JSON text:
 *
 *     {"device": "vif1.0",               the network device, which is there or will be
 *      "bridge": "xenbr0",               also a fake bridge's name (a VLAN of another bridge): then its parent and tag count
 *      "mac": "02:00:00:00:01:00",
 *      "locking_mode": "locked",         or unlocked, disabled
 *      "ipv4": ["10.0.0.5"],             addresses and prefixes; a list that is missing is empty
 *      "ipv6": [],
 *      "auto_lla": true,                 as cabled-auto-lla (vif/description.h)
 *      "trunks": [10, 20],               VLANs that the guest may send tagged
 *      "tag": 0,                         VLAN of its untagged frames in the bridge; 0: none. Not both
 *      "rate": {"kbps": 1000, "burst_kb": 128},
 *      "mtu": 1500,
 *      "keys": {"xs-vif-uuid": "..."},   external_ids that the Interface row gets besides those of ours
 *      "timeout_ms": 30000}              for the reply
 *
 * Only device, bridge, mac and locking_mode are needed. A member of another name is refused: it may be one that was meant to restrict.
 */
#ifndef VIF_HAND_H
#define VIF_HAND_H

#include <smap.h>

#include "vif/wish.h"

struct error;

/* How the agent's refusal begins while it has just been started: who is told so asks again. */
#define VIF_HAND_NOT_YET "the agent does not know its settings yet"

struct vif_hand {
    struct vif_wish wish;       /* with a uuid that follows from device and the key `xs-vif-uuid`, so that the same VIF has it again */
    struct smap keys;           /* external_ids of the Interface */
    int timeout_ms;
};

/* On success '*hand' is the caller's: vif_hand_destroy(). On failure it is NULL. */
struct error *vif_hand_parse(const char *text, struct vif_hand **hand);
void vif_hand_destroy(struct vif_hand *);

#endif
