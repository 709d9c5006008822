/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/management.h"

#include <errno.h>
#include <stdlib.h>

#include <daemon.h>
#include <dirs.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vconn.h>
#include <socket-util.h>
#include <stream.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "rules/cookie.h"
#include "switch/encode.h"
#include "switch/fragments.h"

static char *
target_of(const char *bridge)
{
    return xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);
}

static bool
socket_answers(const char *bridge)
{
    char *target = target_of(bridge);
    struct stream *stream;
    int error = stream_open(target, &stream, DSCP_DEFAULT);

    if (!error) {
        stream_close(stream);
    }
    free(target);
    return !error;
}

bool
management_is_there(const char *bridge)
{
    char *pidfile = xasprintf("%s/ovs-vswitchd.pid", ovs_rundir());
    bool runs = read_pidfile(pidfile) > 0;

    free(pidfile);
    return runs || socket_answers(bridge);
}

/* Waits for the reply that carries 'xid'. Returns 0, an errno value, or OpenFlow's error. */
static int
await_barrier(struct vconn *vconn, ovs_be32 xid, long long int deadline)
{
    for (;;) {
        struct ofpbuf *message;
        int error = vconn_recv(vconn, &message);

        if (!error) {
            const struct ofp_header *header = message->data;
            enum ofptype type;
            bool done = header->xid == xid;

            if (!ofptype_decode(&type, header) && type == OFPTYPE_ERROR) {
                error = ofperr_decode_msg(header, NULL);
            }
            ofpbuf_delete(message);
            if (done || error) {
                return error;
            }
        } else if (error != EAGAIN) {
            return error;
        } else if (time_msec() >= deadline) {
            return ETIMEDOUT;
        }
        vconn_run(vconn);
        vconn_run_wait(vconn);
        vconn_recv_wait(vconn);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

static int
clear(struct vconn *vconn, long long int deadline)
{
    const struct fragments usual = { .wanted = FRAGMENTS_NORMAL };
    struct ofpbuf *barrier = ofputil_encode_barrier_request(OFP14_VERSION);
    ovs_be32 xid = ((struct ofp_header *) barrier->data)->xid;
    struct ofpbuf *messages[] = { encode_flow_delete(COOKIE_MAGIC, COOKIE_MAGIC_MASK, 0), fragments_encode_set(&usual), barrier };
    int error = 0;

    for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
        if (error) {
            ofpbuf_delete(messages[i]);
        } else {
            error = vconn_send_block(vconn, messages[i]);
        }
    }
    return error ? error : await_barrier(vconn, xid, deadline);
}

struct error *
management_clear(const char *bridge, long long int deadline)
{
    char *target = target_of(bridge);
    struct vconn *vconn;
    int error = vconn_open_block(target, 1u << OFP14_VERSION, DSCP_DEFAULT, MAX(0, deadline - time_msec()), &vconn);

    if (!error) {
        error = clear(vconn, deadline);
        vconn_close(vconn);
    }
    free(target);
    /* Where there is no socket there is no bridge in the switch (yet), and no flows. */
    return error && error != ENOENT && error != ECONNREFUSED
        ? error_new(ERROR_UNREACHABLE, "ovs-vswitchd does not answer for bridge %s (%s): its log says why", bridge,
                    ofperr_is_valid(error) ? ofperr_to_string(error) : ovs_retval_to_string(error))
        : NULL;
}
