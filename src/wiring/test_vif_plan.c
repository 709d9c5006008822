/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "vif/wish.h"
#include "wiring/vif.h"

/* A VIF that is wished for and whose device has just appeared, on a guarded bridge. */
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
new_device(void)
{
    return (struct wiring_vif_seen) {
        .device = { .present = true, .ifindex = 7 },
        .bridge_guarded = true, .bridge_takes_rules = true,
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

static void
check(const struct vif_wish *wanted, const struct wiring_vif_seen *seen, enum wiring_vif_state state, unsigned int steps)
{
    struct wiring_vif_plan plan = wiring_vif_plan(wanted, seen);

    if (plan.state != state || plan.steps != steps) {
        fail_msg("state %s steps 0x%x instead of %s 0x%x", wiring_vif_state_name(plan.state), plan.steps,
                 wiring_vif_state_name(state), steps);
    }
    free(plan.reason);
}

static void
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
device_that_the_switch_cannot_open_is_told_in_its_words(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = wired();

    seen.port.ofport = -1;
    seen.port.error = "could not open network device vif1.0 (No such device)";
    check_reason(&w, &seen, "could not open network device");
}

/* A world that carries steps out late, in any order, and in which things happen by themselves. */
struct world {
    struct vif_wish wish;
    bool wanted;
    struct wiring_vif_seen seen;
    bool gives_other_number;
};

static unsigned int
random_below(unsigned int *seed, unsigned int n)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) % n;
}

static void
world_do(struct world *w, unsigned int step)
{
    struct wiring_vif_seen *seen = &w->seen;

    switch ((enum wiring_vif_step) step) {
    case WIRING_RESERVE_OFPORT: seen->reserved = 40000 + seen->reserved % 7; break;
    case WIRING_FORGET_OFPORT: seen->reserved = 0; break;
    case WIRING_PUT_RULES: seen->rules = WIRING_RULES_SENT; break;
    case WIRING_DELETE_RULES: seen->rules = WIRING_RULES_NONE; break;
    case WIRING_ADD_PORT:
        assert_false(seen->port.present);
        seen->port = (struct wiring_port) {
            .present = true, .ours = true, .on_bridge = true, .keys_match = true, .bridge = "xapi0",
            .ifindex = seen->device.ifindex, .requested = seen->reserved,
        };
        break;
    case WIRING_UPDATE_PORT: seen->port.keys_match = true; break;
    case WIRING_DELETE_PORT:
        assert_true(seen->port.ours);
        memset(&seen->port, 0, sizeof seen->port);
        break;
    case WIRING_SET_LINK: seen->device.settings_match = true; break;
    case WIRING_LINK_UP:
        /* The promise: no link before rules, for the number that the port really has. */
        assert_int_equal(seen->rules, WIRING_RULES_ACKED);
        assert_int_equal(seen->port.ofport, seen->reserved);
        assert_true(seen->bridge_guarded);
        seen->device.up = true;
        break;
    case WIRING_LINK_DOWN: seen->device.up = false; break;
    }
}

/* Carries out each step of the plan now or not at all this time; true if there was nothing to do. */
static bool
world_turn(struct world *w, unsigned int *seed, enum wiring_vif_state *state)
{
    struct wiring_vif_plan plan = wiring_vif_plan(w->wanted ? &w->wish : NULL, &w->seen);
    bool quiet = !plan.steps;

    *state = plan.state;
    for (unsigned int step = 1; step <= WIRING_LINK_DOWN; step <<= 1) {
        if (plan.steps & step && random_below(seed, 4)) {
            world_do(w, step);
        }
    }
    free(plan.reason);
    return quiet;
}

/* The switch answers. */
static bool
world_answer(struct world *w)
{
    struct wiring_vif_seen *seen = &w->seen;
    bool quiet = true;

    if (seen->rules == WIRING_RULES_SENT) {
        seen->rules = WIRING_RULES_ACKED;
        quiet = false;
    }
    if (seen->port.present && seen->port.ours && !seen->port.ofport) {
        seen->port.ofport = w->gives_other_number ? 5 : seen->port.requested;
        w->gives_other_number = false;
        quiet = false;
    }
    if (!seen->bridge_guarded) {
        seen->bridge_guarded = true;
        quiet = false;
    }
    return quiet;
}

static void
world_event(struct world *w, unsigned int *seed)
{
    struct wiring_vif_seen *seen = &w->seen;

    switch (random_below(seed, 10)) {
    case 0: w->wanted = !w->wanted; break;
    case 1: w->wish.attach = !w->wish.attach; break;
    case 2: w->wish.policy.mode = random_below(seed, 3); seen->rules = seen->rules ? WIRING_RULES_OTHER : 0; break;
    case 3: seen->device = (struct wiring_device) { .present = false }; break;
    case 4: seen->device = (struct wiring_device) { .present = true, .ifindex = 1 + random_below(seed, 3) }; break;
    case 5: seen->bridge_guarded = false; seen->rules = WIRING_RULES_NONE; break; /* the switch restarts */
    case 6: memset(&seen->port, 0, sizeof seen->port); break;
    case 7: seen->port.keys_match = false; break;
    case 8: w->gives_other_number = true; break;
    case 9: seen->port.requested = seen->port.requested ? 6 : 0; seen->port.ofport = seen->port.requested; break;
    }
}

static void
any_order_of_events_ends_wired_or_gone(void **unused)
{
    for (unsigned int run = 0; run < 20000; run++) {
        unsigned int seed = run;
        struct world w = { .wish = wish(), .wanted = true, .seen = new_device() };
        enum wiring_vif_state state = WIRING_VIF_DETACHED;
        bool quiet = false;

        for (unsigned int i = 0; i < 30; i++) {
            world_turn(&w, &seed, &state);
            if (random_below(&seed, 2)) {
                world_answer(&w);
            }
            if (!random_below(&seed, 4)) {
                world_event(&w, &seed);
            }
        }
        for (unsigned int i = 0; i < 200 && !quiet; i++) {
            quiet = world_turn(&w, &seed, &state) && world_answer(&w);
        }
        assert_true(quiet);

        bool wanted = w.wanted && w.wish.attach && w.seen.device.present;
        bool disabled = w.wish.policy.mode == VIF_MODE_DISABLED;

        if (wanted) {
            assert_int_equal(state, disabled ? WIRING_VIF_DISABLED : WIRING_VIF_WIRED);
            assert_int_equal(w.seen.device.up, !disabled);
        } else {
            assert_true(state == WIRING_VIF_DETACHED || state == WIRING_VIF_NO_DEVICE);
            assert_false(w.seen.port.present);
            assert_int_equal(w.seen.rules, WIRING_RULES_NONE);
            assert_int_equal(w.seen.reserved, 0);
        }
    }
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
        cmocka_unit_test(device_that_the_switch_cannot_open_is_told_in_its_words),
        cmocka_unit_test(any_order_of_events_ends_wired_or_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
