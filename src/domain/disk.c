/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <byte-order.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "domain/domain.h"

/* QEMU's docs/interop/qcow2: big-endian, from the file's beginning. */
struct qcow2_header {
    char magic[4];
    ovs_be32 version;
    ovs_be64 backing_file_offset;
    uint8_t other[56];
    ovs_be64 incompatible_features;     /* from version 3 on */
};
BUILD_ASSERT_DECL(sizeof(struct qcow2_header) == 80);

enum { QCOW2_EXTERNAL_DATA = 1 << 2 };

static struct error *
cannot_open(const char *path)
{
    return error_new(errno == ENOENT ? ERROR_NOT_FOUND : ERROR_REFUSED, "file %s: cannot open it: %s", quote(path).text, ovs_strerror(errno));
}

static struct error *
check_qcow2(const char *path, int fd)
{
    struct qcow2_header header;

    if (pread(fd, &header, sizeof header, 0) != sizeof header || memcmp(header.magic, "QFI\xfb", 4)) {
        return error_new(ERROR_INVALID, "disk %s is no qcow2 image", quote(path).text);
    }
    if (header.backing_file_offset) {
        return error_new(ERROR_INVALID, "disk %s has a backing file: make a whole image of it with qemu-img convert", quote(path).text);
    }
    if (ntohl(header.version) >= 3 && ntohll(header.incompatible_features) & QCOW2_EXTERNAL_DATA) {
        return error_new(ERROR_INVALID, "disk %s has its data in another file: make a whole image of it with qemu-img convert",
                         quote(path).text);
    }
    return NULL;
}

/* Not blocking: a pipe would keep the caller waiting. */
static struct error *
open_file(const char *path, int flags, bool may_be_device, int *fdp)
{
    struct stat status;
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, &status)) {
        return cannot_open(path);
    }
    if (!S_ISREG(status.st_mode) && !(may_be_device && S_ISBLK(status.st_mode))) {
        close(fd);
        return error_new(ERROR_INVALID, "file %s is no ordinary file", quote(path).text);
    }
    *fdp = fd;
    return NULL;
}

struct error *
disk_open(const struct domain_disk *disk, int *fd)
{
    const bool is_qcow2 = !strcmp(disk->format, "qcow2");

    if (!is_qcow2 && strcmp(disk->format, "raw")) {
        return error_new(ERROR_INVALID, "disk %s: format %s is neither raw nor qcow2", quote(disk->path).text, quote(disk->format).text);
    }
    struct error *error = open_file(disk->path, disk->is_read_only || disk->is_cd ? O_RDONLY : O_RDWR, true, fd);
    if (!error && is_qcow2) {
        error = check_qcow2(disk->path, *fd);
        if (error) {
            close(*fd);
        }
    }
    return error;
}

static bool
may_read(const struct stat *status, const struct reader *reader)
{
    if (!reader->has_user) {
        return true;
    } else if (status->st_uid == reader->uid) {
        return status->st_mode & S_IRUSR;
    } else if (status->st_gid == reader->gid) {
        return status->st_mode & S_IRGRP;
    }
    return status->st_mode & S_IROTH;
}

struct error *
disk_open_for(const char *path, const struct reader *reader, int *fd)
{
    struct error *error = open_file(path, O_RDONLY, false, fd);
    struct stat status;

    if (!error && (fstat(*fd, &status) || !may_read(&status, reader))) {
        close(*fd);
        error = error_new(ERROR_REFUSED, "file %s: the user whom guests run as may not read it: allow it with chmod", quote(path).text);
    }
    return error;
}
