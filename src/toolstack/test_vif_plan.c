/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/vif_plan.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <openvswitch/util.h>

static enum vif_plan_step
step_of(struct vif_plan_seen seen)
{
    return vif_plan_make(&seen).step;
}

#define PLUG(...) step_of((struct vif_plan_seen) { .verb = VIF_PLAN_VERB_PLUG, .has_guest = true, __VA_ARGS__ })
#define UNPLUG(...) step_of((struct vif_plan_seen) { .verb = VIF_PLAN_VERB_UNPLUG, .has_guest = true, __VA_ARGS__ })
#define MOVE(...) step_of((struct vif_plan_seen) { .verb = VIF_PLAN_VERB_MOVE, .has_guest = true, .has_device = true, __VA_ARGS__ })

static void
a_vif_that_the_domain_does_not_have_is_plugged_once(void **state OVS_UNUSED)
{
    assert_int_equal(PLUG(.was_asked = false), VIF_PLAN_PLUG);
    assert_int_equal(PLUG(.is_changing = true, .was_asked = true), VIF_PLAN_WAIT);
    assert_int_equal(PLUG(.was_asked = true), VIF_PLAN_FAIL);
}

static void
a_plug_is_over_when_the_vif_is_wired(void **state OVS_UNUSED)
{
    assert_int_equal(PLUG(.has_device = true), VIF_PLAN_WAIT);
    assert_int_equal(PLUG(.has_device = true, .wire = VIF_PLAN_WIRE_READY), VIF_PLAN_SETTLE_ATTACHED);
    assert_int_equal(PLUG(.has_device = true, .wire = VIF_PLAN_WIRE_READY, .is_changing = true), VIF_PLAN_WAIT);
}

static void
a_plug_that_fails_takes_the_device_away_before_it_ends(void **state OVS_UNUSED)
{
    assert_int_equal(PLUG(.has_device = true, .wire = VIF_PLAN_WIRE_FAILED), VIF_PLAN_FAIL);
    assert_int_equal(PLUG(.has_device = true, .is_late = true), VIF_PLAN_FAIL);
    assert_int_equal(PLUG(.has_failed = true, .has_device = true), VIF_PLAN_UNPLUG);
    assert_int_equal(PLUG(.has_failed = true, .has_device = true, .is_changing = true), VIF_PLAN_WAIT);
    assert_int_equal(PLUG(.has_failed = true), VIF_PLAN_SETTLE_DETACHED);
    assert_int_equal(step_of((struct vif_plan_seen) { .verb = VIF_PLAN_VERB_PLUG, .has_failed = true }), VIF_PLAN_SETTLE_DETACHED);
}

static void
an_unplug_is_over_when_device_and_port_are_gone(void **state OVS_UNUSED)
{
    assert_int_equal(UNPLUG(.has_device = true), VIF_PLAN_UNPLUG);
    assert_int_equal(UNPLUG(.has_device = true, .is_changing = true, .was_asked = true), VIF_PLAN_WAIT);
    assert_int_equal(UNPLUG(.wire = VIF_PLAN_WIRE_READY), VIF_PLAN_WAIT);
    assert_int_equal(UNPLUG(.wire = VIF_PLAN_WIRE_DETACHED), VIF_PLAN_SETTLE_DETACHED);
}

static void
an_unplug_does_not_wait_for_an_agent_that_is_not_there(void **state OVS_UNUSED)
{
    assert_int_equal(UNPLUG(.wire = VIF_PLAN_WIRE_READY, .is_late = true), VIF_PLAN_SETTLE_DETACHED);
}

static void
an_unplug_that_the_guest_refuses_leaves_the_vif_attached(void **state OVS_UNUSED)
{
    assert_int_equal(UNPLUG(.has_device = true, .was_asked = true), VIF_PLAN_FAIL);
    assert_int_equal(UNPLUG(.has_device = true, .is_changing = true, .is_late = true), VIF_PLAN_FAIL);
    assert_int_equal(UNPLUG(.has_device = true, .has_failed = true), VIF_PLAN_SETTLE_ATTACHED);
}

static void
a_move_that_is_not_wired_is_moved_back(void **state OVS_UNUSED)
{
    assert_int_equal(MOVE(.wire = VIF_PLAN_WIRE_PENDING), VIF_PLAN_WAIT);
    assert_int_equal(MOVE(.wire = VIF_PLAN_WIRE_READY), VIF_PLAN_SETTLE_ATTACHED);
    assert_int_equal(MOVE(.wire = VIF_PLAN_WIRE_FAILED), VIF_PLAN_FAIL);
    assert_int_equal(MOVE(.is_late = true), VIF_PLAN_FAIL);
    assert_int_equal(MOVE(.has_failed = true), VIF_PLAN_SETTLE_MOVED_BACK);
}

static void
a_failure_tells_the_agents_reason(void **state OVS_UNUSED)
{
    struct vif_plan_seen seen = {
        .verb = VIF_PLAN_VERB_PLUG, .has_guest = true, .has_device = true,
        .wire = VIF_PLAN_WIRE_FAILED, .wire_error = "there is no bridge xapi7",
    };

    assert_string_equal(vif_plan_make(&seen).reason, "there is no bridge xapi7");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vif_that_the_domain_does_not_have_is_plugged_once),
        cmocka_unit_test(a_plug_is_over_when_the_vif_is_wired),
        cmocka_unit_test(a_plug_that_fails_takes_the_device_away_before_it_ends),
        cmocka_unit_test(an_unplug_is_over_when_device_and_port_are_gone),
        cmocka_unit_test(an_unplug_does_not_wait_for_an_agent_that_is_not_there),
        cmocka_unit_test(an_unplug_that_the_guest_refuses_leaves_the_vif_attached),
        cmocka_unit_test(a_move_that_is_not_wired_is_moved_back),
        cmocka_unit_test(a_failure_tells_the_agents_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
