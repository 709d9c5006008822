/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>

#include <util.h>

#include "check.h"
#include "vif/mac.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct mac mac, again;
    struct error *error = mac_parse(text, &mac);

    if (!error) {
        char canonical[MAC_TEXT_SIZE];

        mac_format(&mac, canonical);
        ovs_assert(!mac_parse(canonical, &again));
        ovs_assert(mac_equals(&mac, &again));
    }
    check_error(error);
    free(text);
    return 0;
}
