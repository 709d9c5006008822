/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "hotplug/udev.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openvswitch/poll-loop.h>
#include <util.h>
#include <openvswitch/vlog.h>

VLOG_DEFINE_THIS_MODULE(udev);

/* Room for the events of a few thousand devices that appear at once. */
enum { RECEIVE_BUFFER_BYTES = 16 * 1024 * 1024 };

struct udev_follower {
    struct udev *udev;
    struct udev_monitor *monitor;
    bool running;               /* a udevd runs here */
    void (*announced)(const char *, unsigned int, void *);
    void *aux;
};

struct udev_follower *
udev_follower_create(void (*announced)(const char *, unsigned int, void *), void *aux)
{
    struct udev_follower *follower = xzalloc(sizeof *follower);

    follower->announced = announced;
    follower->aux = aux;
    /* The socket that udevadm(8) and libudev itself go by. */
    follower->running = !access("/run/udev/control", F_OK);
    if (!follower->running) {
        VLOG_INFO("no udev runs here: devices are taken as the kernel announces them");
    }
    follower->udev = udev_new();
    follower->monitor = udev_monitor_new_from_netlink(follower->udev, follower->running ? "udev" : "kernel");
    if (!follower->monitor
        || udev_monitor_filter_add_match_subsystem_devtype(follower->monitor, "net", NULL) < 0
        || udev_monitor_enable_receiving(follower->monitor) < 0) {
        udev_follower_destroy(follower);
        return NULL;
    }
    udev_monitor_set_receive_buffer_size(follower->monitor, RECEIVE_BUFFER_BYTES);
    return follower;
}

void
udev_follower_destroy(struct udev_follower *follower)
{
    if (follower) {
        udev_monitor_unref(follower->monitor);
        udev_unref(follower->udev);
        free(follower);
    }
}

static unsigned int
device_ifindex(struct udev_device *device)
{
    const char *ifindex = udev_device_get_property_value(device, "IFINDEX");

    return ifindex ? strtoul(ifindex, NULL, 10) : 0;
}

bool
udev_follower_run(struct udev_follower *follower)
{
    for (;;) {
        struct udev_device *device;

        errno = 0;
        device = udev_monitor_receive_device(follower->monitor);
        if (!device) {
            return errno != ENOBUFS;
        }

        const char *action = udev_device_get_action(device);
        if (!action || strcmp(action, "remove")) {
            follower->announced(udev_device_get_sysname(device), device_ifindex(device), follower->aux);
        }
        udev_device_unref(device);
    }
}

void
udev_follower_wait(struct udev_follower *follower)
{
    poll_fd_wait(udev_monitor_get_fd(follower->monitor), POLLIN);
}

bool
udev_follower_has_announced(const struct udev_follower *follower, const char *name, unsigned int ifindex)
{
    if (!follower->running) {
        return true;
    }

    struct udev_device *device = udev_device_new_from_subsystem_sysname(follower->udev, "net", name);
    bool announced = device && device_ifindex(device) == ifindex && udev_device_get_is_initialized(device);
    udev_device_unref(device);
    return announced;
}
