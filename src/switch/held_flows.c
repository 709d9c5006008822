/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/held_flows.h"

#include <errno.h>
#include <stdlib.h>

#include <dirs.h>
#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-errors.h>
#include <openvswitch/ofp-flow.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-parse.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vconn.h>
#include <socket-util.h>
#include <svec.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "rules/cookie.h"
#include "switch/encode.h"
#include "switch/safety_net.h"

enum { BUNDLE = 1, FLAGS = OFPBF_ATOMIC | OFPBF_ORDERED };

struct held_flows {
    char *bridge;
    struct vconn *vconn;
};

/* Waits for the answer that carries 'xid'. Returns 0, an errno value, or OpenFlow's error, whichever message it is about. */
static int
await(struct vconn *vconn, ovs_be32 xid, struct safety_net *net, long long int deadline)
{
    for (;;) {
        struct ofpbuf *message;
        int error = vconn_recv(vconn, &message);

        if (!error) {
            const struct ofp_header *header = message->data;
            const bool done = header->xid == xid;
            enum ofptype type;

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
        } else {
            vconn_run(vconn);
            vconn_run_wait(vconn);
            vconn_recv_wait(vconn);
            if (net) {
                safety_net_run(net);
                safety_net_wait(net);
            }
            poll_timer_wait_until(deadline);
            poll_block();
        }
    }
}

static int
send_control(struct held_flows *held, uint16_t type, ovs_be32 *xid)
{
    const struct ofputil_bundle_ctrl_msg control = { .bundle_id = BUNDLE, .type = type, .flags = FLAGS };
    struct ofpbuf *message = ofputil_encode_bundle_ctrl_request(OFP14_VERSION, CONST_CAST(struct ofputil_bundle_ctrl_msg *, &control));

    *xid = ((struct ofp_header *) message->data)->xid;
    return vconn_send_block(held->vconn, message);
}

/* Consumes 'inner'. */
static int
send_add(struct held_flows *held, struct ofpbuf *inner)
{
    struct ofputil_bundle_add_msg add = { .bundle_id = BUNDLE, .flags = FLAGS, .msg = inner->data };
    int error = vconn_send_block(held->vconn, ofputil_encode_bundle_add(OFP14_VERSION, &add));

    ofpbuf_delete(inner);
    return error;
}

/* The texts are of our own making. */
static struct ofpbuf *
encode(const char *text)
{
    enum ofputil_protocol usable;
    struct ofputil_flow_mod flow;
    char *error = parse_ofp_flow_mod_str(&flow, text, NULL, NULL, OFPFC_ADD, &usable);
    struct ofpbuf *message;

    ovs_assert(!error);
    message = ofputil_encode_flow_mod(&flow, OFPUTIL_P_OF14_OXM);
    free(CONST_CAST(struct ofpact *, flow.ofpacts));
    minimatch_destroy(&flow.match);
    return message;
}

static int
send_all(struct held_flows *held, const struct svec *flows, ovs_be32 *xid)
{
    struct ofpbuf *barrier = ofputil_encode_barrier_request(OFP14_VERSION);
    int error = send_control(held, OFPBCT_OPEN_REQUEST, xid);

    for (size_t i = 0; !error && i < flows->n; i++) {
        error = send_add(held, encode(flows->names[i]));
    }
    error = error ? error : send_add(held, encode_flow_delete(COOKIE_MAGIC, COOKIE_MAGIC_MASK, 0));
    *xid = ((struct ofp_header *) barrier->data)->xid;
    if (error) {
        ofpbuf_delete(barrier);
        return error;
    }
    return vconn_send_block(held->vconn, barrier);
}

static struct error *
failure(const char *bridge, int error)
{
    return error ? error_new(ERROR_UNREACHABLE, "ovs-vswitchd does not take flows for bridge %s (%s): its log says why", bridge,
                             ofperr_is_valid(error) ? ofperr_to_string(error) : ovs_retval_to_string(error))
                 : NULL;
}

struct error *
held_flows_bring(const char *bridge, const struct svec *flows, long long int deadline, struct held_flows **heldp)
{
    struct held_flows *held = xzalloc(sizeof *held);
    char *target = xasprintf("unix:%s/%s.mgmt", ovs_rundir(), bridge);
    int error = vconn_open_block(target, 1u << OFP14_VERSION, DSCP_DEFAULT, MAX(0, deadline - time_msec()), &held->vconn);
    ovs_be32 xid;

    held->bridge = xstrdup(bridge);
    error = error ? error : send_all(held, flows, &xid);
    error = error ? error : await(held->vconn, xid, NULL, deadline);
    if (error) {
        held_flows_close(held);
        held = NULL;
    }
    free(target);
    *heldp = held;
    return failure(bridge, error);
}

struct error *
held_flows_put(struct held_flows *held, struct safety_net *net, long long int deadline)
{
    ovs_be32 xid;
    int error = send_control(held, OFPBCT_COMMIT_REQUEST, &xid);

    return failure(held->bridge, error ? error : await(held->vconn, xid, net, deadline));
}

void
held_flows_close(struct held_flows *held)
{
    if (held) {
        vconn_close(held->vconn);
        free(held->bridge);
        free(held);
    }
}
