/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/subscriptions.h"
#include "base/limits.h"

#define VM "OpaqueRef:00000000-0000-0000-0000-000000000001"

/* A set of the words, which NULL ends. */
static struct xenapi_value
set_of(const char *word, ...)
{
    struct xenapi_value set = xenapi_set_create();
    va_list args;

    va_start(args, word);
    for (; word; word = va_arg(args, const char *)) {
        xenapi_set_add(&set, xenapi_string(word));
    }
    va_end(args);
    return set;
}

static void
add(struct subscriptions *subscriptions, struct xenapi_value set)
{
    struct xenapi_reply failure;

    assert_true(subscriptions_add(subscriptions, &set, &failure));
    xenapi_value_destroy(&set);
}

static void
assert_refused(struct subscriptions *subscriptions, struct xenapi_value set, const char *code)
{
    struct xenapi_reply failure;

    assert_false(subscriptions_add(subscriptions, &set, &failure));
    assert_string_equal(xenapi_failure_code(&failure), code);
    xenapi_reply_destroy(&failure);
    xenapi_value_destroy(&set);
}

static void
one_that_matches_is_enough(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };

    assert_false(subscriptions_match(&subscriptions, "vm", VM));
    add(&subscriptions, set_of("VIF", "VM/" VM, NULL));
    assert_true(subscriptions_match(&subscriptions, "vm", VM));
    assert_true(subscriptions_match(&subscriptions, "vif", VM));
    assert_false(subscriptions_match(&subscriptions, "vm", "OpaqueRef:00000000-0000-0000-0000-000000000002"));
    assert_false(subscriptions_match(&subscriptions, "task", VM));
    subscriptions_destroy(&subscriptions);
}

static void
what_is_added_comes_to_what_is_there(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };

    add(&subscriptions, set_of("vm", NULL));
    add(&subscriptions, set_of("vif", NULL));
    assert_true(subscriptions_match(&subscriptions, "vm", VM));
    assert_true(subscriptions_match(&subscriptions, "vif", VM));
    subscriptions_destroy(&subscriptions);
}

static void
what_is_removed_has_the_same_spelling_but_for_case(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };
    struct xenapi_value gone = set_of("VM", "network", NULL);
    struct xenapi_reply failure;

    add(&subscriptions, set_of("vm", "vif", "vm/" VM, "VM", NULL));
    assert_true(subscriptions_remove(&subscriptions, &gone, &failure));
    assert_int_equal(subscriptions.n, 2);
    assert_true(subscriptions_match(&subscriptions, "vm", VM));
    assert_false(subscriptions_match(&subscriptions, "vm", "OpaqueRef:00000000-0000-0000-0000-000000000002"));
    xenapi_value_destroy(&gone);
    subscriptions_destroy(&subscriptions);
}

static void
a_set_with_a_bad_one_adds_nothing(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };

    assert_refused(&subscriptions, set_of("vm", "", NULL), "EVENT_SUBSCRIPTION_PARSE_FAILURE");
    assert_refused(&subscriptions, xenapi_string("vm"), "EVENT_SUBSCRIPTION_PARSE_FAILURE");
    assert_int_equal(subscriptions.n, 0);
    struct xenapi_value set = xenapi_set_create();
    xenapi_set_add(&set, xenapi_int(7));
    assert_refused(&subscriptions, set, "EVENT_SUBSCRIPTION_PARSE_FAILURE");
}

static void
their_number_is_limited(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };
    struct xenapi_value set = xenapi_set_create();

    for (int i = 0; i < LIMIT_EVENT_SUBSCRIPTIONS; i++) {
        xenapi_set_add(&set, xenapi_string("vm"));
    }
    add(&subscriptions, set);
    assert_refused(&subscriptions, set_of("vif", NULL), "INVALID_VALUE");
    assert_int_equal(subscriptions.n, LIMIT_EVENT_SUBSCRIPTIONS);
    subscriptions_destroy(&subscriptions);
}

static void
tasks_alone_are_told_from_tasks_among_others(void **state)
{
    struct subscriptions subscriptions = { .all = NULL };

    add(&subscriptions, set_of("Task", "task/" VM, NULL));
    assert_true(subscriptions_are_of_tasks(&subscriptions));
    add(&subscriptions, set_of("*", NULL));
    assert_false(subscriptions_are_of_tasks(&subscriptions));
    subscriptions_destroy(&subscriptions);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_matches_is_enough),
        cmocka_unit_test(what_is_added_comes_to_what_is_there),
        cmocka_unit_test(what_is_removed_has_the_same_spelling_but_for_case),
        cmocka_unit_test(a_set_with_a_bad_one_adds_nothing),
        cmocka_unit_test(their_number_is_limited),
        cmocka_unit_test(tasks_alone_are_told_from_tasks_among_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
