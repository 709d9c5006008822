/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "wiring/test_vif.h"

static struct wiring_vif_seen
port_gone(void)
{
    struct wiring_vif_seen seen = wired();

    memset(&seen.port, 0, sizeof seen.port);
    return seen;
}

static void
check_turn(struct wiring_vif *vif, const struct wiring_vif_seen *seen, long long int now, enum wiring_vif_state state,
           unsigned int steps)
{
    const struct vif_wish w = wish();
    unsigned int got = wiring_vif_turn(vif, &w, seen, now);

    if (vif->state != state || got != steps) {
        fail_msg("at %lld: state %s steps 0x%x instead of %s 0x%x", now, wiring_vif_state_name(vif->state), got,
                 wiring_vif_state_name(state), steps);
    }
}

static void
state_is_remembered_with_its_beginning(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    check_turn(&vif, &seen, 1000, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &seen, 1700, WIRING_VIF_WIRED, 0);
    assert_int_equal(vif.since, 1000);
    assert_int_equal(vif.wake_at, 0);
    seen.rules = WIRING_RULES_SENT;
    check_turn(&vif, &seen, 1800, WIRING_VIF_UPDATING, 0);
    assert_int_equal(vif.since, 1800);
    wiring_vif_destroy(&vif);
}

static void
state_that_leads_on_by_itself_is_told_if_it_lasts(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.rules = WIRING_RULES_SENT;
    check_turn(&vif, &seen, 1000, WIRING_VIF_UPDATING, 0);
    assert_false(vif.told);
    assert_int_equal(vif.wake_at, 1500);
    check_turn(&vif, &seen, 1499, WIRING_VIF_UPDATING, 0);
    assert_false(vif.told);
    check_turn(&vif, &seen, 1500, WIRING_VIF_UPDATING, 0);
    assert_true(vif.told);
    assert_int_equal(vif.wake_at, 0);
    seen.rules = WIRING_RULES_ACKED;
    check_turn(&vif, &seen, 1500, WIRING_VIF_WIRED, 0);
    assert_true(vif.told);
    wiring_vif_destroy(&vif);
}

static void
refused_link_is_tried_again_after_longer_and_longer_waits(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    long long int now = 1000;

    seen.device.up = false;
    for (long long int wait = 100; wait <= 800; wait *= 2) {
        check_turn(&vif, &seen, now, now == 1000 ? WIRING_VIF_PLUGGING : WIRING_VIF_FAILED, WIRING_LINK_UP);
        wiring_vif_refused(&vif, WIRING_LINK_UP, "device vif1.0: cannot bring it up", now);
        assert_int_equal(vif.state, WIRING_VIF_FAILED);
        assert_int_equal(vif.next_try, now + wait);
        assert_int_equal(vif.wake_at, now + wait);
        assert_int_equal(vif.waits_for, WIRING_WAIT_LINK_AGAIN);
        check_turn(&vif, &seen, now + wait - 1, WIRING_VIF_FAILED, 0);
        assert_string_equal(vif.reason, "device vif1.0: cannot bring it up");
        assert_int_equal(vif.next_try, now + wait);
        assert_int_equal(vif.wake_at, now + wait);
        now += wait;
    }
    check_turn(&vif, &seen, now, WIRING_VIF_FAILED, WIRING_LINK_UP);
    assert_int_equal(vif.next_try, 0);
    wiring_vif_destroy(&vif);
}

static void
link_that_came_up_ends_the_backoff(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.device.up = false;
    check_turn(&vif, &seen, 1000, WIRING_VIF_PLUGGING, WIRING_LINK_UP);
    wiring_vif_refused(&vif, WIRING_LINK_UP, "no", 1000);
    seen.device.up = true;
    check_turn(&vif, &seen, 1050, WIRING_VIF_WIRED, 0);
    assert_null(vif.reason);
    seen.device.up = false;
    check_turn(&vif, &seen, 1060, WIRING_VIF_PLUGGING, WIRING_LINK_UP);
    wiring_vif_refused(&vif, WIRING_LINK_UP, "no", 1060);
    assert_int_equal(vif.next_try, 1160);
    wiring_vif_destroy(&vif);
}

static void
refused_step_holds_up_no_other(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.device.settings_match = false;
    check_turn(&vif, &seen, 1000, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "device vif1.0: cannot set its MTU", 1000);
    seen.port.keys_match = false;
    check_turn(&vif, &seen, 1001, WIRING_VIF_FAILED, WIRING_UPDATE_PORT);
    assert_int_equal(wiring_vif_turn(&vif, NULL, &seen, 1002), WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_LINK_DOWN);
    assert_int_equal(vif.state, WIRING_VIF_UNPLUGGING);
    wiring_vif_destroy(&vif);
}

