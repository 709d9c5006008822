/* SPDX-License-Identifier: Apache-2.0
 *
 * What the switch tells a session: each message for the one whom it concerns.
 */
#include <config.h>

#include <byte-order.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-monitor.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "switch/connection.h"
#include "switch/counts_query.h"
#include "switch/session-private.h"
#include "switch/watch.h"

VLOG_DEFINE_THIS_MODULE(session);

static struct vlog_rate_limit refused_rl = VLOG_RATE_LIMIT_INIT(5, 5);

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
        session_set_fragments(session);
        session_ask_fragments(session);
    }
}

static void
handle_flow_stats(struct session *session, struct ofpbuf *message)
{
    switch (listing_hear(&session->listing, message)) {
    case LISTING_STRAY:
        counts_queries_hear(&session->queries, message);
        return;
    case LISTING_PART:
        return;
    case LISTING_WHOLE:
        session->state = SESSION_READY;
        doubt_settle(&session->doubt);
        session_set_error(session, NULL);
        return;
    }
}

/* Open vSwitch forgets a bundle of which nothing has come for ten seconds, because we did not run or because it was busy itself: a turn of its
 * loop that takes hundreds of ports away takes longer. That is nobody's fault, and nothing of it is in force. */
static void
handle_forgotten_bundle(struct session *session)
{
    VLOG_INFO_RL(&refused_rl, "%s: the switch has forgotten a bundle that stood still for too long: it is begun anew", session->bridge);
    session_reconnect(session);
}

static void
handle_error(struct session *session, const struct ofp_header *header)
{
    const enum ofperr error = ofperr_decode_msg(header, NULL);
    const char *what = ofperr_to_string(error);

    if (error == OFPERR_OFPBFC_TIMEOUT) {
        handle_forgotten_bundle(session);
        return;
    }
    VLOG_WARN_RL(&refused_rl, "%s: the switch refused a message: %s", session->bridge, what);
    if (delivery_hear_error(&session->delivery, header)) {
        session_set_error(session, xasprintf("the switch refused the flows: %s", what));
    }
}

static void
handle_bundle_control(struct session *session, const struct ofp_header *header)
{
    if (delivery_hear_bundle_control(&session->delivery, header)) {
        session_set_error(session, NULL);
    }
}

/* What was listed counts from now on; while the flows are listed, that is all that is wanted of it. */
static void
handle_meters(struct session *session, struct ofpbuf *message)
{
    if (meters_hear(&session->meters, message) == METERS_OTHERWISE && session->state == SESSION_READY) {
        doubt_raise(&session->doubt);
    }
}

/* Nothing of what is sent ahead is there yet: the flush for which it waits is no trouble. */
static void
handle_watch(struct session *session, struct ofpbuf *message)
{
    if (watch_hears_trouble(message, &session->layout) && !delivery_is_ahead(&session->delivery)) {
        doubt_raise(&session->doubt);
    }
}

static void
handle_flow_removed(struct session *session, const struct ofp_header *header)
{
    struct ofputil_flow_removed gone;

    if (!ofputil_decode_flow_removed(&gone, header)) {
        counts_add(&session->gone, ntohll(gone.cookie), gone.packet_count, gone.byte_count);
    }
}

void
session_hear(struct session *session, struct ofpbuf *message)
{
    const struct ofp_header *header = message->data;
    enum ofptype type;

    if (ofptype_decode(&type, header)) {
        return;
    }
    if (type == OFPTYPE_ECHO_REQUEST) {
        connection_send(session->connection, ofputil_encode_echo_reply(header));
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
        delivery_hear_barrier(&session->delivery, header);
    } else if (type == OFPTYPE_ERROR) {
        handle_error(session, header);
    }
}
