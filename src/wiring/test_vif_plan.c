/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "wiring/test_vif.h"

static void
new_device_first_gets_a_number(void **state)
{
    const struct vif_wish w = wish();
    const struct wiring_vif_seen seen = new_device();

    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_RESERVE_OFPORT);
}

static void
rules_and_port_are_asked_for_together(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.reserved = 40000;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_PUT_RULES | WIRING_ADD_PORT | WIRING_SET_LINK);
}

static void
link_stays_down_until_the_rules_are_acknowledged(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device.up = false;
    seen.rules = WIRING_RULES_SENT;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
    seen.rules = WIRING_RULES_ACKED;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_LINK_UP);
}

static void
link_stays_down_until_the_switch_has_said_the_number(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device.up = false;
    seen.port.ofport = 0;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
}

static void
port_that_got_another_number_is_made_anew(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.port.ofport = 3;
    seen.device.up = false;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
}

static void
port_whose_number_somebody_changed_is_made_anew(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.port.requested = seen.port.ofport = 5;
    check(&w, &seen, WIRING_VIF_UNPLUGGING,
          WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT | WIRING_LINK_DOWN);
}

static void
port_that_goes_takes_the_rules_that_there_are(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device.up = false;
    seen.port.ofport = 3;
    seen.rules = WIRING_RULES_NONE;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_FORGET_OFPORT);
    seen.rules = WIRING_RULES_OTHER;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
}

static void
link_is_set_up_before_it_is_raised(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device.up = seen.device.settings_match = false;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_SET_LINK);
}

static void
wired_vif_needs_nothing(void **state)
{
    const struct vif_wish w = wish();
    const struct wiring_vif_seen seen = wired();

    check(&w, &seen, WIRING_VIF_WIRED, 0);
}

static void
change_of_policy_leaves_link_and_port_alone(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.rules = WIRING_RULES_OTHER;
    check(&w, &seen, WIRING_VIF_UPDATING, WIRING_PUT_RULES);
    seen.rules = WIRING_RULES_SENT;
    check(&w, &seen, WIRING_VIF_UPDATING, 0);
}

static void
disabled_vif_is_plugged_with_its_link_down(void **state)
{
    struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    w.policy.mode = VIF_MODE_DISABLED;
    check(&w, &seen, WIRING_VIF_DISABLED, WIRING_LINK_DOWN);
    seen.device.up = false;
    check(&w, &seen, WIRING_VIF_DISABLED, 0);
}

static void
disabling_takes_the_link_down_without_waiting_for_the_rules(void **state)
{
    struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    w.policy.mode = VIF_MODE_DISABLED;
    seen.rules = WIRING_RULES_OTHER;
    check(&w, &seen, WIRING_VIF_UPDATING, WIRING_PUT_RULES | WIRING_LINK_DOWN);
}

static void
device_that_came_back_under_its_name_is_plugged_anew(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device.ifindex = 8;
    seen.device.up = false;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
}

static void
nothing_is_added_while_the_old_port_may_be_in_the_switch(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.reserved = 40000;
    seen.port.removal_pending = true;
    seen.device.settings_match = true;
    seen.rules = WIRING_RULES_SENT;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
}

static void
unplug_takes_link_port_and_rules(void **state)
{
    struct vif_wish w = wish();
    const struct wiring_vif_seen seen = wired();
    const unsigned int steps = WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_LINK_DOWN;

    check(NULL, &seen, WIRING_VIF_UNPLUGGING, steps);
    w.attach = false;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, steps);
}

static void
unplugged_vif_gives_its_number_back_last(void **state)
{
    struct wiring_vif_seen seen = { .reserved = 40000 };

    check(NULL, &seen, WIRING_VIF_DETACHED, WIRING_FORGET_OFPORT);
    seen.reserved = 0;
    check(NULL, &seen, WIRING_VIF_DETACHED, 0);
}

static void
link_is_looked_at_again_when_the_port_has_gone(void **state)
{
    struct wiring_vif_seen seen = { .reserved = 40000, .device = { .present = true, .up = true } };

    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_LINK_DOWN);
    seen.device.up = false;
    seen.port.removal_pending = true;
    check(NULL, &seen, WIRING_VIF_UNPLUGGING, 0);
    seen.port.removal_pending = false;
    check(NULL, &seen, WIRING_VIF_DETACHED, WIRING_FORGET_OFPORT);
}

static void
link_of_a_device_that_was_never_ours_is_left_alone(void **state)
{
    const struct wiring_vif_seen seen = { .device = { .present = true, .up = true } };

    check(NULL, &seen, WIRING_VIF_DETACHED, 0);
}

