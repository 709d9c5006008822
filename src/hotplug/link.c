/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "hotplug/link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netlink-socket.h>
#include <netlink.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "base/error.h"
#include "hotplug/devices.h"

static const uint8_t backend_mac[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

bool
link_is_configured(const struct device *device, int mtu)
{
    return device->mtu == mtu && device->flags & IFF_NOARP && !memcmp(device->mac, backend_mac, sizeof backend_mac);
}

static struct error *
link_error(const struct device *device, const char *what, int error)
{
    return error_new(ERROR_REFUSED, "device %s: cannot %s: %s", device->name, what, ovs_strerror(error));
}

/* Begins an RTM_NEWLINK request; 'flags' are set to 'values' where 'change' says so. */
static void
link_request(struct ofpbuf *request, const struct device *device, unsigned int values, unsigned int change)
{
    ofpbuf_init(request, 0);
    nl_msg_put_nlmsghdr(request, sizeof(struct ifinfomsg), RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);

    struct ifinfomsg *link = ofpbuf_put_zeros(request, sizeof *link);
    link->ifi_index = device->ifindex;
    link->ifi_flags = values;
    link->ifi_change = change;
}

/* A device that goes is told of twice: "down", then "gone". Who answers the first may come too late, and that is no error: the second
 * is on its way. */
static int
transact(struct ofpbuf *request)
{
    int error = nl_transact(NETLINK_ROUTE, request, NULL);

    ofpbuf_uninit(request);
    return error == ENODEV ? 0 : error;
}

/* Through procfs: rtnetlink can keep the kernel from making link-local addresses, not from joining groups and telling the wire so. A kernel
 * without IPv6 has no such file. */
static int
disable_ipv6(const struct device *device)
{
    char *path = xasprintf("/proc/sys/net/ipv6/conf/%s/disable_ipv6", device->name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int error = fd < 0 ? errno : write(fd, "1", 1) == 1 ? 0 : errno;

    if (fd >= 0) {
        close(fd);
    }
    free(path);
    return error == ENOENT ? 0 : error;
}

static int
delete_address(const struct ofpbuf *message)
{
    struct ofpbuf request;

    ofpbuf_init(&request, message->size);
    ofpbuf_put(&request, message->data, message->size);

    struct nlmsghdr *header = nl_msg_nlmsghdr(&request);
    header->nlmsg_type = RTM_DELADDR;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    header->nlmsg_seq = header->nlmsg_pid = 0;

    int error = transact(&request);
    return error == EADDRNOTAVAIL ? 0 : error;
}

/* disable_ipv6 has taken the IPv6 addresses; these are IPv4's. */
static int
flush_addresses(const struct device *device)
{
    uint64_t stub[4096 / 8];
    struct ofpbuf buffer = OFPBUF_STUB_INITIALIZER(stub);
    struct ofpbuf request, reply;
    struct nl_dump dump;
    int error = 0;

    ofpbuf_init(&request, 0);
    nl_msg_put_nlmsghdr(&request, sizeof(struct ifaddrmsg), RTM_GETADDR, NLM_F_REQUEST);
    struct ifaddrmsg *filter = ofpbuf_put_zeros(&request, sizeof *filter);
    filter->ifa_family = AF_INET;
    nl_dump_start(&dump, NETLINK_ROUTE, &request);
    ofpbuf_uninit(&request);
    while (nl_dump_next(&dump, &reply, &buffer)) {
        const struct ifaddrmsg *address = ofpbuf_at(&reply, NLMSG_HDRLEN, sizeof *address);

        if (address && address->ifa_index == device->ifindex && !error) {
            error = delete_address(&reply);
        }
    }
    ofpbuf_uninit(&buffer);
    int dump_error = nl_dump_done(&dump);
    return error ? error : dump_error;
}

struct error *
link_configure(const struct device *device, int mtu)
{
    struct ofpbuf request;
    int error;

    link_request(&request, device, IFF_NOARP, IFF_NOARP);
    nl_msg_put_u32(&request, IFLA_MTU, mtu);
    error = transact(&request);
    if (error) {
        return link_error(device, "set its MTU and switch ARP off", error);
    }

    link_request(&request, device, 0, 0);
    nl_msg_put_unspec(&request, IFLA_ADDRESS, backend_mac, sizeof backend_mac);
    error = transact(&request);
    if (error) {
        return link_error(device, "set its MAC address", error);
    }

    error = disable_ipv6(device);
    if (!error) {
        error = flush_addresses(device);
    }
    return error ? link_error(device, "take its addresses away", error) : NULL;
}

struct error *
link_set_up(const struct device *device, bool up)
{
    struct ofpbuf request;

    link_request(&request, device, up ? IFF_UP : 0, IFF_UP);

    int error = transact(&request);
    return error ? link_error(device, up ? "bring it up" : "take it down", error) : NULL;
}
