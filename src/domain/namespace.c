/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netlink-socket.h>
#include <util.h>

#include "base/error.h"

#define FOLDER "/run/netns"
#define OWN "/proc/self/ns/net"

static char *
path_of(unsigned int domid)
{
    return xasprintf(FOLDER "/cabled-%u", domid);
}

/* As ip-netns(8) does it: other mount namespaces see the names that come and go only if the folder is a shared mount. Whoever does it holds
 * the folder's lock. */
static bool
share_folder(void)
{
    mkdir(FOLDER, 0755);
    int fd = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    flock(fd, LOCK_EX);
    bool is_shared = !mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL);
    if (!is_shared && errno == EINVAL && !mount(FOLDER, FOLDER, "none", MS_BIND | MS_REC, NULL)) {
        is_shared = !mount("", FOLDER, "none", MS_SHARED | MS_REC, NULL);
    }
    close(fd);
    return is_shared;
}

static void
remove_name(const char *path)
{
    umount2(path, MNT_DETACH);
    unlink(path);
}

void
namespace_remove_name(unsigned int domid)
{
    char *path = path_of(domid);

    remove_name(path);
    free(path);
}

/* A name that is there is one that a keeper left behind which was killed: domids are given to one domain at a time. */
static char *
give_name(unsigned int domid)
{
    char *path = path_of(domid);

    if (share_folder()) {
        remove_name(path);
        int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
        if (fd >= 0) {
            close(fd);
            if (!mount(OWN, path, "none", MS_BIND, NULL)) {
                return path;
            }
            unlink(path);
        }
    }
    free(path);
    return NULL;
}

/* In the new namespace. */
static int
open_sockets(struct namespace *namespace)
{
    namespace->fd = open(OWN, O_RDONLY | O_CLOEXEC);
    namespace->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (namespace->fd < 0 || namespace->control < 0) {
        return errno;
    }
    return nl_sock_create(NETLINK_ROUTE, &namespace->links);
}

struct error *
namespace_make(unsigned int domid, struct namespace *namespace)
{
    int outside = open(OWN, O_RDONLY | O_CLOEXEC);

    *namespace = (struct namespace) { .fd = -1, .control = -1 };
    if (outside < 0 || unshare(CLONE_NEWNET)) {
        return error_new(ERROR_REFUSED, "cannot make a network namespace: %s", ovs_strerror(errno));
    }
    int error = open_sockets(namespace);
    namespace->path = error ? NULL : give_name(domid);
    if (setns(outside, CLONE_NEWNET)) {
        error = errno;
    }
    close(outside);
    if (error) {
        namespace_remove(namespace);
        return error_new(ERROR_REFUSED, "cannot use a new network namespace: %s", ovs_strerror(error));
    }
    return NULL;
}

void
namespace_remove(struct namespace *namespace)
{
    if (namespace->path) {
        remove_name(namespace->path);
        free(namespace->path);
    }
    nl_sock_destroy(namespace->links);
    if (namespace->control >= 0) {
        close(namespace->control);
    }
    if (namespace->fd >= 0) {
        close(namespace->fd);
    }
    *namespace = (struct namespace) { .fd = -1, .control = -1 };
}

struct error *
namespace_finish_checksums(const struct namespace *namespace, const char *device)
{
    struct ethtool_value value = { .cmd = ETHTOOL_STXCSUM, .data = 0 };
    struct ifreq request = { .ifr_data = (void *) &value };

    ovs_strlcpy(request.ifr_name, device, sizeof request.ifr_name);
    if (ioctl(namespace->control, SIOCETHTOOL, &request)) {
        return error_new(ERROR_REFUSED, "device %s: cannot switch checksum offload off: %s", device, ovs_strerror(errno));
    }
    return NULL;
}
