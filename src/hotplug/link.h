/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VIF's backend device must be like, and how it is made so, over rtnetlink(7). Each call is one or a few questions to the kernel
 * and returns when they are answered. A device that has vanished in the meantime is no error: its removal is told by devices.h.
 */
#ifndef HOTPLUG_LINK_H
#define HOTPLUG_LINK_H

#include <stdbool.h>

struct device;
struct error;

/* True if MTU, MAC and flags of 'device' are as link_configure() leaves them. */
bool link_is_configured(const struct device *device, int mtu);

/* Gives the backend its MTU, the MAC fe:ff:ff:ff:ff:ff (the highest there is, so that no bridge takes it for its own), no ARP, no IPv6 and no
 * addresses: the host must not speak on a guest's wire. */
struct error *link_configure(const struct device *device, int mtu);

struct error *link_set_up(const struct device *device, bool up);

#endif
