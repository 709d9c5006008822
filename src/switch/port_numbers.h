/* SPDX-License-Identifier: Apache-2.0
 *
 * Which port has which number, as the switch itself says on an OpenFlow connection (OpenFlow 1.4, 7.3.5.7). The switch database says it
 * too, but after a restart of ovs-vswitchd it says for a moment what was true before.
 */
#ifndef SWITCH_PORT_NUMBERS_H
#define SWITCH_PORT_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include <openvswitch/shash.h>
#include <openvswitch/types.h>

struct ofpbuf;

struct port_numbers {
    struct shash known;         /* number by name, of the last whole list */
    struct shash coming;        /* of the list that is coming in parts */
    ovs_be32 awaited;           /* xid of its question */
    unsigned int seqno;         /* of the last whole list; 0: there is none */
};

void port_numbers_init(struct port_numbers *);
void port_numbers_destroy(struct port_numbers *);

/* The message that asks for the list. */
struct ofpbuf *port_numbers_encode_ask(struct port_numbers *);

/* Takes in a part of the answer. Consumes the contents of 'reply'. */
void port_numbers_hear(struct port_numbers *, struct ofpbuf *reply);

/* 0 if the switch has no such port. */
uint32_t port_numbers_find(const struct port_numbers *, const char *name);

#endif
