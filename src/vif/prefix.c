/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "vif/mac.h"

enum { MAX_OCTETS = 16 };

/* Addresses that no guest may send from. */
struct special {
    const char *what;
    uint8_t octet[MAX_OCTETS];
    uint8_t length;
};

static const struct special special4[] = {
    { "the unspecified address 0.0.0.0", { 0 }, 32 },                       /* RFC 1122 3.2.1.3 (a) */
    { "loopback addresses (127.0.0.0/8)", { 127 }, 8 },                     /* (g) */
    { "multicast addresses (224.0.0.0/4)", { 224 }, 4 },                    /* RFC 1112 7.2 */
    { "the broadcast address 255.255.255.255", { 255, 255, 255, 255 }, 32 }, /* RFC 1122 3.2.1.3 (c) */
};
static const struct special special6[] = {
    { "the unspecified address ::", { 0 }, 128 },                           /* RFC 4291 2.5.2 */
    { "the loopback address ::1", { [15] = 1 }, 128 },                      /* 2.5.3 */
    { "multicast addresses (ff00::/8)", { 0xff }, 8 },                      /* 2.7 */
};

struct family {
    int af;
    const char *name;
    const char *example;
    uint8_t n_octets;
    const struct special *specials;
    size_t n_specials;
};

static const struct family family4 = {
    AF_INET, "IPv4", "10.0.0.5 or 10.0.0.0/24", 4, special4, ARRAY_SIZE(special4),
};
static const struct family family6 = {
    AF_INET6, "IPv6", "2001:db8::5 or 2001:db8::/64", 16, special6, ARRAY_SIZE(special6),
};

/* Either family's prefix while it is checked. */
struct any_prefix {
    uint8_t octet[MAX_OCTETS];
    unsigned int length;
};

static int
bits(const struct family *family)
{
    return 8 * family->n_octets;
}

/* Clears the bits of 'octet' beyond 'length'. */
static void
cut(uint8_t octet[MAX_OCTETS], unsigned int length)
{
    for (unsigned int i = length; i < 8 * MAX_OCTETS; i++) {
        octet[i / 8] &= ~(0x80 >> i % 8);
    }
}

/* True if the prefixes 'a' and 'b' have an address in common. */
static bool
overlap(const uint8_t a[MAX_OCTETS], unsigned int a_length, const uint8_t b[MAX_OCTETS], unsigned int b_length)
{
    unsigned int length = MIN(a_length, b_length);
    uint8_t difference[MAX_OCTETS];

    for (size_t i = 0; i < MAX_OCTETS; i++) {
        difference[i] = a[i] ^ b[i];
    }
    cut(difference, length);
    return !memcmp(difference, (uint8_t[MAX_OCTETS]) { 0 }, MAX_OCTETS);
}

static void
address_format(const struct family *family, const uint8_t *octet, char *text)
{
    ovs_assert(inet_ntop(family->af, octet, text, family == &family4 ? INET_ADDRSTRLEN : INET6_ADDRSTRLEN));
}

/* Writes 'prefix', without its length if it is a single address. */
static void
format(const struct family *family, const uint8_t *octet, unsigned int length, char *text)
{
    address_format(family, octet, text);
    if (length < bits(family)) {
        sprintf(strchr(text, '\0'), "/%u", length);
    }
}

/* Reads what stands behind the '/': decimal without sign or leading zero, at most 'max'. */
static bool
length_parse(const char *text, unsigned int max, unsigned int *length)
{
    size_t n_digits = strspn(text, "0123456789");

    if (!n_digits || n_digits > 3 || text[n_digits] || (text[0] == '0' && n_digits > 1)) {
        return false;
    }
    *length = 0;
    for (const char *c = text; *c; c++) {
        *length = *length * 10 + (*c - '0');
    }
    return *length <= max;
}

static struct error *
refuse_address(const struct family *family, const char *text, const char *address)
{
    const struct family *other = family == &family4 ? &family6 : &family4;
    uint8_t octet[MAX_OCTETS];

    if (inet_pton(other->af, address, octet) == 1) {
        return error_new(ERROR_INVALID, "%s is %s, not %s: put it in the list of %s addresses",
                         quote(text).text, other->name, family->name, other->name);
    }
    return error_new(ERROR_INVALID, "%s is no %s address or prefix: write it like %s",
                     quote(text).text, family->name, family->example);
}

