/* SPDX-License-Identifier: Apache-2.0
 *
 * udev's word about network devices, by libudev: a monitor for what happens and udev's database (coldplug) for what has happened.
 */
#ifndef HOTPLUG_UDEV_H
#define HOTPLUG_UDEV_H

#include <stdbool.h>

struct udev_follower;

/* Calls 'announced' from udev_follower_run() when udev has handled the device 'name'. NULL if there is no monitor to be had. */
struct udev_follower *udev_follower_create(void (*announced)(const char *name, unsigned int ifindex, void *aux), void *aux);
void udev_follower_destroy(struct udev_follower *);

/* False if events were lost: the caller looks at everything again. */
bool udev_follower_run(struct udev_follower *);
void udev_follower_wait(struct udev_follower *);

/* True if udev has handled the device already, or if no udev runs here. */
bool udev_follower_has_announced(const struct udev_follower *, const char *name, unsigned int ifindex);

#endif
