/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "rules/compile.h"
#include "rules/flow.h"
#include "vif/policy.h"

enum { MESSAGE_BYTES_MAX = 2000 };

char *
check_string(const uint8_t *bytes, size_t n)
{
    return xmemdup0((const char *) bytes, n);
}

void
check_error(struct error *error)
{
    if (!error) {
        return;
    }
    ovs_assert(strlen(error->text) < MESSAGE_BYTES_MAX);
    for (const char *c = error->text; *c; c++) {
        ovs_assert((uint8_t) *c >= ' ' && *c != 0x7f);
    }
    error_free(error);
}

/* 'policy' in words, as a database would hold it. */
static void
check_round_trip(const struct vif_policy *policy)
{
    char mac[MAC_TEXT_SIZE];
    char (*ipv4)[PREFIX4_TEXT_SIZE] = xcalloc(policy->n_ipv4, sizeof *ipv4);
    char (*ipv6)[PREFIX6_TEXT_SIZE] = xcalloc(policy->n_ipv6, sizeof *ipv6);
    const char **list4 = xcalloc(policy->n_ipv4 + 1, sizeof *list4);
    const char **list6 = xcalloc(policy->n_ipv6 + 1, sizeof *list6);
    int64_t *vlans = xcalloc(policy->n_vlans, sizeof *vlans);
    struct vif_policy again;

    mac_format(&policy->mac, mac);
    for (size_t i = 0; i < policy->n_ipv4; i++) {
        prefix4_format(&policy->ipv4[i], ipv4[i]);
        list4[i] = ipv4[i];
    }
    for (size_t i = 0; i < policy->n_ipv6; i++) {
        prefix6_format(&policy->ipv6[i], ipv6[i]);
        list6[i] = ipv6[i];
    }
    for (size_t i = 0; i < policy->n_vlans; i++) {
        vlans[i] = policy->vlans[i];
    }
    ovs_assert(!vif_policy_parse(&(struct vif_policy_words) {
        .mode = vif_mode_name(policy->mode), .mac = mac, .ipv4 = list4, .ipv6 = list6, .auto_lla = policy->auto_lla,
        .vlans = vlans, .n_vlans = policy->n_vlans,
    }, &again));
    ovs_assert(vif_policy_equals(policy, &again));
    vif_policy_destroy(&again);
    free(ipv4);
    free(ipv6);
    free(list4);
    free(list6);
    free(vlans);
}

static void
check_compiles(const struct vif_policy *policy, enum rules_variant variant)
{
    const struct rules_layout layout = RULES_LAYOUT_DEFAULT;
    const struct rules_target target = { .layout = &layout, .variant = variant, .ofport = 32768 };
    struct rules_flows flows = RULES_FLOWS_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;

    rules_compile_vif(policy, &target, &flows);
    ovs_assert(flows.n);
    for (size_t i = 0; i < flows.n; i++) {
        ds_clear(&text);
        rules_flow_format(&flows.flows[i], &layout, &text);
        ovs_assert(strstr(ds_cstr(&text), "in_port=32768") && strstr(ds_cstr(&text), " actions="));
    }
    ds_destroy(&text);
    rules_flows_destroy(&flows);
}

void
check_policy(const struct vif_policy *policy)
{
    struct vif_policy copy;

    vif_policy_clone(&copy, policy);
    ovs_assert(vif_policy_equals(policy, &copy));
    vif_policy_destroy(&copy);
    free(vif_policy_describe(policy));
    check_round_trip(policy);
    check_compiles(policy, RULES_STRICT);
    check_compiles(policy, RULES_SPLIT);
    check_compiles(policy, RULES_XENSERVER_COMPAT);
}
