/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "rules/cookie.h"

#include <util.h>

enum { OFPORT_BITS = 24 };

uint64_t
cookie_pack(const struct cookie *cookie)
{
    ovs_assert(cookie->ofport < UINT32_C(1) << OFPORT_BITS);
    return COOKIE_MAGIC | (uint64_t) cookie->ofport << 24 | (uint64_t) cookie->generation << 16
           | (uint64_t) cookie->rule << 8 | cookie->address;
}

bool
cookie_unpack(uint64_t raw, struct cookie *cookie)
{
    if ((raw & COOKIE_MAGIC_MASK) != COOKIE_MAGIC) {
        return false;
    }
    cookie->ofport = (raw & COOKIE_OFPORT_MASK) >> 24;
    cookie->generation = (raw & COOKIE_GENERATION_MASK) >> 16;
    cookie->rule = raw >> 8;
    cookie->address = raw;
    return true;
}
