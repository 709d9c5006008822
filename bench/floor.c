/* SPDX-License-Identifier: Apache-2.0
 *
 * floor: the least that a program must do to have the same as the agent has after a plug. It is told rows, flows and links that somebody
 * has prepared, and has them in bytes before the clock starts: it decides nothing, checks nothing and remembers nothing.
 *
 *     floor SWITCH-DATABASE OPENFLOW-TARGET
 *
 * Standard input has a command a line:
 *
 *     prepare FOLDER       reads what the folder has of these files, and answers "prepared":
 *                            rows    the parameters of one OVSDB `transact`, as JSON
 *                            flows   one bundle, as `ovs-ofctl bundle` reads it
 *                            links   lines "up DEVICE IFINDEX OFPORT" and "down DEVICE IFINDEX 0"
 *     go                   does it, and answers a line "NANOSECONDS STAGE" for each stage (CLOCK_MONOTONIC); the last is "done"
 *     go-anew              the same, with a new connection to the switch, which need not be there yet
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
#include <openvswitch/list.h>
#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-protocol.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <socket-util.h>
#include <stream.h>
#include <util.h>

#include "link.h"
#include "openflow.h"

enum { LINE_BYTES = 4096, MTU = 1500 };

struct link {
    int ifindex;
    int64_t ofport;             /* 0: the link goes down */
    bool numbered;
    bool raised;
};

/* What one "go" does, and how far it is. */
struct job {
    struct jsonrpc_msg *rows;
    struct ofpbuf flows;
    struct shash links;         /* of struct link, by the device's name */
    size_t n_unnumbered;
    size_t n_unraised;
    bool committed;
    bool acknowledged;
};

