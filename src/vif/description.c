/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/description.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <smap.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "vif/wish.h"

#define MODE "cabled-locking-mode"
#define MAC "attached-mac"
#define IPV4 "cabled-ipv4"
#define IPV6 "cabled-ipv6"
#define AUTO_LLA "cabled-auto-lla"
#define RATE "cabled-rate-kbps"
#define BURST "cabled-rate-burst-kb"
#define DEVICE_MTU "cabled-mtu"
#define REPLACE "cabled-replace-cookie"

const char *const vif_description_keys[] = { MODE, MAC, IPV4, IPV6, AUTO_LLA, RATE, BURST, DEVICE_MTU, REPLACE, NULL };

/* A cookie of ours begins so (rules/cookie.h): no flow of ours is another program's. */
enum { OUR_COOKIES = 0xf17e };

bool
vif_description_is_there(const struct smap *keys)
{
    return smap_get(keys, MODE);
}

static struct error *
mode_check(const char *mode)
{
    if (strcmp(mode, "locked") && strcmp(mode, "unlocked") && strcmp(mode, "disabled")) {
        return error_new(ERROR_INVALID, MODE" is %s: write locked, unlocked or disabled", quote(mode).text);
    }
    return NULL;
}

/* A NULL-terminated list of what stands between commas, without blanks around it. It and the text that it points into are the caller's. */
struct items {
    char *text;
    const char **list;
};

static void
items_destroy(struct items *items)
{
    free(items->text);
    free(items->list);
}

static struct error *
items_split(const char *key, const char *text, struct items *items)
{
    size_t n = 0, n_commas = 0;
    char *save = NULL;

    *items = (struct items) { NULL, NULL };
    for (const char *c = text; *c; c++) {
        n_commas += *c == ',';
    }
    if (n_commas >= LIMIT_VIF_ADDRESSES) {
        return error_new(ERROR_LIMIT, "%s has more than the %d addresses and prefixes that a VIF may have: join neighbours into prefixes",
                         key, LIMIT_VIF_ADDRESSES);
    }
    items->text = xstrdup(text);
    items->list = xcalloc(n_commas + 2, sizeof *items->list);
    for (char *item = strtok_r(items->text, ", ", &save); item; item = strtok_r(NULL, ", ", &save)) {
        /* Blanks divide too, so that there may be more items than commas. */
        if (n > n_commas) {
            return error_new(ERROR_INVALID, "%s is %s: write commas between the addresses", key, quote(text).text);
        }
        items->list[n++] = item;
    }
    return NULL;
}

static struct error *
auto_lla_parse(const char *text, bool *auto_lla)
{
    *auto_lla = !text || !strcmp(text, "true");
    if (text && strcmp(text, "true") && strcmp(text, "false")) {
        return error_new(ERROR_INVALID, AUTO_LLA" is %s: write true or false", quote(text).text);
    }
    return NULL;
}

/* An access port's trunks count for nothing (ovs-vswitchd.conf.db(5), Port.vlan_mode). */
static bool
has_trunks(const struct vif_port_vlans *vlans)
{
    const char *mode = vlans->mode;

    return vlans->n_trunks && (mode ? !strcmp(mode, "trunk") || !strncmp(mode, "native-", 7) : !vlans->tag);
}

/* VLAN 0 among the trunks stands for untagged frames, which the rules know anyway. */
static int64_t *
trunks_of(const struct vif_port_vlans *vlans, size_t *n)
{
    int64_t *trunks = xcalloc(vlans->n_trunks, sizeof *trunks);

    *n = 0;
    for (size_t i = 0; has_trunks(vlans) && i < vlans->n_trunks; i++) {
        if (vlans->trunks[i]) {
            trunks[(*n)++] = vlans->trunks[i];
        }
    }
    return trunks;
}

static struct error *
policy_parse(const struct smap *keys, const struct vif_port_vlans *vlans, struct vif_policy *policy)
{
    struct items ipv4, ipv6 = { NULL, NULL };
    struct vif_policy_words words = { .mode = smap_get(keys, MODE), .mac = smap_get(keys, MAC) };
    struct error *error = items_split(IPV4, smap_get_def(keys, IPV4, ""), &ipv4);
    int64_t *trunks = trunks_of(vlans, &words.n_vlans);

    error = error ? error : items_split(IPV6, smap_get_def(keys, IPV6, ""), &ipv6);
    error = error ? error : mode_check(words.mode);
    error = error ? error : auto_lla_parse(smap_get(keys, AUTO_LLA), &words.auto_lla);
    if (!error && !words.mac) {
        error = error_new(ERROR_INVALID, MAC" is missing: write the guest's MAC");
    }
    if (!error) {
        words.ipv4 = ipv4.list;
        words.ipv6 = ipv6.list;
        words.vlans = trunks;
        error = vif_policy_parse(&words, policy);
    }
    items_destroy(&ipv4);
    items_destroy(&ipv6);
    free(trunks);
    return error;
}

