/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/server-private.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <timeval.h>
#include <util.h>

struct connection *
connection_add(struct listener *listener, const struct accepted *accepted)
{
    struct connection *connection = xzalloc(sizeof *connection);

    connection->listener = listener;
    connection->peer = accepted->peer;
    connection->fd = accepted->fd;
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

    listener->accepting = NULL;
    ovs_list_push_back(&server->connections, &connection->node);
    listener->n_connections++;
    server->n_connections++;
}

static void
connection_closed(struct connection *connection)
{
    struct listener *listener = connection->listener;

    ovs_assert(!connection->request);
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
