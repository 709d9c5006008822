/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/session.h"

#include <stdlib.h>

#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "switch/connection.h"
#include "switch/counts_query.h"
#include "switch/encode.h"
#include "switch/session-private.h"
#include "switch/watch.h"

/* Messages from the switch that are handled before others get their turn. */
enum { MESSAGES_PER_RUN = 100 };

struct session *
session_open(const char *bridge, enum fragments_mode fragments, const struct rules_layout *layout)
{
    struct session *session = xzalloc(sizeof *session);

    session->bridge = xstrdup(bridge);
    session->fragments.wanted = fragments;
    session->layout = *layout;
    session->connection = connection_open(bridge, 1u << OFP14_VERSION);
    port_numbers_init(&session->ports);
    meters_init(&session->meters);
    listing_init(&session->listing);
    delivery_init(&session->delivery, session->connection, &session->meters);
    counts_init(&session->gone);
    ovs_list_init(&session->queries);
    return session;
}

static void
session_forget_connection(struct session *session)
{
    counts_queries_abandon(&session->queries);
    session->state = SESSION_CONNECTING;
    delivery_forget(&session->delivery);
    doubt_drop(&session->doubt);
    listing_abandon(&session->listing);
    counts_clear(&session->gone);
}

void
session_close(struct session *session)
{
    if (session) {
        session_forget_connection(session);
        connection_close(session->connection);
        port_numbers_destroy(&session->ports);
        meters_destroy(&session->meters);
        listing_destroy(&session->listing);
        delivery_destroy(&session->delivery);
        counts_destroy(&session->gone);
        free(session->error);
        free(session->bridge);
        free(session);
    }
}

void
session_set_error(struct session *session, char *error)
{
    free(session->error);
    session->error = error;
}

void
session_set_fragments(struct session *session)
{
    connection_send(session->connection, fragments_encode_set(&session->fragments));
}

void
session_ask_fragments(struct session *session)
{
    connection_send(session->connection, fragments_encode_ask(&session->fragments, time_msec()));
}

void
session_ask_ports(struct session *session)
{
    connection_send(session->connection, port_numbers_encode_ask(&session->ports));
}

static void
session_ask_meters(struct session *session)
{
    connection_send(session->connection, meters_encode_ask(&session->meters));
}

static void
session_check(struct session *session)
{
    session_set_fragments(session);
    connection_send(session->connection, encode_async_config());
    session_ask_fragments(session);
    session->state = SESSION_CHECKING;
}

void
session_watch(struct session *session)
{
    connection_send(session->connection, watch_encode_begin());
}

void
session_list(struct session *session)
{
    session_ask_ports(session);
    session_ask_meters(session);
    connection_send(session->connection, listing_encode_ask(&session->listing));
    session->state = SESSION_LISTING;
}

static void
session_notice_connection(struct session *session)
{
    const unsigned int number = connection_number(session->connection);
    const bool up = connection_is_up(session->connection);

    if (session->state != SESSION_CONNECTING && (!up || number != session->number)) {
        session_forget_connection(session);
        session_set_error(session, xstrdup("the connection to ovs-vswitchd broke"));
    }
    if (session->state == SESSION_CONNECTING && up) {
        session->number = number;
        session->epoch++;
        session_check(session);
    }
    if (!up && !session->error) {
        session_set_error(session, connection_failure(session->connection));
    }
}

static bool
session_may_look_again(const struct session *session)
{
    return session->state == SESSION_READY && !delivery_is_under_way(&session->delivery);
}

/* As after a connection: our flows are listed anew, and whoever uses the session sends everything again. */
static void
session_look_again(struct session *session)
{
    doubt_begin_look(&session->doubt, time_msec());
    delivery_forget(&session->delivery);
    session->epoch++;
    session_list(session);
}

static void
session_take_messages(struct session *session)
{
    for (int i = 0; i < MESSAGES_PER_RUN && session->state != SESSION_CONNECTING; i++) {
        struct ofpbuf *message = connection_receive(session->connection);

        if (!message) {
            return;
        }
        session_hear(session, message);
        ofpbuf_delete(message);
    }
}

/* The fragment mode is looked at with each bundle. */
static void
session_deliver(struct session *session)
{
    if (delivery_fill(&session->delivery)) {
        session_ask_fragments(session);
        delivery_seal(&session->delivery);
        session->unasked = delivery_is_committed(&session->delivery);
    }
}

/* A bundle that is committed unasked, but not taken by the socket as a whole, might come in two halves (switch/delivery.h): rather not at
 * all. */
void
session_flush(struct session *session)
{
    const bool unasked = session->unasked;

    connection_flush(session->connection);
    session->unasked = false;
    if (unasked && delivery_is_committed(&session->delivery) && !connection_is_flushed(session->connection)) {
        session_reconnect(session);
    }
}

void
session_run(struct session *session)
{
    connection_run(session->connection);
    session_notice_connection(session);
    session_deliver(session);
    session_flush(session);
    session_take_messages(session);
    session_notice_connection(session);
    if (session_may_look_again(session) && doubt_is_due(&session->doubt, time_msec())) {
        session_look_again(session);
    }
    if (session->state == SESSION_READY && fragments_are_due(&session->fragments, time_msec())) {
        session_ask_fragments(session);
        session_ask_meters(session);
    }
}

void
session_wait(struct session *session)
{
    session_flush(session);
    connection_wait(session->connection);
    if (session->state == SESSION_READY) {
        poll_timer_wait_until(session->fragments.ask_at);
    }
    if (session_may_look_again(session) && session->doubt.raised) {
        poll_timer_wait_until(session->doubt.look_at);
    }
}

void
session_reconnect(struct session *session)
{
    session_forget_connection(session);
    connection_reset(session->connection);
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
    return session->number;
}

const struct counts *
session_listed(const struct session *session)
{
    return &session->listing.counts;
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
    return session->doubt.n_settled;
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

const struct found *
session_found(const struct session *session)
{
    return &session->listing.found;
}

static void
send_bundle(struct session *session, struct bundle *bundle, bool hold)
{
    ovs_assert(session->state == SESSION_READY);

    delivery_begin(&session->delivery, bundle, hold);
    session_deliver(session);
}

void
session_send(struct session *session, struct bundle *bundle)
{
    send_bundle(session, bundle, false);
}

void
session_send_ahead(struct session *session, struct bundle *bundle)
{
    send_bundle(session, bundle, true);
}

bool
session_holds(const struct session *session)
{
    return delivery_is_held(&session->delivery);
}

/* The switch looks meters up when it reads a flow that names one. Those have gone with the flows that were flushed, so that such a bundle is
 * made anew. */
void
session_release(struct session *session)
{
    if (!delivery_release(&session->delivery)) {
        session_look_again(session);
        doubt_drop(&session->doubt);    /* it is nobody's hand */
    }
    connection_flush(session->connection);
}

bool
session_is_sending(const struct session *session)
{
    return delivery_is_under_way(&session->delivery);
}

bool
session_is_committing(const struct session *session)
{
    return delivery_is_committed(&session->delivery);
}

enum session_result
session_take_result(struct session *session)
{
    return delivery_take_result(&session->delivery);
}

void
session_count(struct session *session, uint64_t cookie, uint64_t mask, counts_done *done, void *aux)
{
    if (session->state != SESSION_READY) {
        done(NULL, aux);
        return;
    }
    counts_query_begin(&session->queries, connection_send(session->connection, encode_flow_stats_request(cookie, mask)), done, aux);
}
