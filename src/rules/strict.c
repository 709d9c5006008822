/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a locked VIF, and their variant for hostile guests, which differs in the first stage only.
 *
 * Why a row stands where it does: within a stage, what is dropped whatever its source stands above what is accepted by its source,
 * and each stage ends with the named drop of the rest. With the fragment mode `nx-match`, Open vSwitch shows ports and ICMPv6 type of
 * a first fragment as they are and of a later one as 0; what it cannot parse it shows as 0 too (checked with Open vSwitch 3.1).
 */
#include <config.h>

#include "rules/row.h"

#include <util.h>

#define BROADCAST_MAC UINT64_C(0xffffffffffff)
#define BROADCAST_IPV4 0xffffffff
#define ALL_SYSTEMS 0xe0000001                      /* 224.0.0.1 */
#define UNSPECIFIED6(FIELD) IS_IPV6(FIELD, 128, 0)  /* :: */
#define MULTICAST6 IS_IPV6(IPV6_DST, 8, 0xff)       /* ff00::/8 */

#define RARP_ANNOUNCEMENT \
    IS(DL_DST, BROADCAST_MAC), RARP, IS(ARP_OP, 3), IS_MAC(ARP_SHA), IS_MAC(ARP_THA), IS(ARP_SPA, 0), IS(ARP_TPA, 0)
#define ICMP6_TYPE(TYPE) ICMP6, IS(ICMPV6_TYPE, TYPE)
#define ND_TYPE(TYPE) ICMP6_TYPE(TYPE), IS(ICMPV6_CODE, 0)
/* Valid by RFC 4861 6.1 and 7.1, and RFC 6980. */
#define ND(TYPE) ND_TYPE(TYPE), IS(NW_TTL, 255), UNFRAGMENTED

enum { ROUTER_SOLICITATION = 133, NEIGHBOUR_SOLICITATION = 135, NEIGHBOUR_ADVERTISEMENT = 136 };

static const struct rules_row ethernet[] = {
    GOTO(ETHERNET, 300, PER_TAG, ARP, IS_MAC(DL_SRC), ARP),
    GOTO(ETHERNET, 300, PER_TAG, IPV4, IS_MAC(DL_SRC), IPV4),
    GOTO(ETHERNET, 300, PER_TAG, IPV6, IS_MAC(DL_SRC), IPV6),
    ROW(ETHERNET, 300, PER_TAG, RARP_ANNOUNCE, IS_MAC(DL_SRC), RARP_ANNOUNCEMENT),
    ROW(ETHERNET, 200, PER_TAG, OTHER_ETHERTYPE, IS_MAC(DL_SRC)),
    ROW(ETHERNET, 100, PER_TAG, MAC_SPOOF),
    ROW(ETHERNET, 50, ONCE, VLAN_TAGGED),
};

/* The same decisions. What passes the 48 bits has the VIF's own MAC, so the switch need not look at the others' bits: a flood of
 * random MACs leaves as many megaflows as there are leading bits to tell them apart, not one for each MAC. */
static const struct rules_row ethernet_split[] = {
    ROW(ETHERNET, 400, PER_TAG_AND_MAC_BIT, MAC_SPOOF),
    GOTO(ETHERNET, 300, PER_TAG, ARP, ARP),
    GOTO(ETHERNET, 300, PER_TAG, IPV4, IPV4),
    GOTO(ETHERNET, 300, PER_TAG, IPV6, IPV6),
    ROW(ETHERNET, 300, PER_TAG, RARP_ANNOUNCE, RARP_ANNOUNCEMENT),
    ROW(ETHERNET, 200, PER_TAG, OTHER_ETHERTYPE),
    ROW(ETHERNET, 50, ONCE, VLAN_TAGGED),
};

