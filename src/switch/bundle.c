/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/bundle.h"

#include <stdlib.h>

#include <util.h>

#include "rules/cookie.h"

void
bundle_init(struct bundle *bundle, const struct rules_layout *layout)
{
    *bundle = (struct bundle) { .layout = *layout, .adds = RULES_FLOWS_INITIALIZER };
}

void
bundle_destroy(struct bundle *bundle)
{
    rules_flows_destroy(&bundle->adds);
    for (size_t i = 0; i < bundle->n_vifs; i++) {
        vif_policy_destroy(&bundle->vifs[i].policy);
    }
    free(bundle->vifs);
    free(bundle->deletes);
    free(bundle->meters);
}

bool
bundle_is_empty(const struct bundle *bundle)
{
    return !bundle->adds.n && !bundle->n_vifs && !bundle->n_deletes && !bundle->n_meters;
}

void
bundle_add_vif(struct bundle *bundle, const struct vif_policy *policy, const struct rules_target *target)
{
    if (bundle->n_vifs >= bundle->allocated_vifs) {
        bundle->vifs = x2nrealloc(bundle->vifs, &bundle->allocated_vifs, sizeof *bundle->vifs);
    }

    struct bundle_vif *vif = &bundle->vifs[bundle->n_vifs++];

    vif_policy_clone(&vif->policy, policy);
    vif->target = *target;
    vif->target.layout = NULL;
}

void
bundle_compile_vif(const struct bundle *bundle, size_t n, struct rules_flows *flows)
{
    struct rules_target target = bundle->vifs[n].target;

    target.layout = &bundle->layout;
    rules_compile_vif(&bundle->vifs[n].policy, &target, flows);
}

static void
bundle_delete(struct bundle *bundle, const struct bundle_delete *delete)
{
    if (bundle->n_deletes >= bundle->allocated_deletes) {
        bundle->deletes = x2nrealloc(bundle->deletes, &bundle->allocated_deletes, sizeof *bundle->deletes);
    }
    bundle->deletes[bundle->n_deletes++] = *delete;
}

static void
bundle_delete_ours(struct bundle *bundle, const struct cookie *cookie, uint64_t mask)
{
    bundle_delete(bundle, &(struct bundle_delete) { .cookie = cookie_pack(cookie) & mask, .mask = mask });
}

void
bundle_delete_generation(struct bundle *bundle, uint32_t ofport, uint8_t generation)
{
    bundle_delete_ours(bundle, &(struct cookie) { .ofport = ofport, .generation = generation },
                       COOKIE_MAGIC_MASK | COOKIE_OFPORT_MASK | COOKIE_GENERATION_MASK);
}

void
bundle_delete_rule(struct bundle *bundle, uint32_t ofport, uint8_t rule)
{
    bundle_delete_ours(bundle, &(struct cookie) { .ofport = ofport, .rule = rule },
                       COOKIE_MAGIC_MASK | COOKIE_OFPORT_MASK | COOKIE_RULE_MASK);
}

void
bundle_delete_others(struct bundle *bundle, uint64_t cookie, uint32_t ofport)
{
    bundle_delete(bundle, &(struct bundle_delete) { .cookie = cookie, .mask = UINT64_MAX, .in_port = ofport });
}

/* Those that are alike but for their ports stand together, in the order of the ports. */
static int
compare_deletes(const void *a_, const void *b_)
{
    const struct bundle_delete *a = a_, *b = b_;
    const uint64_t keys[][2] = {
        { a->in_port, b->in_port },
        { a->mask & ~COOKIE_OFPORT_MASK, b->mask & ~COOKIE_OFPORT_MASK },
        { a->cookie & ~COOKIE_OFPORT_MASK, b->cookie & ~COOKIE_OFPORT_MASK },
        { a->cookie, b->cookie },
    };

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

/* Two that differ in nothing but 'bit' are one in which it does not matter. */
static void
merge_neighbours(struct bundle *bundle, uint64_t bit)
{
    size_t n = 0;

    for (size_t i = 0; i < bundle->n_deletes; i++) {
        const struct bundle_delete *delete = &bundle->deletes[i];
        struct bundle_delete *last = n ? &bundle->deletes[n - 1] : NULL;

        if (last && !delete->in_port && !last->in_port && last->mask == delete->mask && (last->cookie ^ delete->cookie) == bit) {
            last->mask &= ~bit;
            last->cookie &= ~bit;
        } else {
            bundle->deletes[n++] = *delete;
        }
    }
    bundle->n_deletes = n;
}

void
bundle_merge_deletes(struct bundle *bundle)
{
    if (bundle->n_deletes) {
        qsort(bundle->deletes, bundle->n_deletes, sizeof *bundle->deletes, compare_deletes);
    }
    for (uint64_t bit = rightmost_1bit(COOKIE_OFPORT_MASK); bit & COOKIE_OFPORT_MASK; bit <<= 1) {
        merge_neighbours(bundle, bit);
    }
}

void
bundle_set_meter(struct bundle *bundle, uint32_t number, const struct meter_band *band)
{
    if (bundle->n_meters >= bundle->allocated_meters) {
        bundle->meters = x2nrealloc(bundle->meters, &bundle->allocated_meters, sizeof *bundle->meters);
    }
    bundle->meters[bundle->n_meters++] = (struct bundle_meter) { .number = number, .band = *band };
}

void
bundle_delete_meter(struct bundle *bundle, uint32_t number)
{
    bundle_set_meter(bundle, number, &(struct meter_band) { 0, 0 });
}
