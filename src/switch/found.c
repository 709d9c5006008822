/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/found.h"

#include <stdlib.h>

#include <byte-order.h>
#include <openvswitch/ofp-flow.h>
#include <util.h>

#include "rules/compile.h"
#include "rules/cookie.h"
#include "rules/flow.h"
#include "switch/encode.h"

/* A listing tells table by table, so flows of one port come scattered: what belongs together is put together by found_sort(). */
static struct found_rules *
found_last_or_new(struct found *found, const struct cookie *cookie)
{
    struct found_rules *last = found->n ? &found->list[found->n - 1] : NULL;

    if (last && last->ofport == cookie->ofport && last->generation == cookie->generation) {
        return last;
    }
    if (found->n >= found->allocated) {
        found->list = x2nrealloc(found->list, &found->allocated, sizeof *found->list);
    }
    found->list[found->n] = (struct found_rules) { .ofport = cookie->ofport, .generation = cookie->generation };
    return &found->list[found->n++];
}

void
found_note(struct found *found, const struct ofputil_flow_stats *flow)
{
    const uint64_t raw = ntohll(flow->cookie);
    struct cookie cookie;

    if (cookie_unpack(raw, &cookie)) {
        const struct digest_flow digested = {
            .cookie = raw,
            .table = flow->table_id,
            .priority = flow->priority,
            .flags = flow->flags,
            .idle_timeout = flow->idle_timeout,
            .hard_timeout = flow->hard_timeout,
            .match = &flow->match,
            .ofpacts = flow->ofpacts,
            .ofpacts_len = flow->ofpacts_len,
        };
        digest_add(&found_last_or_new(found, &cookie)->digest, &digested);
    }
}

static int
compare(const void *a_, const void *b_)
{
    const struct found_rules *a = a_, *b = b_;

    return a->ofport != b->ofport ? (a->ofport < b->ofport ? -1 : 1) : a->generation - b->generation;
}

void
found_sort(struct found *found)
{
    struct found_rules *list = found->list;
    size_t n = 0;

    if (found->n) {
        qsort(list, found->n, sizeof *list, compare);
    }
    for (size_t i = 0; i < found->n; i++) {
        if (n && !compare(&list[n - 1], &list[i])) {
            digest_join(&list[n - 1].digest, &list[i].digest);
        } else {
            list[n++] = list[i];
        }
    }
    found->n = n;
}

struct found_rules *
found_of_port(const struct found *found, uint32_t ofport, size_t *n)
{
    size_t low = 0, high = found->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (found->list[middle].ofport < ofport) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (*n = 0; low + *n < found->n && found->list[low + *n].ofport == ofport; ++*n) {
        continue;
    }
    return *n ? &found->list[low] : NULL;
}

struct found_rules *
found_generation(const struct found *found, uint32_t ofport, uint8_t generation)
{
    size_t n;
    struct found_rules *list = found_of_port(found, ofport, &n);

    for (size_t i = 0; i < n; i++) {
        if (list[i].generation == generation) {
            return &list[i];
        }
    }
    return NULL;
}

static bool
is_wanted(const struct found_rules *rules, struct rules_target target, found_compile *compile, const void *aux)
{
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;

    target.generation = rules->generation;
    compile(&target, &flows, aux);

    struct digest digest = encode_digest(flows.flows, flows.n, target.layout);
    rules_flows_destroy(&flows);
    return digest_equals(&digest, &rules->digest);
}

const struct found_rules *
found_take(const struct found *found, const struct rules_target *target, found_compile *compile, const void *aux)
{
    size_t n;
    struct found_rules *list = found_of_port(found, target->ofport, &n);

    for (size_t i = 0; i < n; i++) {
        if (!list[i].settled && is_wanted(&list[i], *target, compile, aux)) {
            list[i].settled = true;
            return &list[i];
        }
    }
    return NULL;
}

void
found_clear(struct found *found)
{
    found->n = 0;
}

void
found_destroy(struct found *found)
{
    free(found->list);
}
