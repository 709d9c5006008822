// SPDX-License-Identifier: Apache-2.0
/*
 * frames: raw Ethernet frames as lines of hex, out of and into an interface.
 *
 *     frames send IFACE [FRAMES-PER-SECOND]     reads frames from standard input; prints "sent N"
 *     frames listen IFACE [ETHERTYPE]           prints frames as they arrive, until SIGTERM or SIGINT
 *
 * `send` paces: a datapath that is sent frames flat out loses some.  The
 * interface's MTU bounds the size, 9000 bytes and a header at most.  What the
 * kernel drops, because the interface has no carrier, is not counted as sent.
 *
 * `listen` prints "listening" to standard error when every later frame will be
 * seen, and at the end "received N dropped M".  It sees what the interface
 * receives, not what it sends, with the VLAN tag put back where the kernel
 * took it out.  ETHERTYPE, in hex, is that of the frame without its VLAN tag.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_MAX_BYTES = 9000 + ETH_HLEN + 4, VLAN_OFFSET = 2 * ETH_ALEN, VLAN_BYTES = 4 };

static volatile sig_atomic_t stopping;

static void
fail(const char *what)
{
    fprintf(stderr, "frames: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Opens a packet socket bound to the interface; with protocol 0 it receives nothing. */
static int
open_interface(const char *name, uint16_t protocol)
{
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol) };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);

    if (fd < 0) {
        fail("socket");
    }
    address.sll_ifindex = (int) if_nametoindex(name);
    if (!address.sll_ifindex || bind(fd, (struct sockaddr *) &address, sizeof address)) {
        fail(name);
    }
    return fd;
}

static int
hex_digit(int c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* Decodes one line. Returns the number of bytes, 0 for an empty line; exits on anything else. */
static size_t
decode_line(const char *line, uint8_t *frame)
{
    size_t n = 0;

    for (; *line && !isspace((unsigned char) *line); line += 2) {
        int high = hex_digit((unsigned char) line[0]);
        int low = high < 0 ? -1 : hex_digit((unsigned char) line[1]);

        if (low < 0 || n == FRAME_MAX_BYTES) {
            fprintf(stderr, "frames: %s\n", low < 0 ? "a line is not hex" : "a frame is longer than 9000 bytes and its header");
            exit(2);
        }
        frame[n++] = (uint8_t) (high << 4 | low);
    }
    return n;
}

/* Waits until `*due`, then moves it on by one interval. */
static void
pace(struct timespec *due, long interval_ns)
{
    if (!interval_ns) {
        return;
    }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL) == EINTR) {
        continue;
    }
    due->tv_nsec += interval_ns;
    due->tv_sec += due->tv_nsec / 1000000000;
    due->tv_nsec %= 1000000000;
}

static int
send_frames(const char *interface, double per_second)
{
    static char line[2 * FRAME_MAX_BYTES + 8];
    static uint8_t frame[FRAME_MAX_BYTES];
    int fd = open_interface(interface, 0);
    long interval_ns = per_second > 0 ? (long) (1e9 / per_second) : 0;
    unsigned long n_sent = 0;
    struct timespec due;

    clock_gettime(CLOCK_MONOTONIC, &due);
    while (fgets(line, sizeof line, stdin)) {
        size_t n = decode_line(line, frame);

        if (n) {
            pace(&due, interval_ns);
            if (send(fd, frame, n, 0) == (ssize_t) n) {
                n_sent++;
            } else if (errno != ENOBUFS) {
                fail(interface);
            }
        }
    }
    printf("sent %lu\n", n_sent);
    return 0;
}

static void
stop(int signal_number)
{
    (void) signal_number;
    stopping = 1;
}

/* Keeps SIGTERM and SIGINT back, except while await_frame() waits: a signal can then not fall between the look at
 * `stopping` and the wait. */
