/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "hotplug/link_event.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <netlink.h>
#include <openvswitch/ofpbuf.h>
#include <rtnetlink.h>

/* An event with a protocol family is about the link's part in that family. When a device leaves a Linux bridge, the kernel says RTM_DELLINK
 * with AF_BRIDGE (br_ifinfo_notify()), and the device has not gone. */
bool
link_event_parse(struct ofpbuf *message, struct rtnetlink_change *event)
{
    if (!rtnetlink_parse(message, event)) {
        return false;
    }

    const struct ifinfomsg *link = ofpbuf_at(message, NLMSG_HDRLEN, sizeof *link);
    event->irrelevant = event->irrelevant || (link && link->ifi_family != AF_UNSPEC);
    return true;
}
