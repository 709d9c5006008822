/* SPDX-License-Identifier: Apache-2.0
 *
 * The addresses that VIF.set_ipv4_allowed and its like take: those that a VIF can have (vif/prefix.h).
 */
#ifndef VERBS_VIF_ADDRESSES_H
#define VERBS_VIF_ADDRESSES_H

#include <stdbool.h>

#include "xenapi/call.h"
#include "xenapi/value.h"

enum vif_addresses_family { VIF_ADDRESSES_IPV4, VIF_ADDRESSES_IPV6 };

/* "ipv4_allowed" or "ipv6_allowed". */
const char *vif_addresses_field(enum vif_addresses_family);

/* True if each string of 'set' can be in the family's list. Otherwise '*failure' says INVALID_IP_ADDRESS_SPECIFIED. */
bool vif_addresses_check(enum vif_addresses_family, const struct xenapi_value *set, struct xenapi_reply *failure);

/* True if 'set' is not longer than LIMIT_VIF_ADDRESSES. Otherwise '*failure' says INVALID_VALUE. */
bool vif_addresses_fit(enum vif_addresses_family, const struct xenapi_value *set, struct xenapi_reply *failure);

/* The list as the database keeps it: each once, in the order of the set; the caller's. */
struct xenapi_value vif_addresses_unique(const struct xenapi_value *set);

/* A copy of 'set' with 'address' or without it, the caller's. */
struct xenapi_value vif_addresses_with(const struct xenapi_value *set, const char *address);
struct xenapi_value vif_addresses_without(const struct xenapi_value *set, const char *address);

#endif
