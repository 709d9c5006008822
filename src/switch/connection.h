/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection below a session or a safety net: to the socket that ovs-vswitchd opens for its own tools (<rundir>/<bridge>.mgmt). It
 * comes back by itself. Inside of the room.
 */
#ifndef SWITCH_CONNECTION_H
#define SWITCH_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openvswitch/types.h>

struct connection;
struct ofpbuf;

/* 'versions' has a bit for each version of OpenFlow that will do, 1 << OFP14_VERSION for example. */
struct connection *connection_open(const char *bridge, uint32_t versions);
void connection_close(struct connection *);

void connection_run(struct connection *);
void connection_wait(struct connection *);

/* Drops it, and makes it anew after a pause. */
void connection_reset(struct connection *);

bool connection_is_up(const struct connection *);

/* The version that was agreed on (enum ofp_version); it must be up. */
int connection_version(const struct connection *);

/* Another one each time that it has come up. */
unsigned int connection_number(const struct connection *);

/* Why it does not come up, in words, the caller's to free; NULL if it is up, or may still come soon. */
char *connection_failure(const struct connection *);

/* Writes what was sent, as far as the socket takes it; connection_run() does so too. Together, so that the switch reads it together. */
void connection_flush(struct connection *);

/* How many bytes will be written together. */
size_t connection_collected(const struct connection *);

/* How many bytes the socket has taken, of this connection and of those before it. */
uint64_t connection_written(const struct connection *);

/* True if the socket has taken all that was sent. */
bool connection_is_flushed(const struct connection *);

/* Sends 'message', and owns it. Returns the xid, which the answer will carry. Without a connection nothing is sent. */
ovs_be32 connection_send(struct connection *, struct ofpbuf *message);

/* How many messages wait behind those that are about to be written. */
unsigned int connection_queue(const struct connection *);

/* The next message that has come, the caller's; NULL if there is none. */
struct ofpbuf *connection_receive(struct connection *);

#endif
