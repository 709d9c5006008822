/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "sync/interfaces.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <util.h>

void
interfaces_init(struct interfaces *interfaces)
{
    hmap_init(&interfaces->by_name);
    hmap_init(&interfaces->by_vif);
    hmap_init(&interfaces->by_vm);
    ovs_list_init(&interfaces->dirty);
}

static char *
lower(const char *text)
{
    char *copy = xstrdup(text);

    for (char *c = copy; *c; c++) {
        *c = tolower((unsigned char) *c);
    }
    return copy;
}

static void
set_uuid(struct hmap *hmap, struct hmap_node *node, char **uuid, const char *value)
{
    if (*uuid) {
        hmap_remove(hmap, node);
        free(*uuid);
    }
    *uuid = NULL;
    if (value) {
        *uuid = lower(value);
        hmap_insert(hmap, node, hash_string(*uuid, 0));
    }
}

static void
destroy(struct interfaces *interfaces, struct interface *interface)
{
    set_uuid(&interfaces->by_vif, &interface->by_vif, &interface->vif, NULL);
    set_uuid(&interfaces->by_vm, &interface->by_vm, &interface->vm, NULL);
    hmap_remove(&interfaces->by_name, &interface->by_name);
    ovs_list_remove(&interface->in_dirty);
    free(interface->name);
    free(interface);
}

void
interfaces_destroy(struct interfaces *interfaces)
{
    struct interface *interface;

    HMAP_FOR_EACH_SAFE (interface, by_name, &interfaces->by_name) {
        destroy(interfaces, interface);
    }
    hmap_destroy(&interfaces->by_name);
    hmap_destroy(&interfaces->by_vif);
    hmap_destroy(&interfaces->by_vm);
}

struct interface *
interfaces_find(const struct interfaces *interfaces, const char *name)
{
    struct interface *interface;

    HMAP_FOR_EACH_WITH_HASH (interface, by_name, hash_string(name, 0), &interfaces->by_name) {
        if (!strcmp(interface->name, name)) {
            return interface;
        }
    }
    return NULL;
}

void
interfaces_add(struct interfaces *interfaces, const char *name)
{
    if (!interfaces_find(interfaces, name)) {
        struct interface *interface = xzalloc(sizeof *interface);

        interface->name = xstrdup(name);
        ovs_list_init(&interface->in_dirty);
        hmap_insert(&interfaces->by_name, &interface->by_name, hash_string(name, 0));
    }
}

void
interfaces_remove(struct interfaces *interfaces, const char *name)
{
    struct interface *interface = interfaces_find(interfaces, name);

    if (interface) {
        destroy(interfaces, interface);
    }
}

void
interfaces_remove_if(struct interfaces *interfaces, bool (*is_gone)(const char *, void *), void *aux)
{
    struct interface *interface;

    HMAP_FOR_EACH_SAFE (interface, by_name, &interfaces->by_name) {
        if (is_gone(interface->name, aux)) {
            destroy(interfaces, interface);
        }
    }
}

static void
mark(struct interfaces *interfaces, struct interface *interface)
{
    if (ovs_list_is_empty(&interface->in_dirty)) {
        ovs_list_push_back(&interfaces->dirty, &interface->in_dirty);
    }
}

void
interfaces_mark(struct interfaces *interfaces, const char *name)
{
    struct interface *interface = interfaces_find(interfaces, name);

    if (interface) {
        mark(interfaces, interface);
    }
}

void
interfaces_mark_vif(struct interfaces *interfaces, const char *uuid)
{
    struct interface *interface;

    HMAP_FOR_EACH_WITH_HASH (interface, by_vif, hash_string(uuid, 0), &interfaces->by_vif) {
        if (!strcmp(interface->vif, uuid)) {
            mark(interfaces, interface);
        }
    }
}

void
interfaces_mark_vm(struct interfaces *interfaces, const char *uuid)
{
    struct interface *interface;

    HMAP_FOR_EACH_WITH_HASH (interface, by_vm, hash_string(uuid, 0), &interfaces->by_vm) {
        if (!strcmp(interface->vm, uuid)) {
            mark(interfaces, interface);
        }
    }
}

void
interfaces_mark_all(struct interfaces *interfaces)
{
    struct interface *interface;

    HMAP_FOR_EACH (interface, by_name, &interfaces->by_name) {
        mark(interfaces, interface);
    }
}

struct interface *
interfaces_pop(struct interfaces *interfaces)
{
    struct interface *interface;

    if (ovs_list_is_empty(&interfaces->dirty)) {
        return NULL;
    }
    interface = CONTAINER_OF(ovs_list_pop_front(&interfaces->dirty), struct interface, in_dirty);
    ovs_list_init(&interface->in_dirty);
    return interface;
}

static bool
differs(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) : a != b;
}

void
interfaces_set_uuids(struct interfaces *interfaces, struct interface *interface, const char *vif, const char *vm)
{
    if (differs(interface->vif, vif)) {
        interface->vif_is_new |= interface->is_seen;
        set_uuid(&interfaces->by_vif, &interface->by_vif, &interface->vif, vif);
    }
    if (differs(interface->vm, vm)) {
        interface->vm_is_new |= interface->is_seen;
        set_uuid(&interfaces->by_vm, &interface->by_vm, &interface->vm, vm);
    }
    interface->is_seen = true;
}
