/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "pool/vif_draft.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "pool/host.h"
#include "pool/network.h"
#include "pool/replica.h"
#include "pool/vif.h"
#include "pool/vm.h"

static void
svec_add_set(struct svec *list, char **set, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        svec_add(list, set[i]);
    }
}

void
vif_draft_of_new(struct vif_draft *draft, const char *device)
{
    *draft = (struct vif_draft) { .device = device, .mode = "network_default", .auto_lla = true, .rate_words.algorithm = "" };
}

void
vif_draft_of_row(struct vif_draft *draft, const struct poolrec_vif *vif)
{
    *draft = (struct vif_draft) {
        .device = vif->interface,
        .self = vif,
        .network = vif->network,
        .host = vif->host,
        .vm = vif->VM,
        .mac = vif->MAC,
        .mode = vif->locking_mode,
        .trunks = vif->trunks,
        .n_trunks = vif->n_trunks,
        .mtu = vif->MTU,
        .auto_lla = pool_vif_has_auto_lla(vif),
        .rate_words = {
            .algorithm = vif->qos_algorithm_type,
            .kbps = smap_get(&vif->qos_algorithm_params, POOL_VIF_RATE_KEY),
            .burst = smap_get(&vif->qos_algorithm_params, POOL_VIF_BURST_KEY),
        },
    };
    svec_add_set(&draft->ipv4, vif->ipv4_allowed, vif->n_ipv4_allowed);
    svec_add_set(&draft->ipv6, vif->ipv6_allowed, vif->n_ipv6_allowed);
}

void
vif_draft_destroy(struct vif_draft *draft)
{
    svec_destroy(&draft->ipv4);
    svec_destroy(&draft->ipv6);
    vif_policy_destroy(&draft->policy);
}

/* One family of addresses: how two spellings of one prefix are seen to be the same. */
struct family {
    const char *name;
    struct error *(*equals)(const char *listed, const char *given, bool *equal); /* an error is about 'given' */
};

static struct error *
ipv4_equals(const char *listed, const char *given, bool *equal)
{
    struct prefix4 a, b;
    struct error *error = prefix4_parse(given, &b);
    struct error *foreign = error ? NULL : prefix4_parse(listed, &a);

    *equal = !error && (foreign ? !strcmp(listed, given) : prefix4_equals(&a, &b));
    error_free(foreign);
    return error;
}

static struct error *
ipv6_equals(const char *listed, const char *given, bool *equal)
{
    struct prefix6 a, b;
    struct error *error = prefix6_parse(given, &b);
    struct error *foreign = error ? NULL : prefix6_parse(listed, &a);

    *equal = !error && (foreign ? !strcmp(listed, given) : prefix6_equals(&a, &b));
    error_free(foreign);
    return error;
}

static const struct family ipv4_family = { "IPv4", ipv4_equals };
static const struct family ipv6_family = { "IPv6", ipv6_equals };

/* Like svec_del(), which wants a sorted list. */
static void
svec_swap_out(struct svec *list, size_t i)
{
    free(list->names[i]);
    list->names[i] = list->names[--list->n];
}

static struct error *
address_remove(const struct family *family, const char *address, struct svec *list)
{
    bool equal = false;
    struct error *error = family->equals("", address, &equal);
    char *have;

    for (size_t i = 0; i < list->n && !error; i++) {
        error = family->equals(list->names[i], address, &equal);
        if (equal) {
            svec_swap_out(list, i);
            return NULL;
        }
    }
    if (error) {
        return error;
    }
    have = svec_join(list, ", ", "");
    error = error_new(ERROR_NOT_FOUND, "%s address %s is not in its list, so it cannot be removed: the list is %s", family->name,
                      quote(address).text, *have ? have : "empty");
    free(have);
    return error;
}

struct list_words {
    const struct svec *whole, *add, *remove;
};

static struct error *
addresses_apply(const struct family *family, const struct list_words *words, struct svec *list)
{
    struct error *error = NULL;

    if (words->whole) {
        svec_clear(list);
        svec_append(list, words->whole);
    }
    for (size_t i = 0; words->remove && i < words->remove->n && !error; i++) {
        error = address_remove(family, words->remove->names[i], list);
    }
    if (words->add) {
        svec_append(list, words->add);
    }
    return error;
}

static void
values_apply(struct vif_draft *draft, const struct pool_vif_words *words)
{
    draft->mac = words->mac ? words->mac : draft->mac;
    draft->mode = words->mode ? words->mode : draft->mode;
    draft->mtu = words->mtu ? *words->mtu : draft->mtu;
    draft->auto_lla = words->auto_lla ? *words->auto_lla : draft->auto_lla;
    if (words->trunks) {
        draft->trunks = words->trunks;
        draft->n_trunks = words->n_trunks;
    }
}

/* What a change of the rate does not say stays: another rate keeps a burst that was said before. */
static struct error *
rate_apply(struct vif_draft *draft, const struct pool_vif_words *words)
{
    struct vif_rate_words *rate = &draft->rate_words;

    if (words->rate && !strcmp(words->rate, "0")) {
        *rate = (struct vif_rate_words) { .algorithm = "" };
    } else if (words->rate) {
        rate->algorithm = "ratelimit";
        rate->kbps = words->rate;
    }
    if (words->burst && !*rate->algorithm) {
        return error_new(ERROR_INVALID, "it has no rate, so it cannot have a burst: give a rate with --rate");
    } else if (words->burst) {
        rate->burst = strcmp(words->burst, "0") ? words->burst : NULL;
    }
    return vif_rate_parse(rate, &draft->rate);
}

