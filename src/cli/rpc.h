/* SPDX-License-Identifier: Apache-2.0
 *
 * Short questions to the daemons of this machine, over JSON-RPC: to the agent's control socket, in ovs-appctl's manner, and
 * to the switch database. Each answers within a time or is an error in words.
 */
#ifndef CLI_RPC_H
#define CLI_RPC_H

#include <stdbool.h>

#include <uuid.h>

struct error;
struct json;

/* Asks the agent at 'socket' (NULL: where ovs_rundir()/cabled.pid says) for 'command' with 'argument' (may be NULL). On
 * success '*reply' is its answer, parsed; the caller's. ERROR_UNREACHABLE or ERROR_TIMEOUT if there is no agent,
 * ERROR_REFUSED if it says no. */
struct error *rpc_ask_agent(const char *socket, const char *command, const char *argument, long long int timeout_ms,
                            struct json **reply);

/* Which host of the pool this machine is: Open_vSwitch.external_ids:cabled-host of the switch database at
 * ovs_rundir()/db.sock. */
struct rpc_here {
    bool asked;
    bool known;
    struct uuid uuid;
};

/* Fills in '*here', once. That there is no switch database is no error. */
void rpc_ask_here(struct rpc_here *here, long long int timeout_ms);

#endif
