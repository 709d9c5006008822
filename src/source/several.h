/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool database and the switch's rows as one source. A device that the pool names is the pool's, plugged or not: what a row says
 * of it is withheld, and told when the pool names it no more.
 */
#ifndef SOURCE_SEVERAL_H
#define SOURCE_SEVERAL_H

#include <stdbool.h>

struct source;

/* Owns 'rows'. There is no pool yet. */
struct source *source_several_open(struct source *rows);

/* Owns 'pool', or NULL for none, in place of the one of before, which is closed: its wishes are withdrawn with the next source->run(). */
void source_several_set_pool(struct source *, struct source *pool);

/* NULL if there is none. */
struct source *source_several_pool(struct source *);

/* True if the pool names that device. */
bool source_several_pool_names(const struct source *, const char *device);

#endif
