/* SPDX-License-Identifier: Apache-2.0
 *
 * One question to the agent, on its control socket, for a program that lives a few milliseconds: the protocol of unixctl (JSON-RPC 1.0
 * over a unix socket, as ovs-appctl(8) speaks it) without libopenvswitch's streams and loop, which take longer to start than the question.
 */
#ifndef ASK_AGENT_H
#define ASK_AGENT_H

struct error;

/* Asks 'command' with 'argument'; '*reply' is the answer's text then, and the caller's. The socket is 'socket', or, if that is NULL, where
 * OVS_RUNDIR/cabled.pid says. 'deadline' is in ms of CLOCK_MONOTONIC.
 *
 * ERROR_UNREACHABLE: there is no agent, or it ended before it answered: nothing is known of what it did. ERROR_TIMEOUT: no answer until
 * the deadline. ERROR_REFUSED: the agent says no, in its words. */
struct error *ask_agent(const char *socket, const char *command, const char *argument, long long int deadline, char **reply);

/* Now, in ms of CLOCK_MONOTONIC. */
long long int ask_now(void);

#endif
