/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/outbox.h"

#include <errno.h>
#include <stdlib.h>

#include <byte-order.h>
#include <openflow/openflow-common.h>
#include <openvswitch/vlog.h>
#include <socket-util.h>
#include <stream.h>
#include <util.h>
#include <vconn-provider.h>

VLOG_DEFINE_THIS_MODULE(outbox);

enum {
    /* More than this is not collected, but waits in the sender's queue. */
    MAX_BYTES = 64 * 1024,

    /* Room for most messages. */
    RECEIVE_BYTES = 1564,
};

struct connected {
    struct vconn up;
    struct stream *stream;
    struct outbox *outbox;
    struct ofpbuf *coming;      /* a message of which not all has come, or NULL */
};

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 25);

void
outbox_init(struct outbox *outbox)
{
    ofpbuf_init(&outbox->bytes, 0);
    outbox->n_written = 0;
}

void
outbox_destroy(struct outbox *outbox)
{
    ofpbuf_uninit(&outbox->bytes);
}

static struct connected *
cast(struct vconn *vconn)
{
    return CONTAINER_OF(vconn, struct connected, up);
}

static void
outbox_close(struct vconn *vconn)
{
    struct connected *connected = cast(vconn);

    stream_close(connected->stream);
    ofpbuf_delete(connected->coming);
    free(connected);
}

static int
outbox_connect(struct vconn *vconn)
{
    return stream_connect(cast(vconn)->stream);
}

/* Reads until 'coming' has 'size' bytes. Returns 0, EAGAIN if they have not all come, EOF, or an errno value. */
static int
receive_up_to(struct connected *connected, size_t size)
{
    struct ofpbuf *coming = connected->coming;

    if (coming->size >= size) {
        return 0;
    }
    ofpbuf_prealloc_tailroom(coming, size - coming->size);

    int n = stream_recv(connected->stream, ofpbuf_tail(coming), size - coming->size);
    if (n <= 0) {
        return n ? -n : coming->size ? EPROTO : EOF;
    }
    coming->size += n;
    return coming->size >= size ? 0 : EAGAIN;
}

static int
outbox_recv(struct vconn *vconn, struct ofpbuf **message)
{
    struct connected *connected = cast(vconn);
    int error;

    if (!connected->coming) {
        connected->coming = ofpbuf_new(RECEIVE_BYTES);
    }
    error = receive_up_to(connected, sizeof(struct ofp_header));
    if (error) {
        return error;
    }

    const size_t length = ntohs(((const struct ofp_header *) connected->coming->data)->length);
    if (length < sizeof(struct ofp_header)) {
        VLOG_ERR_RL(&rl, "%s: a message says that it is %"PRIuSIZE" bytes long", vconn_get_name(vconn), length);
        return EPROTO;
    }
    error = receive_up_to(connected, length);
    if (!error) {
        *message = connected->coming;
        connected->coming = NULL;
    }
    return error;
}

static int
flush(struct connected *connected)
{
    struct ofpbuf *bytes = &connected->outbox->bytes;

    while (bytes->size) {
        int n = stream_send(connected->stream, bytes->data, bytes->size);

        if (n <= 0) {
            return -n;
        }
        ofpbuf_pull(bytes, n);
        connected->outbox->n_written += n;
    }
    ofpbuf_clear(bytes);
    return 0;
}

/* Owns 'message' if it returns 0. */
static int
outbox_send(struct vconn *vconn, struct ofpbuf *message)
{
    struct connected *connected = cast(vconn);
    struct ofpbuf *bytes = &connected->outbox->bytes;

    if (bytes->size >= MAX_BYTES) {
        int error = flush(connected);

        if (error) {
            return error;
        }
    }
    ofpbuf_put(bytes, message->data, message->size);
    ofpbuf_delete(message);
    return 0;
}

/* What does not go out now is tried again; that the other side has gone is told by the next read. */
static void
outbox_run(struct vconn *vconn)
{
    struct connected *connected = cast(vconn);

    stream_run(connected->stream);
    flush(connected);
}

static void
outbox_run_wait(struct vconn *vconn)
{
    struct connected *connected = cast(vconn);

    stream_run_wait(connected->stream);
    if (connected->outbox->bytes.size) {
        stream_send_wait(connected->stream);
    }
}

static void
outbox_wait(struct vconn *vconn, enum vconn_wait_type type)
{
    struct connected *connected = cast(vconn);

    switch (type) {
    case WAIT_CONNECT:
        stream_connect_wait(connected->stream);
        return;
    case WAIT_RECV:
        stream_recv_wait(connected->stream);
        return;
    case WAIT_SEND:
        stream_send_wait(connected->stream);
        return;
    }
    OVS_NOT_REACHED();
}

static const struct vconn_class outbox_class = {
    .name = "unix",
    .close = outbox_close,
    .connect = outbox_connect,
    .recv = outbox_recv,
    .send = outbox_send,
    .run = outbox_run,
    .run_wait = outbox_run_wait,
    .wait = outbox_wait,
};

int
outbox_open(struct outbox *outbox, const char *target, uint32_t allowed_versions, struct vconn **vconn)
{
    struct connected *connected;
    struct stream *stream;
    int error = stream_open(target, &stream, DSCP_DEFAULT);

    if (error) {
        return error;
    }
    error = stream_connect(stream);
    if (error && error != EAGAIN) {
        stream_close(stream);
        return error;
    }
    connected = xzalloc(sizeof *connected);
    connected->stream = stream;
    connected->outbox = outbox;
    ofpbuf_clear(&outbox->bytes);
    vconn_init(&connected->up, &outbox_class, error, target, allowed_versions);
    *vconn = &connected->up;
    return 0;
}
