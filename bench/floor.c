/* SPDX-License-Identifier: Apache-2.0
 *
 * floor: the least that a program must do to have the same as the agent has after a plug. It is told rows, flows and links that somebody
 * has prepared, and has them ready before the clock starts: it decides nothing, checks nothing and remembers nothing.
 *
 *     floor SWITCH-DATABASE OPENFLOW-TARGET POOL-DATABASE
 *
 * Standard input has a command a line:
 *
 *     prepare FOLDER       reads rows, flows and links (job.h), and answers "prepared"
 *     go                   does it, and answers a line "NANOSECONDS STAGE" for each stage (CLOCK_MONOTONIC); the last is "done"
 *     go-rules-first       the same, but the rows are sent when the bundle is acknowledged
 *     go-when-told         says "waiting", and does it when the pool database tells of a VIF, as it tells the agent
 *     go-anew              the same as go, with a new connection to the switch, which need not be there yet
 *
 * Rows, rules and link settings go out at once. A link is raised when the bundle is acknowledged and the interface has its number.
 * The agent asks for the reply to a barrier before it commits, and only then; this does not wait.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <fatal-signal.h>
#include <jsonrpc.h>
#include <openvswitch/json.h>
#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <socket-util.h>
#include <stream.h>
#include <util.h>

#include "job.h"
#include "link.h"
#include "openflow.h"

enum { LINE_BYTES = 4096, MTU = 1500 };

struct floor {
    const char *target;
    int input;                  /* standard input under another number: to libopenvswitch's poll loop 0 is none */
    struct jsonrpc *db;
    struct jsonrpc *pool;
    struct openflow switch_;
    struct job job;
    bool rules_first;
    char said[LINE_BYTES];
    size_t n_said;
};

static void
stage(struct floor *floor, const char *name)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    floor->n_said += snprintf(floor->said + floor->n_said, sizeof floor->said - floor->n_said, "%"PRId64" %s\n",
                              (int64_t) now.tv_sec * 1000000000 + now.tv_nsec, name);
}

static void
raise_if_due(struct floor *floor, struct link *link)
{
    struct job *job = &floor->job;

    if (link->ofport && link->numbered && job->acknowledged && !link->raised) {
        bench_link_set_up(link->ifindex, true);
        link->raised = true;
        if (!--job->n_unraised) {
            stage(floor, "up");
        }
    }
}

static void
hear_interface(struct floor *floor, const struct json *row)
{
    const struct json *columns = shash_find_data(json_object(row), "new");
    const struct json *name = columns ? shash_find_data(json_object(columns), "name") : NULL;
    const struct json *ofport = columns ? shash_find_data(json_object(columns), "ofport") : NULL;
    struct link *link = name ? shash_find_data(&floor->job.links, json_string(name)) : NULL;

    /* A number that is not there yet is an empty set: ["set", []]. */
    if (link && link->ofport && !link->numbered && ofport && ofport->type == JSON_INTEGER && ofport->integer == link->ofport) {
        link->numbered = true;
        if (!--floor->job.n_unnumbered) {
            stage(floor, "numbered");
        }
        raise_if_due(floor, link);
    }
}

static void
hear_update(struct floor *floor, const struct json *params)
{
    const struct json *tables = json_array(params)->elems[1];
    const struct json *table = shash_find_data(json_object(tables), "Interface");
    struct shash_node *node;

    if (table) {
        SHASH_FOR_EACH (node, json_object(table)) {
            hear_interface(floor, node->data);
        }
    }
}

/* A transaction that went wrong has a result with an "error". */
static void
hear_reply(struct floor *floor, const struct jsonrpc_msg *message)
{
    const struct json_array *results = json_array(message->result);

    for (size_t i = 0; i < results->n; i++) {
        const struct json *result = results->elems[i];

        if (result->type == JSON_OBJECT && shash_find(json_object(result), "error")) {
            ovs_fatal(0, "the switch database refused: %s", json_to_string(result, 0));
        }
    }
    floor->job.committed = true;
    stage(floor, "committed");
}

/* The next message that is no question after us, or NULL. */
static struct jsonrpc_msg *
next_message(struct jsonrpc *db)
{
    struct jsonrpc_msg *message;

    jsonrpc_run(db);
    while (!jsonrpc_recv(db, &message)) {
        if (message->type == JSONRPC_ERROR) {
            ovs_fatal(0, "%s refused a request", jsonrpc_get_name(db));
        } else if (message->type != JSONRPC_REQUEST) {
            return message;
        }
        jsonrpc_send(db, jsonrpc_create_reply(json_clone(message->params), message->id));
        jsonrpc_msg_destroy(message);
    }
    if (jsonrpc_get_status(db)) {
        ovs_fatal(jsonrpc_get_status(db), "%s", jsonrpc_get_name(db));
    }
    return NULL;
}

static void
run_db(struct floor *floor)
{
    struct jsonrpc_msg *message;

    while ((message = next_message(floor->db))) {
        if (message->type == JSONRPC_NOTIFY) {
            hear_update(floor, message->params);
        } else {
            hear_reply(floor, message);
        }
        jsonrpc_msg_destroy(message);
    }
}

/* Whether something came. */
static bool
run_pool(struct floor *floor)
{
    struct jsonrpc_msg *message;
    bool came = false;

    while ((message = next_message(floor->pool))) {
        jsonrpc_msg_destroy(message);
        came = true;
    }
    return came;
}

static void
await_word(struct floor *floor)
{
    run_pool(floor);            /* what came since the last job is nobody's any more */
    puts("waiting");
    fflush(stdout);
    while (!run_pool(floor)) {
        jsonrpc_wait(floor->pool);
        jsonrpc_recv_wait(floor->pool);
        poll_block();
    }
}

