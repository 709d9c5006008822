/* SPDX-License-Identifier: Apache-2.0
 *
 * The VIFs of a XenServer or XCP-ng host, as its scripts have cabled them and as its toolstack describes them.
 */
#ifndef CLI_FOUND_VIFS_H
#define CLI_FOUND_VIFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vif/device.h"
#include "vif/wish.h"

struct error;
struct row;
struct switch_db;

/* A port that a script has made for a VIF. */
struct found_vif {
    char device[DEVICE_NAME_SIZE];
    char bridge[DEVICE_NAME_SIZE];
    int64_t ofport;
    bool done;                  /* it is described already */
    struct vif_wish wish;       /* what is to describe it; its policy is owned */
    char *error;                /* why it cannot be described, or NULL */
};

struct found_vifs {
    const struct switch_db *db;
    struct found_vif *list;     /* by bridge, and on it by device */
    size_t n, allocated;
};

/* Looks for them on all bridges of the switch, and describes each that is not described yet. An error if xenstore does not answer; what is wrong
 * with a single VIF stands with that. found_vifs_destroy() in any case. */
struct error *found_vifs_look(const struct switch_db *, struct found_vifs *);
void found_vifs_destroy(struct found_vifs *);

/* True if it is to be taken over, and can be. */
static inline bool
found_vif_is_new(const struct found_vif *vif)
{
    return !vif->done && !vif->error;
}

/* Puts what is or would be done, as lists of bridges and of VIFs. */
void found_vifs_put(const struct found_vifs *, struct row *row);

#endif