static void
vanished_device_loses_its_port(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.device = (struct wiring_device) { .present = false };
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES);
    memset(&seen.port, 0, sizeof seen.port);
    seen.rules = WIRING_RULES_NONE;
    seen.reserved = 0;
    check(&w, &seen, WIRING_VIF_NO_DEVICE, 0);
}

static void
port_of_somebody_else_is_never_touched(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.port = (struct wiring_port) { .present = true, .ours = false, .name = "vif1.0", .bridge = "br7" };
    check(&w, &seen, WIRING_VIF_FAILED, 0);
    check_reason(&w, &seen, "ovs-vsctl del-port br7 vif1.0");
    check(NULL, &seen, WIRING_VIF_DETACHED, 0);
}

static void
refused_wish_changes_nothing(void **state)
{
    struct vif_wish w = wish();
    const struct wiring_vif_seen seen = wired();

    w.refusal = (char *) "MAC 'x' is not one";
    check(&w, &seen, WIRING_VIF_FAILED, 0);
    check_reason(&w, &seen, "MAC 'x'");
}

static void
no_port_is_added_to_a_bridge_that_is_not_guarded(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.reserved = 40000;
    seen.bridge_guarded = false;
    seen.device.settings_match = true;
    check(&w, &seen, WIRING_VIF_WAITING, WIRING_PUT_RULES);
    seen.bridge_error = "bridge xapi0 is missing";
    check_reason(&w, &seen, "bridge xapi0 is missing");
}

static void
nothing_of_a_vif_stays_on_a_bridge_that_was_given_back(void **state)
{
    char refusal[] = "IPv4 address '10.0.0' is no address";
    struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.bridge_guarded = seen.bridge_takes_rules = false;
    seen.bridge_unguarded = true;
    seen.bridge_error = "bridge xapi0 was given back";
    seen.rules = WIRING_RULES_NONE;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_LINK_DOWN);
    seen.port.adopted = true;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT);
    seen.port.adopted = false;
    w.refusal = refusal;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_LINK_DOWN);
    w.refusal = NULL;
    seen.port = (struct wiring_port) { .present = false };
    seen.device.up = false;
    seen.reserved = 0;
    check(&w, &seen, WIRING_VIF_FAILED, 0);
    check_reason(&w, &seen, "was given back");
    check_wait(&w, &seen, WIRING_WAIT_OTHERS);
}

static void
device_that_the_switch_cannot_open_is_told_in_its_words(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.port.ofport = -1;
    seen.port.error = "could not open network device vif1.0 (No such device)";
    check_reason(&w, &seen, "could not open network device");
}

static void
port_of_our_own_gets_no_number_that_the_switch_may_give_to_others(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.reserved = 3;
    seen.reserved_is_the_switchs = true;
    seen.rules = WIRING_RULES_ACKED;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_FORGET_OFPORT | WIRING_DELETE_RULES);
}

static void
number_that_another_port_has_got_is_given_up(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.reserved = 40000;
    seen.reserved_is_anothers = true;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_FORGET_OFPORT);
    seen.rules = WIRING_RULES_ACKED;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_FORGET_OFPORT | WIRING_DELETE_RULES);
    seen = wired();
    seen.reserved_is_anothers = true;
    check(&w, &seen, WIRING_VIF_WIRED, 0);
}

static void
check_keeps_number(const struct vif_wish *wanted, const struct wiring_vif_seen *seen, bool keeps)
{
    assert_int_equal(wiring_vif_keeps_number(wanted, seen), keeps);
}

static void
vif_without_a_number_keeps_the_one_that_its_port_asks_for(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    check_keeps_number(&w, &seen, false);
    seen.reserved = 0;
    check_keeps_number(&w, &seen, true);
    seen.port.ofport = 0;
    check_keeps_number(&w, &seen, true);
    seen.port.ours = false;
    check_keeps_number(&w, &seen, false);
}

static void
number_of_a_port_that_must_go_is_not_kept(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.reserved = 0;
    seen.port.ofport = 3;
    check_keeps_number(&w, &seen, false);
    seen.port.ofport = 40000;
    seen.port.ifindex = 8;
    check_keeps_number(&w, &seen, false);
}

/* What is taken away, or stays as it is, has the number that it had. */
static void
number_of_a_port_that_is_not_plugged_anew_is_kept(void **state)
{
    char refusal[] = "MAC 'x' is not one";
    struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.reserved = 0;
    seen.port.on_bridge = false;
    check_keeps_number(&w, &seen, false);
    check_keeps_number(NULL, &seen, true);
    w.attach = false;
    check_keeps_number(&w, &seen, true);
    w = wish();
    w.refusal = refusal;
    check_keeps_number(&w, &seen, true);
    w = wish();
    seen.bridge_unguarded = true;
    check_keeps_number(&w, &seen, true);
    seen.bridge_unguarded = false;
    seen.device.present = false;
    check_keeps_number(&w, &seen, true);
    seen.port.requested = 0;
    check_keeps_number(&w, &seen, false);
}

