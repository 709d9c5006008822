/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/session.h"

#include <errno.h>
#include <stdlib.h>

#include <byte-order.h>
#include <dirs.h>
#include <openvswitch/list.h>
#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-monitor.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/rconn.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "rules/cookie.h"
#include "switch/bundle.h"
#include "switch/counts.h"
#include "switch/encode.h"
#include "switch/found.h"
#include "switch/meters.h"
#include "switch/port_numbers.h"
#include "switch/watch.h"

VLOG_DEFINE_THIS_MODULE(session);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

enum {
    /* An idle connection is probed after this; a switch that does not answer for as long again is taken for dead. */
    PROBE_INTERVAL_S = 5,
    MAX_BACKOFF_S = 1,

    /* A switch that does not answer for so long is told of. */
    PATIENCE_S = 2,

    /* Somebody who changes our flows again and again gets an answer this often. */
    LOOK_AGAIN_PAUSE_MS = 100,

    /* Messages from the switch that are handled before others get their turn. */
    MESSAGES_PER_RUN = 100,
};

enum session_state {
    SESSION_CONNECTING,
    SESSION_CHECKING,           /* fragment mode set and asked for */
    SESSION_LISTING,            /* our flows asked for */
    SESSION_READY,
};

/* A bundle on its way. Open vSwitch drops a message that it cannot read from the bundle and would commit the rest (3.1.0,
 * handle_bundle_add()), so the commit goes out only when all messages are known to be in. */
enum session_phase {
    SESSION_IDLE,
    SESSION_FILLING,            /* messages and a barrier sent */
    SESSION_COMMITTING,
};

struct session {
    char *bridge;
    struct fragments fragments;
    struct rules_layout layout; /* where our flows are, for the watch */
    bool disturbed;             /* by other hands: what is in the table must be looked at again */
    bool looking_again;
    unsigned int n_disturbances;
    unsigned int n_fragment_changes;
    long long int look_again_at; /* not before this */
    struct rconn *rconn;
    unsigned int connection;    /* rconn's number of the connection that 'state' is about */
    unsigned int epoch;
    enum session_state state;
    ovs_be32 awaited;           /* xid of the answer that leads on from 'state' */
    char *error;

    struct found found;
    struct counts listed;       /* what those that were found had counted */
    struct counts gone;         /* what flows told that have gone; until somebody takes it */
    struct port_numbers ports;
    struct meters meters;

    enum session_phase phase;
    uint32_t bundle_id;
    ovs_be32 phase_xid;         /* of the barrier or the commit */
    uint32_t *useless_meters;   /* when the bundle is in force */
    size_t n_useless_meters;
    enum session_result result;

    struct ovs_list queries;    /* of struct counts_query */
};

struct session *
session_open(const char *bridge, enum fragments_mode fragments, const struct rules_layout *layout)
{
    struct session *session = xzalloc(sizeof *session);
    char *target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);

    session->bridge = xstrdup(bridge);
    session->fragments.wanted = fragments;
    session->layout = *layout;
    port_numbers_init(&session->ports);
    meters_init(&session->meters);
    counts_init(&session->listed);
    counts_init(&session->gone);
    session->rconn = rconn_create(PROBE_INTERVAL_S, MAX_BACKOFF_S, 0, 1u << OFP14_VERSION);
    ovs_list_init(&session->queries);
    rconn_connect(session->rconn, target, bridge);
    free(target);
    return session;
}

static void
session_forget_connection(struct session *session)
{
    counts_abandon(&session->queries);
    session->state = SESSION_CONNECTING;
    session->phase = SESSION_IDLE;
    session->result = SESSION_RESULT_NONE;
    session->n_useless_meters = 0;
    session->disturbed = session->looking_again = false;
    found_clear(&session->found);
    counts_clear(&session->gone);
}

void
session_close(struct session *session)
{
    if (session) {
        session_forget_connection(session);
        rconn_destroy(session->rconn);
        found_destroy(&session->found);
        counts_destroy(&session->listed);
        counts_destroy(&session->gone);
        port_numbers_destroy(&session->ports);
        meters_destroy(&session->meters);
        free(session->useless_meters);
        free(session->error);
        free(session->bridge);
        free(session);
    }
}

static void
session_set_error(struct session *session, char *error)
{
    free(session->error);
    session->error = error;
}

/* Returns the xid that the answer will carry. */
static ovs_be32
session_transmit(struct session *session, struct ofpbuf *message)
{
    ovs_be32 xid = ((struct ofp_header *) message->data)->xid;

    rconn_send(session->rconn, message, NULL);
    return xid;
}

