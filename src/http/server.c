/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/server-private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <fatal-signal.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "http/tls_files.h"

VLOG_DEFINE_THIS_MODULE(http);

enum {
    /* Of one listener in one turn. */
    MAX_ACCEPTED = 16,

    /* When this process has no room for another socket. */
    ACCEPT_AGAIN_MS = 100,
};

/* Older versions have known holes. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 25);

/* What libmicrohttpd says of clients. */
static void OVS_PRINTF_FORMAT(2, 0)
log_message(void *listener_, const char *format, va_list args)
{
    const struct listener *listener = listener_;
    char *text = xvasprintf(format, args);

    text[strcspn(text, "\n")] = '\0';
    VLOG_DBG_RL(&rl, "%s: libmicrohttpd says %s", listener->text, quote(text).text);
    free(text);
}

static struct MHD_Daemon *
daemon_start(struct listener *listener, const struct tls_files *files)
{
    const struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, files->certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, files->key },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (char *) TLS_PRIORITIES },
        { MHD_OPTION_END, 0, NULL },
    };
    const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
    const unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG;

    return MHD_start_daemon(flags | (files->key ? MHD_USE_TLS : 0), 0, NULL, NULL, request_part, listener,
                            MHD_OPTION_EXTERNAL_LOGGER, log_message, listener,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned int) LIMIT_HTTP_LISTENER_CONNECTIONS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) LIMIT_HTTP_CONNECTION_BYTES,
                            MHD_OPTION_URI_LOG_CALLBACK, request_line, listener,
                            MHD_OPTION_NOTIFY_COMPLETED, request_end, listener,
                            MHD_OPTION_NOTIFY_CONNECTION, connection_notify, listener,
                            MHD_OPTION_ARRAY, files->key ? tls : none,
                            MHD_OPTION_END);
}

static void
listener_close(struct listener *listener)
{
    if (listener->daemon) {
        MHD_stop_daemon(listener->daemon);
        listening_close(&listener->listening);
    }
    free(listener->text);
}

static struct error *
listener_open(struct listener *listener, struct http_server *server, const struct http_listener *config)
{
    struct tls_files files = { NULL, NULL };
    struct error *error;

    listener->server = server;
    error = config->address.transport == HTTP_TLS ? tls_files_read(config->certificate, config->key, &files) : NULL;
    if (error) {
        return error_prefix(error, "listener %s", http_address_text(&config->address).text);
    }
    error = listening_open(&config->address, config->mode ? config->mode : 0600, &listener->listening);
    if (!error) {
        listener->text = xstrdup(http_address_text(&listener->listening.address).text);
        listener->daemon = daemon_start(listener, &files);
        if (!listener->daemon) {
            error = error_new(ERROR_REFUSED, "listener %s: libmicrohttpd does not start", listener->text);
            listening_close(&listener->listening);
        }
    }
    tls_files_destroy(&files);
    return error;
}

struct error *
http_server_open(const struct http_listener *listeners, size_t n_listeners, const struct http_handler *handler,
                 struct http_server **serverp)
{
    struct http_server *server;
    struct error *error = NULL;

    *serverp = NULL;
    if (n_listeners > LIMIT_HTTP_LISTENERS) {
        return error_new(ERROR_LIMIT, "%"PRIuSIZE" listeners are more than the %d that there may be: name fewer",
                         n_listeners, LIMIT_HTTP_LISTENERS);
    }
    fatal_ignore_sigpipe();
    server = xzalloc(sizeof *server);
    server->handler = *handler;
    server->listeners = xcalloc(n_listeners, sizeof *server->listeners);
    ovs_list_init(&server->connections);
    ovs_list_init(&server->ended);
    server->first_end = LLONG_MAX;
    server->ended_fd = epoll_create1(EPOLL_CLOEXEC);
    if (server->ended_fd < 0) {
        error = error_new(ERROR_REFUSED, "HTTP server: no epoll set: %s", ovs_strerror(errno));
    }
    while (!error && server->n_listeners < n_listeners) {
        error = listener_open(&server->listeners[server->n_listeners], server, &listeners[server->n_listeners]);
        server->n_listeners++;
    }
    if (error) {
        http_server_close(server);
    } else {
        *serverp = server;
    }
    return error;
}