static struct error *
lists_apply(struct vif_draft *draft, const struct pool_vif_words *words)
{
    struct list_words ipv4 = { words->ipv4, words->add_ipv4, words->remove_ipv4 };
    struct list_words ipv6 = { words->ipv6, words->add_ipv6, words->remove_ipv6 };
    struct error *error = addresses_apply(&ipv4_family, &ipv4, &draft->ipv4);

    return error ? error : addresses_apply(&ipv6_family, &ipv6, &draft->ipv6);
}

static struct error *
objects_apply(struct pool *pool, struct vif_draft *draft, const struct pool_vif_words *words, const struct uuid *here)
{
    struct error *error = NULL;

    if (words->network) {
        error = pool_network_find(pool, words->network, &draft->network);
    }
    if (!error && words->host) {
        error = pool_host_find(pool, words->host, &draft->host);
    } else if (!error && !draft->self) {
        error = pool_host_choose(pool, here, &draft->host);
    }
    if (!error && !draft->network) {
        error = error_new(ERROR_INVALID, "it has no network: give one with --network");
    }
    return error;
}

/* The VM comes last: it may be made. */
static struct error *
vm_apply(struct pool *pool, struct ovsdb_idl_txn *txn, struct vif_draft *draft, const char *word)
{
    if (!word) {
        return NULL;
    } else if (!*word) {
        draft->vm = NULL;
        return NULL;
    }
    return pool_vm_find_or_make(pool, txn, word, &draft->vm, &draft->made_vm);
}

static struct error *
policy_check(struct vif_draft *draft)
{
    svec_terminate(&draft->ipv4);
    svec_terminate(&draft->ipv6);

    struct vif_policy_words words = {
        .mode = draft->mode,
        .network_default = draft->network->default_locking_mode,
        .mac = draft->mac,
        .ipv4 = (const char *const *) draft->ipv4.names,
        .ipv6 = (const char *const *) draft->ipv6.names,
        .auto_lla = draft->auto_lla,
        .vlans = draft->trunks,
        .n_vlans = draft->n_trunks,
    };
    return vif_policy_parse(&words, &draft->policy);
}

static struct error *
mtu_check(int64_t mtu)
{
    if (mtu && (mtu < LIMIT_MTU_MIN || mtu > LIMIT_MTU_MAX)) {
        return error_new(ERROR_INVALID, "MTU %"PRId64" is out of range: a VIF takes %d to %d, or 0 for that of its network", mtu,
                         LIMIT_MTU_MIN, LIMIT_MTU_MAX);
    }
    return NULL;
}

static struct error *
device_is_free(struct pool *pool, const struct vif_draft *draft)
{
    const struct poolrec_network *network = pool_network_with_bridge(pool, draft->device);
    const struct poolrec_vif *other;

    POOLREC_VIF_FOR_EACH (other, pool_idl(pool)) {
        if (other != draft->self && other->host == draft->host && !strcmp(other->interface, draft->device)) {
            return error_new(ERROR_EXISTS,
                             "the device belongs to another VIF on host %s already (" UUID_FMT ", network %s): change that "
                             "one with `cable vif set`, or destroy it first",
                             quote(pool_host_name(draft->host)).text, UUID_ARGS(&other->header_.uuid),
                             other->network ? quote(other->network->name_label).text : "unknown");
        }
    }
    if (network) {
        return error_new(ERROR_EXISTS, "the device has the name of the bridge of network %s: choose another one",
                         quote(network->name_label).text);
    }
    network = pool_network_with_uplink(pool, draft->device);
    if (network) {
        return error_new(ERROR_EXISTS, "the device is the uplink of network %s: choose another one",
                         quote(network->name_label).text);
    }
    return NULL;
}

static bool
has_mac(const struct poolrec_vif *vif, const struct mac *mac)
{
    struct mac own;
    struct error *error = mac_parse(vif->MAC, &own);
    bool same = !error && mac_equals(&own, mac);

    error_free(error);
    return same;
}

static struct error *
mac_is_free(struct pool *pool, const struct vif_draft *draft)
{
    const struct poolrec_vif *other;

    POOLREC_VIF_FOR_EACH (other, pool_idl(pool)) {
        if (other != draft->self && other->network == draft->network && has_mac(other, &draft->policy.mac)) {
            return error_new(ERROR_EXISTS, "MAC address %s is that of %s on network %s already: give another one",
                             quote(draft->mac).text, other->interface, quote(draft->network->name_label).text);
        }
    }
    return NULL;
}

/* Only what is said is compared with other VIFs, so that a double made by somebody else can be repaired step by step. */
static struct error *
draft_check(struct pool *pool, struct vif_draft *draft, const struct pool_vif_words *words)
{
    struct error *error = policy_check(draft);

    error = error ? error : mtu_check(draft->mtu);
    error = error ? error : pool_network_check_trunks(draft->network, draft->n_trunks);
    if (!error && (!draft->self || words->host)) {
        error = device_is_free(pool, draft);
    }
    if (!error && (words->mac || words->network)) {
        error = mac_is_free(pool, draft);
    }
    return error;
}

struct error *
vif_draft_make(struct pool *pool, struct ovsdb_idl_txn *txn, struct vif_draft *draft, const struct pool_vif_words *words,
           const struct uuid *here)
{
    struct error *error = objects_apply(pool, draft, words, here);

    values_apply(draft, words);
    error = error ? error : lists_apply(draft, words);
    error = error ? error : rate_apply(draft, words);
    error = error ? error : draft_check(pool, draft, words);
    return error ? error : vm_apply(pool, txn, draft, words->vm);
}
