/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "http/phase.h"

#include <limits.h>

#include <util.h>

#include "base/limits.h"

static long long int
limit_ms(enum phase_name name)
{
    switch (name) {
    case PHASE_FRESH:
    case PHASE_COMING:
        return LIMIT_HTTP_REQUEST_MS;
    case PHASE_ANSWERED:
        return LIMIT_HTTP_RESPONSE_MS;
    case PHASE_IDLE:
        return LIMIT_HTTP_IDLE_MS;
    case PHASE_ASKED:
    case PHASE_CLOSING:
        return LLONG_MAX;
    }
    OVS_NOT_REACHED();
}

void
phase_begin(struct phase *phase, enum phase_name name, long long int now)
{
    if (!(phase->name == PHASE_FRESH && name == PHASE_COMING)) {
        phase->since = now;
    }
    phase->name = name;
}

long long int
phase_end(const struct phase *phase)
{
    const long long int limit = limit_ms(phase->name);

    return limit == LLONG_MAX ? LLONG_MAX : phase->since + limit;
}

bool
phase_gives_way_before(const struct phase *a, const struct phase *b)
{
    return a->name == PHASE_IDLE && (b->name != PHASE_IDLE || a->since < b->since);
}