static void
catch_signals(void)
{
    struct sigaction action = { .sa_handler = stop };
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* True when there is a frame, false when a signal came. */
static bool
await_frame(int fd)
{
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    sigset_t none;

    sigemptyset(&none);
    return ppoll(&readable, 1, NULL, &none) > 0;
}

static void
prepare_to_listen(int fd, const char *interface)
{
    struct packet_mreq promiscuous = { .mr_ifindex = (int) if_nametoindex(interface), .mr_type = PACKET_MR_PROMISC };
    int one = 1, buffer_bytes = 8 << 20;

    if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one)
        || setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous)) {
        fail("setsockopt");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes)) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    }
}

/* Puts the VLAN tag that the kernel took out of the frame back; returns the new length. */
static size_t
restore_vlan_tag(struct msghdr *message, uint8_t *frame, size_t n)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    struct tpacket_auxdata auxiliary;
    uint16_t tag[2];

    if (!header || header->cmsg_type != PACKET_AUXDATA || n < VLAN_OFFSET) {
        return n;
    }
    memcpy(&auxiliary, CMSG_DATA(header), sizeof auxiliary);
    if (!(auxiliary.tp_status & TP_STATUS_VLAN_VALID)) {
        return n;
    }
    tag[0] = htons(auxiliary.tp_status & TP_STATUS_VLAN_TPID_VALID ? auxiliary.tp_vlan_tpid : ETH_P_8021Q);
    tag[1] = htons(auxiliary.tp_vlan_tci);
    memmove(frame + VLAN_OFFSET + VLAN_BYTES, frame + VLAN_OFFSET, n - VLAN_OFFSET);
    memcpy(frame + VLAN_OFFSET, tag, sizeof tag);
    return n + VLAN_BYTES;
}

/* The EtherType behind at most one VLAN tag; 0 if the frame is too short. */
static unsigned
ethertype(const uint8_t *frame, size_t n)
{
    size_t at = VLAN_OFFSET;

    if (n >= at + 2 && frame[at] == 0x81 && frame[at + 1] == 0) {
        at += VLAN_BYTES;
    }
    return n >= at + 2 ? (unsigned) frame[at] << 8 | frame[at + 1] : 0;
}

static void
print_frame(const uint8_t *frame, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        printf("%02x", frame[i]);
    }
    putchar('\n');
    fflush(stdout);
}

/* Receives one frame; returns its length, 0 if there is none to show. */
static size_t
receive_frame(int fd, uint8_t *frame, size_t size)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    } control;
    struct sockaddr_ll from;
    struct iovec vector = { .iov_base = frame, .iov_len = size - VLAN_BYTES };
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control,
    };
    ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);

    if (n < 0) {
        if (errno != EAGAIN && errno != ENETDOWN) {
            fail("receive");
        }
        return 0;
    }
    return from.sll_pkttype == PACKET_OUTGOING ? 0 : restore_vlan_tag(&message, frame, (size_t) n);
}

static int
listen_for_frames(const char *interface, unsigned wanted)
{
    static uint8_t frame[FRAME_MAX_BYTES + VLAN_BYTES];
    int fd = open_interface(interface, ETH_P_ALL);
    unsigned long n_received = 0;
    struct tpacket_stats statistics = { 0 };
    socklen_t size = sizeof statistics;

    catch_signals();
    prepare_to_listen(fd, interface);
    fprintf(stderr, "listening\n");
    while (!stopping) {
        size_t n = await_frame(fd) ? receive_frame(fd, frame, sizeof frame) : 0;

        if (n && (!wanted || ethertype(frame, n) == wanted)) {
            print_frame(frame, n);
            n_received++;
        }
    }
    getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
    fprintf(stderr, "received %lu dropped %u\n", n_received, statistics.tp_drops);
    return 0;
}

int
main(int argc, char *argv[])
{
    bool sending = argc >= 3 && !strcmp(argv[1], "send");
    bool listening = argc >= 3 && !strcmp(argv[1], "listen");

    if (argc > 4 || (!sending && !listening)) {
        fprintf(stderr, "usage: frames send IFACE [FRAMES-PER-SECOND] | frames listen IFACE [ETHERTYPE]\n");
        return 2;
    }
    return sending ? send_frames(argv[2], argc > 3 ? atof(argv[3]) : 0)
                   : listen_for_frames(argv[2], argc > 3 ? (unsigned) strtoul(argv[3], NULL, 16) : 0);
}
