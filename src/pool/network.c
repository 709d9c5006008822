/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "pool/bridge.h"
#include "pool/lookup.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "vif/device.h"
#include "vif/policy.h"

struct error *
pool_network_find(struct pool *pool, const char *word, const struct poolrec_network **network)
{
    const struct ovsdb_idl_row *row;
    struct pool_lookup lookup;
    const struct poolrec_network *n;
    struct error *error;

    pool_lookup_init(&lookup, "network", word, "`cable network list` shows the networks, `cable network create` makes one");
    POOLREC_NETWORK_FOR_EACH (n, pool_idl(pool)) {
        pool_lookup_offer(&lookup, &n->header_, n->name_label, n->bridge);
    }
    error = pool_lookup_finish(&lookup, &row);
    *network = error ? NULL : poolrec_network_get_for_uuid(pool_idl(pool), &row->uuid);
    return error;
}

const struct poolrec_network *
pool_network_with_bridge(struct pool *pool, const char *name)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(pool)) {
        if (!strcmp(network->bridge, name)) {
            return network;
        }
    }
    return NULL;
}

const struct poolrec_network *
pool_network_with_uplink(struct pool *pool, const char *name)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(pool)) {
        if (network->uplink && !strcmp(network->uplink, name)) {
            return network;
        }
    }
    return NULL;
}

static struct error *
check_name(struct pool *pool, const struct poolrec_network *self, const char *name)
{
    const struct poolrec_network *other;
    struct error *error = pool_name_check("network", name);

    if (error) {
        return error;
    }
    POOLREC_NETWORK_FOR_EACH (other, pool_idl(pool)) {
        if (other != self && !strcmp(other->name_label, name)) {
            return error_new(ERROR_EXISTS,
                             "a network %s exists already (" UUID_FMT "): choose another name, or change that one with "
                             "`cable network set`",
                             quote(name).text, UUID_ARGS(&other->header_.uuid));
        }
    }
    return NULL;
}

static struct error *
check_mtu(int64_t mtu)
{
    if (mtu < LIMIT_MTU_MIN || mtu > LIMIT_MTU_MAX) {
        return error_new(ERROR_INVALID, "MTU %" PRId64 " is out of range: a network takes %d to %d", mtu, LIMIT_MTU_MIN,
                         LIMIT_MTU_MAX);
    }
    return NULL;
}

static struct error *
check_default_mode(const char *mode)
{
    if (strcmp(mode, "unlocked") && strcmp(mode, "disabled")) {
        return error_new(ERROR_INVALID,
                         "default locking mode %s is not known: write 'unlocked' or 'disabled' ('locked' can only be "
                         "said of a VIF: --mode)",
                         quote(mode).text);
    }
    return NULL;
}

static struct error *
check_vlan(int64_t vlan)
{
    if (vlan < 0 || vlan > 4094) {
        return error_new(ERROR_INVALID, "VLAN %" PRId64 " is out of range: a network takes 1 to 4094, or 0 for none", vlan);
    }
    return NULL;
}

/* Trunk VIFs of the network, which a VLAN would rule out. They are verified: no other becomes one at the same time. */
static struct error *
check_no_trunks(struct pool *pool, const struct poolrec_network *network)
{
    struct pool_vif_names names = POOL_VIF_NAMES_INITIALIZER;
    struct error *error = NULL;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->network == network) {
            poolrec_vif_verify_trunks(vif);
            if (vif->n_trunks) {
                pool_vif_names_add(&names, vif);
            }
        }
    }

    char *vifs = pool_vif_names_finish(&names);
    if (*vifs) {
        error = error_new(ERROR_IN_USE, "it cannot get a VLAN while it has trunk VIFs, whose frames carry tags of their own: %s: "
                          "take their trunks away (`cable vif set DEVICE --trunks ''`) or move them to another network", vifs);
    }
    free(vifs);
    return error;
}

static struct error *
check_place(struct pool *pool, const struct poolrec_network *self, const struct pool_network_words *words,
            const struct network_place *place)
{
    struct error *error = words->bridge ? network_place_check_bridge(pool, place) : NULL;

    if (!error && (words->bridge || words->uplink)) {
        error = network_place_check_uplink(pool, self, place);
    }
    if (!error && words->vlan) {
        error = check_vlan(place->vlan);
    }
    if (!error && (words->bridge || words->uplink || words->managed || words->vlan)) {
        error = network_place_check_sharing(pool, self, place);
    }
    if (!error && self && words->vlan && place->vlan) {
        error = check_no_trunks(pool, self);
    }
    return error;
}

static struct error *
check_values(const struct pool_network_words *words)
{
    struct error *error = NULL;

    if (words->description) {
        error = pool_description_check("network", words->description);
    }
    if (!error && words->mtu) {
        error = check_mtu(*words->mtu);
    }
    if (!error && words->default_locking_mode) {
        error = check_default_mode(words->default_locking_mode);
    }
    return error;
}

/* What is not said stays. A new network has said where it will be. */
static struct network_place
place_of(const struct poolrec_network *self, const struct pool_network_words *words)
{
    return (struct network_place) {
        .bridge = words->bridge ? words->bridge : self->bridge,
        .uplink = words->uplink ? words->uplink : self && self->uplink ? self->uplink : "",
        .managed = words->managed ? *words->managed : self->managed,
        .vlan = words->vlan ? *words->vlan : self && self->n_vlan ? self->vlan[0] : 0,
    };
}

