/* SPDX-License-Identifier: Apache-2.0
 *
 * What Cabled does not guard on this host, because it is not on Open vSwitch: devices that look like VIFs and are ports of Linux bridges
 * (sysfs, /sys/class/net/DEVICE/brport), and a XenServer host whose network backend is the Linux bridge. It is told in words, so that
 * nobody takes them for guarded.
 */
#ifndef CLI_LINUX_BRIDGES_H
#define CLI_LINUX_BRIDGES_H

#include <stdbool.h>

struct row;

/* A sentence about the backend that /etc/xensource/network.conf names, or NULL if it is not the Linux bridge. */
const char *linux_bridges_backend(void);

/* Adds the cells "network_backend", if there is something to say of it, and "linux_bridges", the devices with their bridges and a sentence
 * each; the latter, unless 'always', only if there are any. */
void linux_bridges_put(struct row *row, bool always);

#endif
