/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/restarts.h"

bool
restarts_allow(const struct restarts *restarts, long long int now)
{
    long long int oldest = restarts->at[restarts->next];

    return !oldest || now - oldest >= RESTARTS_WINDOW_MS;
}

void
restarts_count(struct restarts *restarts, long long int now)
{
    restarts->at[restarts->next] = now;
    restarts->next = (restarts->next + 1) % RESTARTS_MAX;
}
