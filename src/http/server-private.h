/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the server share: the server has listeners, a listener has connections, a connection has one request at a time.
 *
 * libmicrohttpd owns a connection's socket, reads requests and sends responses. A connection lives here from the moment when it was
 * accepted until libmicrohttpd says that it has closed it, which it does from within MHD_run() or MHD_stop_daemon() only. Nothing
 * else frees connections or requests.
 */
#ifndef HTTP_SERVER_PRIVATE_H
#define HTTP_SERVER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/list.h>

#include "http/listener.h"
#include "http/phase.h"
#include "http/request.h"
#include "http/server.h"

struct listener {
    struct http_server *server;
    struct listening listening;
    struct MHD_Daemon *daemon;
    struct connection *accepting;       /* while MHD_add_connection() runs */
    size_t n_connections;
    long long int accept_again;         /* not before: this process has no room for another socket */
    char *text;                         /* address, for messages */
};

struct http_server {
    struct http_handler handler;
    struct listener *listeners;
    size_t n_listeners;
    struct ovs_list connections;        /* struct connection by 'node' */
    size_t n_connections;

    /* A request does not wait any more: libmicrohttpd has something to do that none of its files tells of. */
    bool resumed;

    /* No connection is to be closed before this. It may be earlier than the first that is: then a look costs one turn. */
    long long int first_end;

    /* An epoll set that tells once of each connection that its client has ended it, or has finished sending: TCP does not say which. */
    int ended_fd;
    struct ovs_list ended;              /* struct connection by 'ended_node': those of which it has told */
};

enum request_state {
    REQUEST_COMING,
    REQUEST_ASKED,              /* the handler's */
    REQUEST_ANSWERED,           /* 'response' is to be sent */
    REQUEST_GONE,               /* the client is */
};

struct request {
    struct http_request up;
    struct connection *connection;
    struct MHD_Connection *mhd;
    struct ds body;
    enum request_state state;
    bool suspended;             /* libmicrohttpd does nothing with its connection */
    unsigned int status;        /* of 'response' */
    struct MHD_Response *response;
    bool refused;               /* 'response' is to be sent when what still comes has been thrown away */
    uint64_t n_discarded;       /* bytes of that */
};

struct connection {
    struct ovs_list node;
    struct listener *listener;
    struct http_peer peer;
    int fd;
    struct phase phase;
    struct request *request;    /* NULL between two */
    struct ovs_list ended_node; /* empty if the client has not ended it */
    bool nudged;                /* libmicrohttpd has been made to see that */
};

/* connection.c */

/* NULL if libmicrohttpd does not take the connection; its socket is closed then. */
struct connection *connection_add(struct listener *, const struct accepted *);
void connection_begin(struct connection *, enum phase_name);

/* Makes libmicrohttpd close it in its next turn. */
void connection_end(struct connection *);

/* Sees which ones their clients have ended: gives a request that waits back to the handler, and makes libmicrohttpd see the others' end. */
void connections_see_ended(struct http_server *);

/* Ends those that have taken too long. */
void connections_expire(struct http_server *);

/* Ends the one that has been idle for longest, of 'listener' or of all if that is NULL. */
void connections_make_room(struct http_server *, const struct listener *);

/* Whether connections_make_room() would find one. */
bool connections_can_make_room(const struct http_server *, const struct listener *);

/* For libmicrohttpd: a connection has come or gone. */
void connection_notify(void *listener, struct MHD_Connection *, void **context, enum MHD_ConnectionNotificationCode);

/* request.c, for libmicrohttpd: a request's line, each part of it, its end. */
void *request_line(void *listener, const char *uri, struct MHD_Connection *);
enum MHD_Result request_part(void *listener, struct MHD_Connection *, const char *url, const char *method, const char *version,
                             const char *upload, size_t *upload_size, void **request);
void request_end(void *listener, struct MHD_Connection *, void **request, enum MHD_RequestTerminationCode);

/* Whether it waits for its response, which comes later than in the call of the handler. NULL does not. */
bool request_waits(const struct request *);

/* Gives one that waits back to the handler, who may answer others then, and closes its connection in libmicrohttpd's next turn. */
void request_give_back(struct request *);

#endif
