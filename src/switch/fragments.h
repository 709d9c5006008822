/* SPDX-License-Identifier: Apache-2.0
 *
 * How a bridge shows fragments to its flows (OpenFlow 1.4, 7.3.2, and Nicira's nx-match). The mode is the bridge's, not a
 * connection's, and any controller may change it, so it is read back: after each connection, with each bundle, and on a timer.
 */
#ifndef SWITCH_FRAGMENTS_H
#define SWITCH_FRAGMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/types.h>

struct ofp_header;
struct ofpbuf;

/* What the rules need (rules/compile.h). */
enum fragments_mode { FRAGMENTS_NX_MATCH, FRAGMENTS_NORMAL };

struct fragments {
    enum fragments_mode wanted;
    ovs_be32 awaited;           /* xid of the question that is under way, or 0 */
    long long int ask_at;
};

const char *fragments_mode_name(enum fragments_mode);

/* OFPT_SET_CONFIG: the mode, which is the bridge's, and how much of a packet a connection is sent, which is its own. 'version' is an enum
 * ofp_version. */
struct ofpbuf *fragments_encode_config(enum fragments_mode, uint16_t miss_send_len, int version);

/* The message that sets the mode. */
struct ofpbuf *fragments_encode_set(const struct fragments *);

/* The message that asks for it; the next question is due some seconds after 'now', in ms. */
struct ofpbuf *fragments_encode_ask(struct fragments *, long long int now);
bool fragments_are_due(const struct fragments *, long long int now);

enum fragments_answer {
    FRAGMENTS_STRAY,            /* no answer to our question */
    FRAGMENTS_RIGHT,
    FRAGMENTS_WRONG,
};

enum fragments_answer fragments_hear(struct fragments *, const struct ofp_header *reply);

#endif
