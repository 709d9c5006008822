/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/server-private.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <timeval.h>
#include <util.h>

enum { MAX_EVENTS = 32 };

struct connection *
connection_add(struct listener *listener, const struct accepted *accepted)
{
    struct connection *connection = xzalloc(sizeof *connection);

    connection->listener = listener;
    connection->peer = accepted->peer;
    connection->fd = accepted->fd;
    ovs_list_init(&connection->ended_node);
    connection_begin(connection, PHASE_FRESH);
    listener->accepting = connection;
    /* Calls connection_notify() before it returns, for one that it takes, and again for one of which it has to let go. */
    if (MHD_add_connection(listener->daemon, accepted->fd, (const struct sockaddr *) &accepted->name, accepted->name_size) != MHD_YES) {
        if (listener->accepting) {
            free(connection);
        }
        connection = NULL;
    }
    listener->accepting = NULL;
    return connection;
}

static void
connection_begun(struct listener *listener, struct connection *connection)
{
    struct http_server *server = listener->server;
    struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data.ptr = connection };

    listener->accepting = NULL;
    ovs_assert(!epoll_ctl(server->ended_fd, EPOLL_CTL_ADD, connection->fd, &event));
    ovs_list_push_back(&server->connections, &connection->node);
    listener->n_connections++;
    server->n_connections++;
}

static void
connection_closed(struct connection *connection)
{
    struct listener *listener = connection->listener;

    ovs_assert(!connection->request);
    epoll_ctl(listener->server->ended_fd, EPOLL_CTL_DEL, connection->fd, NULL);
    ovs_list_remove(&connection->ended_node);
    ovs_list_remove(&connection->node);
    listener->n_connections--;
    listener->server->n_connections--;
    free(connection);
}

void
connection_notify(void *listener_, struct MHD_Connection *mhd OVS_UNUSED, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = listener_;

    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED:
        *context = listener->accepting;
        connection_begun(listener, listener->accepting);
        return;
    case MHD_CONNECTION_NOTIFY_CLOSED:
        connection_closed(*context);
        return;
    }
    OVS_NOT_REACHED();
}

void
connection_begin(struct connection *connection, enum phase_name name)
{
    struct http_server *server = connection->listener->server;

    phase_begin(&connection->phase, name, time_msec());
    server->first_end = MIN(server->first_end, phase_end(&connection->phase));
}

/* libmicrohttpd has no call for it, but sees the end of the stream. The socket stays its own. */
void
connection_end(struct connection *connection)
{
    connection_begin(connection, PHASE_CLOSING);
    shutdown(connection->fd, SHUT_RDWR);
}

static bool
all_is_read(const struct connection *connection)
{
    int n;

    return ioctl(connection->fd, FIONREAD, &n) || !n;
}

/* libmicrohttpd 0.9.75 goes by edges, and when a read brings less than there is room for it waits for the next one. The stream's end has none
 * of its own if it came with the last bytes: a connection that has ended would stay. shutdown() makes an edge, and changes nothing
 * else, for nothing can come any more. */
static void
connection_nudge(struct connection *connection)
{
    if (!connection->nudged && all_is_read(connection)) {
        connection->nudged = true;
        shutdown(connection->fd, SHUT_RD);
    }
}

static void
note_ended(struct http_server *server)
{
    struct epoll_event events[MAX_EVENTS];
    const int n = epoll_wait(server->ended_fd, events, ARRAY_SIZE(events), 0);

    for (int i = 0; i < n; i++) {
        struct connection *connection = events[i].data.ptr;

        if (ovs_list_is_empty(&connection->ended_node)) {
            ovs_list_push_back(&server->ended, &connection->ended_node);
        }
    }
}

/* libmicrohttpd alone frees connections, in its turn. */
void
connections_see_ended(struct http_server *server)
{
    struct connection *connection;

    note_ended(server);
    LIST_FOR_EACH (connection, ended_node, &server->ended) {
        if (request_waits(connection->request)) {
            request_give_back(connection->request);
        } else {
            connection_nudge(connection);
        }
    }
}

void
connections_expire(struct http_server *server)
{
    const long long int now = time_msec();
    struct connection *connection;

    if (now < server->first_end) {
        return;
    }
    server->first_end = LLONG_MAX;
    LIST_FOR_EACH (connection, node, &server->connections) {
        if (now >= phase_end(&connection->phase)) {
            connection_end(connection);
        }
        server->first_end = MIN(server->first_end, phase_end(&connection->phase));
    }
}

static struct connection *
longest_idle(const struct http_server *server, const struct listener *listener)
{
    struct connection *found = NULL, *connection;

    LIST_FOR_EACH (connection, node, &server->connections) {
        if ((!listener || connection->listener == listener)
            && (!found || phase_gives_way_before(&connection->phase, &found->phase))) {
            found = connection;
        }
    }
    return found && found->phase.name == PHASE_IDLE ? found : NULL;
}

bool
connections_can_make_room(const struct http_server *server, const struct listener *listener)
{
    return longest_idle(server, listener);
}

void
connections_make_room(struct http_server *server, const struct listener *listener)
{
    struct connection *connection = longest_idle(server, listener);

    if (connection) {
        connection_end(connection);
    }
}