static void
send_rows(struct floor *floor)
{
    if (floor->job.rows) {
        jsonrpc_send(floor->db, floor->job.rows);
        floor->job.rows = NULL;
    }
}

static void
run_switch(struct floor *floor)
{
    struct ofputil_bundle_ctrl_msg control;
    struct ofpbuf message;
    struct shash_node *node;

    openflow_run(&floor->switch_);
    while (openflow_next(&floor->switch_, &message)) {
        enum ofptype type;

        if (ofptype_decode(&type, message.data) || type != OFPTYPE_BUNDLE_CONTROL
            || ofputil_decode_bundle_ctrl(message.data, &control) || control.type != OFPBCT_COMMIT_REPLY) {
            continue;
        }
        floor->job.acknowledged = true;
        stage(floor, "acknowledged");
        send_rows(floor);
        SHASH_FOR_EACH (node, &floor->job.links) {
            raise_if_due(floor, node->data);
        }
    }
}

static void
send_all(struct floor *floor)
{
    struct job *job = &floor->job;
    struct shash_node *node;

    job->committed = !job->rows;
    job->acknowledged = !job->flows.size;
    if (!floor->rules_first || job->acknowledged) {
        send_rows(floor);
    }
    openflow_send(&floor->switch_, &job->flows);
    jsonrpc_run(floor->db);
    openflow_run(&floor->switch_);
    SHASH_FOR_EACH (node, &job->links) {
        struct link *link = node->data;

        if (link->ofport) {
            bench_link_configure(link->ifindex, MTU);
        } else {
            bench_link_set_up(link->ifindex, false);
        }
    }
    stage(floor, "sent");
}

static void
go(struct floor *floor)
{
    struct job *job = &floor->job;

    stage(floor, "begin");
    send_all(floor);
    for (;;) {
        run_db(floor);
        run_switch(floor);
        if (job->committed && job->acknowledged && !job->n_unraised) {
            break;
        }
        if (floor->switch_.gone) {
            ovs_fatal(0, "the switch has gone");
        }
        jsonrpc_wait(floor->db);
        jsonrpc_recv_wait(floor->db);
        openflow_wait(&floor->switch_);
        poll_block();
    }
    stage(floor, "done");
    fputs(floor->said, stdout);
    fflush(stdout);
    floor->n_said = 0;
}

static struct jsonrpc *
open_db(const char *remote, const char *request)
{
    struct json *params = json_from_string(request);
    struct jsonrpc_msg *reply;
    struct jsonrpc *db;
    struct stream *stream;
    int error = stream_open_block(jsonrpc_stream_open(remote, &stream, DSCP_DEFAULT), -1, &stream);

    if (error) {
        ovs_fatal(error, "%s", remote);
    }
    db = jsonrpc_open(stream);
    error = jsonrpc_transact_block(db, jsonrpc_create_request("monitor", params, NULL), &reply);
    if (error || reply->type != JSONRPC_REPLY) {
        ovs_fatal(error, "%s: monitor", remote);
    }
    jsonrpc_msg_destroy(reply);
    return db;
}

static void
obey(struct floor *floor, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (!strncmp(line, "prepare ", 8)) {
        job_destroy(&floor->job);
        job_init(&floor->job);
        run_db(floor);          /* what came since the last job is nobody's any more */
        if (floor->switch_.gone) {
            openflow_close(&floor->switch_);
            openflow_open(&floor->switch_, floor->target);
        }
        job_prepare(&floor->job, line + 8);
        puts("prepared");
        fflush(stdout);
    } else if (!strcmp(line, "go") || !strcmp(line, "go-rules-first")) {
        floor->rules_first = line[2] != '\0';
        go(floor);
    } else if (!strcmp(line, "go-when-told")) {
        floor->rules_first = false;
        await_word(floor);
        go(floor);
    } else if (!strcmp(line, "go-anew")) {
        openflow_close(&floor->switch_);
        openflow_open(&floor->switch_, floor->target);
        stage(floor, "connected");
        go(floor);
    } else {
        ovs_fatal(0, "what is '%s'?", line);
    }
}

/* Waits for a command, and meanwhile answers the switch, which asks after a minute whether we are there. */
static void
idle(struct floor *floor)
{
    struct pollfd input = { .fd = floor->input, .events = POLLIN };

    while (poll(&input, 1, 0) <= 0) {
        run_switch(floor);
        run_pool(floor);
        openflow_wait(&floor->switch_);
        jsonrpc_wait(floor->pool);
        jsonrpc_recv_wait(floor->pool);
        poll_fd_wait(floor->input, POLLIN);
        poll_block();
    }
}

int
main(int argc, char *argv[])
{
    struct floor floor = { .n_said = 0 };
    char line[LINE_BYTES];

    if (argc != 4) {
        ovs_fatal(0, "usage: floor SWITCH-DATABASE OPENFLOW-TARGET POOL-DATABASE");
    }
    set_program_name(argv[0]);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    floor.target = argv[2];
    floor.input = dup(STDIN_FILENO);
    job_init(&floor.job);
    floor.db = open_db(argv[1], "[\"Open_vSwitch\",null,{\"Interface\":{\"columns\":[\"name\",\"ofport\"]}}]");
    floor.pool = open_db(argv[3], "[\"Cabled\",null,{\"VIF\":{\"columns\":[\"interface\",\"ipv4_allowed\"]}}]");
    openflow_open(&floor.switch_, argv[2]);
    for (idle(&floor); fgets(line, sizeof line, stdin); idle(&floor)) {
        obey(&floor, line);
    }
    job_destroy(&floor.job);
    openflow_close(&floor.switch_);
    jsonrpc_close(floor.pool);
    jsonrpc_close(floor.db);
    return 0;
}
