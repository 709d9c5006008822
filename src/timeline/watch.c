/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "timeline/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

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

struct timeline_watch {
    int *fds;                   /* -1: closed */
    size_t n;
    long long int until;        /* ms */
    struct timeline seen;
    bool news;
};

struct timeline_watch *
timeline_watch_open(const char *const devices[], size_t n)
{
    struct timeline_watch *watch = xzalloc(sizeof *watch);

    watch->fds = xmalloc(n * sizeof *watch->fds);
    watch->until = time_msec() + TIMELINE_WATCH_MS;
    for (size_t i = 0; i < n; i++) {
        const int fd = packets_open(devices[i]);

        if (fd < 0) {
            VLOG_WARN("device=%s: cannot be watched for its guest's first frames: %s", devices[i], ovs_strerror(errno));
        }
        watch->fds[watch->n++] = fd;
    }
    return watch;
}

static void
close_fd(int *fd)
{
    if (*fd >= 0) {
        packets_close(*fd);
        *fd = -1;
    }
}

void
timeline_watch_close(struct timeline_watch *watch)
{
    if (watch) {
        for (size_t i = 0; i < watch->n; i++) {
            close_fd(&watch->fds[i]);
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
        close_fd(fd);
    }
}

void
timeline_watch_run(struct timeline_watch *watch)
{
    for (size_t i = 0; i < watch->n; i++) {
        if (watch->fds[i] >= 0) {
            read_fd(watch, &watch->fds[i]);
        }
    }
}

void
timeline_watch_wait(const struct timeline_watch *watch)
{
    for (size_t i = 0; i < watch->n; i++) {
        if (watch->fds[i] >= 0) {
            poll_fd_wait(watch->fds[i], POLLIN);
        }
    }
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
