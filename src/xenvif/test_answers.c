/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "xenvif/answers.h"
#include "xenvif/call.h"
#include "xenvif/facts.h"

static char hotplug_path[] = "/H";
static const struct xenvif_facts facts = { .hotplug_path = hotplug_path };

static struct xenvif_call
call_of(enum xenvif_action action, enum xenvif_type type)
{
    struct xenvif_call call = { .action = action, .type = type, .domid = 5, .devid = 0 };

    ovs_strlcpy(call.device, type == XENVIF_VIF ? "vif5.0" : "tap5.0", sizeof call.device);
    return call;
}

/* 'wanted' is a line for each answer: "PATH=VALUE" or "-PATH". Destroys 'answers'. */
static void
assert_answers(struct xenvif_answers answers, const char *wanted)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < answers.n; i++) {
        const struct xenvif_answer *answer = &answers.list[i];

        if (answer->value) {
            ds_put_format(&text, "%s=%s\n", answer->path, answer->value);
        } else {
            ds_put_format(&text, "-%s\n", answer->path);
        }
    }
    assert_string_equal(ds_cstr(&text), wanted);
    ds_destroy(&text);
    xenvif_answers_destroy(&answers);
}

static void
what_xenopsd_and_netback_wait_for_comes_last(void **state)
{
    struct xenvif_call call = call_of(XENVIF_ONLINE, XENVIF_VIF);

    assert_answers(xenvif_answers_wired(&call, &facts, 7, 32768),
                   "/H/vif-ifindex=7\n/H/vif-ofport=32768\n-/local/domain/0/backend/vif/5/0/hotplug-error\n/H/vif=vif5.0\n"
                   "/H/hotplug=online\n/local/domain/0/backend/vif/5/0/hotplug-status=connected\n");
}

static void
a_tap_has_its_own_numbers_and_nobody_waits_for_it(void **state)
{
    struct xenvif_call call = call_of(XENVIF_ONLINE, XENVIF_TAP);

    assert_answers(xenvif_answers_wired(&call, &facts, 8, 32769), "/H/tap-ifindex=8\n/H/tap-ofport=32769\n");
}

static void
a_move_and_a_change_of_rules_leave_what_was_waited_for_before(void **state)
{
    struct xenvif_call move = call_of(XENVIF_MOVE, XENVIF_VIF), filter = call_of(XENVIF_FILTER, XENVIF_VIF);

    assert_answers(xenvif_answers_wired(&move, &facts, 7, 32768), "/H/vif-ifindex=7\n/H/vif-ofport=32768\n");
    assert_answers(xenvif_answers_wired(&filter, &facts, 7, 32768), "/H/vif-ofport=32768\n");
}

static void
a_disabled_vif_has_no_port_number(void **state)
{
    struct xenvif_call filter = call_of(XENVIF_FILTER, XENVIF_VIF);

    assert_answers(xenvif_answers_wired(&filter, &facts, 7, 0), "-/H/vif-ofport\n");
}

static void
a_removal_takes_everything_back_and_what_is_waited_for_last(void **state)
{
    struct xenvif_call vif = call_of(XENVIF_REMOVE, XENVIF_VIF), tap = call_of(XENVIF_REMOVE, XENVIF_TAP);

    assert_answers(xenvif_answers_unwired(&vif, &facts), "-/H/vif-ofport\n-/H/vif-ifindex\n");
    assert_answers(xenvif_answers_gone(&vif, &facts), "-/local/domain/0/backend/vif/5/0/hotplug-status\n-/H/hotplug\n");
    assert_answers(xenvif_answers_unwired(&tap, &facts), "-/H/tap-ofport\n-/H/tap-ifindex\n");
    assert_answers(xenvif_answers_gone(&tap, &facts), "");
}

static void
rules_that_are_cleared_leave_the_device_s_number(void **state)
{
    struct xenvif_call clear = call_of(XENVIF_CLEAR, XENVIF_VIF);

    assert_answers(xenvif_answers_unwired(&clear, &facts), "-/H/vif-ofport\n");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_xenopsd_and_netback_wait_for_comes_last),
        cmocka_unit_test(a_tap_has_its_own_numbers_and_nobody_waits_for_it),
        cmocka_unit_test(a_move_and_a_change_of_rules_leave_what_was_waited_for_before),
        cmocka_unit_test(a_disabled_vif_has_no_port_number),
        cmocka_unit_test(a_removal_takes_everything_back_and_what_is_waited_for_last),
        cmocka_unit_test(rules_that_are_cleared_leave_the_device_s_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
