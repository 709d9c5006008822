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

/* Names that udev gives to the backends of guests. A bridge of such a name would be taken for a VIF. */
static bool
is_backend_name(const char *name)
{
    unsigned int domid, devid;
    int n = 0;

    return (sscanf(name, "vif%u.%u%n", &domid, &devid, &n) == 2 || sscanf(name, "tap%u.%u%n", &domid, &devid, &n) == 2)
        && !name[n];
}

static struct error *
check_bridge(struct pool *pool, const struct poolrec_network *self, const char *bridge)
{
    const struct poolrec_network *other;
    struct error *error = device_name_check("bridge", bridge);

    if (error) {
        return error;
    } else if (is_backend_name(bridge)) {
        return error_new(ERROR_INVALID, "bridge name %s has the form of a guest's device: choose another one",
                         quote(bridge).text);
    }
    other = pool_network_with_bridge(pool, bridge);
    if (other && other != self) {
        return error_new(ERROR_EXISTS,
                         "bridge %s belongs to network %s already: choose another one%s",
                         quote(bridge).text, quote(other->name_label).text,
                         self ? "" : ", or leave --bridge out to get the next free xapi<N>");
    }
    other = pool_network_with_uplink(pool, bridge);
    if (other) {
        return error_new(ERROR_EXISTS, "bridge %s has the name of the uplink of network %s: choose another one",
                         quote(bridge).text, quote(other->name_label).text);
    } else if (pool_vif_with_device(pool, bridge)) {
        return error_new(ERROR_EXISTS, "bridge %s has the name of a VIF's device: choose another one", quote(bridge).text);
    }
    return NULL;
}

static struct error *
check_uplink(struct pool *pool, const struct poolrec_network *self, const char *uplink, const char *bridge)
{
    const struct poolrec_network *other;
    struct error *error;

    if (!*uplink) {
        return NULL;
    }
    error = device_name_check("uplink", uplink);
    if (error) {
        return error;
    }
    other = pool_network_with_uplink(pool, uplink);
    if (other && other != self) {
        return error_new(ERROR_EXISTS,
                         "uplink %s belongs to network %s already: a device can be in one bridge only; choose another "
                         "one",
                         quote(uplink).text, quote(other->name_label).text);
    } else if (!strcmp(uplink, bridge) || pool_network_with_bridge(pool, uplink)) {
        return error_new(ERROR_INVALID, "uplink %s is a network's bridge: give the device that leads out of the host, like eth1",
                         quote(uplink).text);
    } else if (pool_vif_with_device(pool, uplink)) {
        return error_new(ERROR_INVALID, "uplink %s is a VIF's device: give the device that leads out of the host, like eth1",
                         quote(uplink).text);
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

/* 'bridge' is the one that the network will have. */
static struct error *
check_values(struct pool *pool, const struct poolrec_network *self, const struct pool_network_words *words, const char *bridge)
{
    struct error *error = NULL;

    if (words->description) {
        error = pool_description_check("network", words->description);
    }
    if (!error && words->bridge) {
        error = check_bridge(pool, self, bridge);
    }
    if (!error && words->uplink) {
        error = check_uplink(pool, self, words->uplink, bridge);
    }
    if (!error && words->mtu) {
        error = check_mtu(*words->mtu);
    }
    if (!error && words->default_locking_mode) {
        error = check_default_mode(words->default_locking_mode);
    }
    return error;
}

static struct error *
check_words(struct pool *pool, const struct poolrec_network *self, const struct pool_network_words *words)
{
    const char *name = self ? self->name_label : words->name;
    struct error *error = words->name ? check_name(pool, self, words->name) : NULL;

    if (error) {
        return error;
    }
    error = check_values(pool, self, words, words->bridge ? words->bridge : self->bridge);
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

static void
next_free_bridge(struct pool *pool, char bridge[DEVICE_NAME_SIZE])
{
    unsigned int n = 0;

    do {
        snprintf(bridge, DEVICE_NAME_SIZE, "xapi%u", n++);
    } while (pool_network_with_bridge(pool, bridge) || pool_network_with_uplink(pool, bridge)
             || pool_vif_with_device(pool, bridge));
}

struct error *
pool_network_create(struct pool *pool, struct ovsdb_idl_txn *txn, const struct pool_network_words *given, const struct uuid *uuid)
{
    static const int64_t default_mtu = 1500;
    static const bool default_managed = true;
    struct pool_network_words words = *given;
    char bridge[DEVICE_NAME_SIZE];
    struct error *error;

    if (!words.bridge) {
        next_free_bridge(pool, bridge);
        words.bridge = bridge;
    }
    words.mtu = words.mtu ? words.mtu : &default_mtu;
    words.default_locking_mode = words.default_locking_mode ? words.default_locking_mode : "unlocked";
    words.managed = words.managed ? words.managed : &default_managed;
    error = check_words(pool, NULL, &words);
    if (!error) {
        write_words(poolrec_network_insert_persist_uuid(txn, uuid), &words);
    }
    return error;
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
        /* Without this, the change of a row that has just been removed would be a success that changes nothing. */
        poolrec_network_verify_name_label(network);
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
