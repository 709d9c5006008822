/* SPDX-License-Identifier: Apache-2.0
 *
 * The network devices of this host (of this network namespace): they come and go, and change. Level-triggered: the whole list is
 * read at the start, whenever an event may have been lost, and on a timer; an event only says which name to look at again.
 *
 * A device is there for us when the kernel has it and udev has handled it (its rules have run and its name is final); on a host where no
 * udev runs, the kernel's word is enough.
 */
#ifndef HOTPLUG_DEVICES_H
#define HOTPLUG_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

struct devices;
struct error;

struct device {
    const char *name;
    unsigned int ifindex;
    unsigned int flags;         /* IFF_* */
    int mtu;
    uint8_t mac[6];

    /* CLOCK_MONOTONIC, microseconds: when it was first seen here under this ifindex, and when udev was. */
    int64_t seen_us, announced_us;
};

/* Calls 'changed' from devices_run() with the name of each device that came, went or changed. */
struct error *devices_open(void (*changed)(const char *name, void *aux), void *aux, struct devices **devices);
void devices_close(struct devices *);

void devices_run(struct devices *);
void devices_wait(struct devices *);

/* True once the first whole list was read. */
bool devices_are_known(const struct devices *);

/* False if there is no such device yet. Strings live until the next devices_run(). */
bool devices_find(const struct devices *, const char *name, struct device *device);

/* The same for a device that the kernel has, whether udev has handled it or not: for whoever is told of it by a program that udev
 * waits for. */
bool devices_find_early(const struct devices *, const char *name, struct device *device);

#endif
