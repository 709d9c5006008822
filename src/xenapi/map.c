/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/map.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

/* The place of the first member of 'map' whose key is not less than 'key'. */
static size_t
map_place(const struct xenapi_map *map, const char *key)
{
    size_t low = 0, high = map->n;

    if (map->n && strcmp(map->members[map->n - 1].key, key) < 0) {
        return map->n;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(map->members[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
map_has_at(const struct xenapi_map *map, size_t place, const char *key)
{
    return place < map->n && !strcmp(map->members[place].key, key);
}

static void
map_insert(struct xenapi_map *map, size_t place, struct xenapi_member member)
{
    if (map->n >= map->allocated) {
        map->members = x2nrealloc(map->members, &map->allocated, sizeof *map->members);
    }
    memmove(&map->members[place + 1], &map->members[place], (map->n - place) * sizeof *map->members);
    map->members[place] = member;
    map->n++;
}

void
xenapi_map_put(struct xenapi_value *value, const char *key, struct xenapi_value element)
{
    ovs_assert(value->type == XENAPI_MAP);
    size_t place = map_place(&value->map, key);

    if (map_has_at(&value->map, place, key)) {
        xenapi_value_destroy(&value->map.members[place].value);
        value->map.members[place].value = element;
    } else {
        map_insert(&value->map, place, (struct xenapi_member) { xstrdup(key), element });
    }
}

const struct xenapi_value *
xenapi_map_get(const struct xenapi_value *value, const char *key)
{
    ovs_assert(value->type == XENAPI_MAP);
    size_t place = map_place(&value->map, key);

    return map_has_at(&value->map, place, key) ? &value->map.members[place].value : NULL;
}

bool
xenapi_map_take(struct xenapi_value *map, const char *key, struct xenapi_value *value)
{
    struct xenapi_value *there = CONST_CAST(struct xenapi_value *, xenapi_map_get(map, key));

    if (there) {
        *value = *there;
        *there = xenapi_void();
    }
    return there != NULL;
}

void
xenapi_map_append(struct xenapi_value *value, char *key, struct xenapi_value element)
{
    ovs_assert(value->type == XENAPI_MAP);
    map_insert(&value->map, value->map.n, (struct xenapi_member) { key, element });
}

static int
compare_members(const void *a_, const void *b_)
{
    const struct xenapi_member *a = a_, *b = b_;

    return strcmp(a->key, b->key);
}

const char *
xenapi_map_sort(struct xenapi_value *value)
{
    struct xenapi_map *map = &value->map;

    ovs_assert(value->type == XENAPI_MAP);
    if (map->n) {
        qsort(map->members, map->n, sizeof *map->members, compare_members);
    }
    for (size_t i = 1; i < map->n; i++) {
        if (!strcmp(map->members[i - 1].key, map->members[i].key)) {
            return map->members[i].key;
        }
    }
    return NULL;
}
