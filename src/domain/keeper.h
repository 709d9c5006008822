/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps a guest that is a network namespace, with a program in it or without. It answers the QEMU machine protocol as QEMU does for
 * its guests, with the commands that domains use, so that whoever began it can end, and another go on: qmp_capabilities, query-status,
 * cont, stop, system_powerdown, system_reset, quit, qom-list, device_add and device_del (driver "veth").
 */
#ifndef DOMAIN_KEEPER_H
#define DOMAIN_KEEPER_H

#include <stddef.h>

#include "base/limits.h"
#include "domain/privileges.h"
#include "vif/mac.h"

struct keeper_vif {
    unsigned int devid;
    struct mac mac;
    unsigned int mtu;
};

struct keeper_config {
    unsigned int domid;
    int monitor, console;       /* listening sockets */
    int log;                    /* the console's */
    struct privileges privileges;       /* of the program */
    char **argv;                /* the program and its arguments; NULL is none */
    struct keeper_vif vifs[LIMIT_DOMAIN_VIFS];
    size_t n_vifs;
};

/* Makes namespace and devices, and keeps them until it is told to quit or SIGTERM comes; then they are gone. Error if they could not be made:
 * nothing is left of them. */
struct error *keeper_run(const struct keeper_config *);

#endif
