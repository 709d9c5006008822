/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody wants of a VIF on this host: a source (the pool database today) makes a wish of what it knows, and wiring
 * compares it with what the switch and the kernel have.
 */
#ifndef VIF_WISH_H
#define VIF_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "vif/device.h"
#include "vif/policy.h"
#include "vif/rate.h"

enum { UUID_TEXT_SIZE = 37 };

/* The network that a VIF is on, as far as this host has to know (XenAPI class network). */
struct vif_network {
    char uuid[UUID_TEXT_SIZE];
    char bridge[DEVICE_NAME_SIZE];
    char uplink[DEVICE_NAME_SIZE]; /* "" if none */
    bool managed;               /* the bridge is ours to create */
    uint16_t vlan;              /* 1 to 4094, on which its frames are in the bridge; 0: none */
};

/* Who says so, and thereby whose the port is. */
enum vif_origin {
    VIF_OF_POOL,                /* the pool database: port and identity are ours */
    VIF_HANDED,                 /* a program that handed it to the agent: the port is ours, its identity that program's */
    VIF_DESCRIBED,              /* the row of a port that somebody else made: all but our marks is his, and so is the device */
};

/* The word that people and programs see: "pool", "handed", "described". */
const char *vif_origin_name(enum vif_origin);

struct vif_wish {
    char uuid[UUID_TEXT_SIZE];  /* of the VIF; unique among wishes */
    char vm_uuid[UUID_TEXT_SIZE]; /* "" if no VM is known */
    char device[DEVICE_NAME_SIZE];
    bool attach;                /* XenAPI VIF.currently_attached */
    int mtu;
    struct vif_network network;
    struct vif_policy policy;   /* owned */
    struct vif_rate rate;       /* of what the guest sends */
    enum vif_origin origin;

    /* When the rules come, flows with that cookie that match the port go in the same step: those of another program, of before. */
    bool replaces;
    uint64_t replaced_cookie;

    /* Why the wish can't be carried out, in words, or NULL. The fields that did not parse are empty then. Owned. */
    char *refusal;
};

/* What a guest may send, in words: policy and rate in one sentence. The caller's to free. */
char *vif_allowance_describe(const struct vif_policy *, const struct vif_rate *);

/* True if both say the same in every field. */
bool vif_wish_equals(const struct vif_wish *, const struct vif_wish *);

/* The copy is the caller's: vif_wish_destroy(), free(). */
struct vif_wish *vif_wish_clone(const struct vif_wish *);

/* Frees what the wish owns, not 'wish' itself. */
void vif_wish_destroy(struct vif_wish *);

#endif
