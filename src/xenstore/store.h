/* SPDX-License-Identifier: Apache-2.0
 *
 * xenstore, the database that Xen's domains and toolstack talk through: one connection to xenstored, by libxenstore. Every question waits
 * for its answer; whoever must not wait for ever has an alarm (alarm(2)). A program that was built without libxenstore gets an error
 * from store_open().
 */
#ifndef XENSTORE_STORE_H
#define XENSTORE_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct store;

/* On failure '*store' is NULL. ERROR_UNREACHABLE: nobody answers. */
struct error *store_open(struct store **store);
void store_close(struct store *);

/* '*value' is the caller's to free; NULL, and no error, if there is no such key. What holds a null character, or more than xenstored takes,
 * is refused. */
struct error *store_read(struct store *, const char *path, char **value);

/* The names directly below 'path', in an array of '*n' that is freed as a whole; none, and no error, if there is no such key. */
struct error *store_list(struct store *, const char *path, char ***names, size_t *n);

struct error *store_write(struct store *, const char *path, const char *value);

/* That the key is not there is no error. */
struct error *store_remove(struct store *, const char *path);

#endif
