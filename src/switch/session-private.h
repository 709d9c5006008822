/* SPDX-License-Identifier: Apache-2.0
 *
 * What the session's files share: the session, its questions (session.c), and who takes the answers (session_answers.c).
 */
#ifndef SWITCH_SESSION_PRIVATE_H
#define SWITCH_SESSION_PRIVATE_H

#include <openvswitch/list.h>

#include "rules/compile.h"
#include "switch/counts.h"
#include "switch/delivery.h"
#include "switch/doubt.h"
#include "switch/fragments.h"
#include "switch/listing.h"
#include "switch/meters.h"
#include "switch/port_numbers.h"
#include "switch/session.h"

struct ofpbuf;

enum session_state {
    SESSION_CONNECTING,
    SESSION_CHECKING,           /* fragment mode set and asked for */
    SESSION_LISTING,            /* our flows asked for */
    SESSION_READY,
};

struct session {
    char *bridge;
    struct rules_layout layout; /* where our flows are, for the watch */
    struct connection *connection;
    unsigned int number;        /* the connection's, that 'state' is about */
    unsigned int epoch;
    enum session_state state;
    char *error;

    struct fragments fragments;
    unsigned int n_fragment_changes;
    struct port_numbers ports;
    struct meters meters;
    struct listing listing;
    struct doubt doubt;         /* of what was listed and sent */

    struct delivery delivery;
    bool unasked;               /* it was committed so, and not written yet */
    struct counts gone;         /* what flows told that have gone; until somebody takes it */
    struct ovs_list queries;    /* for counts */
};

/* Owns 'error', NULL for none. */
void session_set_error(struct session *, char *error);

void session_set_fragments(struct session *);
void session_ask_fragments(struct session *);

/* From here on the switch tells of what others do: begun before the listing, so that nothing is missed that happens behind it. */
void session_watch(struct session *);

/* Asks for ports, meters and flows. Answers come in the order of the questions: when the flows are listed, the others are. */
void session_list(struct session *);

/* Takes in one message, and consumes its contents. */
void session_hear(struct session *, struct ofpbuf *message);

#endif
