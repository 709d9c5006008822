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

enum {
    BUNDLE_FLAGS = OFPBF_ATOMIC | OFPBF_ORDERED,

    /* So many messages may wait for the socket: enough for it never to run dry, and little memory. */
    QUEUE = 500,

    /* A bundle of so many bytes goes out in one write if the socket was empty before. */
    WHOLE_BYTES = 48 * 1024,
};

void
delivery_init(struct delivery *delivery, struct connection *connection, struct meters *meters)
{
    *delivery = (struct delivery) { .connection = connection, .meters = meters };
    bundle_init(&delivery->bundle, &(struct rules_layout) RULES_LAYOUT_DEFAULT);
    shapes_init(&delivery->shapes);
}

void
delivery_destroy(struct delivery *delivery)
{
    bundle_destroy(&delivery->bundle);
    shapes_destroy(&delivery->shapes);
    free(delivery->useless_meters);
}

bool
delivery_is_under_way(const struct delivery *delivery)
{
    return delivery->phase != DELIVERY_IDLE;
}

bool
delivery_is_committed(const struct delivery *delivery)
{
    return delivery->phase == DELIVERY_COMMITTING;
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
send_adds(struct delivery *delivery, const struct rules_flows *flows)
{
    for (size_t i = 0; i < flows->n; i++) {
        delivery->tried &= shapes_note(&delivery->shapes, &flows->flows[i]);
        send_add(delivery, encode_flow_add(&flows->flows[i], &delivery->bundle.layout));
    }
}

static void
send_vif(struct delivery *delivery, size_t n)
{
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    bundle_compile_vif(&delivery->bundle, n, &flows);
    send_adds(delivery, &flows);
    rules_flows_destroy(&flows);
}

static void
send_deletes(struct delivery *delivery)
{
    struct bundle *bundle = &delivery->bundle;

    bundle_merge_deletes(bundle);
    for (size_t i = 0; i < bundle->n_deletes; i++) {
        const struct bundle_delete *delete = &bundle->deletes[i];

        send_add(delivery, encode_flow_delete(delete->cookie, delete->mask, delete->in_port));
    }
}

static void
empty(struct bundle *bundle)
{
    const struct rules_layout layout = bundle->layout;

    bundle_destroy(bundle);
    bundle_init(bundle, &layout);
}

void
delivery_begin(struct delivery *delivery, struct bundle *bundle, bool hold)
{
    ovs_assert(delivery->phase == DELIVERY_IDLE);

    bundle_destroy(&delivery->bundle);
    delivery->bundle = *bundle;
    bundle_init(bundle, &delivery->bundle.layout);
    delivery->next_vif = 0;
    delivery->hold = hold;
    delivery->metered = delivery->bundle.n_meters > 0;
    delivery->tried = connection_is_flushed(delivery->connection);
    delivery->written = connection_written(delivery->connection);
    delivery->bundle_id++;
    delivery->phase = DELIVERY_FILLING;
    delivery->result = SESSION_RESULT_NONE;
    send_meters(delivery, &delivery->bundle);
    send_control(delivery, OFPBCT_OPEN_REQUEST);
    send_adds(delivery, &delivery->bundle.adds);
}

static void
refuse(struct delivery *delivery)
{
    send_control(delivery, OFPBCT_DISCARD_REQUEST);
    shapes_clear(&delivery->shapes);
    empty(&delivery->bundle);
    delivery->phase = DELIVERY_IDLE;
    delivery->result = SESSION_RESULT_REFUSED;
}

bool
delivery_fill(struct delivery *delivery)
{
    if (delivery->phase != DELIVERY_FILLING) {
        return false;
    }
    while (delivery->next_vif < delivery->bundle.n_vifs) {
        if (connection_queue(delivery->connection) > QUEUE) {
            return false;
        }
        send_vif(delivery, delivery->next_vif++);
    }
    send_deletes(delivery);
    return true;
}

static void
send_commit(struct delivery *delivery)
{
    delivery->awaited = send_control(delivery, OFPBCT_COMMIT_REQUEST);
    delivery->phase = DELIVERY_COMMITTING;
}

static bool
goes_out_in_one_write(const struct delivery *delivery)
{
    return connection_written(delivery->connection) == delivery->written && connection_collected(delivery->connection) <= WHOLE_BYTES;
}

void
delivery_seal(struct delivery *delivery)
{
    if (delivery->hold || !delivery->tried || !goes_out_in_one_write(delivery)) {
        delivery->awaited = connection_send(delivery->connection, ofputil_encode_barrier_request(OFP14_VERSION));
        delivery->phase = DELIVERY_SEALED;
    } else {
        send_commit(delivery);
    }
    empty(&delivery->bundle);
}

void
delivery_hear_barrier(struct delivery *delivery, const struct ofp_header *header)
{
    if (delivery->phase != DELIVERY_SEALED || header->xid != delivery->awaited) {
        return;
    }
    if (delivery->result == SESSION_RESULT_REFUSED) {
        refuse(delivery);
    } else if (delivery->hold) {
        delivery->phase = DELIVERY_HELD;
    } else {
        send_commit(delivery);
    }
}

bool
delivery_is_ahead(const struct delivery *delivery)
{
    return delivery->hold && delivery_is_under_way(delivery) && !delivery_is_committed(delivery);
}

bool
delivery_is_held(const struct delivery *delivery)
{
    return delivery->phase == DELIVERY_HELD;
}

bool
delivery_release(struct delivery *delivery)
{
    ovs_assert(delivery->phase == DELIVERY_HELD);

    if (delivery->metered) {
        send_control(delivery, OFPBCT_DISCARD_REQUEST);
        delivery->phase = DELIVERY_IDLE;
        return false;
    }
    send_commit(delivery);
    return true;
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
    if (delivery->result != SESSION_RESULT_REFUSED) {
        delivery->result = SESSION_RESULT_ACKED;
    }
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
    shapes_clear(&delivery->shapes);
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
    empty(&delivery->bundle);
    shapes_clear(&delivery->shapes);
    delivery->phase = DELIVERY_IDLE;
    delivery->result = SESSION_RESULT_NONE;
    delivery->n_useless_meters = 0;
}
