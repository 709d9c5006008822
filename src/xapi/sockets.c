/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/sockets.h"

#include <poll.h>
#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/limits.h"

struct watched {
    struct ovs_list node;
    curl_socket_t fd;
    short int events;           /* of poll(2) */
};

static struct watched *
find(const struct xapi_sockets *sockets, curl_socket_t fd)
{
    struct watched *watched;

    LIST_FOR_EACH (watched, node, &sockets->watched) {
        if (watched->fd == fd) {
            return watched;
        }
    }
    return NULL;
}

static void
forget(struct watched *watched)
{
    ovs_list_remove(&watched->node);
    free(watched);
}

/* libcurl says what it waits for. */
static int
watch(CURL *easy OVS_UNUSED, curl_socket_t fd, int what, void *sockets_, void *unused OVS_UNUSED)
{
    struct xapi_sockets *sockets = sockets_;
    struct watched *watched = find(sockets, fd);

    if (what == CURL_POLL_REMOVE) {
        if (watched) {
            forget(watched);
        }
        return 0;
    }
    if (!watched) {
        watched = xzalloc(sizeof *watched);
        watched->fd = fd;
        ovs_list_push_back(&sockets->watched, &watched->node);
    }
    watched->events = (what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0);
    return 0;
}

void
xapi_sockets_init(struct xapi_sockets *sockets, CURLM *multi)
{
    sockets->multi = multi;
    ovs_list_init(&sockets->watched);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
}

void
xapi_sockets_destroy(struct xapi_sockets *sockets)
{
    struct watched *watched;

    LIST_FOR_EACH_SAFE (watched, node, &sockets->watched) {
        forget(watched);
    }
}

static int
curl_events(short int revents)
{
    return (revents & POLLIN ? CURL_CSELECT_IN : 0) | (revents & POLLOUT ? CURL_CSELECT_OUT : 0)
           | (revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

/* Only those for which something came are looked at by libcurl. They are few, so one poll(2) costs less than a look at each. */
static void
turn_ready(struct xapi_sockets *sockets)
{
    struct pollfd fds[2 * LIMIT_XAPI_CONNECTIONS];
    const struct watched *watched;
    size_t n = 0;
    int n_running;

    LIST_FOR_EACH (watched, node, &sockets->watched) {
        if (n < ARRAY_SIZE(fds)) {
            fds[n++] = (struct pollfd) { .fd = watched->fd, .events = watched->events };
        }
    }
    if (!n || poll(fds, n, 0) <= 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (fds[i].revents) {
            curl_multi_socket_action(sockets->multi, fds[i].fd, curl_events(fds[i].revents), &n_running);
        }
    }
}

/* How long libcurl may be left alone; negative: for ever. It is asked each time, because libcurl tells of a timer once only, and its clock
 * is not the loop's. */
static long
timer(const struct xapi_sockets *sockets)
{
    long ms = -1;

    curl_multi_timeout(sockets->multi, &ms);
    return ms;
}

void
xapi_sockets_turn(struct xapi_sockets *sockets)
{
    int n_running;

    turn_ready(sockets);
    if (timer(sockets) == 0) {
        curl_multi_socket_action(sockets->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
    }
}

void
xapi_sockets_wait(const struct xapi_sockets *sockets)
{
    const struct watched *watched;
    const long ms = timer(sockets);

    LIST_FOR_EACH (watched, node, &sockets->watched) {
        poll_fd_wait(watched->fd, watched->events);
    }
    if (ms >= 0) {
        poll_timer_wait(ms);
    }
}
