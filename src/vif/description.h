/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF as external_ids of a port's Interface row describe it, whoever wrote them:
 *
 *     cabled-locking-mode    locked, unlocked or disabled: it is what makes a port a described one
 *     attached-mac           the guest's MAC, which libvirt and XenServer write too; needed
 *     cabled-ipv4            addresses and prefixes with commas between them; may be missing, as all that follows
 *     cabled-ipv6
 *     cabled-auto-lla        true or false (true): the MAC's link-local address is allowed too if there are IPv6 addresses
 *     cabled-rate-kbps       kilobytes a second that the guest may send (vif/rate.h)
 *     cabled-rate-burst-kb   kilobytes
 *     cabled-mtu             of the device of a VIF that was handed to the agent (vif/hand.h)
 *     cabled-replace-cookie  flows with this cookie that match the port go when ours come: those of another program, of before
 *
 * VLANs are the port's own columns. The network's uuid is `cabled-network` or `xs-network-uuid`, that of the VM `xs-vm-uuid` or `vm-id`,
 * if it is one.
 */
#ifndef VIF_DESCRIPTION_H
#define VIF_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct smap;
struct vif_wish;

/* True if the row describes its port, well or badly. */
bool vif_description_is_there(const struct smap *keys);

/* VLAN columns of a Port (ovs-vswitchd.conf.db(5)). */
struct vif_port_vlans {
    const char *mode;           /* vlan_mode, or NULL */
    const int64_t *tag;         /* or NULL */
    const int64_t *trunks;
    size_t n_trunks;
};

/* Fills policy, rate, MTU, VLAN, what is replaced, and the uuids of network and VM of '*wish' from the row; the rest stays as it is.
 * On failure it tells which key is wrong, and fills nothing but the uuids. */
struct error *vif_description_parse(const struct smap *keys, const struct vif_port_vlans *vlans, struct vif_wish *wish);

/* The uuids alone; "" for what is none. */
void vif_description_uuids(const struct smap *keys, struct vif_wish *wish);

/* The other way round: puts the keys that describe 'wish', and takes those that would say something else. VLANs are not among them. */
void vif_description_put(const struct vif_wish *wish, struct smap *keys);

/* The names of all keys that vif_description_put() writes or takes; NULL-terminated. */
extern const char *const vif_description_keys[];

#endif
