/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/meters.h"

#include <errno.h>
#include <stdlib.h>

#include <hash.h>
#include <openvswitch/ofp-meter.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

/* Ours are from here on, by the port's number in 16 bits. */
enum { FIRST_METER = 1 << 17, N_METERS = 1 << 16 };

struct meter {
    struct hmap_node node;
    uint32_t number;
    struct meter_band band;
};

uint32_t
meter_number(uint32_t ofport)
{
    ovs_assert(ofport < N_METERS);
    return FIRST_METER + ofport;
}

uint32_t
meter_ofport(uint32_t number)
{
    ovs_assert(number >= FIRST_METER && number < FIRST_METER + N_METERS);
    return number - FIRST_METER;
}

void
meters_init(struct meters *meters)
{
    hmap_init(&meters->known);
    hmap_init(&meters->coming);
    meters->awaited = 0;
}

static void
clear(struct hmap *list)
{
    struct meter *meter;

    HMAP_FOR_EACH_POP (meter, node, list) {
        free(meter);
    }
}

void
meters_destroy(struct meters *meters)
{
    clear(&meters->known);
    clear(&meters->coming);
    hmap_destroy(&meters->known);
    hmap_destroy(&meters->coming);
}

static struct meter *
find(const struct hmap *list, uint32_t number)
{
    struct meter *meter;

    HMAP_FOR_EACH_WITH_HASH (meter, node, hash_int(number, 0), list) {
        if (meter->number == number) {
            return meter;
        }
    }
    return NULL;
}

static void
put(struct hmap *list, uint32_t number, const struct meter_band *band)
{
    struct meter *meter = find(list, number);

    if (!meter) {
        meter = xmalloc(sizeof *meter);
        meter->number = number;
        hmap_insert(list, &meter->node, hash_int(number, 0));
    }
    meter->band = *band;
}

const struct meter_band *
meters_find(const struct meters *meters, uint32_t number)
{
    const struct meter *meter = find(&meters->known, number);

    return meter ? &meter->band : NULL;
}

static bool
band_equals(const struct meter_band *a, const struct meter_band *b)
{
    return a->rate_kbits == b->rate_kbits && a->burst_kbits == b->burst_kbits;
}

static struct ofpbuf *
encode(struct meters *meters, uint16_t command, uint32_t number, const struct meter_band *band)
{
    struct ofputil_meter_band drop = { .type = OFPMBT13_DROP };
    struct ofputil_meter_mod mod = {
        .command = command, .meter = { .meter_id = number, .flags = OFPMF13_KBPS | OFPMF13_BURST | OFPMF13_STATS },
    };

    if (band) {
        drop.rate = band->rate_kbits;
        drop.burst_size = band->burst_kbits;
        mod.meter.bands = &drop;
        mod.meter.n_bands = 1;
    }
    meters->awaited = 0;        /* a listing that is on its way does not know of this */
    return ofputil_encode_meter_mod(OFP14_VERSION, &mod);
}

struct ofpbuf *
meters_encode_set(struct meters *meters, uint32_t number, const struct meter_band *band)
{
    const struct meter_band *present = meters_find(meters, number);

    if (present && band_equals(present, band)) {
        return NULL;
    }

    struct ofpbuf *message = encode(meters, present ? OFPMC13_MODIFY : OFPMC13_ADD, number, band);
    put(&meters->known, number, band);
    return message;
}

struct ofpbuf *
meters_encode_delete(struct meters *meters, uint32_t number)
{
    struct meter *meter = find(&meters->known, number);

    if (!meter) {
        return NULL;
    }
    hmap_remove(&meters->known, &meter->node);
    free(meter);
    return encode(meters, OFPMC13_DELETE, number, NULL);
}

struct ofpbuf *
meters_encode_ask(struct meters *meters)
{
    struct ofpbuf *request = ofputil_encode_meter_request(OFP14_VERSION, OFPUTIL_METER_CONFIG, OFPM13_ALL);

    meters->awaited = ((struct ofp_header *) request->data)->xid;
    clear(&meters->coming);
    return request;
}

/* A meter with one of our numbers that is not as ours are is noted as one that lets nothing through: it equals none that is wanted. */
static void
note(struct meters *meters, const struct ofputil_meter_config *config)
{
    struct meter_band band = { 0, 0 };

    if (config->meter_id < FIRST_METER || config->meter_id >= FIRST_METER + N_METERS) {
        return;
    }
    if (config->n_bands == 1 && config->bands[0].type == OFPMBT13_DROP && config->flags & OFPMF13_KBPS) {
        band = (struct meter_band) { config->bands[0].rate, config->bands[0].burst_size };
    }
    put(&meters->coming, config->meter_id, &band);
}

static bool
is_as_known(const struct meters *meters)
{
    const struct meter *meter;

    HMAP_FOR_EACH (meter, node, &meters->coming) {
        const struct meter_band *known = meters_find(meters, meter->number);

        if (!known || !band_equals(known, &meter->band)) {
            return false;
        }
    }
    return hmap_count(&meters->known) == hmap_count(&meters->coming);
}

enum meters_answer
meters_hear(struct meters *meters, struct ofpbuf *reply)
{
    const struct ofp_header *header = reply->data;
    struct ofputil_meter_config config;
    struct ofpbuf bands;

    if (header->xid != meters->awaited) {
        return METERS_STRAY;
    }

    bool more = ofpmp_more(header);

    ofpbuf_init(&bands, 64);
    while (!ofputil_decode_meter_config(reply, &config, &bands)) {
        note(meters, &config);
    }
    ofpbuf_uninit(&bands);
    if (more) {
        return METERS_STRAY;
    }
    meters->awaited = 0;

    bool as_known = is_as_known(meters);
    hmap_swap(&meters->known, &meters->coming);
    clear(&meters->coming);
    return as_known ? METERS_AS_KNOWN : METERS_OTHERWISE;
}

void
meters_for_each(const struct meters *meters, void (*each)(uint32_t, void *), void *aux)
{
    const struct meter *meter;

    HMAP_FOR_EACH (meter, node, &meters->known) {
        each(meter->number, aux);
    }
}
