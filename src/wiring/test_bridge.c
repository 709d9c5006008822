/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "vif/wish.h"
#include "wiring/bridge.h"

static const struct vif_network managed = { .uuid = "n", .bridge = "xapi0", .managed = true };
static const struct vif_network foreign = { .uuid = "n", .bridge = "br7", .managed = false };
static const struct vif_network with_uplink = { .uuid = "n", .bridge = "xapi0", .uplink = "eth1", .managed = true };

static struct wiring_bridge_seen
guarded(void)
{
    return (struct wiring_bridge_seen) {
        .exists = true, .applied = true, .prepared = true, .secure = true, .has_tries = true,
        .ready = true, .base_sent = true, .base_acked = true,
    };
}

static void
check(const struct vif_network *network, const struct wiring_bridge_seen *seen, enum wiring_bridge_state state,
      unsigned int steps, const char *reason)
{
    struct wiring_bridge_plan plan = wiring_bridge_plan(network, seen);

    if (plan.state != state || plan.steps != steps) {
        fail_msg("state %s steps 0x%x instead of %s 0x%x", wiring_bridge_state_name(plan.state), plan.steps,
                 wiring_bridge_state_name(state), steps);
    }
    if (!reason != !plan.reason || (reason && !strstr(plan.reason, reason))) {
        fail_msg("reason '%s' instead of '%s'", plan.reason ? plan.reason : "", reason ? reason : "");
    }
    free(plan.reason);
}

static void
missing_bridge_of_a_managed_network_is_created(void **state)
{
    const struct wiring_bridge_seen seen = { .exists = false };

    check(&managed, &seen, WIRING_BRIDGE_CREATING, WIRING_BRIDGE_CREATE, NULL);
}

static void
missing_bridge_waits_for_a_datapath(void **state)
{
    const struct wiring_bridge_seen seen = { .no_datapath = true };

    check(&managed, &seen, WIRING_BRIDGE_MISSING, 0, "neither the kernel nor the userspace datapath");
}

static void
missing_bridge_of_somebody_else_is_told(void **state)
{
    const struct wiring_bridge_seen seen = { .exists = false };

    check(&foreign, &seen, WIRING_BRIDGE_MISSING, 0, "ovs-vsctl add-br br7");
}

static void
name_that_another_bridge_s_port_has_is_told(void **state)
{
    const struct wiring_bridge_seen seen = { .name_taken_on = "br7" };

    check(&managed, &seen, WIRING_BRIDGE_MISSING, 0, "bridge br7 has a port of that name");
}

static void
in_band_control_goes_before_anything_else(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.prepared = seen.secure = false;
    seen.base_sent = seen.base_acked = seen.ready = false;
    check(&foreign, &seen, WIRING_BRIDGE_PREPARING, WIRING_BRIDGE_PREPARE, NULL);
}

/* What has been prepared of a bridge that nobody has guarded yet. */
static struct wiring_bridge_seen
prepared(void)
{
    return (struct wiring_bridge_seen) { .exists = true, .prepared = true, .has_tries = true, .applied = true };
}

static void
everything_is_ready_before_fail_mode_changes(void **state)
{
    enum { READY = WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_SPREAD_NET };
    struct wiring_bridge_seen seen = prepared();

    seen.applied = false;
    check(&foreign, &seen, WIRING_BRIDGE_PREPARING, 0, NULL);
    seen.applied = true;
    check(&foreign, &seen, WIRING_BRIDGE_CONNECTING, WIRING_BRIDGE_CONNECT, NULL);
    seen.ready = true;
    check(&foreign, &seen, WIRING_BRIDGE_ARMING, READY | WIRING_BRIDGE_PUT_BASE, NULL);
    seen.base_sent = true;
    check(&foreign, &seen, WIRING_BRIDGE_ARMING, READY, NULL);
    seen.base_held = true;
    check(&foreign, &seen, WIRING_BRIDGE_ARMING, READY, NULL);
    seen.base_held = false;
    seen.net_spread = true;
    check(&foreign, &seen, WIRING_BRIDGE_ARMING, READY, NULL);
    seen.base_held = true;
    check(&foreign, &seen, WIRING_BRIDGE_SECURING, READY | WIRING_BRIDGE_SECURE, NULL);
}

static void
base_that_waits_is_put_in_force_when_the_flows_have_been_flushed(void **state)
{
    enum { READY = WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_SPREAD_NET };
    struct wiring_bridge_seen seen = prepared();

    seen.ready = seen.base_sent = seen.base_held = seen.net_spread = true;
    seen.applied = false;
    check(&foreign, &seen, WIRING_BRIDGE_PREPARING, READY, NULL);
    seen.secure = seen.was_secure = true;
    check(&foreign, &seen, WIRING_BRIDGE_SECURING, READY, NULL);
    seen.applied = true;
    check(&foreign, &seen, WIRING_BRIDGE_BASING, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_COMMIT, NULL);
    seen.base_held = false;
    check(&foreign, &seen, WIRING_BRIDGE_BASING, WIRING_BRIDGE_CONNECT, NULL);
    seen.base_acked = true;
    check(&foreign, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT, NULL);
}

static void
bridge_that_somebody_has_opened_is_closed_at_once(void **state)
{
    struct wiring_bridge_seen seen = prepared();

    seen.was_secure = true;
    check(&foreign, &seen, WIRING_BRIDGE_SECURING, WIRING_BRIDGE_SECURE, NULL);
    seen.was_secure = false;
    seen.ready = seen.base_sent = seen.base_acked = true; /* it was guarded before we came */
    check(&foreign, &seen, WIRING_BRIDGE_SECURING, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_SPREAD_NET | WIRING_BRIDGE_SECURE, NULL);
}

