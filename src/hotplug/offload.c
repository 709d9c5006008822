/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "hotplug/offload.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"

/* The commands of before there were numbered features: each kernel has them, and they need one question instead of three. */
static const struct feature {
    const char *name;
    uint32_t command;
} features[] = {
    { "rx", ETHTOOL_SRXCSUM },
    { "tx", ETHTOOL_STXCSUM },
    { "sg", ETHTOOL_SSG },
    { "tso", ETHTOOL_STSO },
    { "ufo", ETHTOOL_SUFO },
    { "gso", ETHTOOL_SGSO },
};

static const struct feature *
feature_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (!strcmp(features[i].name, name)) {
            return &features[i];
        }
    }
    return NULL;
}

static int
command_send(const char *device, uint32_t command, bool on)
{
    struct ethtool_value value = { .cmd = command, .data = on };
    struct ifreq request = { .ifr_data = (char *) &value };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error;

    if (fd < 0) {
        return errno;
    }
    ovs_strlcpy(request.ifr_name, device, sizeof request.ifr_name);
    error = ioctl(fd, SIOCETHTOOL, &request) ? errno : 0;
    close(fd);
    return error;
}

struct error *
offload_set(const char *device, const char *feature, bool on)
{
    const struct feature *found = feature_find(feature);
    int code = found ? command_send(device, found->command, on) : EOPNOTSUPP;

    if (!code) {
        return NULL;
    }
    return error_new(ERROR_REFUSED, "device %s: cannot switch %s %s: %s", device, feature, on ? "on" : "off", ovs_strerror(code));
}
