/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "timeline/packets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <timeval.h>
#include <util.h>

enum { PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58, DHCP_SERVER = 67, DHCP_CLIENT = 68, NEIGHBOUR_ADVERTISEMENT = 136 };
enum { TAKE = PACKETS_FRAME_BYTES, DROP = 0 };

/* The first test is for the wide form alone; a narrow program begins with the second. Jumps are counted from the next instruction. */
static const struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 17),

    /* 2: the narrow one */
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 15, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 9, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 12),

    /* 6: UDP to a DHCP server or client, no fragment */
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_UDP, 0, 10),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x3fff, 8, 0),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
    BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_SERVER, 6, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_CLIENT, 5, 4),

    /* 14: ICMPv6 */
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_ICMPV6, 0, 2),
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 54),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NEIGHBOUR_ADVERTISEMENT, 1, 0),

    /* 18, 19 */
    BPF_STMT(BPF_RET | BPF_K, DROP),
    BPF_STMT(BPF_RET | BPF_K, TAKE),
};

static int
set_filter(int fd, size_t from)
{
    const struct sock_fprog filter = {
        .len = ARRAY_SIZE(program) - from, .filter = CONST_CAST(struct sock_filter *, program + from),
    };

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

/* The protocol comes last: a socket that has one gets frames of all devices until it is bound. */
static int
prepare(int fd, const char *device)
{
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(device),
    };
    const int on = 1;

    if (!address.sll_ifindex || set_filter(fd, 0) || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) {
        return -1;
    }
    return bind(fd, (const struct sockaddr *) &address, sizeof address);
}

int
packets_open(const char *device)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && prepare(fd, device)) {
        const int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

void
packets_narrow(int fd)
{
    set_filter(fd, 2);          /* if the kernel does not want to, more comes than is needed */
}

/* The kernel's stamp is of the wall's clock, which somebody may set: what counts is how long ago it was, which is short. */
static int64_t
monotonic_of(const struct timespec *stamp)
{
    return time_usec() - MAX(0, time_wall_usec() - timespec_to_usec(stamp));
}

static int64_t
stamp_of(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;

            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            return monotonic_of(&stamp);
        }
    }
    return time_usec();
}

int
packets_receive(int fd, struct packet *packet)
{
    struct sockaddr_ll from = { .sll_family = AF_PACKET };
    struct iovec iov = { packet->frame, sizeof packet->frame };
    union {
        char buffer[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = control.buffer, .msg_controllen = sizeof control.buffer,
    };
    ssize_t n = recvmsg(fd, &message, 0);

    if (n < 0) {
        return errno == EINTR ? EAGAIN : errno;
    }
    packet->n = n;
    packet->from_guest = from.sll_pkttype != PACKET_OUTGOING;
    packet->us = stamp_of(&message);
    return 0;
}

static void *
close_there(void *fd)
{
    close((intptr_t) fd);
    return NULL;
}

void
packets_close(int fd)
{
    sigset_t all, before;
    pthread_attr_t detached;
    pthread_t thread;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, &detached, close_there, (void *) (intptr_t) fd)) {
        close(fd);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
}
