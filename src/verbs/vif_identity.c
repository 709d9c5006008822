/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/vif_identity.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include <nettle/md5.h>
#include <util.h>

#include "base/limits.h"

bool
vif_identity_device(const char *text, unsigned int *device, struct xenapi_reply *failure)
{
    unsigned int number = 0;
    const char *c = text;

    while (isdigit((unsigned char) *c) && number <= LIMIT_VIF_DEVICE) {
        number = number * 10 + (*c++ - '0');
    }
    if (c == text || *c || number > LIMIT_VIF_DEVICE) {
        *failure = xenapi_failure("INVALID_DEVICE", text, NULL);
        return false;
    }
    *device = number;
    return true;
}

static void
digest(const void *data, size_t n, uint8_t result[MD5_DIGEST_SIZE])
{
    struct md5_ctx context;

    md5_init(&context);
    md5_update(&context, n, data);
    md5_digest(&context, MD5_DIGEST_SIZE, result);
}

struct mac
vif_identity_mac_of(const char *seed, unsigned int device)
{
    uint8_t first[MD5_DIGEST_SIZE], second[MD5_DIGEST_SIZE];

    digest(seed, strlen(seed), first);
    for (unsigned int i = 0; i < 2 * device; i++) {
        digest(first, sizeof first, first);
    }
    digest(first, sizeof first, second);
    return (struct mac) {
        .octet = { (first[0] | 0x02) & ~0x01, first[1], first[2], first[3], second[1], second[2] },
    };
}

/* Of whom it is, nothing is asked: a multicast address is one too. */
static bool
is_mac(const char *text)
{
    for (size_t i = 0; i < MAC_TEXT_SIZE - 1; i++) {
        if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char) text[i])) {
            return false;
        }
    }
    return !text[MAC_TEXT_SIZE - 1];
}

bool
vif_identity_mac(const char *given, const char *seed, unsigned int device, struct vif_identity_mac *mac, struct xenapi_reply *failure)
{
    mac->is_generated = seed && !*given;
    if (mac->is_generated) {
        struct mac made = vif_identity_mac_of(seed, device);

        mac_format(&made, mac->text);
        return true;
    }
    if (!is_mac(given)) {
        *failure = xenapi_failure("MAC_INVALID", given, NULL);
        return false;
    }
    memcpy(mac->text, given, MAC_TEXT_SIZE);
    return true;
}
