/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that QEMU is to read and write for a guest. They are opened here, by whoever may, and handed over: QEMU runs as somebody who may open
 * nothing.
 */
#ifndef DOMAIN_DISK_H
#define DOMAIN_DISK_H

#include <stdbool.h>
#include <sys/types.h>

struct domain_disk;
struct error;

/* Error if the file is not there or not of its format, or refers to other files (a qcow2 image with a backing file), which QEMU could
 * not open. '*fd' is the caller's. */
struct error *disk_open(const struct domain_disk *, int *fd);

/* A file that QEMU opens again by the descriptor: so its user must be allowed to read it. */
struct reader {
    bool has_user;
    uid_t uid;
    gid_t gid;
};
struct error *disk_open_for(const char *path, const struct reader *, int *fd);

#endif
