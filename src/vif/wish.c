/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/wish.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

const char *
vif_origin_name(enum vif_origin origin)
{
    switch (origin) {
    case VIF_OF_POOL: return "pool";
    case VIF_HANDED: return "handed";
    case VIF_DESCRIBED: return "described";
    }
    OVS_NOT_REACHED();
}

static bool
network_equals(const struct vif_network *a, const struct vif_network *b)
{
    return !strcmp(a->uuid, b->uuid) && !strcmp(a->bridge, b->bridge) && !strcmp(a->uplink, b->uplink)
           && a->managed == b->managed && a->vlan == b->vlan;
}

char *
vif_allowance_describe(const struct vif_policy *policy, const struct vif_rate *rate)
{
    char *may = vif_policy_describe(policy);
    char *limit = vif_rate_describe(rate);
    char *both = xasprintf("%s%s%s", may, *limit ? ", " : "", limit);

    free(may);
    free(limit);
    return both;
}

bool
vif_wish_equals(const struct vif_wish *a, const struct vif_wish *b)
{
    return !strcmp(a->uuid, b->uuid) && !strcmp(a->vm_uuid, b->vm_uuid) && !strcmp(a->device, b->device)
           && a->attach == b->attach && a->mtu == b->mtu && network_equals(&a->network, &b->network)
           && vif_policy_equals(&a->policy, &b->policy) && vif_rate_equals(&a->rate, &b->rate)
           && a->origin == b->origin && a->replaces == b->replaces && a->replaced_cookie == b->replaced_cookie
           && nullable_string_is_equal(a->refusal, b->refusal);
}

struct vif_wish *
vif_wish_clone(const struct vif_wish *wish)
{
    struct vif_wish *copy = xmemdup(wish, sizeof *wish);

    vif_policy_clone(&copy->policy, &wish->policy);
    copy->refusal = nullable_xstrdup(wish->refusal);
    return copy;
}

void
vif_wish_destroy(struct vif_wish *wish)
{
    vif_policy_destroy(&wish->policy);
    free(wish->refusal);
}
