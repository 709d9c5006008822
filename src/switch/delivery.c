/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/delivery.h"

#include <stdlib.h>

#include <openvswitch/ofp-bundle.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-util.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "switch/bundle.h"
#include "switch/connection.h"
#include "switch/encode.h"
#include "switch/meters.h"

enum { BUNDLE_FLAGS = OFPBF_ATOMIC | OFPBF_ORDERED };

void
delivery_init(struct delivery *delivery, struct connection *connection, struct meters *meters)
{
    *delivery = (struct delivery) { .connection = connection, .meters = meters };
}

void
delivery_destroy(struct delivery *delivery)
{
    free(delivery->useless_meters);
}

bool
delivery_is_under_way(const struct delivery *delivery)
{
    return delivery->phase != DELIVERY_IDLE;
}

/* Returns the xid that the answer will carry. */
static ovs_be32
send_control(struct delivery *delivery, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg control = { .bundle_id = delivery->bundle_id, .type = type, .flags = BUNDLE_FLAGS };

    return connection_send(delivery->connection, ofputil_encode_bundle_ctrl_request(OFP14_VERSION, &control));
}

/* Consumes 'inner'. */
static void
send_add(struct delivery *delivery, struct ofpbuf *inner)
{
    struct ofputil_bundle_add_msg add = { .bundle_id = delivery->bundle_id, .flags = BUNDLE_FLAGS, .msg = inner->data };

    connection_send(delivery->connection, ofputil_encode_bundle_add(OFP14_VERSION, &add));
    ofpbuf_delete(inner);
}

/* A meter that is as it should be needs no message. */
static void
send_if_any(struct delivery *delivery, struct ofpbuf *message)
{
    if (message) {
        connection_send(delivery->connection, message);
    }
}

/* A flow that names a meter which is not there would be refused, so meters come first. */
static void
send_meters(struct delivery *delivery, const struct bundle *bundle)
{
    delivery->useless_meters = xrealloc(delivery->useless_meters, bundle->n_meters * sizeof *delivery->useless_meters);
    delivery->n_useless_meters = 0;
    for (size_t i = 0; i < bundle->n_meters; i++) {
        const struct bundle_meter *meter = &bundle->meters[i];

        if (meter->band.rate_kbits) {
            send_if_any(delivery, meters_encode_set(delivery->meters, meter->number, &meter->band));
        } else {
            delivery->useless_meters[delivery->n_useless_meters++] = meter->number;
        }
    }
}

static void
delete_useless_meters(struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->n_useless_meters; i++) {
        send_if_any(delivery, meters_encode_delete(delivery->meters, delivery->useless_meters[i]));
    }
    delivery->n_useless_meters = 0;
}

static void
send_flows(struct delivery *delivery, const struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->adds.n; i++) {
        send_add(delivery, encode_flow_add(&bundle->adds.flows[i], &bundle->layout));
    }
    for (size_t i = 0; i < bundle->n_deletes; i++) {
        send_add(delivery, encode_flow_delete(bundle->deletes[i].cookie, bundle->deletes[i].mask));
    }
}

void
delivery_fill(struct delivery *delivery, const struct bundle *bundle)
{
    ovs_assert(delivery->phase == DELIVERY_IDLE);

    delivery->bundle_id++;
    delivery->phase = DELIVERY_FILLING;
    delivery->result = SESSION_RESULT_NONE;
    send_meters(delivery, bundle);
    send_control(delivery, OFPBCT_OPEN_REQUEST);
    send_flows(delivery, bundle);
}

void
delivery_seal(struct delivery *delivery)
{
    delivery->awaited = connection_send(delivery->connection, ofputil_encode_barrier_request(OFP14_VERSION));
}

void
delivery_hear_barrier(struct delivery *delivery, const struct ofp_header *header)
{
    if (delivery->phase != DELIVERY_FILLING || header->xid != delivery->awaited) {
        return;
    }
    if (delivery->result == SESSION_RESULT_REFUSED) {
        send_control(delivery, OFPBCT_DISCARD_REQUEST);
        delivery->phase = DELIVERY_IDLE;
    } else {
        delivery->awaited = send_control(delivery, OFPBCT_COMMIT_REQUEST);
        delivery->phase = DELIVERY_COMMITTING;
    }
}

static bool
awaits_commit(const struct delivery *delivery, const struct ofp_header *header)
{
    return delivery->phase == DELIVERY_COMMITTING && header->xid == delivery->awaited;
}

bool
delivery_hear_bundle_control(struct delivery *delivery, const struct ofp_header *header)
{
    struct ofputil_bundle_ctrl_msg control;

    if (!awaits_commit(delivery, header) || ofputil_decode_bundle_ctrl(header, &control) || control.type != OFPBCT_COMMIT_REPLY) {
        return false;
    }
    delivery->phase = DELIVERY_IDLE;
    delivery->result = SESSION_RESULT_ACKED;
    delete_useless_meters(delivery);
    return true;
}

bool
delivery_hear_error(struct delivery *delivery, const struct ofp_header *header)
{
    if (delivery->phase == DELIVERY_IDLE) {
        return false;
    }
    delivery->result = SESSION_RESULT_REFUSED;
    if (awaits_commit(delivery, header)) {
        delivery->phase = DELIVERY_IDLE;
    }
    return true;
}

enum session_result
delivery_take_result(struct delivery *delivery)
{
    enum session_result result = delivery->phase != DELIVERY_IDLE ? SESSION_RESULT_NONE : delivery->result;

    if (result != SESSION_RESULT_NONE) {
        delivery->result = SESSION_RESULT_NONE;
    }
    return result;
}

void
delivery_forget(struct delivery *delivery)
{
    delivery->phase = DELIVERY_IDLE;
    delivery->result = SESSION_RESULT_NONE;
    delivery->n_useless_meters = 0;
}
