/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules' flows as OpenFlow 1.4 messages.
 */
#ifndef SWITCH_ENCODE_H
#define SWITCH_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "switch/digest.h"

struct ofpbuf;
struct rules_flow;
struct rules_layout;

/* OFPT_FLOW_MOD, OFPFC_ADD (OpenFlow 1.4, 7.3.4.1): a flow with equal match and priority keeps its counters. */
struct ofpbuf *encode_flow_add(const struct rules_flow *flow, const struct rules_layout *layout);

/* The digest of 'flows' as a listing shows them once encode_flow_add() has put them there (switch/found.h). */
struct digest encode_digest(const struct rules_flow *flows, size_t n, const struct rules_layout *layout);

/* OFPT_FLOW_MOD, OFPFC_DELETE in all tables: everything whose cookie has the bits of 'cookie' that are set in 'mask', and that matches
 * 'in_port' if that is not 0. */
struct ofpbuf *encode_flow_delete(uint64_t cookie, uint64_t mask, uint32_t in_port);

/* OFPT_SET_ASYNC (OpenFlow 1.4, 7.3.10) for a connection that is told of flows that go, and of nothing else that happens. To be told at all it must also ask
 * for packets by a miss_send_len that is not 0 (fragments_encode_set()): Open vSwitch tells its tools nothing otherwise. */
struct ofpbuf *encode_async_config(void);

/* OFPMP_FLOW request for everything whose cookie has the bits of 'cookie' that are set in 'mask'. */
struct ofpbuf *encode_flow_stats_request(uint64_t cookie, uint64_t mask);

#endif
