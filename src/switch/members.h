/* SPDX-License-Identifier: Apache-2.0
 *
 * Which row refers to this one: the bridge to its ports, the port to its interfaces. References lead the other way. It is kept up by what has
 * changed alone: rows that refer to what they referred to before cost nothing, and one port more on a bridge costs one comparison with
 * each of the others.
 */
#ifndef SWITCH_MEMBERS_H
#define SWITCH_MEMBERS_H

#include <stddef.h>

#include <openvswitch/hmap.h>
#include <openvswitch/uuid.h>

struct members {
    struct hmap owners;         /* of struct owner by uuid */
    struct hmap members;        /* of struct member by uuid */
};

void members_init(struct members *);
void members_destroy(struct members *);

/* 'owner' refers to these rows from now on: 'rows' is ascending and the caller's. Calls 'each' (or not if it is NULL) for every row that has
 * come or gone, when members_owner() tells it as it is now. An owner of none is forgotten. */
void members_set(struct members *, const struct uuid *owner, const struct uuid *rows, size_t n,
                 void (*each)(const struct uuid *row, void *aux), void *aux);

/* NULL if no row that is known refers to it. */
const struct uuid *members_owner(const struct members *, const struct uuid *row);

#endif
