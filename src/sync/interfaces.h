/* SPDX-License-Identifier: Apache-2.0
 *
 * Which interfaces there are, which VIF and VM each was seen with, and which are dirty: to be looked at. Interfaces are found by name and by
 * either uuid at once, so that a change of one VIF among thousands marks its interfaces and no others.
 */
#ifndef SYNC_INTERFACES_H
#define SYNC_INTERFACES_H

#include <stdbool.h>

#include <openvswitch/hmap.h>
#include <openvswitch/list.h>

struct interfaces {
    struct hmap by_name, by_vif, by_vm; /* of struct interface */
    struct ovs_list dirty;              /* of struct interface, the earliest first */
};

struct interface {
    struct hmap_node by_name, by_vif, by_vm;
    struct ovs_list in_dirty;           /* empty if it is not */
    char *name;
    char *vif, *vm;                     /* that it was seen with last, in lower case; NULL: none */
    bool is_seen;                       /* it was looked at once */
    bool vif_is_new, vm_is_new;         /* it was seen with another one before, and the ids that stand may be that one's */
};

void interfaces_init(struct interfaces *);
void interfaces_destroy(struct interfaces *);

/* Does nothing if there is one of that name. */
void interfaces_add(struct interfaces *, const char *name);

/* Nothing happens if there is none. */
void interfaces_remove(struct interfaces *, const char *name);
void interfaces_remove_if(struct interfaces *, bool (*is_gone)(const char *name, void *aux), void *aux);
void interfaces_mark(struct interfaces *, const char *name);

struct interface *interfaces_find(const struct interfaces *, const char *name);

void interfaces_mark_vif(struct interfaces *, const char *uuid);
void interfaces_mark_vm(struct interfaces *, const char *uuid);
void interfaces_mark_all(struct interfaces *);

/* The next dirty one, which is dirty no more; NULL if there is none. */
struct interface *interfaces_pop(struct interfaces *);

/* It is seen with these, NULL for none. */
void interfaces_set_uuids(struct interfaces *, struct interface *, const char *vif, const char *vm);

#endif
