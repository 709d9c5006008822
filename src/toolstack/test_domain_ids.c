/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/domain_ids.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <openvswitch/util.h>

/* A bit for each number from 1. */
static bool
is_in_mask(unsigned int domid, const void *mask)
{
    return *(const unsigned int *) mask & (1u << domid);
}

static void
numbers_follow_the_one_given_last(void **state OVS_UNUSED)
{
    struct domain_ids ids = { .max = 8 };
    unsigned int none = 0;

    assert_int_equal(domain_ids_next(&ids, is_in_mask, &none), 1);
    assert_int_equal(domain_ids_next(&ids, is_in_mask, &none), 2);
    assert_int_equal(domain_ids_next(&ids, is_in_mask, &none), 3);
}

static void
a_number_that_somebody_has_is_never_given(void **state OVS_UNUSED)
{
    struct domain_ids ids = { .last = 1, .max = 8 };
    unsigned int taken = 1 << 2 | 1 << 3;

    assert_int_equal(domain_ids_next(&ids, is_in_mask, &taken), 4);
}

static void
after_the_largest_number_the_smallest_free_one_follows(void **state OVS_UNUSED)
{
    struct domain_ids ids = { .last = 8, .max = 8 };
    unsigned int taken = 1 << 1;

    assert_int_equal(domain_ids_next(&ids, is_in_mask, &taken), 2);
}

static void
none_is_given_when_all_are_taken(void **state OVS_UNUSED)
{
    struct domain_ids ids = { .last = 3, .max = 4 };
    unsigned int taken = 0x1e;

    assert_int_equal(domain_ids_next(&ids, is_in_mask, &taken), 0);
    assert_int_equal(ids.last, 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_the_one_given_last),
        cmocka_unit_test(a_number_that_somebody_has_is_never_given),
        cmocka_unit_test(after_the_largest_number_the_smallest_free_one_follows),
        cmocka_unit_test(none_is_given_when_all_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
