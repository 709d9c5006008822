/* SPDX-License-Identifier: Apache-2.0
 *
 * Other hands in the flow table: a flow monitor (OpenFlow 1.4, 7.3.5.10) that tells of each change that is not this connection's
 * own. ovs-vswitchd tells of every kind: flow_mods of others, timeouts, and the flush that comes with a change of `fail_mode`, with a
 * first controller or with the last one's removal (3.1.0, ofproto_flush__()).
 */
#ifndef SWITCH_WATCH_H
#define SWITCH_WATCH_H

#include <stdbool.h>

struct ofpbuf;
struct rules_layout;

/* The message that begins the watch. It ends with the connection. */
struct ofpbuf *watch_encode_begin(void);

/* True if the monitor's message 'reply' tells that our flows may not be what they were: one of ours was removed or changed by somebody
 * else, another flow stands in one of our tables or in the place of a flow of ours in table 0, or events were left out. Consumes the
 * contents of 'reply'. */
bool watch_hears_trouble(struct ofpbuf *reply, const struct rules_layout *layout);

#endif
