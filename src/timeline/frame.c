/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "timeline/frame.h"

#include <stdbool.h>
#include <string.h>

enum {
    ETHERNET_BYTES = 14,
    ARP_BYTES = 28,
    IPV4_BYTES = 20,
    IPV6_BYTES = 40,
    UDP_BYTES = 8,
    BOOTP_BYTES = 236,          /* without options */

    TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_IPV6 = 0x86dd,
    PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58,
    PORT_DHCP_SERVER = 67, PORT_DHCP_CLIENT = 68,
    OPTION_PAD = 0, OPTION_MESSAGE_TYPE = 53, OPTION_END = 255,
    DHCPDISCOVER = 1, DHCPACK = 5,
    NEIGHBOUR_ADVERTISEMENT = 136,
};

/* What of a frame is not read yet. */
struct rest {
    const uint8_t *data;
    size_t n;
};

/* True if 'n' bytes were there, which '*taken' points to then. */
static bool
take(struct rest *rest, size_t n, const uint8_t **taken)
{
    if (rest->n < n) {
        return false;
    }
    *taken = rest->data;
    rest->data += n;
    rest->n -= n;
    return true;
}

static unsigned int
read_be16(const uint8_t *p)
{
    return p[0] << 8 | p[1];
}

static enum frame_kind
kind_of_arp(struct rest rest)
{
    static const uint8_t ipv4_over_ethernet[] = { 0, 1, 8, 0, 6, 4 };
    static const uint8_t no_address[4];
    const uint8_t *arp;

    if (!take(&rest, ARP_BYTES, &arp) || memcmp(arp, ipv4_over_ethernet, sizeof ipv4_over_ethernet)) {
        return FRAME_OTHER;
    }
    return memcmp(arp + 14, no_address, sizeof no_address) ? FRAME_ARP : FRAME_OTHER;
}

/* The message type among DHCP's options, or -1. */
static int
dhcp_message_type(struct rest options)
{
    const uint8_t *tag, *length, *value;

    while (take(&options, 1, &tag) && *tag != OPTION_END) {
        if (*tag == OPTION_PAD) {
            continue;
        }
        if (!take(&options, 1, &length) || !take(&options, *length, &value)) {
            return -1;
        }
        if (*tag == OPTION_MESSAGE_TYPE && *length == 1) {
            return *value;
        }
    }
    return -1;
}

static enum frame_kind
kind_of_dhcp(struct rest rest, bool to_server)
{
    static const uint8_t cookie[] = { 99, 130, 83, 99 };
    const uint8_t *bootp, *magic;

    if (!take(&rest, BOOTP_BYTES, &bootp) || !take(&rest, sizeof cookie, &magic) || memcmp(magic, cookie, sizeof cookie)) {
        return FRAME_OTHER;
    }

    const int type = dhcp_message_type(rest);
    return to_server && type == DHCPDISCOVER ? FRAME_DHCP_DISCOVER : !to_server && type == DHCPACK ? FRAME_DHCP_ACK : FRAME_OTHER;
}

static enum frame_kind
kind_of_udp(struct rest rest)
{
    const uint8_t *udp;

    if (!take(&rest, UDP_BYTES, &udp)) {
        return FRAME_OTHER;
    }

    const unsigned int from = read_be16(udp), to = read_be16(udp + 2);
    const bool to_server = from == PORT_DHCP_CLIENT && to == PORT_DHCP_SERVER;
    const bool to_client = from == PORT_DHCP_SERVER && to == PORT_DHCP_CLIENT;
    return to_server || to_client ? kind_of_dhcp(rest, to_server) : FRAME_OTHER;
}

static enum frame_kind
kind_of_ipv4(struct rest rest)
{
    const uint8_t *ipv4, *options;

    if (!take(&rest, IPV4_BYTES, &ipv4) || ipv4[0] >> 4 != 4 || ipv4[9] != PROTOCOL_UDP || read_be16(ipv4 + 6) & 0x3fff) {
        return FRAME_OTHER;
    }

    const size_t header = (ipv4[0] & 15) * 4u;
    return header >= IPV4_BYTES && take(&rest, header - IPV4_BYTES, &options) ? kind_of_udp(rest) : FRAME_OTHER;
}

static enum frame_kind
kind_of_ipv6(struct rest rest)
{
    const uint8_t *ipv6, *type;

    return take(&rest, IPV6_BYTES, &ipv6) && ipv6[0] >> 4 == 6 && ipv6[6] == PROTOCOL_ICMPV6 && take(&rest, 1, &type)
           && *type == NEIGHBOUR_ADVERTISEMENT ? FRAME_NEIGHBOUR_ADVERTISEMENT : FRAME_OTHER;
}

enum frame_kind
frame_kind(const uint8_t *frame, size_t n)
{
    struct rest rest = { frame, n };
    const uint8_t *ethernet;

    if (!take(&rest, ETHERNET_BYTES, &ethernet)) {
        return FRAME_OTHER;
    }
    switch (read_be16(ethernet + 12)) {
    case TYPE_ARP:
        return kind_of_arp(rest);
    case TYPE_IPV4:
        return kind_of_ipv4(rest);
    case TYPE_IPV6:
        return kind_of_ipv6(rest);
    default:
        return FRAME_OTHER;
    }
}
