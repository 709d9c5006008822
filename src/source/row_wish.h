/* SPDX-License-Identifier: Apache-2.0
 *
 * The wish that is in the rows of a port (vif/description.h). Whatever does not parse makes the wish a refusal, in words. Inside of
 * the room.
 */
#ifndef SOURCE_ROW_WISH_H
#define SOURCE_ROW_WISH_H

#include <stdbool.h>

#include "vif/wish.h"

struct switch_port;

/* False if nothing describes the port. */
bool row_wish_is_there(const struct switch_port *);

/* Our mark, if it can be one. */
bool row_wish_mark(const struct switch_port *, char uuid[UUID_TEXT_SIZE]);

/* The wish, which must be there; the caller's to free. Its uuid is our mark, if that is to be trusted, and the Interface row's
 * otherwise. */
struct vif_wish *row_wish_read(const struct switch_port *, bool trusts_mark);

#endif
