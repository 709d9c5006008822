/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a XenServer host is neither xenstore nor the switch: its settings, a device's offloads, and other people's scripts.
 */
#ifndef BIN_CABLE_VIF_HOST_H
#define BIN_CABLE_VIF_HOST_H

struct error;
struct xenvif_call;
struct xenvif_facts;

/* How long somebody else's script may take before it is killed. */
enum { HOST_SCRIPT_MS = 30 * 1000 };

/* An error if the host's networks are Linux bridges: 'root' stands before the path of /etc/xensource/network.conf. No such file: no
 * error. */
struct error *host_backend_check(const char *root);

/* Sets what PRIVATE/other-config says of the device's offloads; what is refused, and `promiscuous`, is told in the log and no error. */
void host_offloads_set(const struct xenvif_call *, const struct xenvif_facts *);

/* Has the script that xenopsd names set up ("add") or take away ("remove") the rules of the PVS proxy, if the VIF has one. Its rules are
 * its own: they are neither made nor deleted here. */
void host_pvs_call(const char *verb, const struct xenvif_call *, const struct xenvif_facts *);

/* Calls /etc/xapi.d/vif-hotplug, if it is there. Nothing depends on its exit status. */
void host_hook_call(const char *root, const struct xenvif_call *, const struct xenvif_facts *, const char *vif_uuid);

/* Takes the port's row away without the agent, of which nobody knows when it comes back, and without waiting for ovs-vswitchd: what a VM
 * that ends needs. */
struct error *host_port_delete(const char *device);

#endif
