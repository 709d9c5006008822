/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/connection.h"

#include <errno.h>
#include <stdlib.h>

#include <dirs.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/rconn.h>
#include <openvswitch/vconn.h>
#include <timeval.h>
#include <util.h>

#include "switch/outbox.h"

enum {
    /* An idle connection is probed after this; a switch that does not answer for as long again is taken for dead. One that has died says
     * so by closing the socket; one that takes 1,000 ports away (3.1.0, userspace datapath) does not answer for 6 s and more, 2,000 take it
     * 32 s and more. */
    PROBE_INTERVAL_S = 120,

    /* Whether the switch is there is looked at this often: its socket says so at once. */
    LOOK_MS = 50,

    /* Not so soon after a connection that was not to our liking. */
    PAUSE_MS = 1000,

    /* A switch that does not answer for so long is told of. */
    PATIENCE_MS = 2000,
};

struct connection {
    char *target, *bridge;
    uint32_t versions;
    struct outbox outbox;
    struct vconn *coming;       /* whose hello is awaited, or NULL */
    struct rconn *rconn;        /* NULL while nobody listens; another one for each connection, because it keeps what it could not send */
    struct rconn_packet_counter *queue;
    unsigned int number;
    bool up;
    long long int look_at;      /* not before this is a connection tried */
    long long int down_since;
    int error;                  /* of the last try */
};

struct connection *
connection_open(const char *bridge, uint32_t versions)
{
    struct connection *connection = xzalloc(sizeof *connection);

    connection->target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);
    connection->bridge = xstrdup(bridge);
    connection->versions = versions;
    connection->queue = rconn_packet_counter_create();
    connection->down_since = time_msec();
    outbox_init(&connection->outbox);
    return connection;
}

void
connection_close(struct connection *connection)
{
    vconn_close(connection->coming);
    rconn_destroy(connection->rconn);
    rconn_packet_counter_destroy(connection->queue);
    outbox_destroy(&connection->outbox);
    free(connection->target);
    free(connection->bridge);
    free(connection);
}

static void
drop(struct connection *connection, int error)
{
    rconn_destroy(connection->rconn);
    connection->rconn = NULL;
    ofpbuf_clear(&connection->outbox.bytes);
    connection->error = error;
    if (connection->up) {
        connection->up = false;
        connection->down_since = time_msec();
    }
}

static void
try_to_connect(struct connection *connection)
{
    int error = outbox_open(&connection->outbox, connection->target, connection->versions, &connection->coming);

    connection->look_at = time_msec() + LOOK_MS;
    connection->error = error ? error : ETIMEDOUT;
}

/* A switch that is busy says nothing for as long as a turn of its loop takes, and it accepts one connection per turn: whoever lost patience and
 * came anew would stand behind what he has left there. So this waits for as long as the socket is there, unlike rconn, which takes one
 * second for enough. */
static void
await_hello(struct connection *connection)
{
    struct vconn *vconn = connection->coming;
    int error = vconn_connect(vconn);

    vconn_run(vconn);           /* writes our hello */
    if (error == EAGAIN) {
        return;
    }
    connection->coming = NULL;
    if (error) {
        vconn_close(vconn);
        ofpbuf_clear(&connection->outbox.bytes);
        connection->error = error;
        return;
    }
    connection->rconn = rconn_create(PROBE_INTERVAL_S, 0, 0, connection->versions);
    rconn_connect_unreliably(connection->rconn, vconn, connection->bridge);
}

static void
run_rconn(struct connection *connection)
{
    rconn_run(connection->rconn);
    if (!rconn_is_alive(connection->rconn)) {
        drop(connection, rconn_get_last_error(connection->rconn));
    } else if (!connection->up && rconn_is_connected(connection->rconn)) {
        connection->up = true;
        connection->number++;
    }
}

void
connection_run(struct connection *connection)
{
    if (!connection->rconn && !connection->coming && time_msec() >= connection->look_at) {
        try_to_connect(connection);
    }
    if (connection->coming) {
        await_hello(connection);
    }
    if (connection->rconn) {
        run_rconn(connection);
    }
}

void
connection_flush(struct connection *connection)
{
    if (connection->rconn && connection->outbox.bytes.size) {
        rconn_run(connection->rconn);
    }
}

size_t
connection_collected(const struct connection *connection)
{
    return connection->outbox.bytes.size;
}

uint64_t
connection_written(const struct connection *connection)
{
    return connection->outbox.n_written;
}

bool
connection_is_flushed(const struct connection *connection)
{
    return !connection->outbox.bytes.size && !connection_queue(connection);
}

/* Whoever asks for the failure is told it when its time has come. */
static void
wait_for_patience(const struct connection *connection)
{
    const long long int end = connection->down_since + PATIENCE_MS;

    if (time_msec() < end) {
        poll_timer_wait_until(end);
    }
}

void
connection_wait(struct connection *connection)
{
    if (connection->rconn) {
        rconn_run_wait(connection->rconn);
        rconn_recv_wait(connection->rconn);
    } else if (connection->coming) {
        vconn_run_wait(connection->coming);
        vconn_connect_wait(connection->coming);
        wait_for_patience(connection);
    } else {
        poll_timer_wait_until(connection->look_at);
    }
}

void
connection_reset(struct connection *connection)
{
    if (connection->rconn) {
        drop(connection, 0);
    }
    connection->look_at = time_msec() + PAUSE_MS;
}

bool
connection_is_up(const struct connection *connection)
{
    return connection->up && connection->rconn && rconn_is_connected(connection->rconn);
}

int
connection_version(const struct connection *connection)
{
    return rconn_get_version(connection->rconn);
}

unsigned int
connection_number(const struct connection *connection)
{
    return connection->number;
}

char *
connection_failure(const struct connection *connection)
{
    if (connection_is_up(connection) || time_msec() < connection->down_since + PATIENCE_MS) {
        return NULL;
    }
    return xasprintf("ovs-vswitchd does not answer for it (%s): its log says why; without the kernel module a bridge needs "
                     "datapath_type=netdev", ovs_retval_to_string(connection->error));
}

ovs_be32
connection_send(struct connection *connection, struct ofpbuf *message)
{
    ovs_be32 xid = ((struct ofp_header *) message->data)->xid;

    if (connection->rconn) {
        rconn_send(connection->rconn, message, connection->queue);
    } else {
        ofpbuf_delete(message);
    }
    return xid;
}

unsigned int
connection_queue(const struct connection *connection)
{
    return rconn_packet_counter_n_packets(connection->queue);
}

struct ofpbuf *
connection_receive(struct connection *connection)
{
    return connection->rconn ? rconn_recv(connection->rconn) : NULL;
}
