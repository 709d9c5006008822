/* SPDX-License-Identifier: Apache-2.0
 *
 * The port numbers that VIFs of one bridge reserve. Open vSwitch itself assigns 1 to 32767; above that up to 65279 nobody does, so a
 * number from there can have its flows before the port exists.
 *
 * A number that was given back is not reserved again before all others were: what was in flight for the old port meets no new one.
 */
#ifndef SWITCH_OFPORTS_H
#define SWITCH_OFPORTS_H

#include <stdbool.h>
#include <stdint.h>

enum { OFPORT_FIRST = 32768, OFPORT_LAST = 65279 };

struct ofports;

struct ofports *ofports_create(void);
void ofports_destroy(struct ofports *);

/* A number that nobody has, or 0 if all are taken. */
uint32_t ofports_reserve(struct ofports *);

/* Marks 'ofport' as taken; a number outside the range is nobody's business here. */
void ofports_take(struct ofports *, uint32_t ofport);
void ofports_release(struct ofports *, uint32_t ofport);

/* True if Open vSwitch gives no port this number by itself. */
bool ofports_is_reservable(uint32_t ofport);

#endif
