/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openvswitch/util.h>
#include <uuid.h>

#include "switch/members.h"

/* A row whose order is that of 'n'. */
static struct uuid
row(unsigned int n)
{
    return (struct uuid) { .parts = { n, 1, 2, 3 } };
}

static void
count(const struct uuid *uuid, void *seen_)
{
    int *seen = seen_;

    seen[uuid->parts[0]]++;
}

/* Has 'owner' refer to the rows whose bits are set, and tells in 'seen' which came or went. */
static void
set(struct members *members, unsigned int owner, uint32_t bits, int seen[32])
{
    const struct uuid uuid = row(100 + owner);
    struct uuid rows[32];
    size_t n = 0;

    for (unsigned int i = 0; i < 32; i++) {
        if (bits & 1u << i) {
            rows[n++] = row(i);
        }
        seen[i] = 0;
    }
    members_set(members, &uuid, rows, n, count, seen);
}

static int
owner_of(const struct members *members, unsigned int n)
{
    const struct uuid uuid = row(n), *owner = members_owner(members, &uuid);

    return owner ? (int) owner->parts[0] - 100 : -1;
}

static void
test_rows_that_come_and_go_are_told_and_no_others(void **state)
{
    struct members members;
    uint32_t before = 0;
    int seen[32];

    (void) state;
    srand(1);
    members_init(&members);
    for (int round = 0; round < 2000; round++) {
        uint32_t now = round % 7 ? (uint32_t) rand() ^ (uint32_t) rand() << 16 : 0;

        set(&members, 0, now, seen);
        for (unsigned int i = 0; i < 32; i++) {
            assert_int_equal(seen[i], (before ^ now) >> i & 1);
            assert_int_equal(owner_of(&members, i), now >> i & 1 ? 0 : -1);
        }
        before = now;
    }
    members_destroy(&members);
}

/* Counts the rows of owner 0 that come or go when row 'left_out' of so many is not among them. */
static int
leave_out(struct members *members, unsigned int n, unsigned int left_out)
{
    const struct uuid uuid = row(1000);
    struct uuid rows[300];
    int seen[300] = { 0 }, n_seen = 0;
    size_t n_rows = 0;

    for (unsigned int i = 0; i < n; i++) {
        if (i != left_out) {
            rows[n_rows++] = row(i);
        }
    }
    members_set(members, &uuid, rows, n_rows, count, seen);
    for (unsigned int i = 0; i < n; i++) {
        n_seen += seen[i];
    }
    return n_seen;
}

static void
test_one_among_many_comes_and_goes_alone(void **state)
{
    enum { N = 300 };
    struct members members;

    (void) state;
    members_init(&members);
    assert_int_equal(leave_out(&members, N, N), N);
    for (unsigned int i = 0; i < N; i++) {
        const struct uuid uuid = row(i);

        assert_int_equal(leave_out(&members, N, i), 1);
        assert_null(members_owner(&members, &uuid));
        assert_int_equal(leave_out(&members, N, N), 1);
        assert_non_null(members_owner(&members, &uuid));
    }
    members_destroy(&members);
}

static void
test_row_that_moves_is_where_it_came_to(void **state)
{
    struct members members;
    int seen[32];

    (void) state;
    members_init(&members);
    set(&members, 0, 1u << 5 | 1u << 6, seen);
    set(&members, 1, 1u << 5, seen);
    assert_int_equal(owner_of(&members, 5), 1);
    set(&members, 0, 1u << 6, seen);
    assert_int_equal(seen[5], 1);
    assert_int_equal(owner_of(&members, 5), 1);
    assert_int_equal(owner_of(&members, 6), 0);
    members_destroy(&members);
}

static void
test_owner_of_none_is_forgotten(void **state)
{
    struct members members;
    int seen[32];

    (void) state;
    members_init(&members);
    set(&members, 0, 7, seen);
    set(&members, 0, 0, seen);
    assert_int_equal(hmap_count(&members.owners), 0);
    assert_int_equal(hmap_count(&members.members), 0);
    members_destroy(&members);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_that_come_and_go_are_told_and_no_others),
        cmocka_unit_test(test_one_among_many_comes_and_goes_alone),
        cmocka_unit_test(test_row_that_moves_is_where_it_came_to),
        cmocka_unit_test(test_owner_of_none_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
