/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jsonrpc.h>
#include <openvswitch/json.h>
#include <openvswitch/list.h>
#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-protocol.h>
#include <util.h>

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

void
job_init(struct job *job)
{
    *job = (struct job) { .rows = NULL };
    ofpbuf_init(&job->flows, 0);
    shash_init(&job->links);
}

void
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

void
job_prepare(struct job *job, const char *folder)
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
