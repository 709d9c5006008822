/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/domain_ids.h"

unsigned int
domain_ids_next(struct domain_ids *ids, domain_id_is_taken_fn *is_taken, const void *aux)
{
    for (unsigned int i = 0; i < ids->max; i++) {
        unsigned int domid = (ids->last + i) % ids->max + 1;

        if (!is_taken(domid, aux)) {
            ids->last = domid;
            return domid;
        }
    }
    return 0;
}
