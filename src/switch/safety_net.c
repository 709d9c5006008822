/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/safety_net.h"

#include <stdlib.h>

#include <openvswitch/list.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-actions.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-packet.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/limits.h"
#include "switch/connection.h"

VLOG_DEFINE_THIS_MODULE(safety_net);

enum {
    VERSIONS = 1u << OFP10_VERSION | 1u << OFP11_VERSION | 1u << OFP12_VERSION,
    MESSAGES_PER_RUN = 500,

    /* Whoever waits for a net waits no longer. */
    PATIENCE_MS = 1000,

    /* ovs-vswitchd looks at all flows of its datapath at least this often (ovs-vswitchd.conf.db(5), other_config:max-revalidator), twice. */
    IDLE_MS = 1000,

    /* If somebody deletes the rules meanwhile, frames go to and fro between the bridge and here: not for long. */
    GIVE_BACK_MS = 3000,
};

struct safety_net {
    struct connection *connection;
    enum fragments_mode fragments;
    unsigned int number;        /* the connection's, that the next two are about */
    bool spread;
    ovs_be32 awaited;           /* xid of the barrier behind which it is spread, or 0 */
    bool gives_back;
    struct ovs_list caught;     /* of struct ofpbuf, as they go back */
    size_t caught_bytes, n_caught, n_lost;
    long long int since;        /* when it was opened, or the last frame came */
    long long int end;          /* not longer than this, if it gives back */
};

struct safety_net *
safety_net_open(const char *bridge, enum fragments_mode fragments)
{
    struct safety_net *net = xzalloc(sizeof *net);

    net->connection = connection_open(bridge, VERSIONS);
    net->fragments = fragments;
    net->since = time_msec();
    ovs_list_init(&net->caught);
    return net;
}

void
safety_net_close(struct safety_net *net)
{
    if (net) {
        if (net->n_caught) {
            VLOG_INFO("%"PRIuSIZE" frames came while there were no rules, and were judged by them afterwards; %"PRIuSIZE" were lost",
                      net->n_caught - net->n_lost, net->n_lost);
        }
        ofpbuf_list_delete(&net->caught);
        connection_close(net->connection);
        free(net);
    }
}

static void
ask_for_packets(struct safety_net *net)
{
    const enum ofp_version version = connection_version(net->connection);

    connection_send(net->connection, ofputil_encode_set_packet_in_format(version, OFPUTIL_PACKET_IN_NXT));
    connection_send(net->connection, fragments_encode_config(net->fragments, UINT16_MAX, version));
    net->awaited = connection_send(net->connection, ofputil_encode_barrier_request(version));
}

/* As from the port that it came from, through all tables. */
static struct ofpbuf *
encode_back(const struct safety_net *net, const struct ofputil_packet_in *in)
{
    uint64_t stub[64 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_packet_out out = { .packet = in->packet, .packet_len = in->packet_len, .buffer_id = UINT32_MAX };
    struct ofpbuf *message;

    match_init_catchall(&out.flow_metadata);
    match_set_in_port(&out.flow_metadata, in->flow_metadata.flow.in_port.ofp_port);
    ofpact_put_OUTPUT(&actions)->port = OFPP_TABLE;
    out.ofpacts = actions.data;
    out.ofpacts_len = actions.size;
    message = ofputil_encode_packet_out(&out, ofputil_protocol_from_ofp_version(connection_version(net->connection)));
    ofpbuf_uninit(&actions);
    return message;
}

static void
keep(struct safety_net *net, struct ofpbuf *message)
{
    if (net->caught_bytes + message->size > LIMIT_NET_BYTES) {
        net->n_lost++;
        ofpbuf_delete(message);
        return;
    }
    net->caught_bytes += message->size;
    ovs_list_push_back(&net->caught, &message->list_node);
}

/* A miss in a later table is that table's verdict. */
static void
take_frame(struct safety_net *net, const struct ofp_header *header)
{
    struct ofputil_packet_in in;

    if (ofputil_decode_packet_in(header, true, NULL, NULL, &in, NULL, NULL, NULL) || in.reason != OFPR_NO_MATCH || in.table_id) {
        return;
    }
    net->since = time_msec();
    net->n_caught++;
    if (net->gives_back) {
        connection_send(net->connection, encode_back(net, &in));
    } else {
        keep(net, encode_back(net, &in));
    }
}

static void
hear(struct safety_net *net, const struct ofpbuf *message)
{
    const struct ofp_header *header = message->data;
    enum ofptype type;

    if (ofptype_decode(&type, header)) {
        return;
    }
    if (type == OFPTYPE_PACKET_IN) {
        take_frame(net, header);
    } else if (type == OFPTYPE_BARRIER_REPLY && header->xid == net->awaited) {
        net->spread = true;
    } else if (type == OFPTYPE_ECHO_REQUEST) {
        connection_send(net->connection, ofputil_encode_echo_reply(header));
    }
}

static void
notice_connection(struct safety_net *net)
{
    const bool up = connection_is_up(net->connection);
    const unsigned int number = connection_number(net->connection);

    if (!up) {
        net->spread = false;
    } else if (number != net->number) {
        net->number = number;
        net->spread = false;
        ask_for_packets(net);
    }
}

void
safety_net_run(struct safety_net *net)
{
    connection_run(net->connection);
    notice_connection(net);
    for (int i = 0; i < MESSAGES_PER_RUN; i++) {
        struct ofpbuf *message = connection_receive(net->connection);

        if (!message) {
            break;
        }
        hear(net, message);
        ofpbuf_delete(message);
    }
    connection_flush(net->connection);
}

static bool
has_given_up(const struct safety_net *net)
{
    return !net->number && time_msec() >= net->since + PATIENCE_MS;
}

void
safety_net_wait(struct safety_net *net)
{
    connection_flush(net->connection);
    connection_wait(net->connection);
    if (!net->number && !has_given_up(net)) {
        poll_timer_wait_until(net->since + PATIENCE_MS);
    }
    if (net->gives_back) {
        poll_timer_wait_until(MIN(net->since + IDLE_MS, net->end));
    }
}

bool
safety_net_is_spread(const struct safety_net *net)
{
    return net->spread || has_given_up(net);
}

void
safety_net_give_back(struct safety_net *net)
{
    struct ofpbuf *message;

    if (!net->gives_back) {
        net->gives_back = true;
        net->since = time_msec();
        net->end = net->since + GIVE_BACK_MS;
    }
    LIST_FOR_EACH_POP (message, list_node, &net->caught) {
        connection_send(net->connection, message);
    }
    net->caught_bytes = 0;
    connection_flush(net->connection);
}

bool
safety_net_is_idle(const struct safety_net *net)
{
    return net->gives_back && time_msec() >= MIN(net->since + IDLE_MS, net->end);
}
