/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenvif/old_rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include <svec.h>
#include <util.h>

#include "vif/policy.h"

/* Router advertisement, redirect, mobile prefixes, multicast routers: never a guest's to send. */
static const unsigned int forbidden_icmp6[] = { 134, 137, 146, 147, 151, 152, 153 };

struct port {
    uint32_t ofport;
    char mac[MAC_TEXT_SIZE];
    struct svec *flows;
};

static void OVS_PRINTF_FORMAT(4, 5)
put(const struct port *port, unsigned int priority, const char *action, const char *format, ...)
{
    va_list arguments;
    char *match;

    va_start(arguments, format);
    match = xvasprintf(format, arguments);
    va_end(arguments);
    svec_add_nocopy(port->flows, xasprintf("cookie=%d,priority=%u,in_port=%"PRIu32"%s,actions=%s", XENVIF_OLD_COOKIE, priority, port->ofport,
                                           match, action));
    free(match);
}

static void
put_ipv4(const struct port *port, const struct prefix4 *prefix)
{
    char address[PREFIX4_TEXT_SIZE];

    prefix4_format(prefix, address);
    put(port, 7000, "normal", ",arp,dl_src=%s,arp_sha=%s,nw_src=%s", port->mac, port->mac, address);
    put(port, 6000, "normal", ",ip,dl_src=%s,nw_src=%s", port->mac, address);
}

static void
put_ipv6(const struct port *port, const struct prefix6 *prefix)
{
    char address[PREFIX6_TEXT_SIZE];

    prefix6_format(prefix, address);
    put(port, 8000, "normal", ",icmp6,dl_src=%s,ipv6_src=%s,icmp_type=135,nd_sll=%s", port->mac, address, port->mac);
    put(port, 8000, "normal", ",icmp6,dl_src=%s,ipv6_src=%s,icmp_type=136,nd_target=%s", port->mac, address, address);
    put(port, 5000, "normal", ",icmp6,dl_src=%s,ipv6_src=%s", port->mac, address);
    put(port, 5000, "normal", ",tcp6,dl_src=%s,ipv6_src=%s", port->mac, address);
    put(port, 5000, "normal", ",udp6,dl_src=%s,ipv6_src=%s", port->mac, address);
}

static void
put_drops(const struct port *port)
{
    put(port, 7000, "drop", ",icmp6,icmp_type=135");
    put(port, 7000, "drop", ",icmp6,icmp_type=136");
    for (size_t i = 0; i < ARRAY_SIZE(forbidden_icmp6); i++) {
        put(port, 6000, "drop", ",icmp6,icmp_type=%u", forbidden_icmp6[i]);
    }
    put(port, 4000, "drop", "%s", "");
}

static void
put_locked(const struct vif_policy *policy, const struct port *port)
{
    put(port, 8000, "normal", ",udp,dl_src=%s,tp_dst=67", port->mac);
    put(port, 7000, "normal", ",arp,dl_src=%s,arp_sha=%s,nw_src=0.0.0.0", port->mac, port->mac);
    for (size_t i = 0; i < policy->n_ipv4; i++) {
        put_ipv4(port, &policy->ipv4[i]);
    }
    for (size_t i = 0; i < policy->n_ipv6; i++) {
        put_ipv6(port, &policy->ipv6[i]);
    }
    put_drops(port);
}

void
xenvif_old_rules(const struct vif_policy *policy, uint32_t ofport, struct svec *flows)
{
    struct port port = { .ofport = ofport, .flows = flows };

    mac_format(&policy->mac, port.mac);
    switch (policy->mode) {
    case VIF_MODE_LOCKED:
        put_locked(policy, &port);
        break;
    case VIF_MODE_UNLOCKED:
        break;
    case VIF_MODE_DISABLED:
        put(&port, 4000, "drop", "%s", "");
        break;
    }
}
