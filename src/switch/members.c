/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/members.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

struct owner {
    struct hmap_node node;
    struct uuid uuid;
    struct uuid *rows;          /* ascending */
    size_t n, allocated;
};

struct member {
    struct hmap_node node;
    struct uuid uuid, owner;
};

void
members_init(struct members *members)
{
    hmap_init(&members->owners);
    hmap_init(&members->members);
}

void
members_destroy(struct members *members)
{
    struct owner *owner;
    struct member *member;

    HMAP_FOR_EACH_POP (owner, node, &members->owners) {
        free(owner->rows);
        free(owner);
    }
    HMAP_FOR_EACH_POP (member, node, &members->members) {
        free(member);
    }
    hmap_destroy(&members->owners);
    hmap_destroy(&members->members);
}

static struct owner *
need_owner(struct members *members, const struct uuid *uuid)
{
    struct owner *owner;

    HMAP_FOR_EACH_WITH_HASH (owner, node, uuid_hash(uuid), &members->owners) {
        if (uuid_equals(&owner->uuid, uuid)) {
            return owner;
        }
    }
    owner = xzalloc(sizeof *owner);
    owner->uuid = *uuid;
    hmap_insert(&members->owners, &owner->node, uuid_hash(uuid));
    return owner;
}

static struct member *
find_member(const struct members *members, const struct uuid *uuid)
{
    struct member *member;

    HMAP_FOR_EACH_WITH_HASH (member, node, uuid_hash(uuid), &members->members) {
        if (uuid_equals(&member->uuid, uuid)) {
            return member;
        }
    }
    return NULL;
}

const struct uuid *
members_owner(const struct members *members, const struct uuid *row)
{
    const struct member *member = find_member(members, row);

    return member ? &member->owner : NULL;
}

static void
join(struct members *members, const struct uuid *row, const struct uuid *owner)
{
    struct member *member = find_member(members, row);

    if (!member) {
        member = xmalloc(sizeof *member);
        member->uuid = *row;
        hmap_insert(&members->members, &member->node, uuid_hash(row));
    }
    member->owner = *owner;
}

/* A port that has moved may have joined its new bridge before it is seen to leave the old one. */
static void
leave(struct members *members, const struct uuid *row, const struct uuid *owner)
{
    struct member *member = find_member(members, row);

    if (member && uuid_equals(&member->owner, owner)) {
        hmap_remove(&members->members, &member->node);
        free(member);
    }
}

/* How many rows 'a' and 'b', of at least 'n', have in common at their beginning: nearly all, as a rule. */
static size_t
common(const struct uuid *a, const struct uuid *b, size_t n)
{
    enum { BLOCK = 64 };
    size_t i = 0;

    while (i + BLOCK <= n && !memcmp(&a[i], &b[i], BLOCK * sizeof *a)) {
        i += BLOCK;
    }
    while (i < n && uuid_equals(&a[i], &b[i])) {
        i++;
    }
    return i;
}

/* How many rows they have in common at their end. */
static size_t
common_end(const struct uuid *a, size_t n_a, const struct uuid *b, size_t n_b)
{
    enum { BLOCK = 64 };
    size_t n = 0;

    while (n + BLOCK <= MIN(n_a, n_b) && !memcmp(&a[n_a - n - BLOCK], &b[n_b - n - BLOCK], BLOCK * sizeof *a)) {
        n += BLOCK;
    }
    while (n < MIN(n_a, n_b) && uuid_equals(&a[n_a - n - 1], &b[n_b - n - 1])) {
        n++;
    }
    return n;
}

/* Of the rows, the first 'same' are those that the owner has already. */
static void
keep(struct members *members, struct owner *owner, const struct uuid *rows, size_t n, size_t same)
{
    if (!n) {
        hmap_remove(&members->owners, &owner->node);
        free(owner->rows);
        free(owner);
        return;
    }
    if (n > owner->allocated) {
        owner->allocated = MAX(n, owner->allocated * 2);
        owner->rows = xrealloc(owner->rows, owner->allocated * sizeof *rows);
    }

    const size_t n_end = common_end(&owner->rows[same], owner->n - same, &rows[same], n - same);

    memmove(&owner->rows[n - n_end], &owner->rows[owner->n - n_end], n_end * sizeof *rows);
    memcpy(&owner->rows[same], &rows[same], (n - n_end - same) * sizeof *rows);
    owner->n = n;
}

void
members_set(struct members *members, const struct uuid *uuid, const struct uuid *rows, size_t n,
            void (*each)(const struct uuid *, void *), void *aux)
{
    struct owner *owner = need_owner(members, uuid);
    const size_t same_at_first = owner->n && n ? common(owner->rows, rows, MIN(owner->n, n)) : 0;
    size_t i = same_at_first, j = same_at_first;

    while (i < owner->n || j < n) {
        if (i < owner->n && j < n) {
            size_t same = common(&owner->rows[i], &rows[j], MIN(owner->n - i, n - j));

            i += same;
            j += same;
        }
        if (i >= owner->n && j >= n) {
            break;
        }

        int order = i >= owner->n ? 1 : j >= n ? -1 : uuid_compare_3way(&owner->rows[i], &rows[j]);
        const struct uuid *row = order < 0 ? &owner->rows[i] : &rows[j];

        if (order < 0) {
            leave(members, row, uuid);
            i++;
        } else {
            join(members, row, uuid);
            j++;
        }
        if (each) {
            each(row, aux);
        }
    }
    keep(members, owner, rows, n, same_at_first);
}
