/* SPDX-License-Identifier: Apache-2.0
 *
 * IPv4 and IPv6 addresses and prefixes that a VIF may use (XenAPI VIF.ipv4_allowed, VIF.ipv6_allowed).
 */
#ifndef VIF_PREFIX_H
#define VIF_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct mac;

struct prefix4 {
    uint8_t octet[4];           /* in the order of the wire; bits beyond 'length' are 0 */
    uint8_t length;             /* 1 to 32; 32 is a single address */
};

struct prefix6 {
    uint8_t octet[16];          /* in the order of the wire; bits beyond 'length' are 0 */
    uint8_t length;             /* 1 to 128; 128 is a single address */
};

enum {
    PREFIX4_TEXT_SIZE = 19,     /* "255.255.255.255/32" and the terminator */
    PREFIX6_TEXT_SIZE = 50,
};

/* Reads "ADDRESS" or "ADDRESS/LENGTH". Refused, with the way out in words: another family, bits set beyond the length (the error
 * tells the prefix that was probably meant), and everything that contains an address no guest may send from: the unspecified
 * address, multicast, the limited broadcast address, loopback (RFC 1122 3.2.1.3, RFC 4291 2.5 and 2.7). On failure '*prefix' is
 * untouched. */
struct error *prefix4_parse(const char *text, struct prefix4 *prefix);
struct error *prefix6_parse(const char *text, struct prefix6 *prefix);

/* Writes the canonical form (RFC 5952 for IPv6), without "/32" or "/128" for a single address. */
void prefix4_format(const struct prefix4 *prefix, char text[PREFIX4_TEXT_SIZE]);
void prefix6_format(const struct prefix6 *prefix, char text[PREFIX6_TEXT_SIZE]);

bool prefix4_equals(const struct prefix4 *, const struct prefix4 *);
bool prefix6_equals(const struct prefix6 *, const struct prefix6 *);

/* The link-local address that 'mac' makes by modified EUI-64 (RFC 4291 2.5.1 and 2.5.6). */
struct prefix6 prefix6_link_local(const struct mac *mac);

#endif
