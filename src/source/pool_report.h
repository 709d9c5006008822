/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VIF's row says of its report, and writing it there. Inside of the room.
 */
#ifndef SOURCE_POOL_REPORT_H
#define SOURCE_POOL_REPORT_H

#include <stdbool.h>

struct ovsdb_idl;
struct poolrec_vif;
struct source_report;

/* True if the row says just that. */
bool pool_report_is_written(const struct poolrec_vif *, const struct source_report *);

/* Writes it into the transaction of this turn. 'now' is the time since the epoch, in ms. A database with a schema before 1.2.0 has no column for the
 * times. */
void pool_report_write(const struct ovsdb_idl *, const struct poolrec_vif *, const struct source_report *, long long int now);

#endif
