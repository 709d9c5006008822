/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is what a program hands to the agent.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/limits.h"
#include "check.h"
#include "vif/device.h"
#include "vif/hand.h"

static void
check_hand(const struct vif_hand *hand)
{
    const struct vif_wish *wish = &hand->wish;

    check_policy(&wish->policy);
    ovs_assert(!device_name_check("device", wish->device) && !device_name_check("bridge", wish->network.bridge));
    ovs_assert(strlen(wish->uuid) == UUID_TEXT_SIZE - 1);
    ovs_assert(wish->network.vlan < 4095 && !(wish->network.vlan && wish->policy.n_vlans));
    ovs_assert(wish->mtu >= LIMIT_MTU_MIN && wish->mtu <= LIMIT_MTU_MAX);
    ovs_assert(hand->timeout_ms > 0 && hand->timeout_ms <= LIMIT_HANDED_TIMEOUT_MS);
    ovs_assert(smap_count(&hand->keys) <= LIMIT_HANDED_KEYS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct vif_hand *hand;
    struct error *error = vif_hand_parse(text, &hand);

    ovs_assert(!hand == !!error);
    if (!error) {
        check_hand(hand);
        vif_hand_destroy(hand);
    }
    check_error(error);
    free(text);
    return 0;
}
