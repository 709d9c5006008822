/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/ofports.h"

#include <stdlib.h>

#include <bitmap.h>
#include <util.h>

enum { N_OFPORTS = OFPORT_LAST - OFPORT_FIRST + 1 };

struct ofports {
    unsigned long *taken;
    size_t next;                /* where the search begins */
};

struct ofports *
ofports_create(void)
{
    struct ofports *ofports = xmalloc(sizeof *ofports);

    ofports->taken = bitmap_allocate(N_OFPORTS);
    ofports->next = 0;
    return ofports;
}

void
ofports_destroy(struct ofports *ofports)
{
    if (ofports) {
        free(ofports->taken);
        free(ofports);
    }
}

uint32_t
ofports_reserve(struct ofports *ofports)
{
    size_t free_one = bitmap_scan(ofports->taken, false, ofports->next, N_OFPORTS);

    if (free_one == N_OFPORTS) {
        free_one = bitmap_scan(ofports->taken, false, 0, ofports->next);
        if (free_one == ofports->next) {
            return 0;
        }
    }
    bitmap_set1(ofports->taken, free_one);
    ofports->next = (free_one + 1) % N_OFPORTS;
    return OFPORT_FIRST + free_one;
}

bool
ofports_is_reservable(uint32_t ofport)
{
    return ofport >= OFPORT_FIRST && ofport <= OFPORT_LAST;
}

void
ofports_take(struct ofports *ofports, uint32_t ofport)
{
    if (ofports_is_reservable(ofport)) {
        size_t i = ofport - OFPORT_FIRST;

        bitmap_set1(ofports->taken, i);
        if (i >= ofports->next) {
            ofports->next = (i + 1) % N_OFPORTS;
        }
    }
}

void
ofports_release(struct ofports *ofports, uint32_t ofport)
{
    if (ofports_is_reservable(ofport)) {
        bitmap_set0(ofports->taken, ofport - OFPORT_FIRST);
    }
}
