/* SPDX-License-Identifier: Apache-2.0
 *
 * How many packets and bytes each rule has decided, added up from flow statistics (OpenFlow 1.4, 7.3.5.2) by the rule's number in
 * the cookie. Questions wait in a list for their answers, which come in parts.
 */
#ifndef SWITCH_COUNTS_H
#define SWITCH_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/list.h>
#include <openvswitch/types.h>

struct ofputil_flow_stats;

/* By rule number. */
struct counts {
    uint64_t packets[256];
    uint64_t bytes[256];
    bool present[256];          /* the rule has a flow */
};

/* Called once: with the counts, or with NULL if the connection broke or is not there. */
typedef void counts_done(const struct counts *counts, void *aux);

struct counts_query;

/* Notes a question that was sent with 'xid'. */
void counts_ask(struct ovs_list *queries, ovs_be32 xid, counts_done *done, void *aux);

/* NULL if no question of that xid waits. */
struct counts_query *counts_find(struct ovs_list *queries, ovs_be32 xid);

/* Adds one flow of an answer. */
void counts_add(struct counts_query *, const struct ofputil_flow_stats *);

/* The answer is whole: tells and forgets the question. */
void counts_finish(struct counts_query *);

/* No answer will come: tells and forgets all questions. */
void counts_abandon(struct ovs_list *queries);

#endif
