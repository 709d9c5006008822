/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

enum { VID_MIN = 1, VID_MAX = 4094 };

static const char *const mode_names[] = {
    [VIF_MODE_LOCKED] = "locked",
    [VIF_MODE_UNLOCKED] = "unlocked",
    [VIF_MODE_DISABLED] = "disabled",
};

const char *
vif_mode_name(enum vif_mode mode)
{
    return mode_names[mode];
}

static bool
mode_by_name(const char *name, enum vif_mode *mode)
{
    for (size_t i = 0; i < ARRAY_SIZE(mode_names); i++) {
        if (!strcmp(name, mode_names[i])) {
            *mode = i;
            return true;
        }
    }
    return false;
}

struct error *
vif_mode_resolve(const char *locking_mode, const char *network_default, enum vif_mode *mode)
{
    enum vif_mode by_network = VIF_MODE_UNLOCKED;
    enum vif_mode own;

    if (network_default && (!mode_by_name(network_default, &by_network) || by_network == VIF_MODE_LOCKED)) {
        return error_new(ERROR_INVALID, "network's default mode %s is unknown: write unlocked or disabled",
                         quote(network_default).text);
    }
    if (locking_mode && !strcmp(locking_mode, "network_default")) {
        *mode = by_network;
    } else if (locking_mode && mode_by_name(locking_mode, &own)) {
        *mode = own;
    } else {
        return error_new(ERROR_INVALID, "mode %s is unknown: write locked, unlocked, disabled or network_default",
                         quote(locking_mode ? locking_mode : "").text);
    }
    return NULL;
}

static size_t
list_length(const char *const *list)
{
    size_t n = 0;

    while (list && list[n]) {
        n++;
    }
    return n;
}

static struct error *
refuse_double(const char *family, const char *text, const char *canonical)
{
    return error_new(ERROR_INVALID, "%s address %s is in the list twice (%s): remove one of them",
                     family, quote(text).text, canonical);
}

static struct error *
ipv4_parse(const char *const *list, struct vif_policy *policy)
{
    policy->ipv4 = xcalloc(list_length(list), sizeof *policy->ipv4);
    for (const char *const *text = list; text && *text; text++) {
        struct prefix4 *new = &policy->ipv4[policy->n_ipv4];
        struct error *error = prefix4_parse(*text, new);

        if (error) {
            return error;
        }
        for (size_t i = 0; i < policy->n_ipv4; i++) {
            if (prefix4_equals(&policy->ipv4[i], new)) {
                char canonical[PREFIX4_TEXT_SIZE];

                prefix4_format(new, canonical);
                return refuse_double("IPv4", *text, canonical);
            }
        }
        policy->n_ipv4++;
    }
    return NULL;
}

static struct error *
ipv6_parse(const char *const *list, struct vif_policy *policy)
{
    policy->ipv6 = xcalloc(list_length(list), sizeof *policy->ipv6);
    for (const char *const *text = list; text && *text; text++) {
        struct prefix6 *new = &policy->ipv6[policy->n_ipv6];
        struct error *error = prefix6_parse(*text, new);

        if (error) {
            return error;
        }
        for (size_t i = 0; i < policy->n_ipv6; i++) {
            if (prefix6_equals(&policy->ipv6[i], new)) {
                char canonical[PREFIX6_TEXT_SIZE];

                prefix6_format(new, canonical);
                return refuse_double("IPv6", *text, canonical);
            }
        }
        policy->n_ipv6++;
    }
    return NULL;
}

/* Puts 'vid' in its place among the ascending 'vlans'. False if it is there already. */
static bool
vlan_insert(struct vif_policy *policy, uint16_t vid)
{
    size_t at = policy->n_vlans;

    while (at > 0 && policy->vlans[at - 1] >= vid) {
        at--;
    }
    if (at < policy->n_vlans && policy->vlans[at] == vid) {
        return false;
    }
    memmove(&policy->vlans[at + 1], &policy->vlans[at], (policy->n_vlans - at) * sizeof *policy->vlans);
    policy->vlans[at] = vid;
    policy->n_vlans++;
    return true;
}

static struct error *
vlans_parse(const int64_t *vlans, size_t n, struct vif_policy *policy)
{
    if (n > LIMIT_VIF_VLANS) {
        return error_new(ERROR_LIMIT, "%"PRIuSIZE" VLANs are more than the %d that a VIF may have: remove some",
                         n, LIMIT_VIF_VLANS);
    }
    policy->vlans = xcalloc(n, sizeof *policy->vlans);
    for (size_t i = 0; i < n; i++) {
        if (vlans[i] < VID_MIN || vlans[i] > VID_MAX) {
            return error_new(ERROR_INVALID, "VLAN %"PRId64" is out of range: write %d to %d", vlans[i], VID_MIN, VID_MAX);
        } else if (!vlan_insert(policy, vlans[i])) {
            return error_new(ERROR_INVALID, "VLAN %"PRId64" is in the list twice: remove one of them", vlans[i]);
        }
    }
    return NULL;
}

static struct error *
limits_check(const struct vif_policy_words *words)
{
    size_t n = list_length(words->ipv4) + list_length(words->ipv6);

    if (n > LIMIT_VIF_ADDRESSES) {
        return error_new(ERROR_LIMIT, "%"PRIuSIZE" addresses and prefixes are more than the %d that a VIF may have: "
                         "join neighbours into prefixes", n, LIMIT_VIF_ADDRESSES);
    }
    return NULL;
}