static struct error *
rate_parse(const struct smap *keys, struct vif_rate *rate)
{
    const char *kbps = smap_get(keys, RATE), *burst = smap_get(keys, BURST);
    struct error *error;

    if (!kbps && burst) {
        return error_new(ERROR_INVALID, BURST" stands without "RATE": write both, or neither");
    }
    error = vif_rate_parse(&(struct vif_rate_words) { .algorithm = kbps ? "ratelimit" : "", .kbps = kbps, .burst = burst }, rate);
    return error ? error_prefix(error, RATE) : NULL;
}

static struct error *
mtu_parse(const char *text, int *mtu)
{
    int value = 0;

    if (text && (!str_to_int(text, 10, &value) || value < LIMIT_MTU_MIN || value > LIMIT_MTU_MAX)) {
        return error_new(ERROR_INVALID, DEVICE_MTU" is %s: write %d to %d", quote(text).text, LIMIT_MTU_MIN, LIMIT_MTU_MAX);
    }
    *mtu = value;
    return NULL;
}

static struct error *
replace_parse(const char *text, struct vif_wish *wish)
{
    unsigned long long int cookie = 0;

    if (text && (!str_to_ullong(text, 0, &cookie) || cookie >> 48 == OUR_COOKIES)) {
        return error_new(ERROR_INVALID, REPLACE" is %s: write the cookie of another program's flows", quote(text).text);
    }
    wish->replaces = text;
    wish->replaced_cookie = cookie;
    return NULL;
}

/* The first of the two that is a uuid, or "". */
static void
uuid_copy(const struct smap *keys, const char *first, const char *second, char text[UUID_TEXT_SIZE])
{
    const char *const names[] = { first, second };
    struct uuid uuid;

    text[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(names) && !text[0]; i++) {
        const char *value = smap_get(keys, names[i]);

        if (value && uuid_from_string(&uuid, value)) {
            snprintf(text, UUID_TEXT_SIZE, UUID_FMT, UUID_ARGS(&uuid));
        }
    }
}

void
vif_description_uuids(const struct smap *keys, struct vif_wish *wish)
{
    uuid_copy(keys, "xs-vm-uuid", "vm-id", wish->vm_uuid);
    uuid_copy(keys, "cabled-network", "xs-network-uuid", wish->network.uuid);
}

struct error *
vif_description_parse(const struct smap *keys, const struct vif_port_vlans *vlans, struct vif_wish *wish)
{
    struct vif_wish parsed = { .mtu = 0 };
    struct error *error = policy_parse(keys, vlans, &parsed.policy);

    vif_description_uuids(keys, wish);
    error = error ? error : rate_parse(keys, &parsed.rate);
    error = error ? error : mtu_parse(smap_get(keys, DEVICE_MTU), &parsed.mtu);
    error = error ? error : replace_parse(smap_get(keys, REPLACE), &parsed);
    if (error) {
        vif_policy_destroy(&parsed.policy);
        return error;
    }
    wish->policy = parsed.policy;
    wish->rate = parsed.rate;
    wish->mtu = parsed.mtu;
    wish->replaces = parsed.replaces;
    wish->replaced_cookie = parsed.replaced_cookie;
    wish->network.vlan = !has_trunks(vlans) && vlans->tag ? *vlans->tag : 0;
    return NULL;
}

static void
put(struct smap *keys, const char *key, char *value)
{
    if (value) {
        smap_replace(keys, key, value);
    } else {
        smap_remove(keys, key);
    }
    free(value);
}

static char *
number(bool is_there, uint64_t value)
{
    return is_there ? xasprintf("%"PRIu64, value) : NULL;
}

/* NULL if there are none. */
static char *
ipv4_list(const struct vif_policy *policy)
{
    struct ds list = DS_EMPTY_INITIALIZER;
    char text[PREFIX4_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv4; i++) {
        prefix4_format(&policy->ipv4[i], text);
        ds_put_format(&list, "%s%s", i ? "," : "", text);
    }
    return policy->n_ipv4 ? ds_steal_cstr(&list) : NULL;
}

static char *
ipv6_list(const struct vif_policy *policy)
{
    struct ds list = DS_EMPTY_INITIALIZER;
    char text[PREFIX6_TEXT_SIZE];

    for (size_t i = 0; i < policy->n_ipv6; i++) {
        prefix6_format(&policy->ipv6[i], text);
        ds_put_format(&list, "%s%s", i ? "," : "", text);
    }
    return policy->n_ipv6 ? ds_steal_cstr(&list) : NULL;
}

void
vif_description_put(const struct vif_wish *wish, struct smap *keys)
{
    const struct vif_policy *policy = &wish->policy;
    char mac[MAC_TEXT_SIZE];

    mac_format(&policy->mac, mac);
    put(keys, MODE, xstrdup(vif_mode_name(policy->mode)));
    put(keys, MAC, xstrdup(mac));
    put(keys, IPV4, ipv4_list(policy));
    put(keys, IPV6, ipv6_list(policy));
    put(keys, AUTO_LLA, policy->auto_lla ? NULL : xstrdup("false"));
    put(keys, RATE, number(wish->rate.kbytes_per_s, wish->rate.kbytes_per_s));
    put(keys, BURST, number(wish->rate.kbytes_per_s, wish->rate.burst_kbytes));
    put(keys, DEVICE_MTU, number(wish->mtu, wish->mtu));
    put(keys, REPLACE, number(wish->replaces, wish->replaced_cookie));
}