static void
session_begin(struct session *session)
{
    session->epoch++;
    session_transmit(session, fragments_encode_set(&session->fragments));
    session_transmit(session, encode_async_config());
    session_transmit(session, fragments_encode_ask(&session->fragments, time_msec()));
    session->state = SESSION_CHECKING;
}

void
session_ask_ports(struct session *session)
{
    session_transmit(session, port_numbers_encode_ask(&session->ports));
}

const struct meters *
session_meters(const struct session *session)
{
    return &session->meters;
}

const struct port_numbers *
session_ports(const struct session *session)
{
    return &session->ports;
}

/* From here on the switch tells of what others do; so nothing is missed that happens behind the listing. */
static void
session_watch(struct session *session)
{
    session_transmit(session, watch_encode_begin());
}

/* Answers come in the order of the questions: when the flows are listed, the ports are. */
static void
session_list(struct session *session)
{
    session_ask_ports(session);
    session_transmit(session, meters_encode_ask(&session->meters));
    found_clear(&session->found);
    counts_clear(&session->listed);
    session->awaited = session_transmit(session, encode_flow_stats_request(COOKIE_MAGIC, COOKIE_MAGIC_MASK));
    session->state = SESSION_LISTING;
}

/* A bridge that does not keep the mode is not ready; one that somebody gave another mode gets ours back. */
static void
handle_config(struct session *session, const struct ofp_header *header)
{
    const char *mode = fragments_mode_name(session->fragments.wanted);
    enum fragments_answer answer = fragments_hear(&session->fragments, header);

    if (answer == FRAGMENTS_RIGHT && session->state == SESSION_CHECKING) {
        session_watch(session);
        session_list(session);
    } else if (answer == FRAGMENTS_WRONG && session->state == SESSION_CHECKING) {
        session_reconnect(session);
        session_set_error(session, xasprintf("the switch does not take fragment mode %s: this Open vSwitch cannot be guarded", mode));
    } else if (answer == FRAGMENTS_WRONG) {
        session->n_fragment_changes++;
        session_transmit(session, fragments_encode_set(&session->fragments));
        session_transmit(session, fragments_encode_ask(&session->fragments, time_msec()));
    }
}

/* Told when the switch has answered once more: one that shuts down takes its flows out first, and that is nobody's hand. */
static void
session_note_disturbance(struct session *session)
{
    if (session->looking_again) {
        session->looking_again = false;
        session->n_disturbances++;
    }
}

static void
handle_flow_stats(struct session *session, struct ofpbuf *message)
{
    const struct ofp_header *header = message->data;
    struct counts_query *query = counts_find(&session->queries, header->xid);
    bool listing = session->state == SESSION_LISTING && header->xid == session->awaited;
    bool more = ofpmp_more(header);
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats stats;

    while (!ofputil_decode_flow_stats_reply(&stats, message, false, &actions)) {
        if (listing) {
            found_note(&session->found, &stats);
        }
        if (listing || query) {
            counts_add(listing ? &session->listed : &query->counts, ntohll(stats.cookie), stats.packet_count, stats.byte_count);
        }
    }
    ofpbuf_uninit(&actions);
    if (!more && listing) {
        found_sort(&session->found);
        session->state = SESSION_READY;
        session_note_disturbance(session);
        session_set_error(session, NULL);
    } else if (!more && query) {
        counts_finish(query);
    }
}

static void
handle_error(struct session *session, const struct ofp_header *header)
{
    const char *what = ofperr_to_string(ofperr_decode_msg(header, NULL));

    VLOG_WARN_RL(&refused_rl, "%s: the switch refused a message: %s", session->bridge, what);
    if (session->phase != SESSION_IDLE) {
        session_set_error(session, xasprintf("the switch refused the flows: %s", what));
        session->result = SESSION_RESULT_REFUSED;
    }
    if (session->phase == SESSION_COMMITTING && header->xid == session->phase_xid) {
        session->phase = SESSION_IDLE;
    }
}

static ovs_be32
send_bundle_control(struct session *session, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg control = {
        .bundle_id = session->bundle_id, .type = type, .flags = OFPBF_ATOMIC | OFPBF_ORDERED,
    };

    return session_transmit(session, ofputil_encode_bundle_ctrl_request(OFP14_VERSION, &control));
}

static void
handle_barrier(struct session *session, const struct ofp_header *header)
{
    if (session->phase != SESSION_FILLING || header->xid != session->phase_xid) {
        return;
    }
    if (session->result == SESSION_RESULT_REFUSED) {
        send_bundle_control(session, OFPBCT_DISCARD_REQUEST);
        session->phase = SESSION_IDLE;
    } else {
        session->phase_xid = send_bundle_control(session, OFPBCT_COMMIT_REQUEST);
        session->phase = SESSION_COMMITTING;
    }
}

