/* SPDX-License-Identifier: Apache-2.0
 *
 * The port numbers of one bridge that VIFs can be given. Open vSwitch itself assigns 1 to 32767; above that up to 65279 nobody does, so a
 * number from there can have its flows before the port exists.
 *
 * A number is taken while a VIF has reserved it, and while a port has it or asks for it, whoever's that is: rules for a number that is in
 * use already would pass that port's frames. One that was given back is not reserved again before all others were: what was in flight
 * for the old port meets no new one.
 */
#ifndef SWITCH_OFPORTS_H
#define SWITCH_OFPORTS_H

#include <stdbool.h>
#include <stdint.h>

enum { OFPORT_FIRST = 32768, OFPORT_LAST = 65279 };

struct ofports;

struct ofports *ofports_create(void);
void ofports_destroy(struct ofports *);

/* A number that is not taken, or 0 if all are. */
uint32_t ofports_reserve(struct ofports *);

/* Reserves 'ofport', whatever port has it; a number outside the range is nobody's business here. */
void ofports_take(struct ofports *, uint32_t ofport);
void ofports_release(struct ofports *, uint32_t ofport);

/* The port of that interface has the number 'has' and asks for 'asks', not for what it had and asked for before; 0 or below: for none. */
void ofports_note_port(struct ofports *, const char *interface, int64_t has, uint32_t asks);

/* Every port is to be noted anew. */
void ofports_forget_ports(struct ofports *);

/* True if the port of another interface than 'interface' has the number. */
bool ofports_is_anothers(const struct ofports *, uint32_t ofport, const char *interface);

/* True if Open vSwitch gives no port this number by itself. */
bool ofports_is_reservable(uint32_t ofport);

#endif
