/* SPDX-License-Identifier: Apache-2.0
 *
 * A VIF whose port somebody else has added.
 */
#include <config.h>

#include "wiring/test_vif.h"

static struct wiring_vif_seen
foreign_port(void)
{
    struct wiring_vif_seen seen = new_device();

    seen.device.up = true;
    seen.port = (struct wiring_port) {
        .present = true, .adoptable = true, .on_bridge = true, .name = "vif1.0", .bridge = "xapi0", .ofport = 3,
    };
    return seen;
}

static struct wiring_vif_seen
adopted(void)
{
    struct wiring_vif_seen seen = wired();

    seen.port.adopted = true;
    seen.port.requested = seen.port.ofport = seen.reserved = 3;
    return seen;
}

static void
port_of_the_wanted_bridge_that_somebody_added_keeps_its_number(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = foreign_port();

    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_KEEP_OFPORT);
    seen.reserved = 40000;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_FORGET_OFPORT);
    seen.rules = WIRING_RULES_SENT;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_FORGET_OFPORT | WIRING_DELETE_RULES);
}

static void
port_of_somebody_is_adopted_when_its_rules_are_in_force(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = foreign_port();

    seen.reserved = 3;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_PUT_RULES | WIRING_SET_LINK);
    seen.device.settings_match = true;
    seen.rules = WIRING_RULES_SENT;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
    seen.rules = WIRING_RULES_ACKED;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_ADOPT_PORT);
    seen.bridge_guarded = false;
    check(&w, &seen, WIRING_VIF_WAITING, 0);
}

static void
port_of_somebody_is_not_adopted_before_it_has_a_number(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = foreign_port();

    seen.port.ofport = 0;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
    seen.port.ofport = -1;
    check_reason(&w, &seen, "the switch cannot open device vif1.0");
}

static void
port_on_another_bridge_is_not_adopted(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = foreign_port();

    seen.port.on_bridge = false;
    check_reason(&w, &seen, "is not Cabled's");
}

static void
adopted_port_is_wired_with_its_link_as_it_was(void **state)
{
    const struct vif_wish w = wish();
    const struct wiring_vif_seen seen = adopted();

    check(&w, &seen, WIRING_VIF_WIRED, 0);
}

static void
adopted_port_is_given_back_with_its_link_as_it_is(void **state)
{
    struct wiring_vif_seen seen = adopted();

    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES);
    seen.port = foreign_port().port;
    seen.rules = WIRING_RULES_NONE;
    check(NULL, &seen, WIRING_VIF_DETACHED, WIRING_FORGET_OFPORT);
}

static void
adopted_port_whose_number_somebody_changed_is_adopted_again(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = adopted();

    seen.port.requested = seen.port.ofport = 5;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
}

static void
adopted_port_without_its_device_is_given_back_and_with_another_one_made_anew(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = adopted();

    seen.device.ifindex = 8;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
    seen.device = (struct wiring_device) { .present = false };
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES);
}

static void
described_port_is_always_given_back(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = adopted();

    seen.port.described = true;
    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES);
    seen.bridge_unguarded = true;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES);
    seen.port.described = false;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES);
    seen = adopted();
    seen.port.described = true;
    seen.device.ifindex = 8;
    check(&w, &seen, WIRING_VIF_UNPLUGGING, WIRING_RELEASE_PORT | WIRING_DELETE_RULES | WIRING_FORGET_OFPORT);
}

static void
described_port_of_ours_is_deleted(void **state)
{
    struct wiring_vif_seen seen = wired();

    seen.port.described = true;
    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_PORT | WIRING_DELETE_RULES | WIRING_LINK_DOWN);
}

static void
device_of_somebody_stays_up_when_he_deletes_its_port(void **state)
{
    struct wiring_vif_seen seen = adopted();

    seen.port = (struct wiring_port) { .present = false };
    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_RULES | WIRING_LINK_DOWN);
    seen.device.is_anothers = true;
    check(NULL, &seen, WIRING_VIF_UNPLUGGING, WIRING_DELETE_RULES);
    seen.rules = WIRING_RULES_NONE;
    check(NULL, &seen, WIRING_VIF_DETACHED, WIRING_FORGET_OFPORT);
}

static void
port_that_another_vif_leaves_is_waited_for(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen = foreign_port();

    seen.port.adoptable = false;
    seen.port.leaving = true;
    check(&w, &seen, WIRING_VIF_PLUGGING, 0);
    check_wait(&w, &seen, WIRING_WAIT_OLD_PORT);
    seen.rules = WIRING_RULES_ACKED;
    check(&w, &seen, WIRING_VIF_PLUGGING, WIRING_DELETE_RULES);
    seen.port.leaving = false;
    check(&w, &seen, WIRING_VIF_FAILED, WIRING_DELETE_RULES);
}

/* Of the pool database, the rules of before stay in force. */
static void
description_that_cannot_be_read_makes_dark(void **state)
{
    char refusal[] = "attached-mac is missing";
    struct wiring_vif_seen seen = adopted();
    struct vif_wish w = wish();

    w.refusal = refusal;
    check(&w, &seen, WIRING_VIF_FAILED, 0);
    w.origin = VIF_DESCRIBED;
    check(&w, &seen, WIRING_VIF_FAILED, WIRING_DELETE_RULES);
    check_reason(&w, &seen, "attached-mac is missing");
    seen.rules = WIRING_RULES_NONE;
    check(&w, &seen, WIRING_VIF_FAILED, 0);
    seen = wired();
    w.origin = VIF_HANDED;
    check(&w, &seen, WIRING_VIF_FAILED, WIRING_DELETE_RULES);
}

static void
what_is_waited_for_while_adopting_is_told(void **state)
{
    const struct vif_wish w = wish();
    struct wiring_vif_seen seen;

    seen = foreign_port();
    check_wait(&w, &seen, WIRING_WAIT_NUMBER);
    seen.port.ofport = 0;
    check_wait(&w, &seen, WIRING_WAIT_NUMBER);
    seen = foreign_port();
    seen.reserved = 3;
    check_wait(&w, &seen, WIRING_WAIT_RULES);
    seen.rules = WIRING_RULES_ACKED;
    check_wait(&w, &seen, WIRING_WAIT_WRITE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_of_the_wanted_bridge_that_somebody_added_keeps_its_number),
        cmocka_unit_test(port_of_somebody_is_adopted_when_its_rules_are_in_force),
        cmocka_unit_test(port_of_somebody_is_not_adopted_before_it_has_a_number),
        cmocka_unit_test(port_on_another_bridge_is_not_adopted),
        cmocka_unit_test(adopted_port_is_wired_with_its_link_as_it_was),
        cmocka_unit_test(adopted_port_is_given_back_with_its_link_as_it_is),
        cmocka_unit_test(adopted_port_whose_number_somebody_changed_is_adopted_again),
        cmocka_unit_test(adopted_port_without_its_device_is_given_back_and_with_another_one_made_anew),
        cmocka_unit_test(described_port_is_always_given_back),
        cmocka_unit_test(described_port_of_ours_is_deleted),
        cmocka_unit_test(device_of_somebody_stays_up_when_he_deletes_its_port),
        cmocka_unit_test(port_that_another_vif_leaves_is_waited_for),
        cmocka_unit_test(description_that_cannot_be_read_makes_dark),
        cmocka_unit_test(what_is_waited_for_while_adopting_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
