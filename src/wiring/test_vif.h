/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of one VIF's wiring begin with, and how they look at a plan.
 */
#ifndef WIRING_TEST_VIF_H
#define WIRING_TEST_VIF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "vif/wish.h"
#include "wiring/vif_plan.h"

/* A VIF that is wished for and whose device has just appeared, on a guarded bridge. */
static inline struct vif_wish
wish(void)
{
    return (struct vif_wish) {
        .uuid = "u", .device = "vif1.0", .attach = true, .mtu = 1500,
        .network = { .uuid = "n", .bridge = "xapi0", .managed = true },
        .policy = { .mode = VIF_MODE_LOCKED },
    };
}

static inline struct wiring_vif_seen
new_device(void)
{
    return (struct wiring_vif_seen) {
        .device = { .present = true, .ifindex = 7 },
        .bridge_guarded = true, .bridge_takes_rules = true,
    };
}

static inline struct wiring_vif_seen
wired(void)
{
    return (struct wiring_vif_seen) {
        .device = { .present = true, .ifindex = 7, .up = true, .settings_match = true },
        .port = { .present = true, .ours = true, .on_bridge = true, .keys_match = true, .ifindex = 7,
                  .requested = 40000, .ofport = 40000, .bridge = "xapi0" },
        .reserved = 40000, .rules = WIRING_RULES_ACKED,
        .bridge_guarded = true, .bridge_takes_rules = true,
    };
}

static inline void
check(const struct vif_wish *wanted, const struct wiring_vif_seen *seen, enum wiring_vif_state state, unsigned int steps)
{
    struct wiring_vif_plan plan = wiring_vif_plan(wanted, seen);

    if (plan.state != state || plan.steps != steps) {
        fail_msg("state %s steps 0x%x instead of %s 0x%x", wiring_vif_state_name(plan.state), plan.steps,
                 wiring_vif_state_name(state), steps);
    }
    free(plan.reason);
}

static inline void
check_reason(const struct vif_wish *wanted, const struct wiring_vif_seen *seen, const char *part)
{
    struct wiring_vif_plan plan = wiring_vif_plan(wanted, seen);

    assert_int_equal(plan.state, WIRING_VIF_FAILED);
    assert_non_null(plan.reason);
    if (!strstr(plan.reason, part)) {
        fail_msg("'%s' is not in '%s'", part, plan.reason);
    }
    free(plan.reason);
}

static inline void
check_wait(const struct vif_wish *wanted, const struct wiring_vif_seen *seen, enum wiring_vif_wait wait)
{
    struct wiring_vif_plan plan = wiring_vif_plan(wanted, seen);

    if (plan.waits_for != wait) {
        fail_msg("waits for '%s' instead of '%s'", wiring_vif_wait_text(plan.waits_for), wiring_vif_wait_text(wait));
    }
    free(plan.reason);
}

#endif
