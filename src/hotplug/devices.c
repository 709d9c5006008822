/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "hotplug/devices.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <hash.h>
#include <netlink-notifier.h>
#include <netlink-socket.h>
#include <netlink.h>
#include <openvswitch/hmap.h>
#include <openvswitch/ofpbuf.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/shash.h>
#include <util.h>
#include <openvswitch/vlog.h>
#include <rtnetlink.h>
#include <timeval.h>

#include "base/error.h"
#include "hotplug/link_event.h"
#include "hotplug/udev.h"

VLOG_DEFINE_THIS_MODULE(devices);

/* The whole list is read this often though nothing says that an event was lost: one that nobody misses heals by itself. It is one dump of
 * the kernel's links, and a look into udev's database for each device that udev has not announced yet. */
enum { LIST_AGAIN_MS = 30 * 1000 };

struct known_device {
    struct device device;       /* its name is the key in 'devices' */
    struct hmap_node by_ifindex; /* in 'devices' */
    bool announced;             /* udev has handled it, or there is no udev */
    bool listed;                /* while reading the whole list */
};

struct devices {
    struct shash by_name;       /* of struct known_device */
    struct hmap by_ifindex;     /* of the same */
    struct rtnetlink_change event; /* where 'kernel' puts what it was told last */
    struct nln *kernel;
    struct nln_notifier *links;
    struct udev_follower *udev;
    bool list_needed;           /* an event may have been lost */
    long long int list_at;      /* in any case */
    bool known;
    void (*changed)(const char *, void *);
    void *aux;
};

static void
devices_forget(struct devices *devices, struct shash_node *node)
{
    struct known_device *known = node->data;
    char *name = shash_steal(&devices->by_name, node);

    hmap_remove(&devices->by_ifindex, &known->by_ifindex);
    free(known);
    devices->changed(name, devices->aux);
    free(name);
}

static struct known_device *
devices_learn(struct devices *devices, const struct rtnetlink_change *change)
{
    struct shash_node *node = shash_find(&devices->by_name, change->ifname);

    if (!node) {
        struct known_device *new = xzalloc(sizeof *new);

        node = shash_add(&devices->by_name, change->ifname, new);
        hmap_insert(&devices->by_ifindex, &new->by_ifindex, hash_int(0, 0));
    }

    struct known_device *known = node->data;
    const struct device before = known->device;

    if (before.ifindex != change->if_index) {
        hmap_remove(&devices->by_ifindex, &known->by_ifindex);
        hmap_insert(&devices->by_ifindex, &known->by_ifindex, hash_int(change->if_index, 0));
    }
    known->device = (struct device) {
        .name = node->name, .ifindex = change->if_index, .flags = change->ifi_flags, .mtu = change->mtu,
        .seen_us = before.ifindex == change->if_index ? before.seen_us : time_usec(), .announced_us = before.announced_us,
    };
    memcpy(known->device.mac, &change->mac, sizeof known->device.mac);

    const bool was_announced = known->announced && before.ifindex == known->device.ifindex;

    /* Also of a device that is known already: udev's event may be among those that were lost. */
    known->announced = was_announced || udev_follower_has_announced(devices->udev, node->name, change->if_index);
    if (known->announced && !was_announced) {
        known->device.announced_us = time_usec();
    }
    if (known->announced != was_announced || before.ifindex != known->device.ifindex
        || before.flags != known->device.flags || before.mtu != known->device.mtu
        || memcmp(before.mac, known->device.mac, sizeof before.mac)) {
        devices->changed(node->name, devices->aux);
    }
    return known;
}

/* The same device under another name, or NULL. */
static struct known_device *
find_other_name(const struct devices *devices, const struct rtnetlink_change *change)
{
    struct known_device *known;

    HMAP_FOR_EACH_WITH_HASH (known, by_ifindex, hash_int(change->if_index, 0), &devices->by_ifindex) {
        if (known->device.ifindex == change->if_index && strcmp(known->device.name, change->ifname)) {
            return known;
        }
    }
    return NULL;
}

/* A renamed device leaves its old name behind without a word. */
static void
forget_old_name(struct devices *devices, const struct rtnetlink_change *change)
{
    struct known_device *known = find_other_name(devices, change);

    if (known) {
        devices_forget(devices, shash_find(&devices->by_name, known->device.name));
    }
}

static int
parse_event(struct ofpbuf *message, void *event)
{
    return link_event_parse(message, event) ? RTNLGRP_LINK : 0;
}

