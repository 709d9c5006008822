/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/description.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenvif/call.h"
#include "xenvif/facts.h"
#include "xenvif/number.h"
#include "xenvif/uuid.h"

/* A policy's words while they are collected. */
struct draft {
    struct vif_policy_words words;
    char *owned[2];             /* texts of the lists below, cut into pieces */
    const char *lists[2][LIMIT_VIF_ADDRESSES + 2];
    int64_t vlans[LIMIT_VIF_VLANS];
};

static struct error *
key_missing(const struct xenvif_facts *facts, enum xenvif_key key)
{
    return error_new(ERROR_NOT_FOUND, "xenstore has no %s/%s", facts->private_path, xenvif_key_path(key));
}

static struct error *
bridge_read(const struct xenvif_facts *facts, struct xenvif_description *description)
{
    const char *bridge = facts->key[XENVIF_KEY_BRIDGE];
    struct error *error;

    if (!bridge || !*bridge) {
        return key_missing(facts, XENVIF_KEY_BRIDGE);
    }
    error = device_name_check("bridge", bridge);
    if (!error) {
        ovs_strlcpy(description->bridge, bridge, sizeof description->bridge);
    }
    return error;
}

static struct error *
mtu_read(const struct xenvif_facts *facts, struct xenvif_description *description)
{
    const char *text = facts->key[XENVIF_KEY_MTU];
    uint32_t mtu = 0;
    struct error *error;

    if (!text || !*text) {
        return key_missing(facts, XENVIF_KEY_MTU);
    }
    error = xenvif_number_parse("MTU", text, LIMIT_MTU_MAX, &mtu);
    if (!error && mtu < LIMIT_MTU_MIN) {
        error = error_new(ERROR_INVALID, "MTU %s is less than %d", text, LIMIT_MTU_MIN);
    }
    description->mtu = mtu;
    return error;
}

/* Every backend device has the one that the agent gives it. */
static struct error *
bridge_mac_check(const struct xenvif_facts *facts)
{
    const char *text = facts->key[XENVIF_KEY_BRIDGE_MAC];

    if (!text || !*text) {
        return key_missing(facts, XENVIF_KEY_BRIDGE_MAC);
    } else if (strcasecmp(text, "fe:ff:ff:ff:ff:ff")) {
        return error_new(ERROR_INVALID, "%s/bridge-MAC is %s: a backend device has fe:ff:ff:ff:ff:ff", facts->private_path,
                         quote(text).text);
    }
    return NULL;
}

static struct error *
uuid_read(const struct xenvif_facts *facts, enum xenvif_key key, const char *other, char uuid[UUID_TEXT_SIZE])
{
    const char *text = facts->key[key] ? facts->key[key] : other;

    return text && *text ? xenvif_uuid_parse(xenvif_key_path(key), text, uuid) : key_missing(facts, key);
}

static struct error *
identity_read(const struct xenvif_facts *facts, struct xenvif_description *description)
{
    const struct xenvif_metadata *metadata = &facts->metadata;
    struct error *error;

    ovs_strlcpy(description->vm_uuid, facts->vm_uuid, sizeof description->vm_uuid);
    error = facts->final_uuid ? xenvif_uuid_parse("final-uuid", facts->final_uuid, description->vm_uuid) : NULL;
    error = error ? error : uuid_read(facts, XENVIF_KEY_VIF_UUID, facts->has_metadata ? metadata->vif_uuid : NULL, description->vif_uuid);
    return error ? error : uuid_read(facts, XENVIF_KEY_NETWORK_UUID, facts->has_metadata ? metadata->network_uuid : NULL,
                                     description->network_uuid);
}

/* Cuts 'text' at commas and spaces. On failure there are more than 'max'. */
static struct error *
list_split(const char *what, char *text, size_t max, const char **list)
{
    size_t n = 0;

    for (char *save = NULL, *item = strtok_r(text, ", ", &save); item; item = strtok_r(NULL, ", ", &save)) {
        if (n == max) {
            return error_new(ERROR_LIMIT, "%s has more than %"PRIuSIZE" entries", what, max);
        }
        list[n++] = item;
    }
    list[n] = NULL;
    return NULL;
}

