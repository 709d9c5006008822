/* SPDX-License-Identifier: Apache-2.0
 *
 * What a frame on a VIF's device says of how far the guest's network is.
 */
#ifndef TIMELINE_FRAME_H
#define TIMELINE_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum frame_kind {
    FRAME_OTHER,
    FRAME_DHCP_DISCOVER,        /* RFC 2131, option 53 (RFC 2132, 9.6) is 1 */
    FRAME_DHCP_ACK,             /* the same, 5 */
    FRAME_ARP,                  /* RFC 826, IPv4 over Ethernet, of somebody who has an address: no probe (RFC 5227) */
    FRAME_NEIGHBOUR_ADVERTISEMENT, /* RFC 4861, 4.4 */
};

/* 'n' bytes from the Ethernet header on; whoever sent them may have sent anything. One with an 802.1Q tag, a fragment or an IPv6 extension
 * header is FRAME_OTHER. */
enum frame_kind frame_kind(const uint8_t *frame, size_t n);

#endif
