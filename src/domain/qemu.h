/* SPDX-License-Identifier: Apache-2.0
 *
 * QEMU's command line for a guest, and the words of its machine protocol for a VIF.
 *
 * The machine is q35: it heeds the power button and takes devices away and in while it runs, which microvm does not, boots from disks, and its
 * clock does not depend on how long the host lets it calibrate. It takes 0.4 s longer to boot than microvm under TCG. VIF <devid> is device
 * "vif<devid>" with the backend "net<devid>", in the slot "slot<devid>", which is there with and without it.
 */
#ifndef DOMAIN_QEMU_H
#define DOMAIN_QEMU_H

#include <stdbool.h>

#include "base/limits.h"
#include "domain/accelerator.h"

struct domain_spec;
struct domain_vif;
struct json;
struct svec;

/* What QEMU is handed over, as descriptors; -1: none. */
struct qemu_fds {
    int monitor, console;       /* sockets that listen */
    int log;                    /* the console's */
    int kernel, ramdisk;
    int disks[LIMIT_DOMAIN_DISKS], taps[LIMIT_DOMAIN_VIFS];     /* in the spec's order */
};

/* Adds all words after QEMU's name but those of qemu_put_accelerator(). */
void qemu_put_words(const struct domain_spec *, const struct qemu_fds *, bool offload, struct svec *);
void qemu_put_accelerator(enum accelerator_kind, struct svec *);

/* Arguments of netdev_add, with a tap that getfd has called 'fd', and of device_add. */
struct json *qemu_netdev(unsigned int devid, const char *fd);
struct json *qemu_device(const struct domain_vif *, bool offload);

#endif
