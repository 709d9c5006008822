/* SPDX-License-Identifier: Apache-2.0
 *
 * The wish that is in a VIF's row. The database takes rows from anyone who may write there: whatever does not parse makes the wish a
 * refusal, in words. Inside of the room.
 */
#ifndef SOURCE_POOL_WISH_H
#define SOURCE_POOL_WISH_H

#include <stdbool.h>

struct pool;
struct poolrec_vif;
struct vif_wish;

/* False if there is no wish in the row, or not yet. */
bool pool_wish_is_there(const struct poolrec_vif *);

/* The wish, which must be there; the caller's to free. */
struct vif_wish *pool_wish_read(struct pool *, const struct poolrec_vif *row);

#endif
