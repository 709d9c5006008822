/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "base/backoff.h"

#include <util.h>

/* 'n_free' failures cost no wait. */
static void
fail(struct backoff *backoff, unsigned int n_free, long long int now)
{
    if (backoff->n && now > backoff->until + BACKOFF_CEILING_MS) {
        backoff_reset(backoff);
    }
    backoff->n++;
    if (backoff->n > n_free) {
        backoff->wait = MIN(backoff->wait ? 2 * backoff->wait : BACKOFF_FIRST_MS, BACKOFF_CEILING_MS);
    }
    backoff->until = now + backoff->wait;
}

void
backoff_fail(struct backoff *backoff, long long int now)
{
    fail(backoff, 0, now);
}

void
backoff_fail_once_free(struct backoff *backoff, long long int now)
{
    fail(backoff, 1, now);
}

void
backoff_reset(struct backoff *backoff)
{
    *backoff = (struct backoff) { .n = 0 };
}

bool
backoff_holds(const struct backoff *backoff, long long int now)
{
    return now < backoff->until;
}
