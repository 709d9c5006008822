/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "objects/objects-private.h"

#include <stdlib.h>

#include <util.h>

#include "base/limits.h"

/* Objects of a class without events have no place in the order. */
static bool
has_events(const struct object *object)
{
    return object->kind->class && object->kind->class->event;
}

void
order_touch(struct objects *objects, struct object *object)
{
    if (has_events(object)) {
        object->generation = ++objects->generation;
        ovs_list_remove(&object->by_generation);
        ovs_list_push_back(&objects->changes, &object->by_generation);
    }
}

void
order_touch_once(struct objects *objects, struct object *object)
{
    if (object->generation <= objects->before_turn) {
        order_touch(objects, object);
    }
}

void
order_add(struct objects *objects, struct object *object)
{
    ovs_list_init(&object->by_generation);
    order_touch(objects, object);
    object->created = object->generation;
}

static void
forget_oldest(struct objects *objects)
{
    struct gone *gone = CONTAINER_OF(ovs_list_pop_front(&objects->gone), struct gone, by_generation);

    objects->known_since = gone->generation;
    objects->n_gone--;
    free(gone);
}

static void
remember(struct objects *objects, const struct object *object)
{
    struct gone *gone = xmalloc(sizeof *gone);

    gone->class = object->kind->class->id;
    gone->uuid = object->uuid;
    gone->created = object->created;
    gone->generation = ++objects->generation;
    ovs_list_push_back(&objects->gone, &gone->by_generation);
    if (++objects->n_gone > LIMIT_OBJECTS_GONE) {
        forget_oldest(objects);
    }
}

void
order_remove(struct objects *objects, struct object *object)
{
    ovs_list_remove(&object->by_generation);
    if (has_events(object)) {
        remember(objects, object);
    }
}

void
order_destroy(struct objects *objects)
{
    while (objects->n_gone) {
        forget_oldest(objects);
    }
}

int64_t
objects_generation(const struct objects *objects)
{
    return objects->generation;
}

void
objects_touch(struct objects *objects, const struct object *object)
{
    order_touch(objects, CONST_CAST(struct object *, object));
}

static struct object_change
change_of(const struct object *object, int64_t since)
{
    return (struct object_change) {
        .what = object->created > since ? OBJECT_ADDED : OBJECT_MODIFIED,
        .class = object->kind->class->id,
        .uuid = &object->uuid,
        .object = object,
        .generation = object->generation,
    };
}

static struct object_change
change_of_gone(const struct gone *gone)
{
    return (struct object_change) { OBJECT_GONE, gone->class, &gone->uuid, NULL, gone->generation };
}

/* The first of 'changes' after generation 'since'; the list's end if there is none. They are looked for from behind, because what is asked for is
 * mostly the last few. */
static struct ovs_list *
first_changed(const struct ovs_list *changes, int64_t since)
{
    struct ovs_list *node = CONST_CAST(struct ovs_list *, changes);

    while (node->prev != changes && CONTAINER_OF(node->prev, struct object, by_generation)->generation > since) {
        node = node->prev;
    }
    return node;
}

static struct ovs_list *
first_gone(const struct ovs_list *gone, int64_t since)
{
    struct ovs_list *node = CONST_CAST(struct ovs_list *, gone);

    while (node->prev != gone && CONTAINER_OF(node->prev, struct gone, by_generation)->generation > since) {
        node = node->prev;
    }
    return node;
}

bool
objects_changed_since(const struct objects *objects, int64_t since, objects_changed_fn *changed, void *aux)
{
    /* Who knows nothing has missed nothing. */
    if (since && since < objects->known_since) {
        return false;
    }

    const struct ovs_list *node = first_changed(&objects->changes, since), *gone_node = first_gone(&objects->gone, since);
    while (node != &objects->changes || gone_node != &objects->gone) {
        const struct object *object = node != &objects->changes ? CONTAINER_OF(node, struct object, by_generation) : NULL;
        const struct gone *gone = gone_node != &objects->gone ? CONTAINER_OF(gone_node, struct gone, by_generation) : NULL;
        struct object_change change;

        if (object && (!gone || object->generation < gone->generation)) {
            change = change_of(object, since);
            node = node->next;
        } else {
            change = change_of_gone(gone);
            gone_node = gone_node->next;
            if (gone->created > since) {
                continue;
            }
        }
        changed(&change, aux);
    }
    return true;
}
