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
link_message(struct ofpbuf *request, const struct device *device, unsigned int values, unsigned int change)
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
tolerate(int error)
{
    return error == ENODEV ? 0 : error;
}

static int
transact(struct ofpbuf *request)
{
    int error = nl_transact(NETLINK_ROUTE, request, NULL);

    ofpbuf_uninit(request);
    return tolerate(error);
}

/* Sends what 'put' makes of each request, in few system calls, and notes the answer in the request's 'code'. */
static void
transact_all(struct link_request *requests, size_t n, void (*put)(struct ofpbuf *, const struct link_request *))
{
    struct nl_transaction *transactions = xcalloc(n, sizeof *transactions), **pointers = xmalloc(n * sizeof *pointers);
    struct ofpbuf *messages = xmalloc(n * sizeof *messages);

    for (size_t i = 0; i < n; i++) {
        put(&messages[i], &requests[i]);
        transactions[i].request = &messages[i];
        pointers[i] = &transactions[i];
    }
    nl_transact_multiple(NETLINK_ROUTE, pointers, n);
    for (size_t i = 0; i < n; i++) {
        requests[i].code = tolerate(transactions[i].error);
        ofpbuf_uninit(&messages[i]);
    }
    free(messages);
    free(transactions);
    free(pointers);
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

static struct link_request *
find_request(struct link_request *requests, size_t n, unsigned int ifindex)
{
    for (size_t i = 0; i < n; i++) {
        if (requests[i].device.ifindex == ifindex) {
            return &requests[i];
        }
    }
    return NULL;
}

/* disable_ipv6 has taken the IPv6 addresses; these are IPv4's. The kernel tells them of all devices at once. */
static void
flush_addresses(struct link_request *requests, size_t n)
{
    uint64_t stub[4096 / 8];
    struct ofpbuf buffer = OFPBUF_STUB_INITIALIZER(stub);
    struct ofpbuf message, reply;
    struct nl_dump dump;

    ofpbuf_init(&message, 0);
    nl_msg_put_nlmsghdr(&message, sizeof(struct ifaddrmsg), RTM_GETADDR, NLM_F_REQUEST);
    struct ifaddrmsg *filter = ofpbuf_put_zeros(&message, sizeof *filter);
    filter->ifa_family = AF_INET;
    nl_dump_start(&dump, NETLINK_ROUTE, &message);
    ofpbuf_uninit(&message);
    while (nl_dump_next(&dump, &reply, &buffer)) {
        const struct ifaddrmsg *address = ofpbuf_at(&reply, NLMSG_HDRLEN, sizeof *address);
        struct link_request *request = address ? find_request(requests, n, address->ifa_index) : NULL;

        if (request && !request->code) {
            request->code = delete_address(&reply);
        }
    }
    ofpbuf_uninit(&buffer);
    int error = nl_dump_done(&dump);
    for (size_t i = 0; i < n; i++) {
        requests[i].code = requests[i].code ? requests[i].code : error;
    }
}

static void
put_settings(struct ofpbuf *message, const struct link_request *request)
{
    link_message(message, &request->device, IFF_NOARP, IFF_NOARP);
    nl_msg_put_u32(message, IFLA_MTU, request->mtu);
    nl_msg_put_unspec(message, IFLA_ADDRESS, backend_mac, sizeof backend_mac);
}

/* The kernel does not say which of several settings it refused: they are tried one by one. */
static struct error *
configure_step_by_step(const struct link_request *request)
{
    struct ofpbuf message;
    int error;

    link_message(&message, &request->device, IFF_NOARP, IFF_NOARP);
    nl_msg_put_u32(&message, IFLA_MTU, request->mtu);
    error = transact(&message);
    if (error) {
        return link_error(&request->device, "set its MTU and switch ARP off", error);
    }

    link_message(&message, &request->device, 0, 0);
    nl_msg_put_unspec(&message, IFLA_ADDRESS, backend_mac, sizeof backend_mac);
    error = transact(&message);
    return error ? link_error(&request->device, "set its MAC address", error) : NULL;
}

void
link_configure_all(struct link_request *requests, size_t n)
{
    if (!n) {
        return;
    }
    transact_all(requests, n, put_settings);
    for (size_t i = 0; i < n; i++) {
        requests[i].error = requests[i].code ? configure_step_by_step(&requests[i]) : NULL;
        requests[i].code = requests[i].error ? 0 : disable_ipv6(&requests[i].device);
    }
    flush_addresses(requests, n);
    for (size_t i = 0; i < n; i++) {
        if (requests[i].code && !requests[i].error) {
            requests[i].error = link_error(&requests[i].device, "take its addresses away", requests[i].code);
        }
    }
}

static void
put_up(struct ofpbuf *message, const struct link_request *request)
{
    link_message(message, &request->device, request->up ? IFF_UP : 0, IFF_UP);
}

void
link_set_up_all(struct link_request *requests, size_t n)
{
    if (!n) {
        return;
    }
    transact_all(requests, n, put_up);
    for (size_t i = 0; i < n; i++) {
        requests[i].error = requests[i].code ? link_error(&requests[i].device, requests[i].up ? "bring it up" : "take it down",
                                                          requests[i].code) : NULL;
    }
}

struct error *
link_set_up(const struct device *device, bool up)
{
    struct link_request request = { .device = *device, .up = up };

    link_set_up_all(&request, 1);
    return request.error;
}
