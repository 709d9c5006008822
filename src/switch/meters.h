/* SPDX-License-Identifier: Apache-2.0
 *
 * The meters of a bridge that are ours (OpenFlow 1.4, 5.7): a token bucket for each VIF with a rate limit, on datapaths where ovs-vswitchd
 * forwards by itself. Meters belong to no one in OpenFlow: those with a number of ours are ours, whoever made them.
 *
 * A bundle holds no meters, so they are set before it and deleted after it. A meter that is deleted takes its flows with it.
 */
#ifndef SWITCH_METERS_H
#define SWITCH_METERS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/hmap.h>
#include <openvswitch/types.h>

struct ofpbuf;

/* In units of 1000 bits, as OpenFlow has them. */
struct meter_band {
    uint32_t rate_kbits;        /* a second */
    uint32_t burst_kbits;
};

struct meters {
    struct hmap known;          /* of struct meter: what the switch has */
    struct hmap coming;         /* of a listing that is on its way */
    ovs_be32 awaited;           /* xid of that listing's question, or 0 */
};

/* The number of the meter of the VIF on 'ofport'. The userspace datapath takes numbers below 262144 (3.1.0, MAX_METERS). */
uint32_t meter_number(uint32_t ofport);

/* The port whose VIF's meter has that number, which must be one of ours. */
uint32_t meter_ofport(uint32_t number);

void meters_init(struct meters *);
void meters_destroy(struct meters *);

/* NULL if there is no such meter. */
const struct meter_band *meters_find(const struct meters *, uint32_t number);

/* The message that makes or changes a meter; NULL if it is as wanted already. */
struct ofpbuf *meters_encode_set(struct meters *, uint32_t number, const struct meter_band *band);

/* The message that deletes it; NULL if it is not there. */
struct ofpbuf *meters_encode_delete(struct meters *, uint32_t number);

/* The question for all meters. */
struct ofpbuf *meters_encode_ask(struct meters *);

enum meters_answer {
    METERS_STRAY,               /* no answer to our last question, not all of it yet, or overtaken by a change of our own */
    METERS_AS_KNOWN,
    METERS_OTHERWISE,           /* what was listed is known from now on */
};

/* Takes one message of the answer, which may come in several. */
enum meters_answer meters_hear(struct meters *, struct ofpbuf *reply);

/* Calls 'each' with the number of every meter of ours. It may not change 'meters'. */
void meters_for_each(const struct meters *, void (*each)(uint32_t number, void *aux), void *aux);

#endif