static void
link_changed(const void *change_, void *devices_)
{
    const struct rtnetlink_change *change = change_;
    struct devices *devices = devices_;

    if (!change) {
        devices->list_needed = true;
        return;
    }
    if (change->irrelevant || !change->ifname) {
        return;
    }
    if (change->nlmsg_type == RTM_NEWLINK) {
        if (!shash_find(&devices->by_name, change->ifname)) {
            forget_old_name(devices, change);
        }
        devices_learn(devices, change);
    } else if (change->nlmsg_type == RTM_DELLINK) {
        struct shash_node *node = shash_find(&devices->by_name, change->ifname);

        if (node && ((struct known_device *) node->data)->device.ifindex == change->if_index) {
            devices_forget(devices, node);
        }
    }
}

static void
udev_announced(const char *name, unsigned int ifindex, void *devices_)
{
    struct devices *devices = devices_;
    struct known_device *known = shash_find_data(&devices->by_name, name);

    if (known && known->device.ifindex == ifindex && !known->announced) {
        known->announced = true;
        known->device.announced_us = time_usec();
        devices->changed(name, devices->aux);
    }
}

static void
list_links(struct devices *devices)
{
    struct ofpbuf request, reply;
    uint64_t stub[4096 / 8];
    struct ofpbuf buffer = OFPBUF_STUB_INITIALIZER(stub);
    struct nl_dump dump;
    struct shash_node *node;

    SHASH_FOR_EACH (node, &devices->by_name) {
        ((struct known_device *) node->data)->listed = false;
    }

    ofpbuf_init(&request, 0);
    nl_msg_put_nlmsghdr(&request, sizeof(struct ifinfomsg), RTM_GETLINK, NLM_F_REQUEST);
    ofpbuf_put_zeros(&request, sizeof(struct ifinfomsg));
    nl_dump_start(&dump, NETLINK_ROUTE, &request);
    ofpbuf_uninit(&request);
    while (nl_dump_next(&dump, &reply, &buffer)) {
        struct rtnetlink_change change;

        if (rtnetlink_parse(&reply, &change) && change.ifname) {
            devices_learn(devices, &change)->listed = true;
        }
    }
    ofpbuf_uninit(&buffer);
    if (nl_dump_done(&dump)) {
        return;                 /* 'list_needed' stays: once more at the next turn */
    }

    SHASH_FOR_EACH_SAFE (node, &devices->by_name) {
        if (!((struct known_device *) node->data)->listed) {
            devices_forget(devices, node);
        }
    }
    devices->list_needed = false;
    devices->list_at = time_msec() + LIST_AGAIN_MS;
    devices->known = true;
}

struct error *
devices_open(void (*changed)(const char *, void *), void *aux, struct devices **devicesp)
{
    struct devices *devices = xzalloc(sizeof *devices);

    shash_init(&devices->by_name);
    hmap_init(&devices->by_ifindex);
    devices->changed = changed;
    devices->aux = aux;
    devices->list_needed = true;
    /* First the monitors, then the list: what happens in between is seen twice, never missed. */
    devices->kernel = nln_create(NETLINK_ROUTE, parse_event, &devices->event);
    devices->links = nln_notifier_create(devices->kernel, RTNLGRP_LINK, link_changed, devices);
    devices->udev = udev_follower_create(udev_announced, devices);
    if (!devices->links || !devices->udev) {
        bool no_links = !devices->links;

        devices_close(devices);
        return error_new(ERROR_REFUSED, "the kernel gives no %s events: cabled needs CAP_NET_ADMIN",
                         no_links ? "link" : "device");
    }
    *devicesp = devices;
    return NULL;
}

void
devices_close(struct devices *devices)
{
    if (devices) {
        nln_notifier_destroy(devices->links);
        nln_destroy(devices->kernel);
        udev_follower_destroy(devices->udev);
        shash_destroy_free_data(&devices->by_name);
        hmap_destroy(&devices->by_ifindex);
        free(devices);
    }
}

void
devices_run(struct devices *devices)
{
    nln_run(devices->kernel);
    if (!udev_follower_run(devices->udev)) {
        VLOG_INFO("device events were lost: reading the whole list again");
        devices->list_needed = true;
    }
    if (devices->list_needed || time_msec() >= devices->list_at) {
        list_links(devices);
    }
}

void
devices_wait(struct devices *devices)
{
    nln_wait(devices->kernel);
    udev_follower_wait(devices->udev);
    poll_timer_wait_until(devices->list_at);
    if (devices->list_needed) {
        poll_immediate_wake();
    }
}

bool
devices_are_known(const struct devices *devices)
{
    return devices->known;
}

bool
devices_find_early(const struct devices *devices, const char *name, struct device *device)
{
    const struct known_device *known = shash_find_data(&devices->by_name, name);

    if (known) {
        *device = known->device;
    }
    return known;
}

bool
devices_find(const struct devices *devices, const char *name, struct device *device)
{
    const struct known_device *known = shash_find_data(&devices->by_name, name);

    return known && known->announced && devices_find_early(devices, name, device);
}