void
http_server_close(struct http_server *server)
{
    struct connection *connection;

    if (!server) {
        return;
    }
    LIST_FOR_EACH (connection, node, &server->connections) {
        if (request_waits(connection->request)) {
            request_give_back(connection->request);
        }
    }
    for (size_t i = 0; i < server->n_listeners; i++) {
        listener_close(&server->listeners[i]);
    }
    if (server->ended_fd >= 0) {
        close(server->ended_fd);
    }
    free(server->listeners);
    free(server);
}

/* Accepting. */

static bool
listener_is_full(const struct listener *listener)
{
    return listener->n_connections >= LIMIT_HTTP_LISTENER_CONNECTIONS || listener->server->n_connections >= LIMIT_HTTP_CONNECTIONS;
}

/* Of which listener a connection must go for another one of 'listener': NULL for any. */
static const struct listener *
whose_room(const struct listener *listener)
{
    return listener->n_connections >= LIMIT_HTTP_LISTENER_CONNECTIONS ? listener : NULL;
}

static bool
a_client_waits(const struct listener *listener)
{
    struct pollfd pollfd = { .fd = listener->listening.fd, .events = POLLIN };

    return poll(&pollfd, 1, 0) == 1;
}

/* accept4() says that there is no room before it looks whether a client waits. */
static void
accept_failed(struct listener *listener, int status)
{
    if ((status == EMFILE || status == ENFILE || status == ENOBUFS || status == ENOMEM) && a_client_waits(listener)) {
        VLOG_WARN_RL(&rl, "%s: no connection can be accepted: %s", listener->text, ovs_strerror(status));
        listener->accept_again = time_msec() + ACCEPT_AGAIN_MS;
    }
}

static void
listener_accept(struct listener *listener)
{
    if (time_msec() < listener->accept_again) {
        return;
    }
    for (int i = 0; i < MAX_ACCEPTED && !listener_is_full(listener); i++) {
        struct accepted accepted;
        const int status = listening_accept(&listener->listening, &accepted);

        if (status) {
            accept_failed(listener, status);
            return;
        }
        if (!connection_add(listener, &accepted)) {
            VLOG_WARN_RL(&rl, "%s: libmicrohttpd does not take a connection: %s", listener->text, ovs_strerror(errno));
        }
    }
    if (listener_is_full(listener) && a_client_waits(listener)) {
        connections_make_room(listener->server, whose_room(listener));
    }
}

/* One that is full is not waited for, unless a place can be made; otherwise a place becomes free by what is waited for anyway. */
static void
listener_accept_wait(const struct listener *listener)
{
    if (time_msec() < listener->accept_again) {
        poll_timer_wait_until(listener->accept_again);
    } else if (!listener_is_full(listener) || connections_can_make_room(listener->server, whose_room(listener))) {
        poll_fd_wait(listener->listening.fd, POLLIN);
    }
}

/* The loop. */

void
http_server_run(struct http_server *server)
{
    server->resumed = false;
    connections_expire(server);
    for (size_t i = 0; i < server->n_listeners; i++) {
        MHD_run(server->listeners[i].daemon);
    }
    connections_see_ended(server);
    /* At last: a connection whose next request has come is not taken for an idle one. */
    for (size_t i = 0; i < server->n_listeners; i++) {
        listener_accept(&server->listeners[i]);
    }
}

static void
listener_wait(const struct listener *listener)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    listener_accept_wait(listener);
    poll_fd_wait(MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, POLLIN);
    /* It has no timeouts of its own here: this is data that it has read but not looked at. */
    if (MHD_get_timeout(listener->daemon, &timeout) == MHD_YES) {
        poll_timer_wait(MIN(timeout, INT_MAX));
    }
}

void
http_server_wait(struct http_server *server)
{
    for (size_t i = 0; i < server->n_listeners; i++) {
        listener_wait(&server->listeners[i]);
    }
    poll_fd_wait(server->ended_fd, POLLIN);
    if (server->resumed) {
        poll_immediate_wake();
    }
    if (server->first_end != LLONG_MAX) {
        poll_timer_wait_until(server->first_end);
    }
}

const struct http_address *
http_server_address(const struct http_server *server, size_t i)
{
    return &server->listeners[i].listening.address;
}

size_t
http_server_n_connections(const struct http_server *server)
{
    return server->n_connections;
}