struct error *
vif_policy_parse(const struct vif_policy_words *words, struct vif_policy *result)
{
    struct vif_policy policy = { .auto_lla = words->auto_lla };
    struct error *error = vif_mode_resolve(words->mode, words->network_default, &policy.mode);

    error = error ? error : mac_parse(words->mac ? words->mac : "", &policy.mac);
    error = error ? error : limits_check(words);
    error = error ? error : ipv4_parse(words->ipv4, &policy);
    error = error ? error : ipv6_parse(words->ipv6, &policy);
    error = error ? error : vlans_parse(words->vlans, words->n_vlans, &policy);
    if (error) {
        vif_policy_destroy(&policy);
    } else {
        *result = policy;
    }
    return error;
}

static void *
list_clone(const void *list, size_t n, size_t size)
{
    return n ? xmemdup(list, n * size) : NULL;
}

void
vif_policy_clone(struct vif_policy *copy, const struct vif_policy *policy)
{
    *copy = *policy;
    copy->ipv4 = list_clone(policy->ipv4, policy->n_ipv4, sizeof *policy->ipv4);
    copy->ipv6 = list_clone(policy->ipv6, policy->n_ipv6, sizeof *policy->ipv6);
    copy->vlans = list_clone(policy->vlans, policy->n_vlans, sizeof *policy->vlans);
}

bool
vif_policy_equals(const struct vif_policy *a, const struct vif_policy *b)
{
    if (a->mode != b->mode || !mac_equals(&a->mac, &b->mac) || a->auto_lla != b->auto_lla
        || a->n_ipv4 != b->n_ipv4 || a->n_ipv6 != b->n_ipv6 || a->n_vlans != b->n_vlans) {
        return false;
    }
    for (size_t i = 0; i < a->n_ipv4; i++) {
        if (!prefix4_equals(&a->ipv4[i], &b->ipv4[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < a->n_ipv6; i++) {
        if (!prefix6_equals(&a->ipv6[i], &b->ipv6[i])) {
            return false;
        }
    }
    return !a->n_vlans || !memcmp(a->vlans, b->vlans, a->n_vlans * sizeof *a->vlans);
}

bool
vif_policy_link_local(const struct vif_policy *policy, struct prefix6 *address)
{
    struct prefix6 link_local = prefix6_link_local(&policy->mac);

    if (!policy->auto_lla || !policy->n_ipv6) {
        return false;
    }
    for (size_t i = 0; i < policy->n_ipv6; i++) {
        if (prefix6_equals(&policy->ipv6[i], &link_local)) {
            return false;
        }
    }
    *address = link_local;
    return true;
}

/* What stands before item 'i' of 'n' in an enumeration. */
static const char *
separator(size_t i, size_t n)
{
    return !i ? "" : i < n - 1 ? ", " : " and ";
}

static void
describe_addresses(const struct vif_policy *policy, struct ds *s)
{
    char text[PREFIX6_TEXT_SIZE];
    struct prefix6 link_local;
    bool has_link_local = vif_policy_link_local(policy, &link_local);
    size_t n = 1 + policy->n_ipv4 + policy->n_ipv6 + has_link_local;
    size_t i = 0;

    mac_format(&policy->mac, text);
    ds_put_format(s, "%s%s", separator(i++, n), text);
    for (size_t j = 0; j < policy->n_ipv4; j++) {
        prefix4_format(&policy->ipv4[j], text);
        ds_put_format(s, "%s%s", separator(i++, n), text);
    }
    for (size_t j = 0; j < policy->n_ipv6; j++) {
        prefix6_format(&policy->ipv6[j], text);
        ds_put_format(s, "%s%s", separator(i++, n), text);
    }
    if (has_link_local) {
        prefix6_format(&link_local, text);
        ds_put_format(s, "%s%s", separator(i++, n), text);
    }
    ds_put_cstr(s, n == 1 ? " without an IP address" : "");
}

static void
describe_vlans(const struct vif_policy *policy, struct ds *s)
{
    ds_put_cstr(s, !policy->n_vlans ? "" : policy->n_vlans == 1 ? ", on VLAN " : ", on the VLANs ");
    for (size_t i = 0; i < policy->n_vlans; i++) {
        ds_put_format(s, "%s%"PRIu16, separator(i, policy->n_vlans), policy->vlans[i]);
    }
}

char *
vif_policy_describe(const struct vif_policy *policy)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    switch (policy->mode) {
    case VIF_MODE_LOCKED:
        ds_put_cstr(&s, "locked to ");
        describe_addresses(policy, &s);
        describe_vlans(policy, &s);
        break;
    case VIF_MODE_UNLOCKED:
        ds_put_cstr(&s, "unlocked: every frame passes");
        break;
    case VIF_MODE_DISABLED:
        ds_put_cstr(&s, "disabled: no frame passes in either direction");
        break;
    }
    return ds_steal_cstr(&s);
}

void
vif_policy_destroy(struct vif_policy *policy)
{
    free(policy->ipv4);
    free(policy->ipv6);
    free(policy->vlans);
}