static struct error *
refuse_set_bits(const struct family *family, const char *text, const struct any_prefix *prefix)
{
    char alone[INET6_ADDRSTRLEN], meant[PREFIX6_TEXT_SIZE];
    struct any_prefix shorter = *prefix;

    cut(shorter.octet, shorter.length);
    format(family, shorter.octet, shorter.length, meant);
    address_format(family, prefix->octet, alone);
    return error_new(ERROR_INVALID, "%s prefix %s has bits set beyond its length: write %s, or %s for the address alone",
                     family->name, quote(text).text, meant, alone);
}

static struct error *
check(const struct family *family, const char *text, const struct any_prefix *prefix)
{
    struct any_prefix shorter = *prefix;

    if (!prefix->length) {
        return error_new(ERROR_INVALID, "%s prefix %s is every address: give the guest's own addresses, or set the mode to "
                         "unlocked", family->name, quote(text).text);
    }
    cut(shorter.octet, shorter.length);
    if (memcmp(shorter.octet, prefix->octet, sizeof shorter.octet)) {
        return refuse_set_bits(family, text, prefix);
    }
    for (size_t i = 0; i < family->n_specials; i++) {
        const struct special *special = &family->specials[i];

        if (overlap(prefix->octet, prefix->length, special->octet, special->length)) {
            return error_new(ERROR_INVALID, "%s %s %s contains %s, from which no guest may send: give the guest's own addresses",
                             family->name, prefix->length == bits(family) ? "address" : "prefix", quote(text).text,
                             special->what);
        }
    }
    return NULL;
}

static struct error *
parse(const struct family *family, const char *text, struct any_prefix *prefix)
{
    const char *slash = strchr(text, '/');
    size_t address_length = slash ? slash - text : strlen(text);
    char address[INET6_ADDRSTRLEN];

    ovs_strlcpy(address, text, MIN(sizeof address, address_length + 1));
    memset(prefix, 0, sizeof *prefix);
    if (address_length >= sizeof address || inet_pton(family->af, address, prefix->octet) != 1) {
        return refuse_address(family, text, address);
    }
    prefix->length = bits(family);
    if (slash && !length_parse(slash + 1, bits(family), &prefix->length)) {
        return error_new(ERROR_INVALID, "%s prefix %s has no valid length: write a number from 1 to %d behind the '/'",
                         family->name, quote(text).text, bits(family));
    }
    return check(family, text, prefix);
}

struct error *
prefix4_parse(const char *text, struct prefix4 *result)
{
    struct any_prefix prefix;
    struct error *error = parse(&family4, text, &prefix);

    if (!error) {
        memcpy(result->octet, prefix.octet, sizeof result->octet);
        result->length = prefix.length;
    }
    return error;
}

struct error *
prefix6_parse(const char *text, struct prefix6 *result)
{
    struct any_prefix prefix;
    struct error *error = parse(&family6, text, &prefix);

    if (!error) {
        memcpy(result->octet, prefix.octet, sizeof result->octet);
        result->length = prefix.length;
    }
    return error;
}

void
prefix4_format(const struct prefix4 *prefix, char text[PREFIX4_TEXT_SIZE])
{
    format(&family4, prefix->octet, prefix->length, text);
}

void
prefix6_format(const struct prefix6 *prefix, char text[PREFIX6_TEXT_SIZE])
{
    format(&family6, prefix->octet, prefix->length, text);
}

bool
prefix4_equals(const struct prefix4 *a, const struct prefix4 *b)
{
    return a->length == b->length && !memcmp(a->octet, b->octet, sizeof a->octet);
}

bool
prefix6_equals(const struct prefix6 *a, const struct prefix6 *b)
{
    return a->length == b->length && !memcmp(a->octet, b->octet, sizeof a->octet);
}

struct prefix6
prefix6_link_local(const struct mac *mac)
{
    const uint8_t *o = mac->octet;

    return (struct prefix6) {
        .octet = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, o[0] ^ 2, o[1], o[2], 0xff, 0xfe, o[3], o[4], o[5] },
        .length = 128,
    };
}
