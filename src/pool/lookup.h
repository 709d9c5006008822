/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding the one row that a person means, by uuid or by name. Names need not be unique in the pool (XenAPI allows
 * doubles), so a name may be ambiguous; the error then gives the uuids to choose from.
 */
#ifndef POOL_LOOKUP_H
#define POOL_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include <openvswitch/dynamic-string.h>
#include <uuid.h>

#include "base/nearest.h"

struct error;
struct ovsdb_idl_row;

struct pool_lookup {
    const char *class;          /* "network" */
    const char *word;
    const char *way_out;        /* what to do if there is no such object: "`cable network list` shows them all" */
    struct uuid uuid;           /* of 'word' */
    bool is_uuid;
    const struct ovsdb_idl_row *found;
    size_t n_found;
    struct ds uuids;            /* of those found, for people */
    struct nearest nearest;
};

void pool_lookup_init(struct pool_lookup *, const char *class, const char *word, const char *way_out);

/* Considers 'row', which people call 'name'. 'where' tells it from others of that name: "host node1"; or NULL. */
void pool_lookup_offer(struct pool_lookup *, const struct ovsdb_idl_row *row, const char *name, const char *where);

/* Ends the lookup. On success '*row' is the one that was meant, on failure NULL. */
struct error *pool_lookup_finish(struct pool_lookup *, const struct ovsdb_idl_row **row);

/* Refuses what cannot be the name of a new object of 'class': the empty one, more than base/limits.h allows, what is not
 * printable UTF-8, a blank at either end, and what reads as a uuid, by which another object could be meant. */
struct error *pool_name_check(const char *class, const char *name);

/* Refuses a description that is too long or not printable UTF-8. */
struct error *pool_description_check(const char *class, const char *text);

#endif
