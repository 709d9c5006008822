/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vif/times.h"

static void
names_ascend_as_the_database_keeps_them(void **state)
{
    for (enum vif_stage stage = 1; stage < VIF_N_STAGES; stage++) {
        assert_true(strcmp(vif_stage_name(stage - 1), vif_stage_name(stage)) < 0);
    }
}

static void
only_known_times_are_listed(void **state)
{
    const struct vif_times times = { .us = { [VIF_STAGE_LINK] = 7, [VIF_STAGE_UEVENT] = 3 } };
    const char *names[VIF_N_STAGES];
    int64_t us[VIF_N_STAGES];

    assert_int_equal(vif_times_list(&times, names, us), 2);
    assert_string_equal(names[0], "link");
    assert_string_equal(names[1], "uevent");
    assert_int_equal(us[0], 7);
    assert_int_equal(us[1], 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_ascend_as_the_database_keeps_them),
        cmocka_unit_test(only_known_times_are_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
