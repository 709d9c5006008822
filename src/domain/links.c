/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/links.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink-socket.h>
#include <netlink.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "base/error.h"

struct link_name
link_name(unsigned int domid, unsigned int devid)
{
    struct link_name name;

    snprintf(name.text, sizeof name.text, "vif%u.%u", domid, devid);
    return name;
}

static struct error *
refused(const char *name, const char *what, int error)
{
    return error ? error_new(ERROR_REFUSED, "device %s: cannot %s: %s", name, what, ovs_strerror(error)) : NULL;
}

static struct ifinfomsg *
put_header(struct ofpbuf *request, uint16_t type, uint16_t flags)
{
    ofpbuf_init(request, 0);
    nl_msg_put_nlmsghdr(request, sizeof(struct ifinfomsg), type, NLM_F_REQUEST | flags);
    return ofpbuf_put_zeros(request, sizeof(struct ifinfomsg));
}

static int
transact(struct ofpbuf *request)
{
    int error = nl_transact(NETLINK_ROUTE, request, NULL);

    ofpbuf_uninit(request);
    return error;
}

/* Each name is asked for: a list of all devices takes the kernel a time that grows faster than their number, when their peers are in
 * namespaces of their own (Linux 6.18: __peernet2id() looks through all namespaces for each). */
struct error *
links_of(unsigned int domid, unsigned int *devids)
{
    int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    *devids = 0;
    if (sock < 0) {
        return error_new(ERROR_REFUSED, "cannot ask for network devices: %s", ovs_strerror(errno));
    }
    for (unsigned int devid = 0; devid < LINKS_OF_DOMAIN; devid++) {
        struct link_name name = link_name(domid, devid);
        struct ifreq request;

        ovs_strlcpy(request.ifr_name, name.text, sizeof request.ifr_name);
        *devids |= !ioctl(sock, SIOCGIFINDEX, &request) ? 1u << devid : 0;
    }
    close(sock);
    return NULL;
}

struct error *
link_remove(const char *name)
{
    struct ofpbuf request;

    put_header(&request, RTM_DELLINK, NLM_F_ACK);
    nl_msg_put_string(&request, IFLA_IFNAME, name);
    int error = transact(&request);
    return refused(name, "remove it", error == ENODEV ? 0 : error);
}

struct error *
links_remove(unsigned int domid)
{
    unsigned int devids;
    struct error *error = links_of(domid, &devids);

    for (unsigned int devid = 0; devid < LINKS_OF_DOMAIN && !error; devid++) {
        if (devids & 1u << devid) {
            error = link_remove(link_name(domid, devid).text);
        }
    }
    return error;
}

/* Through procfs, as the agent does: rtnetlink can keep the kernel from making addresses, not from joining groups and telling the wire so. A
 * kernel without IPv6 has no such file; where it cannot be written (in some containers), the agent's word must do. */
static void
disable_ipv6(const char *name)
{
    char path[80];

    snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ignore(write(fd, "1", 1));
        close(fd);
    }
}

struct error *
link_prepare(const char *name, unsigned int mtu)
{
    struct ofpbuf request;

    put_header(&request, RTM_NEWLINK, NLM_F_ACK);
    nl_msg_put_string(&request, IFLA_IFNAME, name);
    nl_msg_put_u32(&request, IFLA_MTU, mtu);
    int error = transact(&request);
    disable_ipv6(name);
    return refused(name, "set its MTU", error);
}

static void
put_veth(struct ofpbuf *request, const struct veth *veth)
{
    put_header(request, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    nl_msg_put_string(request, IFLA_IFNAME, veth->name);
    nl_msg_put_u32(request, IFLA_MTU, veth->mtu);

    size_t info = nl_msg_start_nested(request, IFLA_LINKINFO);
    nl_msg_put_string(request, IFLA_INFO_KIND, "veth");
    size_t data = nl_msg_start_nested(request, IFLA_INFO_DATA);
    size_t peer = nl_msg_start_nested(request, VETH_INFO_PEER);
    ofpbuf_put_zeros(request, sizeof(struct ifinfomsg));
    nl_msg_put_string(request, IFLA_IFNAME, veth->peer);
    nl_msg_put_unspec(request, IFLA_ADDRESS, veth->mac.octet, sizeof veth->mac.octet);
    nl_msg_put_u32(request, IFLA_MTU, veth->mtu);
    nl_msg_put_u32(request, IFLA_NET_NS_FD, veth->netns);
    nl_msg_end_nested(request, peer);
    nl_msg_end_nested(request, data);
    nl_msg_end_nested(request, info);
}

struct error *
link_add_veth(const struct veth *veth)
{
    struct ofpbuf request;

    put_veth(&request, veth);
    int error = transact(&request);
    if (!error) {
        disable_ipv6(veth->name);
    }
    return refused(veth->name, "make it", error);
}

/* nl_transact() has sockets of its own, in this program's namespace. */
struct error *
link_set_up_in(struct nl_sock *sock, const char *name)
{
    struct ofpbuf request, reply;
    struct ifinfomsg *link = put_header(&request, RTM_NEWLINK, NLM_F_ACK);

    link->ifi_flags = link->ifi_change = IFF_UP;
    nl_msg_put_string(&request, IFLA_IFNAME, name);
    int error = nl_sock_send(sock, &request, true);
    ofpbuf_uninit(&request);
    ofpbuf_init(&reply, 1024);
    while (!error) {
        int answer;

        error = nl_sock_recv(sock, &reply, NULL, true);
        if (!error && nl_msg_nlmsgerr(&reply, &answer, NULL)) {
            ofpbuf_uninit(&reply);
            return refused(name, "bring it up", answer);
        }
    }
    ofpbuf_uninit(&reply);
    return refused(name, "bring it up", error);
}
