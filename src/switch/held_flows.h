/* SPDX-License-Identifier: Apache-2.0
 *
 * Flows that a program beside the agent brings to a bridge, and that take effect, all at once, when it says so. The flows of ours on that bridge
 * go in the same step.
 */
#ifndef SWITCH_HELD_FLOWS_H
#define SWITCH_HELD_FLOWS_H

struct error;
struct held_flows;
struct safety_net;
struct svec;

/* Returns when the switch has them; 'flows' are as ovs-ofctl(8) reads them. On failure '*held' is NULL. 'deadline' is a time_msec(). Open
 * vSwitch forgets them after ten seconds. */
struct error *held_flows_bring(const char *bridge, const struct svec *flows, long long int deadline, struct held_flows **held);

/* They are in force when it returns without an error, and none of them is otherwise. 'net' is kept going meanwhile, or NULL. */
struct error *held_flows_put(struct held_flows *, struct safety_net *net, long long int deadline);

/* What is not in force never will be. NULL is none. */
void held_flows_close(struct held_flows *);

#endif
