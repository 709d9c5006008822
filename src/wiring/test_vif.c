/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "vif/wish.h"
#include "wiring/vif.h"

static struct vif_wish
wish(void)
{
    return (struct vif_wish) {
        .uuid = "u", .device = "vif1.0", .attach = true, .mtu = 1500,
        .network = { .uuid = "n", .bridge = "xapi0", .managed = true },
        .policy = { .mode = VIF_MODE_LOCKED },
    };
}

static struct wiring_vif_seen
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

static struct wiring_vif_seen
port_gone(void)
{
    struct wiring_vif_seen seen = wired();

    memset(&seen.port, 0, sizeof seen.port);
    return seen;
}

static void
check(struct wiring_vif *vif, const struct wiring_vif_seen *seen, long long int now, enum wiring_vif_state state,
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

    check(&vif, &seen, 1000, WIRING_VIF_WIRED, 0);
    check(&vif, &seen, 1700, WIRING_VIF_WIRED, 0);
    assert_int_equal(vif.since, 1000);
    assert_int_equal(vif.wake_at, 0);
    seen.rules = WIRING_RULES_SENT;
    check(&vif, &seen, 1800, WIRING_VIF_UPDATING, 0);
    assert_int_equal(vif.since, 1800);
    wiring_vif_destroy(&vif);
}

static void
state_that_leads_on_by_itself_is_told_if_it_lasts(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.rules = WIRING_RULES_SENT;
    check(&vif, &seen, 1000, WIRING_VIF_UPDATING, 0);
    assert_false(vif.told);
    assert_int_equal(vif.wake_at, 1500);
    check(&vif, &seen, 1499, WIRING_VIF_UPDATING, 0);
    assert_false(vif.told);
    check(&vif, &seen, 1500, WIRING_VIF_UPDATING, 0);
    assert_true(vif.told);
    assert_int_equal(vif.wake_at, 0);
    seen.rules = WIRING_RULES_ACKED;
    check(&vif, &seen, 1500, WIRING_VIF_WIRED, 0);
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
        check(&vif, &seen, now, now == 1000 ? WIRING_VIF_PLUGGING : WIRING_VIF_FAILED, WIRING_LINK_UP);
        wiring_vif_refused(&vif, WIRING_LINK_UP, "device vif1.0: cannot bring it up", now);
        assert_int_equal(vif.state, WIRING_VIF_FAILED);
        assert_int_equal(vif.next_try, now + wait);
        assert_int_equal(vif.wake_at, now + wait);
        assert_int_equal(vif.waits_for, WIRING_WAIT_LINK_AGAIN);
        check(&vif, &seen, now + wait - 1, WIRING_VIF_FAILED, 0);
        assert_string_equal(vif.reason, "device vif1.0: cannot bring it up");
        assert_int_equal(vif.next_try, now + wait);
        assert_int_equal(vif.wake_at, now + wait);
        now += wait;
    }
    check(&vif, &seen, now, WIRING_VIF_FAILED, WIRING_LINK_UP);
    assert_int_equal(vif.next_try, 0);
    wiring_vif_destroy(&vif);
}

static void
link_that_came_up_ends_the_backoff(void **state)
{
    struct wiring_vif_seen seen = wired();
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };

    seen.device.up = false;
    check(&vif, &seen, 1000, WIRING_VIF_PLUGGING, WIRING_LINK_UP);
    wiring_vif_refused(&vif, WIRING_LINK_UP, "no", 1000);
    seen.device.up = true;
    check(&vif, &seen, 1050, WIRING_VIF_WIRED, 0);
    assert_null(vif.reason);
    seen.device.up = false;
    check(&vif, &seen, 1060, WIRING_VIF_PLUGGING, WIRING_LINK_UP);
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
    check(&vif, &seen, 1000, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "device vif1.0: cannot set its MTU", 1000);
    seen.port.keys_match = false;
    check(&vif, &seen, 1001, WIRING_VIF_FAILED, WIRING_UPDATE_PORT);
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
    check(&vif, &seen, 1000, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "no", 1000);
    seen.device.ifindex = seen.port.ifindex = 8;
    check(&vif, &seen, 1001, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_refused(&vif, WIRING_SET_LINK, "no", 1001);
    wiring_vif_try_again(&vif);
    check(&vif, &seen, 1002, WIRING_VIF_WIRED, WIRING_SET_LINK);
    wiring_vif_destroy(&vif);
}

