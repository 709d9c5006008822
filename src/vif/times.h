/* SPDX-License-Identifier: Apache-2.0
 *
 * When a plug of a VIF came how far: what its toolstack shows of the time that a start took. The times are of CLOCK_MONOTONIC, so that the
 * clock may be set meanwhile, and mean nothing on another host or after the next boot.
 */
#ifndef VIF_TIMES_H
#define VIF_TIMES_H

#include <stddef.h>
#include <stdint.h>

/* STAGE(NAME, WORD): the word is the key in VIF.wire_times. In the order of the words, as the database keeps them. The rules may be
 * acknowledged before or after the port is there. */
#define VIF_STAGES                                                                          \
    VIF_STAGE(DEVICE, "device")             /* the kernel has announced the device */       \
    VIF_STAGE(LINK, "link")                 /* it was set up: the guest has a carrier */    \
    VIF_STAGE(PORT, "port")                 /* the switch has given the number asked for */ \
    VIF_STAGE(RULES, "rules")               /* the switch has acknowledged the rules */     \
    VIF_STAGE(TRANSACTION, "transaction")   /* the switch's database has the rows */        \
    VIF_STAGE(UEVENT, "uevent")             /* udev was done with the device */

enum vif_stage {
#define VIF_STAGE(NAME, WORD) VIF_STAGE_##NAME,
    VIF_STAGES
#undef VIF_STAGE
    VIF_N_STAGES
};

struct vif_times {
    int64_t us[VIF_N_STAGES];   /* microseconds; 0: not known, or it was so before */
};

const char *vif_stage_name(enum vif_stage);

/* Lists those that are known, by ascending name, and returns how many. */
size_t vif_times_list(const struct vif_times *, const char *names[VIF_N_STAGES], int64_t us[VIF_N_STAGES]);

#endif
