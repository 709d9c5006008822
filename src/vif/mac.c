/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/mac.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"

static const struct mac zero_mac;
static const struct mac backend_mac = { { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };

/* The value of a hex digit, -1 if it is none. */
static int
digit_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (found - digits) % 16 : -1;
}

static bool
octets_parse(const char *text, struct mac *mac)
{
    if (strlen(text) != MAC_TEXT_SIZE - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof mac->octet; i++) {
        int high = digit_value(text[3 * i]);
        int low = digit_value(text[3 * i + 1]);

        if (high < 0 || low < 0 || (i < 5 && text[3 * i + 2] != ':')) {
            return false;
        }
        mac->octet[i] = high << 4 | low;
    }
    return true;
}

static struct error *
refuse_group_address(const char *text, struct mac mac)
{
    char meant[MAC_TEXT_SIZE];

    mac.octet[0] &= ~1;
    mac_format(&mac, meant);
    return error_new(ERROR_INVALID, "MAC address %s is a group address, from which no guest may send: write %s, or another "
                     "address whose first octet is even", quote(text).text, meant);
}

struct error *
mac_parse(const char *text, struct mac *result)
{
    struct mac mac;

    if (!octets_parse(text, &mac)) {
        return error_new(ERROR_INVALID, "MAC address %s is not six two-digit hex groups separated by ':', like "
                         "02:00:00:00:01:02", quote(text).text);
    }
    if (mac.octet[0] & 1 && memcmp(mac.octet, "\xff\xff\xff\xff\xff\xff", 6)) {
        return refuse_group_address(text, mac);
    } else if (mac.octet[0] & 1) {
        return error_new(ERROR_INVALID, "MAC address %s is the broadcast address, from which no guest may send: write the "
                         "guest's own address", quote(text).text);
    } else if (mac_equals(&mac, &zero_mac)) {
        return error_new(ERROR_INVALID, "MAC address %s is no address: write the guest's own address", quote(text).text);
    } else if (mac_equals(&mac, &backend_mac)) {
        return error_new(ERROR_INVALID, "MAC address %s is that of every backend device: write the guest's own address",
                         quote(text).text);
    }
    *result = mac;
    return NULL;
}

void
mac_format(const struct mac *mac, char text[MAC_TEXT_SIZE])
{
    const uint8_t *o = mac->octet;

    snprintf(text, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
}

bool
mac_equals(const struct mac *a, const struct mac *b)
{
    return !memcmp(a->octet, b->octet, sizeof a->octet);
}
