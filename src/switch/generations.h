/* SPDX-License-Identifier: Apache-2.0
 *
 * Which generations of our flows a table holds, gathered from the cookies of a listing.
 */
#ifndef SWITCH_GENERATIONS_H
#define SWITCH_GENERATIONS_H

#include <stddef.h>
#include <stdint.h>

struct generation {
    uint32_t ofport;
    uint8_t number;
};

struct generations {
    struct generation *list;
    size_t n, allocated;
};

/* Notes the generation of the flow with cookie 'raw', if the flow is ours. */
void generations_note(struct generations *, uint64_t raw);

/* After the last one: keeps each pair once, by port and number. */
void generations_sort(struct generations *);

void generations_clear(struct generations *);
void generations_destroy(struct generations *);

#endif
