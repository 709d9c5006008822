/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>

#include <util.h>

#include "check.h"
#include "vif/prefix.h"

static struct error *
try_ipv4(const char *text)
{
    struct prefix4 prefix, again;
    struct error *error = prefix4_parse(text, &prefix);

    if (!error) {
        char canonical[PREFIX4_TEXT_SIZE];

        prefix4_format(&prefix, canonical);
        ovs_assert(!prefix4_parse(canonical, &again));
        ovs_assert(prefix4_equals(&prefix, &again));
    }
    return error;
}

static struct error *
try_ipv6(const char *text)
{
    struct prefix6 prefix, again;
    struct error *error = prefix6_parse(text, &prefix);

    if (!error) {
        char canonical[PREFIX6_TEXT_SIZE];

        prefix6_format(&prefix, canonical);
        ovs_assert(!prefix6_parse(canonical, &again));
        ovs_assert(prefix6_equals(&prefix, &again));
    }
    return error;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct error *error4 = try_ipv4(text);
    struct error *error6 = try_ipv6(text);

    ovs_assert(error4 || error6);   /* nothing is of both families */
    check_error(error4);
    check_error(error6);
    free(text);
    return 0;
}