static void
delete_useless_meters(struct session *session)
{
    for (size_t i = 0; i < session->n_useless_meters; i++) {
        struct ofpbuf *message = meters_encode_delete(&session->meters, session->useless_meters[i]);

        if (message) {
            session_transmit(session, message);
        }
    }
    session->n_useless_meters = 0;
}

static void
handle_bundle_control(struct session *session, const struct ofp_header *header)
{
    struct ofputil_bundle_ctrl_msg control;

    if (session->phase == SESSION_COMMITTING && header->xid == session->phase_xid
        && !ofputil_decode_bundle_ctrl(header, &control) && control.type == OFPBCT_COMMIT_REPLY) {
        session->phase = SESSION_IDLE;
        session->result = SESSION_RESULT_ACKED;
        session_set_error(session, NULL);
        delete_useless_meters(session);
    }
}

/* What was listed counts from now on; while the flows are listed, that is all that is wanted of it. */
static void
handle_meters(struct session *session, struct ofpbuf *message)
{
    if (meters_hear(&session->meters, message) == METERS_OTHERWISE && session->state == SESSION_READY) {
        session->disturbed = true;
    }
}

static void
handle_watch(struct session *session, struct ofpbuf *message)
{
    session->disturbed = watch_hears_trouble(message, &session->layout) || session->disturbed;
}

static void
handle_flow_removed(struct session *session, const struct ofp_header *header)
{
    struct ofputil_flow_removed gone;

    if (!ofputil_decode_flow_removed(&gone, header)) {
        counts_add(&session->gone, ntohll(gone.cookie), gone.packet_count, gone.byte_count);
    }
}

static void
session_handle(struct session *session, struct ofpbuf *message)
{
    const struct ofp_header *header = message->data;
    enum ofptype type;

    if (ofptype_decode(&type, header)) {
        return;
    }
    if (type == OFPTYPE_ECHO_REQUEST) {
        rconn_send(session->rconn, ofputil_encode_echo_reply(header), NULL);
    } else if (type == OFPTYPE_GET_CONFIG_REPLY) {
        handle_config(session, header);
    } else if (type == OFPTYPE_FLOW_STATS_REPLY) {
        handle_flow_stats(session, message);
    } else if (type == OFPTYPE_PORT_DESC_STATS_REPLY) {
        port_numbers_hear(&session->ports, message);
    } else if (type == OFPTYPE_METER_CONFIG_STATS_REPLY) {
        handle_meters(session, message);
    } else if (type == OFPTYPE_FLOW_MONITOR_STATS_REPLY) {
        handle_watch(session, message);
    } else if (type == OFPTYPE_FLOW_REMOVED) {
        handle_flow_removed(session, header);
    } else if (type == OFPTYPE_BUNDLE_CONTROL) {
        handle_bundle_control(session, header);
    } else if (type == OFPTYPE_BARRIER_REPLY) {
        handle_barrier(session, header);
    } else if (type == OFPTYPE_ERROR) {
        handle_error(session, header);
    }
}

static void
session_notice_connection(struct session *session)
{
    unsigned int connection = rconn_get_connection_seqno(session->rconn);
    bool connected = rconn_is_connected(session->rconn);

    if (session->state != SESSION_CONNECTING && (!connected || connection != session->connection)) {
        session_forget_connection(session);
        session_set_error(session, xstrdup("the connection to ovs-vswitchd broke"));
    }
    if (session->state == SESSION_CONNECTING && connected) {
        session->connection = connection;
        session_begin(session);
    }
    if (!connected && !session->error && rconn_failure_duration(session->rconn) >= PATIENCE_S) {
        session_set_error(session, xasprintf("ovs-vswitchd does not answer for it (%s): its log says why; without the kernel module a "
                                             "bridge needs datapath_type=netdev",
                                             ovs_retval_to_string(rconn_get_last_error(session->rconn))));
    }
}

static bool
session_must_look_again(const struct session *session)
{
    return session->disturbed && session->state == SESSION_READY && session->phase == SESSION_IDLE;
}

/* As after a connection: our flows are listed anew, and whoever uses the session sends everything again. */
static void
session_look_again(struct session *session)
{
    if (session_must_look_again(session) && time_msec() >= session->look_again_at) {
        session->disturbed = false;
        session->looking_again = true;
        session->look_again_at = time_msec() + LOOK_AGAIN_PAUSE_MS;
        session->result = SESSION_RESULT_NONE;
        session->epoch++;
        session_list(session);
    }
}