/* Somebody takes the port 'n' times, each time as soon as it is there; the wait for its next try must be 'wait'. */
static void
lose_port(struct wiring_vif *vif, long long int *now, long long int wait)
{
    const struct wiring_vif_seen there = wired(), gone = port_gone();
    enum wiring_vif_state state = wait > WIRING_VIF_TRANSIENT_MS ? WIRING_VIF_FAILED : WIRING_VIF_PLUGGING;

    check(vif, &there, *now, WIRING_VIF_WIRED, 0);
    if (wait) {
        check(vif, &gone, *now, state, 0);
        assert_int_equal(vif->next_try, *now + wait);
        assert_int_equal(vif->waits_for, WIRING_WAIT_PORT_AGAIN);
        check(vif, &gone, *now + wait - 1, state, 0);
    }
    *now += wait;
    check(vif, &gone, *now, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
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

    check(&vif, &there, now, WIRING_VIF_WIRED, 0);
    check(&vif, &gone, now, WIRING_VIF_FAILED, 0);
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
    check(&vif, &there, 1000, WIRING_VIF_UNPLUGGING, part);
    check(&vif, &there, 1001, WIRING_VIF_UNPLUGGING, part);     /* the same port, not yet removed */
    check(&vif, &gone, 1002, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    check(&vif, &there, 1003, WIRING_VIF_UNPLUGGING, part);
    check(&vif, &gone, 1004, WIRING_VIF_PLUGGING, 0);
    assert_int_equal(vif.next_try, 1103);
    wiring_vif_destroy(&vif);
}

static void
port_that_we_take_away_ourselves_is_no_loss(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired(), gone = port_gone();

    for (int i = 0; i < 3; i++) {
        struct wiring_vif_seen moved = wired();

        check(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
        assert_true(wiring_vif_turn(&vif, NULL, &there, 1000) & WIRING_DELETE_PORT);
        wiring_vif_turn(&vif, NULL, &gone, 1000);
        check(&vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
        check(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
        moved.port.on_bridge = false;
        check(&vif, &moved, 1000, WIRING_VIF_UNPLUGGING,
              WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT | WIRING_LINK_DOWN);
        check(&vif, &gone, 1000, WIRING_VIF_PLUGGING, WIRING_ADD_PORT);
    }
    wiring_vif_destroy(&vif);
}

static void
port_that_is_taken_over_by_somebody_again_and_again_is_adopted_after_a_wait(void **state)
{
    struct wiring_vif vif = { .state = WIRING_VIF_DETACHED };
    const struct wiring_vif_seen there = wired();
    struct wiring_vif_seen foreign = wired();

    foreign.port.ours = false;
    foreign.port.adoptable = true;
    check(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    check(&vif, &foreign, 1000, WIRING_VIF_PLUGGING, WIRING_ADOPT_PORT);
    check(&vif, &there, 1000, WIRING_VIF_WIRED, 0);
    check(&vif, &foreign, 1000, WIRING_VIF_PLUGGING, 0);
    check(&vif, &foreign, 1100, WIRING_VIF_PLUGGING, WIRING_ADOPT_PORT);
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
        cmocka_unit_test(port_that_is_taken_is_added_at_once_and_then_after_longer_and_longer_waits),
        cmocka_unit_test(quiet_makes_the_next_replug_the_first_again),
        cmocka_unit_test(numbers_that_the_switch_gives_otherwise_are_counted_as_losses),
        cmocka_unit_test(port_that_we_take_away_ourselves_is_no_loss),
        cmocka_unit_test(port_that_is_taken_over_by_somebody_again_and_again_is_adopted_after_a_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
