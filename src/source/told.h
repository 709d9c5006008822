/* SPDX-License-Identifier: Apache-2.0
 *
 * What a source has told of each VIF, and what it has been told back: only news is told again. A row changes more often than the
 * wish that is in it, because reports and counters are written to the same row.
 */
#ifndef SOURCE_TOLD_H
#define SOURCE_TOLD_H

#include <stdbool.h>

struct source_report;
struct sset;
struct vif_wish;

struct told;

struct told *told_create(void);
void told_destroy(struct told *);

/* Remembers 'wish', which stays the caller's. False if the last wish of its VIF was the same. */
bool told_wish(struct told *, const struct vif_wish *wish);

/* Nobody wants the VIF any more: whatever is wished of it later is news. */
void told_withdraw(struct told *, const char *uuid);

/* Adds the uuids of all VIFs that are wished to 'uuids'. */
void told_wished(const struct told *, struct sset *uuids);

/* Remembers what was reported of a VIF that is wished. */
void told_report(struct told *, const struct source_report *report);

/* The last report on a VIF, without the uuid; NULL if there was none since it is wished. Valid until the next one. */
const struct source_report *told_last_report(const struct told *, const char *uuid);

#endif
