/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "openflow.h"

#include <errno.h>
#include <stdlib.h>

#include <openflow/openflow.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <socket-util.h>
#include <stream.h>
#include <timeval.h>
#include <util.h>

enum { READ_BYTES = 65536 };

static void
openflow_connect(struct openflow *openflow, const char *target)
{
    for (;;) {
        int error = stream_open_block(stream_open(target, &openflow->stream, DSCP_DEFAULT), -1, &openflow->stream);

        if (!error) {
            return;
        }
        if (error != ENOENT && error != ECONNREFUSED) {
            ovs_fatal(error, "%s", target);
        }
        poll_timer_wait(1);
        poll_block();
    }
}

void
openflow_open(struct openflow *openflow, const char *target)
{
    struct ofpbuf *hello = ofputil_encode_hello(1u << OFP14_VERSION);
    struct ofpbuf message;

    ofpbuf_init(&openflow->out, 0);
    ofpbuf_init(&openflow->in, 0);
    openflow->gone = false;
    openflow_connect(openflow, target);
    openflow_send(openflow, hello);
    ofpbuf_delete(hello);
    for (;;) {
        openflow_run(openflow);
        if (openflow_next(openflow, &message)) {
            return;             /* the switch's hello */
        }
        openflow_wait(openflow);
        poll_block();
    }
}

void
openflow_close(struct openflow *openflow)
{
    stream_close(openflow->stream);
    ofpbuf_uninit(&openflow->out);
    ofpbuf_uninit(&openflow->in);
}

void
openflow_send(struct openflow *openflow, const struct ofpbuf *messages)
{
    ofpbuf_put(&openflow->out, messages->data, messages->size);
}

static void
openflow_write(struct openflow *openflow)
{
    while (openflow->out.size) {
        int sent = stream_send(openflow->stream, openflow->out.data, openflow->out.size);

        if (sent == -EAGAIN) {
            return;
        }
        if (sent < 0) {
            openflow->gone = true;
            return;
        }
        ofpbuf_pull(&openflow->out, sent);
    }
    ofpbuf_clear(&openflow->out);
}

static void
openflow_read(struct openflow *openflow)
{
    for (;;) {
        ofpbuf_prealloc_tailroom(&openflow->in, READ_BYTES);

        int received = stream_recv(openflow->stream, ofpbuf_tail(&openflow->in), READ_BYTES);
        if (received == -EAGAIN) {
            return;
        }
        if (received <= 0) {
            openflow->gone = true;
            return;
        }
        openflow->in.size += received;
    }
}

void
openflow_run(struct openflow *openflow)
{
    if (!openflow->gone) {
        stream_run(openflow->stream);
        openflow_write(openflow);
        openflow_read(openflow);
    }
}

void
openflow_wait(struct openflow *openflow)
{
    if (openflow->gone) {
        return;
    }
    stream_run_wait(openflow->stream);
    stream_recv_wait(openflow->stream);
    if (openflow->out.size) {
        stream_send_wait(openflow->stream);
    }
}

/* True if the message was for us, not for the caller. */
static bool
openflow_handle(struct openflow *openflow, const struct ofp_header *header)
{
    enum ofptype type;

    if (ofptype_decode(&type, header)) {
        ovs_fatal(0, "the switch sent a message that nobody can read");
    }
    if (type == OFPTYPE_ERROR) {
        ovs_fatal(0, "the switch refused: %s", ofperr_to_string(ofperr_decode_msg(header, NULL)));
    }
    if (type == OFPTYPE_ECHO_REQUEST) {
        struct ofpbuf *reply = ofputil_encode_echo_reply(header);

        openflow_send(openflow, reply);
        ofpbuf_delete(reply);
        return true;
    }
    return false;
}

struct ofpbuf *
openflow_next(struct openflow *openflow, struct ofpbuf *message)
{
    for (;;) {
        const struct ofp_header *header = openflow->in.data;

        if (openflow->in.size < sizeof *header || openflow->in.size < ntohs(header->length)) {
            return NULL;
        }
        ofpbuf_use_const(message, header, ntohs(header->length));
        ofpbuf_pull(&openflow->in, message->size);
        if (!openflow_handle(openflow, header)) {
            return message;
        }
    }
}
