/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <netlink.h>
#include <openvswitch/ofpbuf.h>
#include <rtnetlink.h>

#include "hotplug/link_event.h"

/* What the kernel would send of device 7, "vif1.0". */
static struct ofpbuf *
message_of(int type, int family)
{
    struct ofpbuf *message = ofpbuf_new(0);

    nl_msg_put_nlmsghdr(message, sizeof(struct ifinfomsg), type, 0);
    struct ifinfomsg *link = ofpbuf_put_zeros(message, sizeof *link);
    link->ifi_family = family;
    link->ifi_index = 7;
    nl_msg_put_string(message, IFLA_IFNAME, "vif1.0");
    nl_msg_put_u32(message, IFLA_MTU, 1400);
    nl_msg_nlmsghdr(message)->nlmsg_len = message->size;
    return message;
}

static void
end_of_a_device_is_told_with_its_name_and_number(void **state)
{
    struct ofpbuf *message = message_of(RTM_DELLINK, AF_UNSPEC);
    struct rtnetlink_change event;

    assert_true(link_event_parse(message, &event));
    assert_false(event.irrelevant);
    assert_int_equal(event.nlmsg_type, RTM_DELLINK);
    assert_int_equal(event.if_index, 7);
    assert_string_equal(event.ifname, "vif1.0");
    assert_int_equal(event.mtu, 1400);
    ofpbuf_delete(message);
}

static void
device_that_leaves_a_linux_bridge_has_not_gone(void **state)
{
    struct ofpbuf *message = message_of(RTM_DELLINK, AF_BRIDGE);
    struct rtnetlink_change event;

    assert_true(link_event_parse(message, &event));
    assert_true(event.irrelevant);
    ofpbuf_delete(message);
}

static void
message_without_a_name_cannot_be_read(void **state)
{
    struct ofpbuf *message = message_of(RTM_NEWLINK, AF_UNSPEC);
    struct rtnetlink_change event;

    message->size = NLMSG_HDRLEN + sizeof(struct ifinfomsg);
    assert_false(link_event_parse(message, &event));
    ofpbuf_delete(message);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_of_a_device_is_told_with_its_name_and_number),
        cmocka_unit_test(device_that_leaves_a_linux_bridge_has_not_gone),
        cmocka_unit_test(message_without_a_name_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
