/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "rules/tally.h"

#include <string.h>

#include <util.h>

void
tally_init(struct tally *tally, const struct rules_count base[RULES_N], const struct rules_count total[RULES_N])
{
    memset(tally, 0, sizeof *tally);
    memcpy(tally->base, base, sizeof tally->base);
    memcpy(tally->total, total, sizeof tally->total);
    tally_begin(tally);
}

void
tally_begin(struct tally *tally)
{
    tally->alone = true;
    tally->missing_since = 0;
}

static bool
falls_short(const struct tally *tally, size_t i)
{
    return tally->base[i].packets + tally->flows[i].packets < tally->total[i].packets
           || tally->base[i].bytes + tally->flows[i].bytes < tally->total[i].bytes;
}

static bool
anything_is_missing(const struct tally *tally)
{
    for (size_t i = 0; i < RULES_N; i++) {
        if (falls_short(tally, i)) {
            return true;
        }
    }
    return false;
}

static void
make_good(uint64_t *base, uint64_t flows, uint64_t total)
{
    if (*base + flows < total) {
        *base = total - flows;
    }
}

/* Returns true if a base is another one now. */
static bool
make_all_good(struct tally *tally)
{
    bool changes = false;

    for (size_t i = 0; i < RULES_N; i++) {
        changes |= falls_short(tally, i);
        make_good(&tally->base[i].packets, tally->flows[i].packets, tally->total[i].packets);
        make_good(&tally->base[i].bytes, tally->flows[i].bytes, tally->total[i].bytes);
    }
    tally->missing_since = 0;
    return changes;
}

static bool
raise_to(uint64_t *total, uint64_t sum)
{
    bool changes = sum > *total;

    *total = MAX(*total, sum);
    return changes;
}

/* Returns true if a total is another one now. */
static bool
add_up(struct tally *tally)
{
    bool changes = false;

    for (size_t i = 0; i < RULES_N; i++) {
        changes |= raise_to(&tally->total[i].packets, tally->base[i].packets + tally->flows[i].packets);
        changes |= raise_to(&tally->total[i].bytes, tally->base[i].bytes + tally->flows[i].bytes);
    }
    return changes;
}

bool
tally_look(struct tally *tally, const struct rules_count flows[RULES_N], long long int now)
{
    bool changes = false;

    memcpy(tally->flows, flows, sizeof tally->flows);
    if (!anything_is_missing(tally)) {
        tally->missing_since = 0;
    } else if (tally->alone || (tally->missing_since && now >= tally->missing_since + TALLY_PATIENCE_MS)) {
        changes = make_all_good(tally);
    } else if (!tally->missing_since) {
        tally->missing_since = now;
    }
    tally->alone = false;
    return add_up(tally) || changes;
}

/* The last look may have seen the flow or not: it is taken out of what was seen, so that it is not counted twice. If it was not in there any
 * more, the sum is too low until the next look, and the total stands still. */
bool
tally_add_gone(struct tally *tally, size_t rule, const struct rules_count *count)
{
    struct rules_count *flows = &tally->flows[rule];

    tally->base[rule].packets += count->packets;
    tally->base[rule].bytes += count->bytes;
    flows->packets -= MIN(flows->packets, count->packets);
    flows->bytes -= MIN(flows->bytes, count->bytes);
    add_up(tally);
    return count->packets || count->bytes;
}
