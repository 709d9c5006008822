/* SPDX-License-Identifier: Apache-2.0
 *
 * An OpenFlow 1.4 connection to one bridge, over the socket that ovs-vswitchd opens for its own tools
 * (<rundir>/<bridge>.mgmt): not a controller, so that coming and going flushes nothing.
 *
 * After each connection the session puts the bridge into the fragment mode that the rules need and reads it back, and lists which
 * of our flows are there; then it is ready. One bundle is under way at a time. All calls return at once.
 */
#ifndef SWITCH_SESSION_H
#define SWITCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "switch/counts.h"
#include "switch/fragments.h"

struct bundle;
struct found;
struct meters;
struct port_numbers;
struct rules_layout;
struct session;

struct session *session_open(const char *bridge, enum fragments_mode fragments, const struct rules_layout *layout);
void session_close(struct session *);

void session_run(struct session *);
void session_wait(struct session *);

/* Drops the connection and begins again from what is there. */
void session_reconnect(struct session *);

bool session_is_ready(const struct session *);

/* Grows with each connection, and when other hands have been at our flows: whatever was sent before must be sent again. */
unsigned int session_epoch(const struct session *);

/* Another number with each connection to the switch. */
unsigned int session_connection(const struct session *);

/* How often other hands have been at our flows since the session was opened. */
unsigned int session_n_disturbances(const struct session *);

/* The same for the bridge's fragment mode. */
unsigned int session_n_fragment_changes(const struct session *);

/* Why the last connection or bundle failed, in words, or NULL. Valid until the next session_run(). */
const char *session_error(const struct session *);

/* Our flows that were in the table when the session got ready. */
const struct found *session_found(const struct session *);

/* What they had counted by then, per port. */
const struct counts *session_listed(const struct session *);

/* Calls 'each' for every port of which flows of ours have gone since the last call: with what these had counted. The rules that are
 * 'present' there are those of the flows that went. */
void session_take_gone(struct session *, void (*each)(const struct port_counts *, void *aux), void *aux);

/* Which port has which number, as the switch said last; listed anew before the session gets ready. */
const struct port_numbers *session_ports(const struct session *);

/* Asks for that list once more. The session must be ready; when the answer is there, the list's seqno is another. */
void session_ask_ports(struct session *);

/* The meters of ours that the switch has: listed before the session gets ready, and every few seconds. */
const struct meters *session_meters(const struct session *);

/* Sends '*bundle', whose contents it takes: it is empty afterwards. The session must be ready and no bundle under way. It is made ready for
 * the socket, and written by session_flush() or, at the latest, session_wait(). */
void session_send(struct session *, struct bundle *bundle);
void session_flush(struct session *);
bool session_is_sending(const struct session *);

/* The same, but it is not put in force before session_release(), which may be called when session_holds() says that the switch has all of it.
 * Open vSwitch forgets it after ten seconds, and the session begins anew. */
void session_send_ahead(struct session *, struct bundle *bundle);
bool session_holds(const struct session *);
void session_release(struct session *);

/* True if the switch has all of the bundle that is under way, and is told to put it in force. */
bool session_is_committing(const struct session *);

enum session_result {
    SESSION_RESULT_NONE,        /* nothing was sent, or the answer is not there yet */
    SESSION_RESULT_ACKED,
    SESSION_RESULT_REFUSED,     /* nothing of the bundle is in force; session_error() says why */
};

/* The fate of the bundle that was sent last; the same answer is given once. A bundle whose connection broke has none: the epoch has
 * changed. */
enum session_result session_take_result(struct session *);

/* Asks for the counts of all flows whose cookie has the bits of 'cookie' set in 'mask', and calls 'done' once: with the counts, or with
 * NULL if the connection broke or is not there. */
void session_count(struct session *, uint64_t cookie, uint64_t mask, counts_done *done, void *aux);

#endif
