/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <util.h>

#include "base/error.h"
#include "domain/links.h"

/* IFF_TUN_EXCL: a persistent tap of somebody else that has this name would be taken over otherwise. */
struct error *
tap_make(const char *name, unsigned int mtu, int *fdp)
{
    struct ifreq request = { .ifr_flags = (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL) };
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return error_new(ERROR_REFUSED, "device %s: cannot make it: /dev/net/tun: %s", name, ovs_strerror(errno));
    }
    ovs_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
    struct error *error = ioctl(fd, TUNSETIFF, &request)
                          ? error_new(ERROR_REFUSED, "device %s: cannot make it: %s", name, ovs_strerror(errno))
                          : link_prepare(name, mtu);
    if (error) {
        close(fd);
    } else {
        *fdp = fd;
    }
    return error;
}
