/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VIF's backend device must be like, and how it is made so, over rtnetlink(7). Each call is a few questions to the kernel, however
 * many the devices are, and returns when they are answered. A device that has vanished in the meantime is no error: its removal is told
 * by devices.h.
 */
#ifndef HOTPLUG_LINK_H
#define HOTPLUG_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "hotplug/devices.h"

struct error;

/* What is asked for one device. */
struct link_request {
    struct device device;
    bool up;                    /* for link_set_up_all() */
    int mtu;                    /* for link_configure_all() */
    struct error *error;        /* out: why it was refused, or NULL; the caller's to free */
    int code;                   /* out: of no use to the caller */
};

/* True if MTU, MAC and flags of 'device' are as link_configure_all() leaves them. */
bool link_is_configured(const struct device *device, int mtu);

/* Gives each backend its MTU, the MAC fe:ff:ff:ff:ff:ff (the highest there is, so that no bridge takes it for its own), no ARP, no IPv6 and no
 * addresses: the host must not speak on a guest's wire. */
void link_configure_all(struct link_request *, size_t n);

void link_set_up_all(struct link_request *, size_t n);
struct error *link_set_up(const struct device *device, bool up);

#endif