struct floor {
    const char *target;
    int input;                  /* standard input under another number: to libopenvswitch's poll loop 0 is none */
    struct jsonrpc *db;
    struct openflow switch_;
    struct job job;
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

/* What is prepared */

static void
prepare_rows(struct job *job, const char *file)
{
    struct json *params = json_from_file(file);

    if (params->type == JSON_STRING) {
        ovs_fatal(0, "%s: %s", file, json_string(params));
    }
    job->rows = jsonrpc_create_request("transact", params, NULL);
}

static void
put_bundle_control(struct ofpbuf *flows, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg control = { .bundle_id = 1, .type = type, .flags = OFPBF_ATOMIC | OFPBF_ORDERED };
    struct ofpbuf *message = ofputil_encode_bundle_ctrl_request(OFP14_VERSION, &control);

    ofpmsg_update_length(message);
    ofpbuf_put(flows, message->data, message->size);
    ofpbuf_delete(message);
}

static void
put_bundle_adds(struct ofpbuf *flows, struct ovs_list *requests)
{
    struct ofpbuf *inner;

    LIST_FOR_EACH_POP (inner, list_node, requests) {
        struct ofputil_bundle_add_msg add = { .bundle_id = 1, .flags = OFPBF_ATOMIC | OFPBF_ORDERED, .msg = inner->data };

        ofpmsg_update_length(inner);
        struct ofpbuf *message = ofputil_encode_bundle_add(OFP14_VERSION, &add);
        ofpmsg_update_length(message);
        ofpbuf_put(flows, message->data, message->size);
        ofpbuf_delete(message);
        ofpbuf_delete(inner);
    }
}

static void
prepare_flows(struct job *job, const char *file)
{
    enum ofputil_protocol usable;
    struct ofputil_bundle_msg *messages;
    struct ovs_list requests;
    size_t n;
    char *error = parse_ofp_bundle_file(file, NULL, NULL, &messages, &n, &usable);

    if (error) {
        ovs_fatal(0, "%s: %s", file, error);
    }
    ovs_list_init(&requests);
    ofputil_encode_bundle_msgs(messages, n, &requests, OFPUTIL_P_OF14_OXM);
    ofputil_free_bundle_msgs(messages, n);
    put_bundle_control(&job->flows, OFPBCT_OPEN_REQUEST);
    put_bundle_adds(&job->flows, &requests);
    put_bundle_control(&job->flows, OFPBCT_COMMIT_REQUEST);
}

static void
prepare_links(struct job *job, FILE *stream)
{
    char way[8], name[32];
    int ifindex;
    int64_t ofport;

    while (fscanf(stream, "%7s %31s %d %"SCNd64, way, name, &ifindex, &ofport) == 4) {
        struct link *link = xmalloc(sizeof *link);

        *link = (struct link) { .ifindex = ifindex, .ofport = strcmp(way, "up") ? 0 : ofport };
        shash_add(&job->links, name, link);
        job->n_unnumbered += link->ofport != 0;
        job->n_unraised += link->ofport != 0;
    }
}

static void
job_init(struct job *job)
{
    *job = (struct job) { .rows = NULL };
    ofpbuf_init(&job->flows, 0);
    shash_init(&job->links);
}

static void
job_destroy(struct job *job)
{
    jsonrpc_msg_destroy(job->rows);
    ofpbuf_uninit(&job->flows);
    shash_destroy_free_data(&job->links);
}

static bool
is_there(const char *file)
{
    FILE *stream = fopen(file, "r");

    if (stream) {
        fclose(stream);
    }
    return stream != NULL;
}

static void
prepare(struct job *job, const char *folder)
{
    char *rows = xasprintf("%s/rows", folder), *flows = xasprintf("%s/flows", folder), *links = xasprintf("%s/links", folder);
    FILE *stream = fopen(links, "r");

    if (is_there(rows)) {
        prepare_rows(job, rows);
    }
    if (is_there(flows)) {
        prepare_flows(job, flows);
    }
    if (stream) {
        prepare_links(job, stream);
        fclose(stream);
    }
    free(rows);
    free(flows);
    free(links);
}

/* What is done */

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

static void
run_db(struct floor *floor)
{
    struct jsonrpc_msg *message;

    jsonrpc_run(floor->db);
    while (!jsonrpc_recv(floor->db, &message)) {
        if (message->type == JSONRPC_NOTIFY) {
            hear_update(floor, message->params);
        } else if (message->type == JSONRPC_REPLY) {
            hear_reply(floor, message);
        } else if (message->type == JSONRPC_REQUEST) {
            jsonrpc_send(floor->db, jsonrpc_create_reply(json_clone(message->params), message->id));
        } else {
            ovs_fatal(0, "the switch database refused a request");
        }
        jsonrpc_msg_destroy(message);
    }
    if (jsonrpc_get_status(floor->db)) {
        ovs_fatal(jsonrpc_get_status(floor->db), "the switch database");
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
    if (job->rows) {
        jsonrpc_send(floor->db, job->rows);
        job->rows = NULL;
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

static void
open_db(struct floor *floor, const char *remote)
{
    struct json *params = json_from_string("[\"Open_vSwitch\",null,{\"Interface\":{\"columns\":[\"name\",\"ofport\"]}}]");
    struct jsonrpc_msg *reply;
    struct stream *stream;
    int error = stream_open_block(jsonrpc_stream_open(remote, &stream, DSCP_DEFAULT), -1, &stream);

    if (error) {
        ovs_fatal(error, "%s", remote);
    }
    floor->db = jsonrpc_open(stream);
    error = jsonrpc_transact_block(floor->db, jsonrpc_create_request("monitor", params, NULL), &reply);
    if (error || reply->type != JSONRPC_REPLY) {
        ovs_fatal(error, "%s: monitor", remote);
    }
    jsonrpc_msg_destroy(reply);
}

static void
obey(struct floor *floor, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (!strncmp(line, "prepare ", 8)) {
        job_destroy(&floor->job);
        job_init(&floor->job);
        run_db(floor);          /* what came since the last job is nobody's any more */
        prepare(&floor->job, line + 8);
        puts("prepared");
        fflush(stdout);
    } else if (!strcmp(line, "go")) {
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
        openflow_wait(&floor->switch_);
        poll_fd_wait(floor->input, POLLIN);
        poll_block();
    }
}

int
main(int argc, char *argv[])
{
    struct floor floor = { .n_said = 0 };
    char line[LINE_BYTES];

    if (argc != 3) {
        ovs_fatal(0, "usage: floor SWITCH-DATABASE OPENFLOW-TARGET");
    }
    set_program_name(argv[0]);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    floor.target = argv[2];
    floor.input = dup(STDIN_FILENO);
    job_init(&floor.job);
    open_db(&floor, argv[1]);
    openflow_open(&floor.switch_, argv[2]);
    for (idle(&floor); fgets(line, sizeof line, stdin); idle(&floor)) {
        obey(&floor, line);
    }
    job_destroy(&floor.job);
    openflow_close(&floor.switch_);
    jsonrpc_close(floor.db);
    return 0;
}
