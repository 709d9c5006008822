/* SPDX-License-Identifier: Apache-2.0
 *
 * The network devices of domains, over rtnetlink(7). The kernel answers each of these calls before it returns: none waits for anything else.
 *
 * vif<domid>.<devid> is the host's end of a VIF. Here it is made, down, and removed; what it is like, and when it is up, is the agent's.
 */
#ifndef DOMAIN_LINKS_H
#define DOMAIN_LINKS_H

#include <stdbool.h>

#include "vif/mac.h"

struct error;
struct nl_sock;

/* IFNAMSIZ with the terminator. */
struct link_name {
    char text[16];
};

struct link_name link_name(unsigned int domid, unsigned int devid);

/* Bits: which of vif<domid>.0 to vif<domid>.31 there are. */
enum { LINKS_OF_DOMAIN = 32 };
struct error *links_of(unsigned int domid, unsigned int *devids);

/* Removes all of them, whatever they are. */
struct error *links_remove(unsigned int domid);
/* One; that there is none is no error. */
struct error *link_remove(const char *name);

/* Of a device in this namespace that is down. It gets no IPv6 address when it is up. */
struct error *link_prepare(const char *name, unsigned int mtu);

/* A veth: 'name' here and 'peer' in the namespace 'netns', both with this MTU and down. */
struct veth {
    const char *name, *peer;
    struct mac mac;             /* of 'peer' */
    unsigned int mtu;
    int netns;
};
struct error *link_add_veth(const struct veth *);

/* Brings a device up in the namespace of 'sock' (NETLINK_ROUTE). */
struct error *link_set_up_in(struct nl_sock *sock, const char *name);

#endif
