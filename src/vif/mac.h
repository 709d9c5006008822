/* SPDX-License-Identifier: Apache-2.0
 *
 * An Ethernet address that a VIF may own (IEEE 802; XenAPI VIF.MAC).
 */
#ifndef VIF_MAC_H
#define VIF_MAC_H

#include <stdbool.h>
#include <stdint.h>

struct error;

struct mac {
    uint8_t octet[6];           /* in the order of the wire */
};

enum { MAC_TEXT_SIZE = 18 };    /* "02:00:00:00:01:02" and the terminator */

/* Reads six two-digit hex groups separated by ':', either case. Refuses what no guest can own: a multicast address,
 * all zeros, and fe:ff:ff:ff:ff:ff, which every backend device carries. On failure '*mac' is untouched. */
struct error *mac_parse(const char *text, struct mac *mac);

/* Writes 'mac' in lower case. */
void mac_format(const struct mac *mac, char text[MAC_TEXT_SIZE]);

bool mac_equals(const struct mac *, const struct mac *);

#endif