static const struct rules_row upper[] = {
    ROW(ARP, 300, PER_IPV4, ARP_REQUEST, ARP, IS(ARP_OP, 1), IS_MAC(ARP_SHA), IS_ADDRESS(ARP_SPA)),
    ROW(ARP, 300, PER_IPV4, ARP_REPLY, ARP, IS(ARP_OP, 2), IS_MAC(ARP_SHA), IS_ADDRESS(ARP_SPA)),
    ROW(ARP, 300, PER_IPV4, ARP_PROBE, ARP, IS(ARP_OP, 1), IS_MAC(ARP_SHA), IS(ARP_SPA, 0), IS_ADDRESS(ARP_TPA)),
    ROW(ARP, 100, ONCE, ARP_SPOOF),

    ROW(IPV4, 500, ONCE, DHCP_SERVER, UDP, IS(TP_DST, 68)),
    ROW(IPV4, 500, ONCE, MALFORMED_V4, UDP, FIRST_FRAGMENT, IS(TP_DST, 0)),
    ROW(IPV4, 500, ONCE, IGMP_QUERY, IGMP, IS(NW_DST, ALL_SYSTEMS)),
    ROW(IPV4, 400, ONCE, ALLOW_DHCP,
        UDP, UNFRAGMENTED, IS(NW_SRC, 0), IS(NW_DST, BROADCAST_IPV4), IS(TP_SRC, 68), IS(TP_DST, 67)),
    ROW(IPV4, 300, PER_IPV4, ALLOW_IPV4, IPV4, IS_ADDRESS(NW_SRC)),
    ROW(IPV4, 100, ONCE, IPV4_SPOOF),   /* with every header that cannot be parsed: Open vSwitch shows 0.0.0.0 */

    ROW(IPV6, 600, ONCE, MALFORMED_V6, IPV6, IS(NW_PROTO, 0)), /* header or extension chain not parsable */
    ROW(IPV6, 500, ONCE, MALFORMED_V6, ICMP6_TYPE(0)),
    ROW(IPV6, 500, ONCE, MALFORMED_V6, UDP6, FIRST_FRAGMENT, IS(TP_DST, 0)),
    ROW(IPV6, 500, ONCE, DHCPV6_SERVER, UDP6, IS(TP_DST, 546)),
    ROW(IPV6, 500, ONCE, ROUTER_ADVERTISEMENT, ICMP6_TYPE(134)),
    ROW(IPV6, 500, ONCE, REDIRECT_GATEWAY, ICMP6_TYPE(137)),
    ROW(IPV6, 500, ONCE, MOBILE_PREFIX_SOLICITATION, ICMP6_TYPE(146)),
    ROW(IPV6, 500, ONCE, MOBILE_PREFIX_ADVERTISEMENT, ICMP6_TYPE(147)),
    ROW(IPV6, 500, ONCE, MULTICAST_ROUTER_ADVERTISEMENT, ICMP6_TYPE(151)),
    ROW(IPV6, 500, ONCE, MULTICAST_ROUTER_SOLICITATION, ICMP6_TYPE(152)),
    ROW(IPV6, 500, ONCE, MULTICAST_ROUTER_TERMINATION, ICMP6_TYPE(153)),
    ROW(IPV6, 500, ONCE, MLD_QUERY, ICMP6_TYPE(130)),
    ROW(IPV6, 500, ONCE, ICMPV6_INFRA, ICMP6_TYPE(138)),
    ROW(IPV6, 500, ONCE, ICMPV6_INFRA, ICMP6_TYPE(149)),
    ROW(IPV6, 500, ONCE, ICMPV6_INFRA, ICMP6_TYPE(155)),
    GOTO(IPV6, 500, ONCE, ND, ICMP6_TYPE(ROUTER_SOLICITATION)),
    GOTO(IPV6, 500, ONCE, ND, ICMP6_TYPE(NEIGHBOUR_SOLICITATION)),
    GOTO(IPV6, 500, ONCE, ND, ICMP6_TYPE(NEIGHBOUR_ADVERTISEMENT)),
    ROW(IPV6, 400, IF_IPV6, MLD_REPORT,                         /* version 1 */
        ICMP6_TYPE(131), IS(NW_TTL, 1), UNSPECIFIED6(IPV6_SRC), IS_IPV6(IPV6_DST, 16, 0xff, 0x02)),
    ROW(IPV6, 400, IF_IPV6, MLD_REPORT,                         /* version 2 */
        ICMP6_TYPE(143), IS(NW_TTL, 1), UNSPECIFIED6(IPV6_SRC), IS_IPV6(IPV6_DST, 16, 0xff, 0x02)),
    ROW(IPV6, 300, PER_IPV6, ALLOW_IPV6, IPV6, IS_ADDRESS(IPV6_SRC)),
    ROW(IPV6, 100, ONCE, IPV6_SPOOF),

    /* Open vSwitch shows target :: for options that are too short or doubled. */
    ROW(ND, 400, IF_IPV6, ND_OTHER, ND_TYPE(NEIGHBOUR_SOLICITATION), UNSPECIFIED6(ND_TARGET)),
    GOTO(ND, 380, IF_IPV6, ND_TARGET,                           /* DAD, to a solicited-node address */
         ND(NEIGHBOUR_SOLICITATION), UNSPECIFIED6(IPV6_SRC),
         IS_IPV6(IPV6_DST, 104, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff), IS(ND_SLL, 0)),
    /* The link-layer option may be missing on unicast only: behind these two rows it is all that is left. */
    ROW(ND, 350, IF_IPV6, ND_OTHER, ND_TYPE(NEIGHBOUR_SOLICITATION), MULTICAST6, IS(ND_SLL, 0)),
    ROW(ND, 350, IF_IPV6, ND_OTHER, ND_TYPE(NEIGHBOUR_ADVERTISEMENT), MULTICAST6, IS(ND_TLL, 0)),
    ROW(ND, 300, PER_IPV6, NEIGHBOUR_SOLICITATION, ND(NEIGHBOUR_SOLICITATION), IS_ADDRESS(IPV6_SRC), IS_MAC(ND_SLL)),
    ROW(ND, 300, PER_IPV6, NEIGHBOUR_SOLICITATION, ND(NEIGHBOUR_SOLICITATION), IS_ADDRESS(IPV6_SRC), IS(ND_SLL, 0)),
    ROW(ND, 300, PER_IPV6, ROUTER_SOLICITATION, ND(ROUTER_SOLICITATION), IS_ADDRESS(IPV6_SRC)),
    ROW(ND, 300, IF_IPV6, ROUTER_SOLICITATION,                  /* to all routers */
        ND(ROUTER_SOLICITATION), UNSPECIFIED6(IPV6_SRC), IS_IPV6(IPV6_DST, 128, 0xff, 0x02, [15] = 2)),
    GOTO(ND, 300, PER_IPV6, ND_TARGET, ND(NEIGHBOUR_ADVERTISEMENT), IS_ADDRESS(IPV6_SRC)),
    ROW(ND, 100, ONCE, ND_OTHER),

    ROW(ND_TARGET, 300, PER_IPV6, DAD, ND_TYPE(NEIGHBOUR_SOLICITATION), IS_ADDRESS(ND_TARGET)),
    ROW(ND_TARGET, 300, PER_IPV6, NEIGHBOUR_ADVERTISEMENT,
        ND_TYPE(NEIGHBOUR_ADVERTISEMENT), IS_ADDRESS(ND_TARGET), IS_MAC(ND_TLL)),
    ROW(ND_TARGET, 300, PER_IPV6, NEIGHBOUR_ADVERTISEMENT,
        ND_TYPE(NEIGHBOUR_ADVERTISEMENT), IS_ADDRESS(ND_TARGET), IS(ND_TLL, 0)),
    ROW(ND_TARGET, 100, IF_IPV6, ND_OTHER),
};

const struct rules_rows rules_rows_ethernet = { ethernet, ARRAY_SIZE(ethernet) };
const struct rules_rows rules_rows_ethernet_split = { ethernet_split, ARRAY_SIZE(ethernet_split) };
const struct rules_rows rules_rows_upper = { upper, ARRAY_SIZE(upper) };
