/* SPDX-License-Identifier: Apache-2.0
 *
 * Disk images in a folder.
 */
#ifndef TOOLSTACK_STORAGE_FILES_H
#define TOOLSTACK_STORAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct storage_file {
    char *name;                 /* in the folder: "NAME.raw" or "NAME.qcow2" */
    bool is_qcow2;
    int64_t virtual_size;       /* bytes that a guest sees */
    int64_t allocated;          /* bytes that it takes */
};

struct storage_files {
    struct storage_file *files;
    size_t n;
    int64_t size, used;         /* of the file system, bytes */
};

/* Lists the images in 'folder'. What is no regular file, is of another name or cannot be read is left out. */
struct error *storage_files_list(const char *folder, struct storage_files *);
void storage_files_destroy(struct storage_files *);

/* Makes a raw image of 'size' bytes, which takes no space yet. One that is there already stays as it is, but for its size. */
struct error *storage_file_make(const char *path, int64_t size);

#endif
