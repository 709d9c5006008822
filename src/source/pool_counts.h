/* SPDX-License-Identifier: Apache-2.0
 *
 * The counts of a VIF's rules between a row and the agent's numbers by rule. Inside of the room.
 */
#ifndef SOURCE_POOL_COUNTS_H
#define SOURCE_POOL_COUNTS_H

#include <stdbool.h>

struct poolrec_vif;
struct source_counts;

void pool_counts_load(const struct poolrec_vif *, struct source_counts *);
bool pool_counts_are_stored(const struct poolrec_vif *, const struct source_counts *);
void pool_counts_store(const struct poolrec_vif *, const struct source_counts *);

#endif
