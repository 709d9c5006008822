/* SPDX-License-Identifier: Apache-2.0
 *
 * A safety net below a bridge while its flows are flushed. ovs-vswitchd flushes them when fail_mode changes (3.1.0, connmgr_set_fail_mode()),
 * and from then until rules are in force it would drop what it gets, the host's own traffic included. While a net is spread, a frame
 * that no flow matches comes here instead; when the rules are in force, it goes back to the bridge, as from the port that it came from,
 * and the rules judge it. So it is late, and neither lost nor let pass unjudged.
 *
 * Nothing stays behind, whoever dies: a connection that speaks an OpenFlow below 1.3 and asks for packets is sent what matches nothing
 * (3.1.0, connmgr_wants_packet_in_on_miss()), and when it has gone, nobody is. It goes over the socket of ovs-vswitchd's own tools, so that it
 * is no controller: a first one flushes all flows.
 */
#ifndef SWITCH_SAFETY_NET_H
#define SWITCH_SAFETY_NET_H

#include <stdbool.h>

#include "switch/fragments.h"

struct safety_net;

/* The bridge must speak an OpenFlow below 1.3 (switch_bridge.speaks_early). Asking for packets sets its fragment mode too: to that which its
 * rules need, and which it has already. */
struct safety_net *safety_net_open(const char *bridge, enum fragments_mode fragments);

/* Frames that it has not given back are lost. NULL is none. */
void safety_net_close(struct safety_net *);

void safety_net_run(struct safety_net *);
void safety_net_wait(struct safety_net *);

/* True if frames come here from now on. One that does not come to be spread within a second is given up for: true too. */
bool safety_net_is_spread(const struct safety_net *);

/* The rules are in force: what has been caught goes back, and so does at once what still comes, because the datapath's own flows follow
 * a little later. */
void safety_net_give_back(struct safety_net *);

/* True if nothing has come for a while since it gives back: it can be closed. */
bool safety_net_is_idle(const struct safety_net *);

#endif
