/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/vif_addresses.h"

#include <stdio.h>
#include <string.h>

#include <openvswitch/compiler.h>

#include "base/error.h"
#include "base/limits.h"
#include "verbs/failure.h"
#include "vif/prefix.h"

const char *
vif_addresses_field(enum vif_addresses_family family)
{
    return family == VIF_ADDRESSES_IPV4 ? "ipv4_allowed" : "ipv6_allowed";
}

static struct error *
parse(enum vif_addresses_family family, const char *text)
{
    struct prefix4 prefix4;
    struct prefix6 prefix6;

    return family == VIF_ADDRESSES_IPV4 ? prefix4_parse(text, &prefix4) : prefix6_parse(text, &prefix6);
}

bool
vif_addresses_check(enum vif_addresses_family family, const struct xenapi_value *set, struct xenapi_reply *failure)
{
    for (size_t i = 0; i < set->set.n; i++) {
        OWN_ERROR struct error *error = parse(family, set->set.elements[i].string);

        if (error) {
            *failure = xenapi_failure("INVALID_IP_ADDRESS_SPECIFIED", vif_addresses_field(family), NULL);
            return false;
        }
    }
    return true;
}

bool
vif_addresses_fit(enum vif_addresses_family family, const struct xenapi_value *set, struct xenapi_reply *failure)
{
    char text[64];

    if (set->set.n <= LIMIT_VIF_ADDRESSES) {
        return true;
    }
    snprintf(text, sizeof text, "%zu addresses: a VIF takes %d", set->set.n, LIMIT_VIF_ADDRESSES);
    *failure = failure_value(vif_addresses_field(family), text);
    return false;
}

static bool
has(const struct xenapi_value *set, const char *address)
{
    for (size_t i = 0; i < set->set.n; i++) {
        if (!strcmp(set->set.elements[i].string, address)) {
            return true;
        }
    }
    return false;
}

struct xenapi_value
vif_addresses_unique(const struct xenapi_value *set)
{
    struct xenapi_value result = xenapi_set_create();

    for (size_t i = 0; i < set->set.n; i++) {
        const char *address = set->set.elements[i].string;

        if (!has(&result, address)) {
            xenapi_set_add(&result, xenapi_string(address));
        }
    }
    return result;
}

struct xenapi_value
vif_addresses_with(const struct xenapi_value *set, const char *address)
{
    struct xenapi_value result = vif_addresses_unique(set);

    if (!has(&result, address)) {
        xenapi_set_add(&result, xenapi_string(address));
    }
    return result;
}

struct xenapi_value
vif_addresses_without(const struct xenapi_value *set, const char *address)
{
    struct xenapi_value result = xenapi_set_create();

    for (size_t i = 0; i < set->set.n; i++) {
        if (strcmp(set->set.elements[i].string, address)) {
            xenapi_set_add(&result, xenapi_value_clone(&set->set.elements[i]));
        }
    }
    return result;
}
