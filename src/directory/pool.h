/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool database as a directory. It reads the replica that somebody else keeps: so that what is known of a VIF, its VM and its network
 * comes in one piece with the wish for it. The replica has this host's VIFs alone; of the networks and VMs it has all.
 */
#ifndef DIRECTORY_POOL_H
#define DIRECTORY_POOL_H

#include <stdbool.h>

struct directory;
struct pool;

/* 'pool' must outlive the directory. 'remote' is told in its status. */
struct directory *directory_pool_open(struct pool *pool, const char *remote);

/* Notes what has changed in the replica: to be called whenever it was run, before the changes are forgotten; run() tells of them then.
 * 'anew': it was read as a whole, so that nobody tells of what is there no more. */
void directory_pool_note(struct directory *, bool anew);

#endif
