/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/storage_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <openvswitch/util.h>
#include <unaligned.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"

static bool
ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);

    return n > m && !strcmp(name + n - m, suffix);
}

/* A name that can be shown and put into a path. */
static bool
is_name(const char *name)
{
    return *name != '.' && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(name)
        && strlen(name) <= 255;
}

/* The header of a qcow2 image (QEMU docs/interop/qcow2.txt): a magic number, and at 24 the size, big-endian. */
static bool
read_qcow2_size(int fd, int64_t *size)
{
    uint8_t header[32];

    if (pread(fd, header, sizeof header, 0) != sizeof header || memcmp(header, "QFI\xfb", 4)) {
        return false;
    }
    *size = ntohll(get_unaligned_be64((const ovs_be64 *) (header + 24)));
    return *size >= 0;
}

static bool
read_file(int folder, const char *name, struct storage_file *file)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat s;
    bool ok = fd >= 0 && !fstat(fd, &s) && S_ISREG(s.st_mode);

    if (ok) {
        file->is_qcow2 = ends_with(name, ".qcow2");
        file->virtual_size = s.st_size;
        file->allocated = (int64_t) s.st_blocks * 512;
        ok = !file->is_qcow2 || read_qcow2_size(fd, &file->virtual_size);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (ok) {
        file->name = xstrdup(name);
    }
    return ok;
}

static void
read_folder(DIR *folder, struct storage_files *files)
{
    size_t allocated = 0;

    for (struct dirent *entry; (entry = readdir(folder)); ) {
        struct storage_file file;

        if (is_name(entry->d_name) && (ends_with(entry->d_name, ".raw") || ends_with(entry->d_name, ".qcow2"))
            && read_file(dirfd(folder), entry->d_name, &file)) {
            if (files->n == allocated) {
                files->files = x2nrealloc(files->files, &allocated, sizeof *files->files);
            }
            files->files[files->n++] = file;
        }
    }
}

struct error *
storage_files_list(const char *path, struct storage_files *files)
{
    DIR *folder = opendir(path);
    struct statvfs space;

    if (!folder) {
        return error_new(ERROR_REFUSED, "folder %s cannot be read: %s", quote(path).text, ovs_strerror(errno));
    }
    memset(files, 0, sizeof *files);
    if (!fstatvfs(dirfd(folder), &space)) {
        files->size = (int64_t) space.f_blocks * space.f_frsize;
        files->used = (int64_t) (space.f_blocks - space.f_bfree) * space.f_frsize;
    }
    read_folder(folder, files);
    closedir(folder);
    return NULL;
}

void
storage_files_destroy(struct storage_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->files[i].name);
    }
    free(files->files);
}

struct error *
storage_file_make(const char *path, int64_t size)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct error *error = NULL;

    if (fd < 0 || ftruncate(fd, size)) {
        error = error_new(ERROR_REFUSED, "disk %s cannot be made: %s", quote(path).text, ovs_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return error;
}
