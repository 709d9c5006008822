/* SPDX-License-Identifier: Apache-2.0
 *
 * The watch on a real pair of devices, in a network namespace of its own.
 */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "timeline/frame.h"
#include "timeline/packets.h"
#include "timeline/stages.h"
#include "timeline/watch.h"

enum { DEADLINE_MS = 10000, FRAME_BYTES = 300 };

/* Enough of each for the watch: Ethernet, and what stands at the offsets that matter. */
static const struct piece {
    size_t at;
    const char *bytes;
    size_t n;
} strange[] = { { 12, "\x88\xb5", 2 }, { 0, NULL, 0 } },
  discover[] = { { 12, "\x08\x00\x45", 3 }, { 23, "\x11", 1 }, { 34, "\0\x44\0\x43", 4 }, { 278, "\x63\x82\x53\x63\x35\x01\x01", 7 }, { 0, NULL, 0 } },
  ack[] = { { 12, "\x08\x00\x45", 3 }, { 23, "\x11", 1 }, { 34, "\0\x43\0\x44", 4 }, { 278, "\x63\x82\x53\x63\x35\x01\x05", 7 }, { 0, NULL, 0 } },
  arp[] = { { 12, "\x08\x06\0\1\x08\0\x06\x04\0\1", 10 }, { 28, "\x0a\0\0\x07", 4 }, { 0, NULL, 0 } };

static void
run(const char *command)
{
    assert_int_equal(system(command), 0);
}

static void
send_frame(const char *device, const struct piece pieces[])
{
    const struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(device), .sll_halen = 6 };
    uint8_t frame[FRAME_BYTES] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);

    for (const struct piece *piece = pieces; piece->bytes; piece++) {
        memcpy(frame + piece->at, piece->bytes, piece->n);
    }
    assert_true(fd >= 0);
    assert_int_equal(sendto(fd, frame, sizeof frame, 0, (const struct sockaddr *) &to, sizeof to), sizeof frame);
    close(fd);
}

/* Turns the loop until 'stage' has been seen. */
static struct timeline
await(struct timeline_watches *watches, struct timeline_watch *watch, struct timeline timeline, enum timeline_stage stage)
{
    const long long int deadline = time_msec() + DEADLINE_MS;

    for (;;) {
        timeline_watches_run(watches);
        timeline_watch_run(watch);
        timeline_watch_take(watch, &timeline);
        if (timeline.us[stage]) {
            return timeline;
        }
        assert_true(time_msec() < deadline);
        timeline_watches_wait(watches);
        timeline_watch_wait(watch);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

static int
setup(void **state)
{
    if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET)) {
        return -1;
    }
    /* Whoever has an IPv6 address speaks by itself. */
    run("f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f");
    run("ip link add vif1.0 type veth peer name guest && ip link set vif1.0 up && ip link set guest up");
    return 0;
}

static void
guests_first_words_are_seen(void **state)
{
    const char *const devices[] = { "vif1.0", "missing" };
    struct timeline_watches *watches = timeline_watches_create();
    struct timeline_watch *watch = timeline_watch_open(watches, devices, ARRAY_SIZE(devices));
    struct timeline timeline = { .us = { [TIMELINE_REQUEST] = 1 } };
    const int64_t before = time_usec();

    timeline_watches_run(watches);
    timeline_watch_run(watch);
    assert_false(timeline_watch_take(watch, &timeline));
    send_frame("vif1.0", discover);     /* none of these is the guest's */
    send_frame("vif1.0", arp);
    send_frame("guest", strange);
    timeline = await(watches, watch, timeline, TIMELINE_FRAME);
    assert_int_equal(timeline.us[TIMELINE_DISCOVER], 0);
    assert_int_equal(timeline.us[TIMELINE_NEIGHBOUR], 0);
    send_frame("guest", ack);
    send_frame("guest", discover);
    timeline = await(watches, watch, timeline, TIMELINE_DISCOVER);
    assert_int_equal(timeline.us[TIMELINE_ACK], 0);
    send_frame("vif1.0", ack);
    timeline = await(watches, watch, timeline, TIMELINE_ACK);
    assert_false(timeline_watch_is_over(watch));
    send_frame("guest", arp);
    timeline = await(watches, watch, timeline, TIMELINE_NEIGHBOUR);
    assert_true(timeline_watch_is_over(watch));
    assert_int_equal(timeline.us[TIMELINE_REQUEST], 1);
    for (enum timeline_stage stage = TIMELINE_FRAME; stage <= TIMELINE_NEIGHBOUR; stage++) {
        assert_true(timeline.us[stage] >= (stage == TIMELINE_FRAME ? before : timeline.us[stage - 1]));
    }
    assert_true(timeline.us[TIMELINE_NEIGHBOUR] <= time_usec());
    timeline_watch_close(watch);
    timeline_watches_destroy(watches);
}