static void
no_flow_is_sent_before_the_switch_has_carried_fail_mode_out(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.applied = false;
    seen.base_sent = seen.base_acked = false;
    check(&managed, &seen, WIRING_BRIDGE_SECURING, 0, NULL);
}

static void
base_goes_in_when_the_connection_is_ready(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.base_sent = seen.base_acked = seen.ready = false;
    check(&managed, &seen, WIRING_BRIDGE_CONNECTING, WIRING_BRIDGE_CONNECT, NULL);
    seen.ready = true;
    check(&managed, &seen, WIRING_BRIDGE_BASING, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_PUT_BASE, NULL);
    seen.base_sent = true;
    check(&managed, &seen, WIRING_BRIDGE_BASING, WIRING_BRIDGE_CONNECT, NULL);
}

static void
guarded_bridge_keeps_its_connection(void **state)
{
    const struct wiring_bridge_seen seen = guarded();

    check(&managed, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT, NULL);
}

static void
missing_tries_are_put_and_hold_nothing_up(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.has_tries = false;
    check(&managed, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_PUT_TRIES, NULL);
    seen.prepared = seen.secure = false;
    check(&foreign, &seen, WIRING_BRIDGE_PREPARING, WIRING_BRIDGE_PREPARE | WIRING_BRIDGE_PUT_TRIES, NULL);
    seen.unguarded = true;
    check(&foreign, &seen, WIRING_BRIDGE_UNGUARDED, 0, "was given back to the host");
}

static void
uplink_is_added_when_it_is_there(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    check(&with_uplink, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT, "uplink eth1 of bridge xapi0 is not there");
    seen.uplink_present = true;
    check(&with_uplink, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_ADD_UPLINK, NULL);
    seen.uplink_here = true;
    check(&with_uplink, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT | WIRING_BRIDGE_RAISE_UPLINK, NULL);
    seen.uplink_up = true;
    check(&with_uplink, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT, NULL);
}

static void
uplink_of_another_bridge_is_left_there(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.uplink_present = true;
    seen.uplink_elsewhere = "br9";
    check(&with_uplink, &seen, WIRING_BRIDGE_GUARDED, WIRING_BRIDGE_CONNECT, "is a port of bridge br9");
}

static void
refusal_of_the_switch_is_told(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.base_sent = seen.base_acked = seen.ready = false;
    seen.session_error = "the switch refused the flows: OFPBMC_BAD_FIELD";
    check(&managed, &seen, WIRING_BRIDGE_CONNECTING, WIRING_BRIDGE_CONNECT, "OFPBMC_BAD_FIELD");
}

static void
bridge_that_was_given_back_is_let_alone(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.unguarded = true;
    check(&managed, &seen, WIRING_BRIDGE_UNGUARDED, 0, "cable host guard xapi0");
    seen.prepared = seen.secure = seen.applied = false;
    check(&with_uplink, &seen, WIRING_BRIDGE_UNGUARDED, 0, "was given back to the host");
    seen.exists = false;
    check(&managed, &seen, WIRING_BRIDGE_CREATING, WIRING_BRIDGE_CREATE, NULL);
}

static void
check_block(const struct vif_network *network, const struct wiring_bridge_seen *seen, bool blocks_vifs, const char *reason)
{
    struct wiring_bridge_plan plan = wiring_bridge_plan(network, seen);

    assert_int_equal(plan.blocks_vifs, blocks_vifs);
    assert_non_null(plan.reason);
    if (!strstr(plan.reason, reason)) {
        fail_msg("reason '%s' instead of '%s'", plan.reason, reason);
    }
    free(plan.reason);
}

static void
missing_uplink_holds_up_no_vif_and_hides_nothing_that_does(void **state)
{
    struct wiring_bridge_seen seen = guarded();

    seen.base_acked = false;
    check_block(&with_uplink, &seen, false, "uplink eth1");
    seen.session_error = "connection refused";
    check_block(&with_uplink, &seen, true, "connection refused");
    seen.base_acked = true;
    check_block(&with_uplink, &seen, false, "uplink eth1");
    seen.exists = false;
    check_block(&foreign, &seen, true, "bridge br7 is missing");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_bridge_of_a_managed_network_is_created),
        cmocka_unit_test(missing_bridge_waits_for_a_datapath),
        cmocka_unit_test(missing_bridge_of_somebody_else_is_told),
        cmocka_unit_test(name_that_another_bridge_s_port_has_is_told),
        cmocka_unit_test(in_band_control_goes_before_anything_else),
        cmocka_unit_test(everything_is_ready_before_fail_mode_changes),
        cmocka_unit_test(base_that_waits_is_put_in_force_when_the_flows_have_been_flushed),
        cmocka_unit_test(bridge_that_somebody_has_opened_is_closed_at_once),
        cmocka_unit_test(no_flow_is_sent_before_the_switch_has_carried_fail_mode_out),
        cmocka_unit_test(base_goes_in_when_the_connection_is_ready),
        cmocka_unit_test(guarded_bridge_keeps_its_connection),
        cmocka_unit_test(missing_tries_are_put_and_hold_nothing_up),
        cmocka_unit_test(uplink_is_added_when_it_is_there),
        cmocka_unit_test(uplink_of_another_bridge_is_left_there),
        cmocka_unit_test(refusal_of_the_switch_is_told),
        cmocka_unit_test(bridge_that_was_given_back_is_let_alone),
        cmocka_unit_test(missing_uplink_holds_up_no_vif_and_hides_nothing_that_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
