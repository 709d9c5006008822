/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions for counts (switch/counts.h). They wait in a list for their answers, which come in parts. Inside of the room.
 */
#ifndef SWITCH_COUNTS_QUERY_H
#define SWITCH_COUNTS_QUERY_H

#include <openvswitch/list.h>
#include <openvswitch/types.h>

#include "switch/counts.h"

struct ofpbuf;

/* Notes a question that was sent with 'xid'. 'done' is called once. */
void counts_query_begin(struct ovs_list *queries, ovs_be32 xid, counts_done *done, void *aux);

/* Takes in a part of an answer, and consumes it: with its last part, whoever has asked is told, and the question is forgotten. A reply to
 * which no question waits is none. */
void counts_queries_hear(struct ovs_list *queries, struct ofpbuf *reply);

/* No answer will come: tells and forgets all questions. */
void counts_queries_abandon(struct ovs_list *queries);

#endif
