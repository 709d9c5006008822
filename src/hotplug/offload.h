/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device does for the kernel with checksums and segments, as `ethtool -K` sets it.
 */
#ifndef HOTPLUG_OFFLOAD_H
#define HOTPLUG_OFFLOAD_H

#include <stdbool.h>

struct error;

/* Sets 'feature' ("rx", "tx", "sg", "tso", "ufo", "gso") of 'device'. ERROR_REFUSED: the device or the kernel has no such thing, or does
 * not let it be set. */
struct error *offload_set(const char *device, const char *feature, bool on);

#endif
