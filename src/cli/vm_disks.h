/* SPDX-License-Identifier: Apache-2.0
 *
 * Disks of `cable vm create`, in the pool's default storage: new ones, and images that somebody has put there.
 */
#ifndef CLI_VM_DISKS_H
#define CLI_VM_DISKS_H

#include <stddef.h>

struct error;
struct xapi;

/* Gives the VM a disk at 'position'. 'words' is a size ("2G"): it is made, empty; or the name, uuid or file of an image in the storage. */
struct error *vm_disk_add(struct xapi *, const char *vm, const char *words, size_t position);

/* Removes those that were made for the VM. It has none of its VBDs any more, or is gone itself. */
struct error *vm_disks_remove(struct xapi *, const char *vm);

#endif
