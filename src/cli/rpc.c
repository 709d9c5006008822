/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/rpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <daemon.h>
#include <dirs.h>
#include <jsonrpc.h>
#include <openvswitch/json.h>
#include <openvswitch/poll-loop.h>
#include <stream.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "base/error.h"
#include "cli/reply.h"

/* Sends 'request', which is consumed. Returns 0 and the reply, or an errno value. */
static int
transact(struct jsonrpc *rpc, struct jsonrpc_msg *request, long long int deadline, struct jsonrpc_msg **reply)
{
    int error = jsonrpc_send(rpc, request);

    *reply = NULL;
    while (!error && (error = jsonrpc_recv(rpc, reply)) == EAGAIN) {
        if (time_msec() >= deadline) {
            return ETIMEDOUT;
        }
        error = 0;
        jsonrpc_run(rpc);
        jsonrpc_wait(rpc);
        jsonrpc_recv_wait(rpc);
        poll_timer_wait_until(deadline);
        poll_block();
    }
    return error;
}

/* As ovs-appctl finds a daemon. */
static struct error *
agent_socket_find(char **path)
{
    char *pidfile = xasprintf("%s/cabled.pid", ovs_rundir());
    pid_t pid = read_pidfile(pidfile);
    struct error *error = NULL;

    *path = NULL;
    if (pid < 0) {
        error = error_new(ERROR_UNREACHABLE, "no agent runs on this machine (%s: %s): start cabled", pidfile, ovs_strerror(-pid));
    } else {
        *path = xasprintf("%s/cabled.%ld.ctl", ovs_rundir(), (long int) pid);
    }
    free(pidfile);
    return error;
}

static struct error *
agent_failed(const char *socket, int error)
{
    const char *way_out = error == EACCES || error == EPERM ? "run cable as a user who may write to that socket, such as root"
                                                            : "is cabled running?";

    return error == ETIMEDOUT
        ? error_new(ERROR_TIMEOUT, "the agent at %s does not answer in time: --timeout gives it longer, its log says what it "
                    "does", socket)
        : error_new(ERROR_UNREACHABLE, "the agent at %s does not answer (%s): %s (another socket: --agent or CABLED_AGENT)",
                    socket, ovs_retval_to_string(error), way_out);
}

static struct error *
agent_reply(const struct jsonrpc_msg *message, struct json **reply)
{
    const struct json *body = message->type == JSONRPC_ERROR ? message->error : message->result;
    const char *text = body && body->type == JSON_STRING ? json_string(body) : "";

    if (message->type == JSONRPC_ERROR) {
        int length = strcspn(text, "\n");

        return error_new(ERROR_REFUSED, "the agent says: %.*s", length, text);
    }
    *reply = json_from_string(text);
    if ((*reply)->type != JSON_OBJECT) {
        json_destroy(*reply);
        *reply = NULL;
        return error_new(ERROR_REFUSED, "the agent's answer is not understood: is it of another version?");
    }
    return NULL;
}

static struct error *
ask(const char *socket, struct jsonrpc_msg *request, long long int deadline, struct json **reply)
{
    struct jsonrpc_msg *message;
    struct jsonrpc *client;
    struct error *error;
    int code = unixctl_client_create(socket, &client);

    if (code) {
        jsonrpc_msg_destroy(request);
        return agent_failed(socket, code);
    }
    code = transact(client, request, deadline, &message);
    error = code ? agent_failed(socket, code) : agent_reply(message, reply);
    jsonrpc_msg_destroy(message);
    jsonrpc_close(client);
    return error;
}

struct error *
rpc_ask_agent(const char *socket, const char *command, const char *argument, long long int timeout_ms, struct json **reply)
{
    struct json *params = json_array_create_empty();
    char *found = NULL;
    struct error *error = socket ? NULL : agent_socket_find(&found);

    *reply = NULL;
    if (argument) {
        json_array_add(params, json_string_create(argument));
    }
    if (error) {
        json_destroy(params);
    } else {
        error = ask(socket ? socket : found, jsonrpc_create_request(command, params, NULL), time_msec() + timeout_ms, reply);
    }
    free(found);
    return error;
}

/* RFC 7047 4.1.3: select external_ids of the one row of Open_vSwitch. */
static struct jsonrpc_msg *
external_ids_request(void)
{
    return jsonrpc_create_request("transact",
                                  json_from_string("[\"Open_vSwitch\", {\"op\": \"select\", \"table\": \"Open_vSwitch\", "
                                                   "\"where\": [], \"columns\": [\"external_ids\"]}]"),
                                  NULL);
}

/* [{"rows": [{"external_ids": ["map", [["cabled-host", "UUID"], ...]]}]}] */
static void
read_external_ids(const struct json *result, struct rpc_here *here)
{
    const struct json *row = reply_element(reply_member(reply_element(result, 0), "rows"), 0);
    const struct json *pairs = reply_element(reply_member(row, "external_ids"), 1);
    const struct json *pair;

    for (size_t i = 0; (pair = reply_element(pairs, i)) != NULL; i++) {
        if (!strcmp(reply_text(reply_element(pair, 0)), "cabled-host")) {
            here->known = uuid_from_string(&here->uuid, reply_text(reply_element(pair, 1)));
        }
    }
}

void
rpc_ask_here(struct rpc_here *here, long long int timeout_ms)
{
    char *name = xasprintf("unix:%s/db.sock", ovs_rundir());
    struct jsonrpc_msg *message = NULL;
    struct stream *stream;

    if (!here->asked && !stream_open_block(jsonrpc_stream_open(name, &stream, DSCP_DEFAULT), timeout_ms, &stream)) {
        struct jsonrpc *rpc = jsonrpc_open(stream);

        if (!transact(rpc, external_ids_request(), time_msec() + timeout_ms, &message) && message->type == JSONRPC_REPLY) {
            read_external_ids(message->result, here);
        }
        jsonrpc_msg_destroy(message);
        jsonrpc_close(rpc);
    }
    here->asked = true;
    free(name);
}
