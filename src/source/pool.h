/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool database as a source of VIFs: the rows of class VIF whose `host` is this one. The host's own row is made if it is
 * not there.
 */
#ifndef SOURCE_POOL_H
#define SOURCE_POOL_H

struct source;
struct uuid;

struct source *source_pool_open(const char *remote, const struct uuid *host);

#endif