static struct error *
vlans_read(const struct xenvif_facts *facts, struct draft *draft)
{
    const char *items[LIMIT_VIF_VLANS + 1];
    char *text = xstrdup(facts->key[XENVIF_KEY_TRUNKS] ? facts->key[XENVIF_KEY_TRUNKS] : "");
    struct error *error = list_split("trunks", text, LIMIT_VIF_VLANS, items);
    uint32_t vlan;

    if (!error && !facts->key[XENVIF_KEY_TRUNKS] && !facts->older_root) {
        error = key_missing(facts, XENVIF_KEY_TRUNKS);
    }
    for (const char **item = items; !error && *item; item++) {
        error = xenvif_number_parse("trunks: VLAN", *item, 4094, &vlan);
        if (!error) {
            draft->vlans[draft->words.n_vlans++] = vlan;
        }
    }
    draft->words.vlans = draft->vlans;
    free(text);
    return error;
}

static void
policy_of_metadata(const struct xenvif_metadata *metadata, struct draft *draft)
{
    draft->words.mode = metadata->locking_mode;
    draft->words.mac = metadata->mac;
    draft->words.ipv4 = (const char *const *) metadata->ipv4;
    draft->words.ipv6 = (const char *const *) metadata->ipv6;
}

static struct error *
addresses_of_key(const struct xenvif_facts *facts, enum xenvif_key key, size_t i, struct draft *draft)
{
    draft->owned[i] = xstrdup(facts->key[key] ? facts->key[key] : "");
    return list_split(xenvif_key_path(key), draft->owned[i], LIMIT_VIF_ADDRESSES, draft->lists[i]);
}

/* Older XenServer. Its lists may be there and empty, and mean nothing unless the mode is `locked`. */
static struct error *
policy_of_keys(const struct xenvif_facts *facts, struct draft *draft)
{
    struct error *error;

    draft->words.mode = facts->key[XENVIF_KEY_LOCKING_MODE];
    draft->words.mac = facts->frontend_mac ? facts->frontend_mac : facts->key[XENVIF_KEY_MAC];
    if (!draft->words.mode) {
        return key_missing(facts, XENVIF_KEY_LOCKING_MODE);
    } else if (!draft->words.mac) {
        return key_missing(facts, XENVIF_KEY_MAC);
    }
    error = addresses_of_key(facts, XENVIF_KEY_IPV4_ALLOWED, 0, draft);
    error = error ? error : addresses_of_key(facts, XENVIF_KEY_IPV6_ALLOWED, 1, draft);
    draft->words.ipv4 = draft->lists[0];
    draft->words.ipv6 = draft->lists[1];
    return error;
}

/* `network_default` is resolved by XAPI: here it would be one that nobody has decided. */
static struct error *
mode_check(const char *mode)
{
    return !strcmp(mode, "network_default")
        ? error_new(ERROR_INVALID, "locking mode 'network_default' is unknown here: it is locked, unlocked or disabled") : NULL;
}

static struct error *
policy_read(const struct xenvif_facts *facts, struct xenvif_description *description)
{
    struct draft draft = { .words.auto_lla = true };
    struct error *error = vlans_read(facts, &draft);

    if (!error && facts->has_metadata) {
        policy_of_metadata(&facts->metadata, &draft);
    } else if (!error) {
        error = policy_of_keys(facts, &draft);
    }
    error = error ? error : mode_check(draft.words.mode);
    error = error ? error : vif_policy_parse(&draft.words, &description->policy);
    free(draft.owned[0]);
    free(draft.owned[1]);
    return error;
}

struct error *
xenvif_describe(const struct xenvif_call *call, const struct xenvif_facts *facts, struct xenvif_description *description)
{
    struct xenvif_description draft = { .mtu = 0 };
    struct error *error = bridge_read(facts, &draft);

    error = error ? error : mtu_read(facts, &draft);
    error = error ? error : bridge_mac_check(facts);
    error = error ? error : identity_read(facts, &draft);
    error = error ? error : policy_read(facts, &draft);
    if (!error) {
        ovs_strlcpy(draft.device, call->device, sizeof draft.device);
        *description = draft;
    }
    return error;
}

void
xenvif_description_destroy(struct xenvif_description *description)
{
    vif_policy_destroy(&description->policy);
}
