/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "timeline/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "timeline/frame.h"
#include "timeline/packets.h"
#include "timeline/stages.h"

VLOG_DEFINE_THIS_MODULE(timeline_watch);

/* Frames of one device that are looked at in a turn. */
enum { FRAMES_A_TURN = 64 };

struct timeline_watches {
    int epoll;
};

struct timeline_watch {
    struct timeline_watches *watches;
    bool has_heard;             /* something has come and was not looked at */
    int *fds;                   /* -1: closed */
    size_t n;
    long long int until;        /* ms */
    struct timeline seen;
    bool news;
};

struct timeline_watches *
timeline_watches_create(void)
{
    struct timeline_watches *watches = xmalloc(sizeof *watches);

    watches->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (watches->epoll < 0) {
        VLOG_WARN("guests cannot be watched for their first frames: %s", ovs_strerror(errno));
    }
    return watches;
}

void
timeline_watches_destroy(struct timeline_watches *watches)
{
    if (watches->epoll >= 0) {
        close(watches->epoll);
    }
    free(watches);
}

void
timeline_watches_run(struct timeline_watches *watches)
{
    struct epoll_event events[64];
    int n = watches->epoll < 0 ? 0 : epoll_wait(watches->epoll, events, ARRAY_SIZE(events), 0);

    for (int i = 0; i < n; i++) {
        ((struct timeline_watch *) events[i].data.ptr)->has_heard = true;
    }
}

void
timeline_watches_wait(const struct timeline_watches *watches)
{
    if (watches->epoll >= 0) {
        poll_fd_wait(watches->epoll, POLLIN);
    }
}

static int
open_fd(struct timeline_watch *watch, const char *device)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };
    int fd = packets_open(device);

    if (fd >= 0 && epoll_ctl(watch->watches->epoll, EPOLL_CTL_ADD, fd, &event)) {
        const int error = errno;

        packets_close(fd);
        errno = error;
        fd = -1;
    }
    return fd;
}

struct timeline_watch *
timeline_watch_open(struct timeline_watches *watches, const char *const devices[], size_t n)
{
    struct timeline_watch *watch = xzalloc(sizeof *watch);

    watch->watches = watches;
    watch->fds = xmalloc(n * sizeof *watch->fds);
    watch->until = time_msec() + TIMELINE_WATCH_MS;
    for (size_t i = 0; i < n; i++) {
        const int fd = open_fd(watch, devices[i]);

        if (fd < 0) {
            VLOG_WARN("device=%s: cannot be watched for its guest's first frames: %s", devices[i], ovs_strerror(errno));
        }
        watch->fds[watch->n++] = fd;
    }
    return watch;
}

/* A thread closes it a while later, and a child may have it open even longer: until then nothing may be heard there. */
static void
close_fd(struct timeline_watch *watch, int *fd)
{
    if (*fd >= 0) {
        epoll_ctl(watch->watches->epoll, EPOLL_CTL_DEL, *fd, NULL);
        packets_close(*fd);
        *fd = -1;
    }
}

void
timeline_watch_close(struct timeline_watch *watch)
{
    if (watch) {
        for (size_t i = 0; i < watch->n; i++) {
            close_fd(watch, &watch->fds[i]);
        }
        free(watch->fds);
        free(watch);
    }
}

static void
note(struct timeline_watch *watch, enum timeline_stage stage, int64_t us)
{
    int64_t *seen = &watch->seen.us[stage];

    if (!*seen || us < *seen) {
        *seen = us;
        watch->news = true;
    }
}

static void
note_frame(struct timeline_watch *watch, int64_t us)
{
    if (!watch->seen.us[TIMELINE_FRAME]) {
        for (size_t i = 0; i < watch->n; i++) {
            packets_narrow(watch->fds[i]);
        }
    }
    note(watch, TIMELINE_FRAME, us);
}

/* The server's own requests are on the device too, towards the guest: only an ack counts there. */
static void
note_kind(struct timeline_watch *watch, const struct packet *packet)
{
    switch (frame_kind(packet->frame, packet->n)) {
    case FRAME_DHCP_DISCOVER:
        if (packet->from_guest) {
            note(watch, TIMELINE_DISCOVER, packet->us);
        }
        break;
    case FRAME_DHCP_ACK:
        if (!packet->from_guest) {
            note(watch, TIMELINE_ACK, packet->us);
        }
        break;
    case FRAME_ARP:
    case FRAME_NEIGHBOUR_ADVERTISEMENT:
        if (packet->from_guest) {
            note(watch, TIMELINE_NEIGHBOUR, packet->us);
        }
        break;
    case FRAME_OTHER:
        break;
    }
}

static void
read_fd(struct timeline_watch *watch, int *fd)
{
    struct packet packet;
    int error = 0;

    for (int i = 0; i < FRAMES_A_TURN && !(error = packets_receive(*fd, &packet)); i++) {
        if (packet.from_guest) {
            note_frame(watch, packet.us);
        }
        note_kind(watch, &packet);
    }
    if (error && error != EAGAIN) {
        close_fd(watch, fd);
    }
}

void
timeline_watch_run(struct timeline_watch *watch)
{
    for (size_t i = 0; i < watch->n && watch->has_heard; i++) {
        if (watch->fds[i] >= 0) {
            read_fd(watch, &watch->fds[i]);
        }
    }
    watch->has_heard = false;
}

void
timeline_watch_wait(const struct timeline_watch *watch)
{
    poll_timer_wait_until(watch->until);
}

bool
timeline_watch_take(struct timeline_watch *watch, struct timeline *timeline)
{
    const bool news = watch->news;

    for (enum timeline_stage stage = 0; news && stage < TIMELINE_N_STAGES; stage++) {
        if (watch->seen.us[stage]) {
            timeline->us[stage] = watch->seen.us[stage];
        }
    }
    watch->news = false;
    return news;
}

static bool
has_seen_all(const struct timeline_watch *watch)
{
    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        if (timeline_stages[stage].teller == TIMELINE_WATCH && !watch->seen.us[stage]) {
            return false;
        }
    }
    return true;
}

static bool
has_devices(const struct timeline_watch *watch)
{
    for (size_t i = 0; i < watch->n; i++) {
        if (watch->fds[i] >= 0) {
            return true;
        }
    }
    return false;
}

bool
timeline_watch_is_over(const struct timeline_watch *watch)
{
    return has_seen_all(watch) || !has_devices(watch) || time_msec() >= watch->until;
}
