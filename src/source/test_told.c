/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source/source.h"
#include "source/told.h"
#include "vif/wish.h"

static int
setup(void **told)
{
    *told = told_create();
    return 0;
}

static int
teardown(void **told)
{
    told_destroy(*told);
    return 0;
}

static void
wish_is_news_once(void **told)
{
    const struct vif_wish wish = { .uuid = "a" }, other = { .uuid = "b" };

    assert_true(told_wish(*told, &wish));
    assert_true(told_wish(*told, &other));
    assert_false(told_wish(*told, &wish));
    assert_false(told_wish(*told, &other));
}

static void
changed_wish_is_news_and_so_is_its_change_back(void **told)
{
    const struct vif_wish wish = { .uuid = "a", .mtu = 1500 }, changed = { .uuid = "a", .mtu = 1400 };

    assert_true(told_wish(*told, &wish));
    assert_true(told_wish(*told, &changed));
    assert_true(told_wish(*told, &wish));
    assert_false(told_wish(*told, &wish));
}

static void
wish_is_news_after_it_was_withdrawn(void **told)
{
    const struct vif_wish wish = { .uuid = "a" };

    assert_true(told_wish(*told, &wish));
    told_withdraw(*told, "a");
    told_withdraw(*told, "b");
    assert_true(told_wish(*told, &wish));
}

static void
last_report_is_remembered_while_the_vif_is_wished(void **told)
{
    const struct vif_wish wish = { .uuid = "a" }, changed = { .uuid = "a", .mtu = 1400 };
    struct source_report report = { .uuid = "a", .state = "wired", .error = "", .policy = "locked", .ofport = 7, .link_is_up = true };

    told_report(*told, &report);
    assert_null(told_last_report(*told, "a"));
    told_wish(*told, &wish);
    assert_null(told_last_report(*told, "a"));
    told_report(*told, &report);
    report.state = "failed";
    told_wish(*told, &changed);
    assert_string_equal(told_last_report(*told, "a")->state, "wired");
    assert_int_equal(told_last_report(*told, "a")->ofport, 7);
    told_report(*told, &report);
    assert_string_equal(told_last_report(*told, "a")->state, "failed");
    told_withdraw(*told, "a");
    assert_null(told_last_report(*told, "a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wish_is_news_once, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_wish_is_news_and_so_is_its_change_back, setup, teardown),
        cmocka_unit_test_setup_teardown(wish_is_news_after_it_was_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(last_report_is_remembered_while_the_vif_is_wished, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
