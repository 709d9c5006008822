/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool database as a source of VIFs: the rows of class VIF whose `host` is this one. The host's own row is made if it is
 * not there.
 */
#ifndef SOURCE_POOL_H
#define SOURCE_POOL_H

#include <stdbool.h>

struct pool;
struct source;
struct uuid;

struct source *source_pool_open(const char *remote, const struct uuid *host);

/* The replica that it reads, for others who read it too. It lives as long as the source. */
struct pool *source_pool_replica(const struct source *);

/* From now on 'seen' is called in each run, after the replica's and before its changes are forgotten. 'anew': it was read as a whole, so that
 * nobody tells of what is there no more. NULL: nobody is called. */
void source_pool_observe(struct source *, void (*seen)(bool anew, void *aux), void *aux);

#endif