static void
narrow_socket_lets_through_only_what_is_read(void **state)
{
    struct packet packet;
    int fd = packets_open("vif1.0");

    assert_true(fd >= 0);
    packets_narrow(fd);
    send_frame("guest", strange);
    send_frame("guest", discover);
    send_frame("vif1.0", strange);
    send_frame("vif1.0", ack);
    send_frame("guest", arp);
    assert_int_equal(packets_receive(fd, &packet), 0);
    assert_int_equal(frame_kind(packet.frame, packet.n), FRAME_DHCP_DISCOVER);
    assert_true(packet.from_guest);
    assert_int_equal(packets_receive(fd, &packet), 0);
    assert_int_equal(frame_kind(packet.frame, packet.n), FRAME_DHCP_ACK);
    assert_false(packet.from_guest);
    assert_int_equal(packets_receive(fd, &packet), 0);
    assert_int_equal(frame_kind(packet.frame, packet.n), FRAME_ARP);
    assert_int_equal(packets_receive(fd, &packet), EAGAIN);
    close(fd);
}

static void
watch_is_over_when_the_devices_are_gone(void **state)
{
    const char *const devices[] = { "vif2.0" };
    const long long int deadline = time_msec() + DEADLINE_MS;

    run("ip link add vif2.0 type veth peer name guest2 && ip link set vif2.0 up");
    struct timeline_watches *watches = timeline_watches_create();
    struct timeline_watch *watch = timeline_watch_open(watches, devices, ARRAY_SIZE(devices));
    assert_false(timeline_watch_is_over(watch));
    run("ip link del vif2.0");
    while (!timeline_watch_is_over(watch)) {
        assert_true(time_msec() < deadline);
        timeline_watches_wait(watches);
        timeline_watch_wait(watch);
        poll_timer_wait_until(deadline);
        poll_block();
        timeline_watches_run(watches);
        timeline_watch_run(watch);
    }
    timeline_watch_close(watch);
    timeline_watches_destroy(watches);
}

static void
each_watch_hears_its_own_guest(void **state)
{
    const char *const one[] = { "vif1.0" }, *const other[] = { "vif3.0" };
    struct timeline_watches *watches = timeline_watches_create();
    struct timeline nothing = { .us = { 0 } };

    run("ip link add vif3.0 type veth peer name guest3 && ip link set vif3.0 up && ip link set guest3 up");
    struct timeline_watch *silent = timeline_watch_open(watches, one, ARRAY_SIZE(one));
    struct timeline_watch *watch = timeline_watch_open(watches, other, ARRAY_SIZE(other));
    send_frame("guest3", arp);
    assert_true(await(watches, watch, nothing, TIMELINE_NEIGHBOUR).us[TIMELINE_FRAME]);
    timeline_watch_run(silent);
    assert_false(timeline_watch_take(silent, &nothing));
    timeline_watch_close(watch);
    send_frame("guest3", arp);
    send_frame("guest", arp);
    assert_true(await(watches, silent, nothing, TIMELINE_NEIGHBOUR).us[TIMELINE_FRAME]);
    timeline_watch_close(silent);
    timeline_watches_destroy(watches);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guests_first_words_are_seen),
        cmocka_unit_test(narrow_socket_lets_through_only_what_is_read),
        cmocka_unit_test(each_watch_hears_its_own_guest),
        cmocka_unit_test(watch_is_over_when_the_devices_are_gone),
    };

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return cmocka_run_group_tests(tests, setup, NULL);
}
