/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of network devices and bridges, as the kernel accepts them (dev_valid_name(), Linux 6.1) and as Open vSwitch can use them.
 */
#ifndef VIF_DEVICE_H
#define VIF_DEVICE_H

struct error;

/* IFNAMSIZ with the terminator. */
enum { DEVICE_NAME_SIZE = 16 };

/* NULL if 'name' can be a device's name: 1 to 15 bytes of printable ASCII without space, '/', ':' or '%', not "." or "..".
 * Otherwise an error that begins with 'what' ("device", "bridge", "uplink"). */
struct error *device_name_check(const char *what, const char *name);

#endif