static void
vif_without_a_number_is_told(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    seen.no_number_left = true;
    check_reason(&w, &seen, "xapi0 has no port number left");
}

static void
what_is_waited_for_while_plugging_is_told(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = new_device();

    check_wait(&w, &seen, WIRING_WAIT_NUMBER);
    seen.reserved = 40000;
    check_wait(&w, &seen, WIRING_WAIT_WRITE);
    seen.port.removal_pending = true;
    check_wait(&w, &seen, WIRING_WAIT_OLD_PORT);
    seen = wired();
    seen.device.up = false;
    check_wait(&w, &seen, WIRING_WAIT_LINK);
    seen.rules = WIRING_RULES_SENT;
    check_wait(&w, &seen, WIRING_WAIT_RULES);
    seen.port.ofport = 0;
    check_wait(&w, &seen, WIRING_WAIT_NUMBER);
    seen.port.ofport = -1;
    check_wait(&w, &seen, WIRING_WAIT_OTHERS);
}

static void
what_is_waited_for_while_unplugging_is_told(void **state)
{
    struct wiring_vif_seen seen = wired();

    check_wait(NULL, &seen, WIRING_WAIT_WRITE);
    seen.port.present = false;
    check_wait(NULL, &seen, WIRING_WAIT_LINK);
    seen.device.up = false;
    check_wait(NULL, &seen, WIRING_WAIT_RULES);
    seen.rules = WIRING_RULES_NONE;
    seen.port.removal_pending = true;
    check_wait(NULL, &seen, WIRING_WAIT_OLD_PORT);
    seen.port.removal_pending = false;
    check_wait(NULL, &seen, WIRING_WAIT_NOTHING);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_device_first_gets_a_number),
        cmocka_unit_test(rules_and_port_are_asked_for_together),
        cmocka_unit_test(link_stays_down_until_the_rules_are_acknowledged),
        cmocka_unit_test(link_stays_down_until_the_switch_has_said_the_number),
        cmocka_unit_test(port_that_got_another_number_is_made_anew),
        cmocka_unit_test(port_whose_number_somebody_changed_is_made_anew),
        cmocka_unit_test(port_that_goes_takes_the_rules_that_there_are),
        cmocka_unit_test(link_is_set_up_before_it_is_raised),
        cmocka_unit_test(wired_vif_needs_nothing),
        cmocka_unit_test(change_of_policy_leaves_link_and_port_alone),
        cmocka_unit_test(disabled_vif_is_plugged_with_its_link_down),
        cmocka_unit_test(disabling_takes_the_link_down_without_waiting_for_the_rules),
        cmocka_unit_test(device_that_came_back_under_its_name_is_plugged_anew),
        cmocka_unit_test(nothing_is_added_while_the_old_port_may_be_in_the_switch),
        cmocka_unit_test(unplug_takes_link_port_and_rules),
        cmocka_unit_test(unplugged_vif_gives_its_number_back_last),
        cmocka_unit_test(link_is_looked_at_again_when_the_port_has_gone),
        cmocka_unit_test(link_of_a_device_that_was_never_ours_is_left_alone),
        cmocka_unit_test(vanished_device_loses_its_port),
        cmocka_unit_test(port_of_somebody_else_is_never_touched),
        cmocka_unit_test(refused_wish_changes_nothing),
        cmocka_unit_test(no_port_is_added_to_a_bridge_that_is_not_guarded),
        cmocka_unit_test(nothing_of_a_vif_stays_on_a_bridge_that_was_given_back),
        cmocka_unit_test(device_that_the_switch_cannot_open_is_told_in_its_words),
        cmocka_unit_test(port_of_our_own_gets_no_number_that_the_switch_may_give_to_others),
        cmocka_unit_test(number_that_another_port_has_got_is_given_up),
        cmocka_unit_test(vif_without_a_number_keeps_the_one_that_its_port_asks_for),
        cmocka_unit_test(number_of_a_port_that_must_go_is_not_kept),
        cmocka_unit_test(number_of_a_port_that_is_not_plugged_anew_is_kept),
        cmocka_unit_test(vif_without_a_number_is_told),
        cmocka_unit_test(what_is_waited_for_while_plugging_is_told),
        cmocka_unit_test(what_is_waited_for_while_unplugging_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
