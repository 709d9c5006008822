/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/linux_bridges.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <util.h>

#include "cli/records.h"
#include "cli/rows.h"

#define BACKEND_FILE "/etc/xensource/network.conf"
#define DEVICES "/sys/class/net"

/* As Xen's netback, toolstacks and libvirt name what belongs to a guest. */
static bool
looks_like_vif(const char *device)
{
    static const char *const beginnings[] = { "vif", "tap", "vnet" };

    for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
        if (!strncmp(device, beginnings[i], strlen(beginnings[i]))) {
            return true;
        }
    }
    return false;
}

/* The Linux bridge that the device is on, or NULL; the caller's. */
static char *
bridge_of(const char *device)
{
    char *path = xasprintf(DEVICES"/%s/brport/bridge", device);
    char target[256];
    ssize_t n = readlink(path, target, sizeof target - 1);
    const char *slash;

    free(path);
    if (n <= 0) {
        return NULL;
    }
    target[n] = '\0';
    slash = strrchr(target, '/');
    return xstrdup(slash ? slash + 1 : target);
}

static void
put_device(struct rows *rows, const char *device, const char *bridge)
{
    struct row *row = rows_add(rows);

    row_put_text(row, "device", device);
    row_put_text(row, "bridge", bridge);
    row_put_text_nocopy(row, "sentence", xasprintf("%s is on the Linux bridge %s: Cabled guards ports of Open vSwitch only, so nothing "
                                                   "keeps its guest from sending what it likes", device, bridge));
}

static void
put_devices(struct rows *rows)
{
    DIR *directory = opendir(DEVICES);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory)) != NULL) {
        char *bridge = looks_like_vif(entry->d_name) ? bridge_of(entry->d_name) : NULL;

        if (bridge) {
            put_device(rows, entry->d_name, bridge);
        }
        free(bridge);
    }
    if (directory) {
        closedir(directory);
    }
    records_sort(rows, "device");
}

const char *
linux_bridges_backend(void)
{
    FILE *file = fopen(BACKEND_FILE, "r");
    char word[16] = "";

    if (file) {
        if (fscanf(file, "%15s", word) != 1) {
            word[0] = '\0';
        }
        fclose(file);
    }
    return strcmp(word, "bridge") ? NULL
        : "the network backend of this XenServer host is the Linux bridge ("BACKEND_FILE"), which Cabled does not guard: "
          "`xe-switch-network-backend openvswitch` changes it";
}

void
linux_bridges_put(struct row *row, bool always)
{
    struct rows devices = ROWS_INITIALIZER;
    const char *backend = linux_bridges_backend();

    put_devices(&devices);
    if (backend) {
        row_put_text(row, "network_backend", backend);
    }
    if (always || devices.n) {
        *row_put_rows(row, "linux_bridges") = devices;
    } else {
        rows_destroy(&devices);
    }
}