static struct error *
check_words(struct pool *pool, const struct poolrec_network *self, const struct pool_network_words *words)
{
    const char *name = self ? self->name_label : words->name;
    const struct network_place place = place_of(self, words);
    struct error *error = words->name ? check_name(pool, self, words->name) : NULL;

    if (error) {
        return error;
    }
    error = check_values(words);
    error = error ? error : check_place(pool, self, words, &place);
    return error ? error_prefix(error, "network %s", quote(name).text) : NULL;
}

static void
write_words(const struct poolrec_network *network, const struct pool_network_words *words)
{
    if (words->name) {
        poolrec_network_set_name_label(network, words->name);
    }
    if (words->description) {
        poolrec_network_set_name_description(network, words->description);
    }
    if (words->bridge) {
        poolrec_network_set_bridge(network, words->bridge);
    }
    if (words->uplink) {
        poolrec_network_set_uplink(network, *words->uplink ? words->uplink : NULL);
    }
    if (words->vlan) {
        poolrec_network_set_vlan(network, words->vlan, *words->vlan ? 1 : 0);
    }
    if (words->mtu) {
        poolrec_network_set_MTU(network, *words->mtu);
    }
    if (words->default_locking_mode) {
        poolrec_network_set_default_locking_mode(network, words->default_locking_mode);
    }
    if (words->managed) {
        poolrec_network_set_managed(network, *words->managed);
    }
}

/* The bridge is the next free one, unless it is said. Uplink and management are those of a network that has it already. */
static void
choose_place(struct pool *pool, struct pool_network_words *words, char bridge[DEVICE_NAME_SIZE])
{
    static const bool default_managed = true;
    const struct poolrec_network *sharer;

    if (!words->bridge) {
        network_place_next_free_bridge(pool, bridge);
        words->bridge = bridge;
    }
    sharer = network_sharer(pool, NULL, words->bridge);
    if (!words->uplink && sharer) {
        words->uplink = sharer->uplink;
    }
    if (!words->managed) {
        words->managed = sharer ? &sharer->managed : &default_managed;
    }
}

struct error *
pool_network_create(struct pool *pool, struct ovsdb_idl_txn *txn, const struct pool_network_words *given, const struct uuid *uuid)
{
    static const int64_t default_mtu = 1500;
    struct pool_network_words words = *given;
    char bridge[DEVICE_NAME_SIZE];
    struct error *error;

    choose_place(pool, &words, bridge);
    words.mtu = words.mtu ? words.mtu : &default_mtu;
    words.default_locking_mode = words.default_locking_mode ? words.default_locking_mode : "unlocked";
    error = check_words(pool, NULL, &words);
    if (!error) {
        write_words(poolrec_network_insert_persist_uuid(txn, uuid), &words);
    }
    return error;
}

struct error *
pool_network_check_trunks(const struct poolrec_network *network, size_t n_trunks)
{
    if (network->n_vlan && n_trunks) {
        return error_new(ERROR_INVALID, "it cannot have trunks on network %s, whose frames are all on VLAN %"PRId64": take the trunks "
                         "away (--trunks ''), or choose an untagged network", quote(network->name_label).text, network->vlan[0]);
    }
    return NULL;
}

/* The names of the VIFs on 'network', for people. The string is the caller's. */
static char *
vifs_of(struct pool *pool, const struct poolrec_network *network, bool only_plugged)
{
    struct pool_vif_names names = POOL_VIF_NAMES_INITIALIZER;
    const struct poolrec_vif *vif;

    POOLREC_VIF_FOR_EACH (vif, pool_idl(pool)) {
        if (vif->network == network && (vif->currently_attached || !only_plugged)) {
            pool_vif_names_add(&names, vif);
        }
    }
    return pool_vif_names_finish(&names);
}

static struct error *
check_bridge_is_idle(struct pool *pool, const struct poolrec_network *network)
{
    char *vifs = vifs_of(pool, network, true);
    struct error *error = NULL;

    if (*vifs) {
        error = error_new(ERROR_IN_USE,
                          "network %s has plugged VIFs: %s: unplug them first (`cable vif unplug`), then change its "
                          "bridge",
                          quote(network->name_label).text, vifs);
    }
    free(vifs);
    return error;
}

/* What the checks relied on. Without any, the change of a row that has just been removed would be a success that changes
 * nothing. */
static void
verify(const struct poolrec_network *network)
{
    poolrec_network_verify_name_label(network);
    poolrec_network_verify_bridge(network);
    poolrec_network_verify_uplink(network);
    poolrec_network_verify_managed(network);
    poolrec_network_verify_vlan(network);
}

struct error *
pool_network_change(struct pool *pool, const struct poolrec_network *network, const struct pool_network_words *words)
{
    struct error *error = check_words(pool, network, words);
    bool moves = (words->bridge && strcmp(words->bridge, network->bridge))
        || (words->managed && *words->managed != network->managed);

    if (!error && moves) {
        error = check_bridge_is_idle(pool, network);
    }
    if (!error) {
        verify(network);
        write_words(network, words);
    }
    return error;
}

struct error *
pool_network_destroy(struct pool *pool, const struct poolrec_network *network)
{
    char *vifs = vifs_of(pool, network, false);
    struct error *error = NULL;

    if (*vifs) {
        error = error_new(ERROR_IN_USE, "network %s has VIFs: %s: destroy them first (`cable vif destroy`) or move them "
                          "(`cable vif set DEVICE --network`)", quote(network->name_label).text, vifs);
    } else {
        poolrec_network_verify_name_label(network);
        poolrec_network_delete(network);
    }
    free(vifs);
    return error;
}
