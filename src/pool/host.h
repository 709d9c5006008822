/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's hosts (XenAPI class host). An agent registers its own; everybody else only reads them.
 */
#ifndef POOL_HOST_H
#define POOL_HOST_H

#include "pool/idl.h"

struct error;
struct pool;
struct uuid;

/* The host that 'word' means: a uuid, a name_label or a hostname. */
struct error *pool_host_find(struct pool *, const char *word, const struct poolrec_host **host);

/* The host that wires what names no host: the one with uuid 'here', if the pool has it ('here' may be NULL), otherwise the
 * only one of the pool. With none, or several to choose from, the error tells how to get or choose one. */
struct error *pool_host_choose(struct pool *, const struct uuid *here, const struct poolrec_host **host);

/* What people call it: its name_label, or its hostname if it has none. */
const char *pool_host_name(const struct poolrec_host *);

#endif
