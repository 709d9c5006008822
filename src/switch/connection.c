/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/connection.h"

#include <stdlib.h>

#include <dirs.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/rconn.h>
#include <util.h>

enum {
    /* An idle connection is probed after this; a switch that does not answer for as long again is taken for dead. */
    PROBE_INTERVAL_S = 5,
    MAX_BACKOFF_S = 1,

    /* A switch that does not answer for so long is told of. */
    PATIENCE_S = 2,
};

struct connection {
    struct rconn *rconn;
};

struct connection *
connection_open(const char *bridge)
{
    struct connection *connection = xmalloc(sizeof *connection);
    char *target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);

    connection->rconn = rconn_create(PROBE_INTERVAL_S, MAX_BACKOFF_S, 0, 1u << OFP14_VERSION);
    rconn_connect(connection->rconn, target, bridge);
    free(target);
    return connection;
}

void
connection_close(struct connection *connection)
{
    rconn_destroy(connection->rconn);
    free(connection);
}

void
connection_run(struct connection *connection)
{
    rconn_run(connection->rconn);
}

void
connection_wait(struct connection *connection)
{
    rconn_run_wait(connection->rconn);
    rconn_recv_wait(connection->rconn);
}

void
connection_reset(struct connection *connection)
{
    rconn_reconnect(connection->rconn);
}

bool
connection_is_up(const struct connection *connection)
{
    return rconn_is_connected(connection->rconn);
}

unsigned int
connection_number(const struct connection *connection)
{
    return rconn_get_connection_seqno(connection->rconn);
}

char *
connection_failure(const struct connection *connection)
{
    if (connection_is_up(connection) || rconn_failure_duration(connection->rconn) < PATIENCE_S) {
        return NULL;
    }
    return xasprintf("ovs-vswitchd does not answer for it (%s): its log says why; without the kernel module a bridge needs "
                     "datapath_type=netdev", ovs_retval_to_string(rconn_get_last_error(connection->rconn)));
}

ovs_be32
connection_send(struct connection *connection, struct ofpbuf *message)
{
    ovs_be32 xid = ((struct ofp_header *) message->data)->xid;

    rconn_send(connection->rconn, message, NULL);
    return xid;
}

struct ofpbuf *
connection_receive(struct connection *connection)
{
    return rconn_recv(connection->rconn);
}
