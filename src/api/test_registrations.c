/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/registrations.h"

static const struct uuid one = { .parts = { 1 } }, two = { .parts = { 2 } };

static struct xenapi_value
set_of(const char *word)
{
    struct xenapi_value set = xenapi_set_create();

    xenapi_set_add(&set, xenapi_string(word));
    return set;
}

static bool
add(struct registrations *registrations, const struct uuid *session, const char *word, int64_t now)
{
    struct xenapi_value set = set_of(word);
    struct xenapi_reply failure;
    const bool added = registrations_add(registrations, session, &set, now, &failure);

    if (!added) {
        xenapi_reply_destroy(&failure);
    }
    xenapi_value_destroy(&set);
    return added;
}

static void
remove_from(struct registrations *registrations, const struct uuid *session, const char *word)
{
    struct xenapi_value set = set_of(word);
    struct xenapi_reply failure;

    assert_true(registrations_remove(registrations, registrations_find(registrations, session), &set, &failure));
    xenapi_value_destroy(&set);
}

static void
a_session_has_seen_what_was_there_when_it_registered_first(void **state)
{
    struct registrations registrations;

    registrations_init(&registrations);
    assert_null(registrations_find(&registrations, &one));
    assert_true(add(&registrations, &one, "vm", 7));
    assert_true(add(&registrations, &one, "vif", 9));
    assert_true(add(&registrations, &two, "vif", 9));
    assert_int_equal(registrations_find(&registrations, &one)->seen, 7);
    assert_int_equal(registrations_find(&registrations, &one)->subscriptions.n, 2);
    assert_int_equal(registrations_find(&registrations, &two)->seen, 9);
    registrations_destroy(&registrations);
}

static void
whoever_is_registered_for_nothing_has_no_registration(void **state)
{
    struct registrations registrations;

    registrations_init(&registrations);
    assert_false(add(&registrations, &one, "", 7));
    assert_null(registrations_find(&registrations, &one));
    add(&registrations, &one, "vm", 7);
    assert_false(add(&registrations, &one, "", 7));
    remove_from(&registrations, &one, "vif");
    assert_non_null(registrations_find(&registrations, &one));
    remove_from(&registrations, &one, "VM");
    assert_null(registrations_find(&registrations, &one));
    registrations_destroy(&registrations);
}

static void
a_session_that_has_ended_is_forgotten(void **state)
{
    struct registrations registrations;

    registrations_init(&registrations);
    add(&registrations, &one, "vm", 7);
    registrations_forget(&registrations, &two);
    registrations_forget(&registrations, &one);
    assert_null(registrations_find(&registrations, &one));
    registrations_destroy(&registrations);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_has_seen_what_was_there_when_it_registered_first),
        cmocka_unit_test(whoever_is_registered_for_nothing_has_no_registration),
        cmocka_unit_test(a_session_that_has_ended_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
