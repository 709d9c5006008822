/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/wish.h"

#include <stdlib.h>

void
vif_wish_destroy(struct vif_wish *wish)
{
    vif_policy_destroy(&wish->policy);
    free(wish->refusal);
}
