/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "cli/xapi_failure.h"
#include "xenapi/call.h"

static void
assert_means(struct xenapi_reply failure, enum error_code code, const char *text)
{
    OWN_ERROR struct error *error = xapi_failure(&failure.value);

    assert_int_equal(error->code, code);
    assert_string_equal(error->text, text);
    xenapi_reply_destroy(&failure);
}

static void
known_failures_are_sentences(void **state)
{
    assert_means(xenapi_failure("VM_BAD_POWER_STATE", "OpaqueRef:x", "halted", "running", NULL), ERROR_REFUSED,
                 "the VM is running, and must be halted for that");
    assert_means(xenapi_failure("HANDLE_INVALID", "VM", "OpaqueRef:x", NULL), ERROR_NOT_FOUND,
                 "there is no such VM any more: somebody has destroyed it meanwhile");
    assert_means(xenapi_failure("MAC_INVALID", "x", NULL), ERROR_INVALID,
                 "'x' is no MAC address that a guest can have: write it like 02:00:00:00:01:02");
}

static void
what_cabled_says_in_words_is_told_as_it_is(void **state)
{
    assert_means(xenapi_failure("INTERNAL_ERROR", "no kernel \"/x\": $1 %2", NULL), ERROR_REFUSED, "no kernel \"/x\": $1 %2");
}

static void
what_users_wrote_is_quoted(void **state)
{
    assert_means(xenapi_failure("MAC_DUPLICATE", "\033[31m", NULL), ERROR_EXISTS, "another VIF has the MAC address '\\x1b[31m'");
}

static void
failure_with_too_few_parameters_is_told_all_the_same(void **state)
{
    assert_means(xenapi_failure("VM_BAD_POWER_STATE", NULL), ERROR_REFUSED, "the VM is ?, and must be ? for that");
}

static void
unknown_failures_are_shown_as_they_came(void **state)
{
    assert_means(xenapi_failure("VM_LACKS_FEATURE", "a", "b", NULL), ERROR_REFUSED, "the server says 'VM_LACKS_FEATURE': 'a', 'b'");
    assert_means(xenapi_failure("VM_LACKS_FEATURE", NULL), ERROR_REFUSED, "the server says 'VM_LACKS_FEATURE'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_failures_are_sentences),
        cmocka_unit_test(what_cabled_says_in_words_is_told_as_it_is),
        cmocka_unit_test(what_users_wrote_is_quoted),
        cmocka_unit_test(failure_with_too_few_parameters_is_told_all_the_same),
        cmocka_unit_test(unknown_failures_are_shown_as_they_came),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
