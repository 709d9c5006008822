/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "rules/flow.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

static const uint8_t field_sizes[RULES_N_FIELDS] = {
    [RULES_FIELD_IN_PORT] = 2,
    [RULES_FIELD_REG] = 4,
    [RULES_FIELD_VLAN_TCI] = 2,
    [RULES_FIELD_DL_SRC] = 6,
    [RULES_FIELD_DL_DST] = 6,
    [RULES_FIELD_DL_TYPE] = 2,
    [RULES_FIELD_ARP_OP] = 2,
    [RULES_FIELD_ARP_SPA] = 4,
    [RULES_FIELD_ARP_TPA] = 4,
    [RULES_FIELD_ARP_SHA] = 6,
    [RULES_FIELD_ARP_THA] = 6,
    [RULES_FIELD_NW_PROTO] = 1,
    [RULES_FIELD_NW_TTL] = 1,
    [RULES_FIELD_NW_SRC] = 4,
    [RULES_FIELD_NW_DST] = 4,
    [RULES_FIELD_IP_FRAG] = 1,
    [RULES_FIELD_TP_SRC] = 2,
    [RULES_FIELD_TP_DST] = 2,
    [RULES_FIELD_IPV6_SRC] = 16,
    [RULES_FIELD_IPV6_DST] = 16,
    [RULES_FIELD_ICMPV6_TYPE] = 1,
    [RULES_FIELD_ICMPV6_CODE] = 1,
    [RULES_FIELD_ND_TARGET] = 16,
    [RULES_FIELD_ND_SLL] = 6,
    [RULES_FIELD_ND_TLL] = 6,
};

size_t
rules_field_size(enum rules_field field)
{
    return field_sizes[field];
}

struct rules_flow *
rules_flows_add(struct rules_flows *flows)
{
    if (flows->n >= flows->allocated) {
        flows->flows = x2nrealloc(flows->flows, &flows->allocated, sizeof *flows->flows);
    }

    struct rules_flow *flow = &flows->flows[flows->n++];
    memset(flow, 0, sizeof *flow);
    return flow;
}

void
rules_flows_destroy(struct rules_flows *flows)
{
    free(flows->flows);
    *flows = (struct rules_flows) RULES_FLOWS_INITIALIZER;
}
