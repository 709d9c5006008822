/* SPDX-License-Identifier: Apache-2.0
 *
 * Which number a new domain gets: the smallest free one after the one that was given last, from the beginning again after the largest. A
 * number that was in use a moment ago comes last, so that nobody takes a new device for an old one.
 */
#ifndef TOOLSTACK_DOMAIN_IDS_H
#define TOOLSTACK_DOMAIN_IDS_H

#include <stdbool.h>

struct domain_ids {
    unsigned int last;          /* given last; 0 if none was */
    unsigned int max;           /* the largest that can be given */
};

/* True if somebody has that number. */
typedef bool domain_id_is_taken_fn(unsigned int domid, const void *aux);

/* The next number, or 0 if all are taken. It counts as given from now on. */
unsigned int domain_ids_next(struct domain_ids *, domain_id_is_taken_fn *is_taken, const void *aux);

#endif
