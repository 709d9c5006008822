/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "verbs/test_failure_text.h"
#include "verbs/vm_size.h"

static void
memory_limits_are_in_order(void **state)
{
    const struct {
        struct vm_size_memory memory;
        bool ok;
    } cases[] = {
        { { 1, 2, 3, 4 }, true },
        { { 4, 4, 4, 4 }, true },
        { { 0, 0, 0, 0 }, true },
        { { 2, 1, 3, 4 }, false },
        { { 1, 3, 2, 4 }, false },
        { { 1, 2, 4, 3 }, false },
        { { -1, 2, 3, 4 }, false },
    };
    const char *const failure = "MEMORY_CONSTRAINT_VIOLATION Memory limits must satisfy: static_min ≤ dynamic_min ≤ dynamic_max ≤ static_max";

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_reply reply;
        bool ok = vm_size_check_memory(&cases[i].memory, &reply);

        assert_failure(ok, &reply, cases[i].ok ? "" : failure, "memory");
    }
}

static void
a_vm_has_a_processor_and_no_more_than_it_can_have(void **state)
{
    const struct {
        int64_t max, at_startup;
        const char *failure;
    } cases[] = {
        { 1, 1, "" },
        { 8, 2, "" },
        { 0, 1, "INVALID_VALUE VCPUs_max|0" },
        { -3, -3, "INVALID_VALUE VCPUs_max|-3" },
        { 2, 0, "INVALID_VALUE VCPUs_at_startup|0" },
        { 2, 3, "VALUE_NOT_SUPPORTED VCPUs_at_startup|3|value greater than VCPUs_max" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_reply reply;
        bool ok = vm_size_check_vcpus(cases[i].max, cases[i].at_startup, &reply);

        assert_failure(ok, &reply, cases[i].failure, "processors");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_limits_are_in_order),
        cmocka_unit_test(a_vm_has_a_processor_and_no_more_than_it_can_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