static void
another_device_and_another_wish_are_tried_at_once(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.device.settings_match = false;
    check_turn(&vif, &seen, 1000, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "no", 1000);
    seen.device.ifindex = seen.port.ifindex = 8;
    check_turn(&vif, &seen, 1001, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "no", 1001);
    wiring_vif_try_again(&vif);
    check_turn(&vif, &seen, 1002, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_destroy(&vif);
}

/* Somebody takes the port 'n' times, each time as soon as it is there; the wait for its next try must be 'wait'. */
static void
lose_port(struct wiring_vif *vif, long long int *now, long long int wait)
{
    const struct wiring_vif_seen there = wired(), gone = port_gone();
    enum wiring_vif_state state = wait > WIRING_VIF_TRANSIENT_MS ? WIRING_VIF_FAILED : WIRING_VIF_PLUGGING;

    check_turn(vif, &there, *now, WIRING_VIF_WIRED, 0);
    if (wait) {
        check_turn(vif, &gone, *now, state, 0);
        assert_int_equal(vif->next_try, *now + wait);
        assert_int_equal(vif->waits_for, WIRING_WAIT_PORT_AGAIN);
        check_turn(vif, &gone, *now + wait - 1, state, 0);
    }
    *now += wait;
    check_turn(vif, &gone, *now, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
}

static void
port_that_goes_with_the_guard_of_its_bridge_is_not_lost(void **state)
{
    const struct vif_wish w = wish();
    const struct wiring_vif_seen there = wired();
    struct wiring_vif_seen gone = port_gone();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    gone.bridge_guarded = gone.bridge_takes_rules = false;
    gone.bridge_unguarded = true;
    for (int i = 0; i < 5; i++) {
        wiring_vif_turn(&vif, &w, &there, 1000 + i);
        wiring_vif_turn(&vif, &w, &gone, 1000 + i);
    }
    assert_int_equal(vif.losses.n, 0);
    wiring_vif_destroy(&vif);
}

static void
port_that_is_taken_is_added_at_once_and_then_after_longer_and_longer_waits(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    long long int now = 1000;

    for (long long int wait = 0; wait <= 1600; wait = wait ? 2 * wait : 100) {
        lose_port(&vif, &now, wait);
    }
    const struct wiring_vif_seen gone = port_gone(), there = wired();

    check_turn(&vif, &there, now, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &gone, now, WIRING_VIF_FAILED, 0);
    assert_non_null(strstr(vif.reason, "port vif1.0 was taken away or given another number 7 times in a row"));
    wiring_vif_destroy(&vif);
}

static void
quiet_makes_the_next_replug_the_first_again(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    long long int now = 1000;

    lose_port(&vif, &now, 0);
    lose_port(&vif, &now, 100);
    now += BACKOFF_CEILING_MS + 1;
    lose_port(&vif, &now, 0);
    wiring_vif_destroy(&vif);
}

static void
numbers_that_the_switch_gives_otherwise_are_counted_as_losses(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    struct wiring_vif_seen there = wired(), gone = port_gone();
    const unsigned int part = WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT | WIRING_LINK_DOWN;

    there.port.ofport = 5;
    check_turn(&vif, &there, 1000, WIRING_VIF_UNPLUGGING, part);
    check_turn(&vif, &there, 1001, WIRING_VIF_UNPLUGGING, part);     /* the same port, not yet removed */
    check_turn(&vif, &gone, 1002, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    check_turn(&vif, &there, 1003, WIRING_VIF_UNPLUGGING, part);
    check_turn(&vif, &gone, 1004, WIRING_VIF_PLUGGING, 0);
    assert_int_equal(vif.next_try, 1103);
    wiring_vif_destroy(&vif);
}

/* The next loss must be the first: it costs no wait. */
static void
check_nothing_was_lost(struct wiring_vif *vif, const struct wiring_vif_seen *there)
{
    struct wiring_vif_seen gone = *there;

    memset(&gone.port, 0, sizeof gone.port);
    check_turn(vif, there, 1000, WIRING_VIF_WIRED, 0);
    check_turn(vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    wiring_vif_destroy(vif);
}

static void
port_that_we_remove_because_nobody_wants_it_is_no_loss(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired(), gone = port_gone();

    check_turn(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    assert_true(wiring_vif_turn(&vif, NULL, &there, 1000) & WIRING_DELETE_PORT);
    check_turn(&vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    check_nothing_was_lost(&vif, &there);
}

static void
port_that_moves_to_another_bridge_is_no_loss(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired(), gone = port_gone();
    struct wiring_vif_seen elsewhere = wired();

    elsewhere.port.on_bridge = false;
    check_turn(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &elsewhere, 1000, WIRING_VIF_UNPLUGGING,
          WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT | WIRING_LINK_DOWN);
    check_turn(&vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    check_nothing_was_lost(&vif, &there);
}

static void
port_that_goes_with_its_device_is_no_loss_for_the_next_one(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    struct wiring_vif_seen there = wired(), gone = port_gone();

    check_turn(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    there.device.ifindex = there.port.ifindex = gone.device.ifindex = 8;
    check_turn(&vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    check_nothing_was_lost(&vif, &there);
}

static void
losses_are_forgotten_when_the_vif_is_unplugged_or_another_wish_comes(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired(), gone = port_gone();
    long long int now = 1000;

    lose_port(&vif, &now, 0);
    lose_port(&vif, &now, 100);
    wiring_vif_turn(&vif, NULL, &gone, now);
    lose_port(&vif, &now, 0);
    check_turn(&vif, &there, now, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &gone, now, WIRING_VIF_PLUGGING, 0);
    wiring_vif_try_again(&vif);
    check_turn(&vif, &gone, now, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    wiring_vif_destroy(&vif);
}

static void
states_that_lead_on_by_themselves_are_known(void **state)
{
    const enum wiring_vif_state leading_on[] = { WIRING_VIF_UNPLUGGING, WIRING_VIF_WAITING, WIRING_VIF_PLUGGING, WIRING_VIF_UPDATING };
    const enum wiring_vif_state at_rest[] = { WIRING_VIF_DETACHED, WIRING_VIF_NO_DEVICE, WIRING_VIF_WIRED, WIRING_VIF_DISABLED,
                                              WIRING_VIF_FAILED };

    for (size_t i = 0; i < ARRAY_SIZE(leading_on); i++) {
        assert_true(wiring_vif_is_under_way(&(struct wiring_vif) { .state = leading_on[i] }));
    }
    for (size_t i = 0; i < ARRAY_SIZE(at_rest); i++) {
        assert_false(wiring_vif_is_under_way(&(struct wiring_vif) { .state = at_rest[i] }));
    }
}

static void
port_that_is_taken_over_by_somebody_again_and_again_is_adopted_after_a_wait(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired();
    struct wiring_vif_seen foreign = wired();

    foreign.port.ours = false;
    foreign.port.adoptable = true;
    check_turn(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &foreign, 1000, WIRING_VIF_PLUGGING, WIRING_ADOPT_PORT);
    check_turn(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    check_turn(&vif, &foreign, 1000, WIRING_VIF_PLUGGING, 0);
    check_turn(&vif, &foreign, 1100, WIRING_VIF_PLUGGING, WIRING_ADOPT_PORT);
    wiring_vif_destroy(&vif);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_is_remembered_with_its_beginning),
        cmocka_unit_test(state_that_leads_on_by_itself_is_told_if_it_lasts),
        cmocka_unit_test(refused_link_is_tried_again_after_longer_and_longer_waits),
        cmocka_unit_test(link_that_came_up_ends_the_backoff),
        cmocka_unit_test(refused_step_holds_up_no_other),
        cmocka_unit_test(another_device_and_another_wish_are_tried_at_once),
        cmocka_unit_test(port_that_goes_with_the_guard_of_its_bridge_is_not_lost),
        cmocka_unit_test(port_that_is_taken_is_added_at_once_and_then_after_longer_and_longer_waits),
        cmocka_unit_test(quiet_makes_the_next_replug_the_first_again),
        cmocka_unit_test(numbers_that_the_switch_gives_otherwise_are_counted_as_losses),
        cmocka_unit_test(port_that_we_remove_because_nobody_wants_it_is_no_loss),
        cmocka_unit_test(port_that_moves_to_another_bridge_is_no_loss),
        cmocka_unit_test(port_that_goes_with_its_device_is_no_loss_for_the_next_one),
        cmocka_unit_test(losses_are_forgotten_when_the_vif_is_unplugged_or_another_wish_comes),
        cmocka_unit_test(states_that_lead_on_by_themselves_are_known),
        cmocka_unit_test(port_that_is_taken_over_by_somebody_again_and_again_is_adopted_after_a_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
