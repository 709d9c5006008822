/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "xenapi/datetime.h"
#include "xenapi/map.h"

struct xenapi_value
xenapi_void(void)
{
    return (struct xenapi_value) { .type = XENAPI_VOID };
}

struct xenapi_value
xenapi_nil(void)
{
    return (struct xenapi_value) { .type = XENAPI_NIL };
}

struct xenapi_value
xenapi_string(const char *text)
{
    return xenapi_string_nocopy(xstrdup(text));
}

struct xenapi_value
xenapi_string_nocopy(char *text)
{
    return (struct xenapi_value) { .type = XENAPI_STRING, .string = text };
}

struct xenapi_value
xenapi_bytes(const void *data, size_t n)
{
    return (struct xenapi_value) { .type = XENAPI_BYTES, .bytes = { (uint8_t *) xmemdup0(data, n), n } };
}

struct xenapi_value
xenapi_int(int64_t integer)
{
    return (struct xenapi_value) { .type = XENAPI_INT, .integer = integer };
}

struct xenapi_value
xenapi_count(int32_t count)
{
    return (struct xenapi_value) { .type = XENAPI_COUNT, .integer = count };
}

struct xenapi_value
xenapi_double(double real)
{
    ovs_assert(isfinite(real));
    return (struct xenapi_value) { .type = XENAPI_DOUBLE, .real = real };
}

struct xenapi_value
xenapi_bool(bool boolean)
{
    return (struct xenapi_value) { .type = XENAPI_BOOL, .boolean = boolean };
}

struct xenapi_value
xenapi_datetime(int64_t seconds)
{
    ovs_assert(seconds >= XENAPI_DATETIME_MIN && seconds <= XENAPI_DATETIME_MAX);
    return (struct xenapi_value) { .type = XENAPI_DATETIME, .seconds = seconds };
}

struct xenapi_value
xenapi_set_create(void)
{
    return (struct xenapi_value) { .type = XENAPI_SET };
}

struct xenapi_value
xenapi_map_create(void)
{
    return (struct xenapi_value) { .type = XENAPI_MAP };
}

void
xenapi_set_add(struct xenapi_value *value, struct xenapi_value element)
{
    struct xenapi_set *set = &value->set;

    ovs_assert(value->type == XENAPI_SET);
    if (set->n >= set->allocated) {
        set->elements = x2nrealloc(set->elements, &set->allocated, sizeof *set->elements);
    }
    set->elements[set->n++] = element;
}

static void
set_destroy(struct xenapi_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        xenapi_value_destroy(&set->elements[i]);
    }
    free(set->elements);
}

static void
map_destroy(struct xenapi_map *map)
{
    for (size_t i = 0; i < map->n; i++) {
        free(map->members[i].key);
        xenapi_value_destroy(&map->members[i].value);
    }
    free(map->members);
}

void
xenapi_value_destroy(struct xenapi_value *value)
{
    switch (value->type) {
    case XENAPI_STRING:
        free(value->string);
        break;
    case XENAPI_BYTES:
        free(value->bytes.data);
        break;
    case XENAPI_SET:
        set_destroy(&value->set);
        break;
    case XENAPI_MAP:
        map_destroy(&value->map);
        break;
    case XENAPI_VOID:
    case XENAPI_NIL:
    case XENAPI_INT:
    case XENAPI_COUNT:
    case XENAPI_DOUBLE:
    case XENAPI_BOOL:
    case XENAPI_DATETIME:
        break;
    }
    *value = xenapi_void();
}

static struct xenapi_value
set_clone(const struct xenapi_set *set)
{
    struct xenapi_value copy = xenapi_set_create();

    for (size_t i = 0; i < set->n; i++) {
        xenapi_set_add(&copy, xenapi_value_clone(&set->elements[i]));
    }
    return copy;
}

static struct xenapi_value
map_clone(const struct xenapi_map *map)
{
    struct xenapi_value copy = xenapi_map_create();

    for (size_t i = 0; i < map->n; i++) {
        xenapi_map_append(&copy, xstrdup(map->members[i].key), xenapi_value_clone(&map->members[i].value));
    }
    return copy;
}

struct xenapi_value
xenapi_value_clone(const struct xenapi_value *value)
{
    switch (value->type) {
    case XENAPI_STRING: return xenapi_string(value->string);
    case XENAPI_BYTES: return xenapi_bytes(value->bytes.data, value->bytes.n);
    case XENAPI_SET: return set_clone(&value->set);
    case XENAPI_MAP: return map_clone(&value->map);
    case XENAPI_VOID:
    case XENAPI_NIL:
    case XENAPI_INT:
    case XENAPI_COUNT:
    case XENAPI_DOUBLE:
    case XENAPI_BOOL:
    case XENAPI_DATETIME: return *value;
    }
    OVS_NOT_REACHED();
}

static bool
set_equals(const struct xenapi_set *a, const struct xenapi_set *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (!xenapi_value_equals(&a->elements[i], &b->elements[i])) {
            return false;
        }
    }
    return a->n == b->n;
}

static bool
map_equals(const struct xenapi_map *a, const struct xenapi_map *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (strcmp(a->members[i].key, b->members[i].key)
            || !xenapi_value_equals(&a->members[i].value, &b->members[i].value)) {
            return false;
        }
    }
    return a->n == b->n;
}

bool
xenapi_value_equals(const struct xenapi_value *a, const struct xenapi_value *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case XENAPI_VOID:
    case XENAPI_NIL: return true;
    case XENAPI_STRING: return !strcmp(a->string, b->string);
    case XENAPI_BYTES: return a->bytes.n == b->bytes.n && !memcmp(a->bytes.data, b->bytes.data, a->bytes.n);
    case XENAPI_INT:
    case XENAPI_COUNT: return a->integer == b->integer;
    case XENAPI_DOUBLE: return a->real == b->real;
    case XENAPI_BOOL: return a->boolean == b->boolean;
    case XENAPI_DATETIME: return a->seconds == b->seconds;
    case XENAPI_SET: return set_equals(&a->set, &b->set);
    case XENAPI_MAP: return map_equals(&a->map, &b->map);
    }
    OVS_NOT_REACHED();
}

static size_t
set_depth(const struct xenapi_set *set)
{
    size_t deepest = 0;

    for (size_t i = 0; i < set->n; i++) {
        size_t depth = xenapi_value_depth(&set->elements[i]);

        deepest = MAX(deepest, depth);
    }
    return deepest + 1;
}

static size_t
map_depth(const struct xenapi_map *map)
{
    size_t deepest = 0;

    for (size_t i = 0; i < map->n; i++) {
        size_t depth = xenapi_value_depth(&map->members[i].value);

        deepest = MAX(deepest, depth);
    }
    return deepest + 1;
}

size_t
xenapi_value_depth(const struct xenapi_value *value)
{
    return value->type == XENAPI_SET ? set_depth(&value->set) : value->type == XENAPI_MAP ? map_depth(&value->map) : 0;
}