void
session_run(struct session *session)
{
    rconn_run(session->rconn);
    session_notice_connection(session);
    for (int i = 0; i < MESSAGES_PER_RUN && session->state != SESSION_CONNECTING; i++) {
        struct ofpbuf *message = rconn_recv(session->rconn);

        if (!message) {
            break;
        }
        session_handle(session, message);
        ofpbuf_delete(message);
    }
    session_notice_connection(session);
    session_look_again(session);
    if (session->state == SESSION_READY && fragments_are_due(&session->fragments, time_msec())) {
        session_transmit(session, fragments_encode_ask(&session->fragments, time_msec()));
        session_transmit(session, meters_encode_ask(&session->meters));
    }
}

void
session_wait(struct session *session)
{
    rconn_run_wait(session->rconn);
    rconn_recv_wait(session->rconn);
    if (session->state == SESSION_READY) {
        poll_timer_wait_until(session->fragments.ask_at);
    }
    if (session_must_look_again(session)) {
        poll_timer_wait_until(session->look_again_at);
    }
}

void
session_reconnect(struct session *session)
{
    session_forget_connection(session);
    rconn_reconnect(session->rconn);
}

bool
session_is_ready(const struct session *session)
{
    return session->state == SESSION_READY;
}

unsigned int
session_epoch(const struct session *session)
{
    return session->epoch;
}

unsigned int
session_connection(const struct session *session)
{
    return session->connection;
}

const struct counts *
session_listed(const struct session *session)
{
    return &session->listed;
}

void
session_take_gone(struct session *session, void (*each)(const struct port_counts *, void *), void *aux)
{
    const struct port_counts *port;

    HMAP_FOR_EACH (port, node, &session->gone.ports) {
        each(port, aux);
    }
    counts_clear(&session->gone);
}

unsigned int
session_n_disturbances(const struct session *session)
{
    return session->n_disturbances;
}

unsigned int
session_n_fragment_changes(const struct session *session)
{
    return session->n_fragment_changes;
}

const char *
session_error(const struct session *session)
{
    return session->error;
}

const struct found *
session_found(const struct session *session)
{
    return &session->found;
}

/* Consumes 'inner'. */
static void
send_bundle_add(struct session *session, struct ofpbuf *inner)
{
    struct ofputil_bundle_add_msg add = {
        .bundle_id = session->bundle_id, .flags = OFPBF_ATOMIC | OFPBF_ORDERED, .msg = inner->data,
    };

    session_transmit(session, ofputil_encode_bundle_add(OFP14_VERSION, &add));
    ofpbuf_delete(inner);
}

/* A flow that names a meter which is not there would be refused, so meters come first. */
static void
send_meters(struct session *session, const struct bundle *bundle)
{
    session->useless_meters = xrealloc(session->useless_meters, bundle->n_meters * sizeof *session->useless_meters);
    session->n_useless_meters = 0;
    for (size_t i = 0; i < bundle->n_meters; i++) {
        const struct bundle_meter *meter = &bundle->meters[i];

        if (meter->band.rate_kbits) {
            struct ofpbuf *message = meters_encode_set(&session->meters, meter->number, &meter->band);

            if (message) {
                session_transmit(session, message);
            }
        } else {
            session->useless_meters[session->n_useless_meters++] = meter->number;
        }
    }
}

void
session_send(struct session *session, const struct bundle *bundle)
{
    ovs_assert(session->state == SESSION_READY && session->phase == SESSION_IDLE);

    session->bundle_id++;
    session->phase = SESSION_FILLING;
    session->result = SESSION_RESULT_NONE;
    send_meters(session, bundle);
    send_bundle_control(session, OFPBCT_OPEN_REQUEST);
    for (size_t i = 0; i < bundle->adds.n; i++) {
        send_bundle_add(session, encode_flow_add(&bundle->adds.flows[i], &bundle->layout));
    }
    for (size_t i = 0; i < bundle->n_deletes; i++) {
        send_bundle_add(session, encode_flow_delete(bundle->deletes[i].cookie, bundle->deletes[i].mask));
    }
    session_transmit(session, fragments_encode_ask(&session->fragments, time_msec()));
    session->phase_xid = session_transmit(session, ofputil_encode_barrier_request(OFP14_VERSION));
}

bool
session_is_sending(const struct session *session)
{
    return session->phase != SESSION_IDLE;
}

enum session_result
session_take_result(struct session *session)
{
    enum session_result result = session->phase != SESSION_IDLE ? SESSION_RESULT_NONE : session->result;

    if (result != SESSION_RESULT_NONE) {
        session->result = SESSION_RESULT_NONE;
    }
    return result;
}

void
session_count(struct session *session, uint64_t cookie, uint64_t mask, counts_done *done, void *aux)
{
    if (session->state != SESSION_READY) {
        done(NULL, aux);
        return;
    }
    counts_ask(&session->queries, session_transmit(session, encode_flow_stats_request(cookie, mask)), done, aux);
}
