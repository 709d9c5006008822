/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "link.h"

#include <linux/rtnetlink.h>
#include <net/if.h>

#include <netlink-socket.h>
#include <netlink.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

static const uint8_t backend_mac[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

static void
request_begin(struct ofpbuf *request, int ifindex, unsigned int flags, unsigned int change)
{
    ofpbuf_init(request, 0);
    nl_msg_put_nlmsghdr(request, sizeof(struct ifinfomsg), RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);

    struct ifinfomsg *link = ofpbuf_put_zeros(request, sizeof *link);
    link->ifi_index = ifindex;
    link->ifi_flags = flags;
    link->ifi_change = change;
}

static void
request_end(struct ofpbuf *request, const char *what)
{
    int error = nl_transact(NETLINK_ROUTE, request, NULL);

    if (error) {
        ovs_fatal(error, "%s", what);
    }
    ofpbuf_uninit(request);
}

void
bench_link_configure(int ifindex, int mtu)
{
    struct ofpbuf request;

    request_begin(&request, ifindex, IFF_NOARP, IFF_NOARP);
    nl_msg_put_u32(&request, IFLA_MTU, mtu);
    nl_msg_put_unspec(&request, IFLA_ADDRESS, backend_mac, sizeof backend_mac);
    request_end(&request, "link settings");
}

void
bench_link_set_up(int ifindex, bool up)
{
    struct ofpbuf request;

    request_begin(&request, ifindex, up ? IFF_UP : 0, IFF_UP);
    request_end(&request, "link up or down");
}
