/* SPDX-License-Identifier: Apache-2.0
 *
 * What the options of `cable vm create` say: sizes, paths and VIFs, as words. Pure.
 */
#ifndef CLI_VM_WORDS_H
#define CLI_VM_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <svec.h>

struct error;

/* "network=lan,mac=02:00:00:00:01:02,ipv4=10.0.0.5,ipv4=10.0.0.6,mode=locked" */
struct vm_vif_words {
    char *network;              /* never NULL once it is read */
    char *mac;                  /* NULL: the server chooses one */
    char *mode;                 /* NULL: locked if addresses are given, else network_default */
    struct svec ipv4, ipv6;
};

/* On success '*vif' is the caller's to destroy. Whether the values are good is for the server to say. */
struct error *vm_vif_words_read(const char *text, struct vm_vif_words *vif);
void vm_vif_words_destroy(struct vm_vif_words *);

/* True if 'text' is a size of at least a MiB: "268435456", "256M", "1G". */
bool vm_size_read(const char *text, int64_t *bytes);

/* 'path' as the server must be told of it: it works in another folder. The caller's. "" stays "". */
char *vm_absolute_path(const char *path, const char *folder);

#endif
