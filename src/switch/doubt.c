/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/doubt.h"

/* Somebody who changes our flows again and again gets an answer this often. */
enum { LOOK_AGAIN_PAUSE_MS = 100 };

void
doubt_drop(struct doubt *doubt)
{
    doubt->raised = doubt->looking = false;
}

void
doubt_raise(struct doubt *doubt)
{
    doubt->raised = true;
}

bool
doubt_is_due(const struct doubt *doubt, long long int now)
{
    return doubt->raised && now >= doubt->look_at;
}

void
doubt_begin_look(struct doubt *doubt, long long int now)
{
    doubt->raised = false;
    doubt->looking = true;
    doubt->look_at = now + LOOK_AGAIN_PAUSE_MS;
}

/* Counted only here, when the switch has answered once more: one that shuts down takes its flows out first, and that is nobody's hand. */
void
doubt_settle(struct doubt *doubt)
{
    if (doubt->looking) {
        doubt->looking = false;
        doubt->n_settled++;
    }
}
