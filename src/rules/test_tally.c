/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rules/tally.h"

/* One rule of many, and bytes of ten a packet. */
enum { RULE = 5, BYTES = 10 };

static const struct rules_count nothing[RULES_N];

static struct tally
tally_of(uint64_t base, uint64_t total)
{
    struct rules_count bases[RULES_N] = { [RULE] = { base, base * BYTES } };
    struct rules_count totals[RULES_N] = { [RULE] = { total, total * BYTES } };
    struct tally tally;

    tally_init(&tally, bases, totals);
    return tally;
}

static uint64_t
look(struct tally *tally, uint64_t packets, long long int now)
{
    struct rules_count flows[RULES_N] = { [RULE] = { packets, packets * BYTES } };

    tally_look(tally, flows, now);
    assert_int_equal(tally->total[RULE].bytes, tally->total[RULE].packets * BYTES);
    return tally->total[RULE].packets;
}

static void
gone(struct tally *tally, uint64_t packets)
{
    const struct rules_count count = { packets, packets * BYTES };

    assert_true(tally_add_gone(tally, RULE, &count));
}

static void
total_is_what_flows_count(void **state)
{
    struct tally tally = tally_of(0, 0);

    assert_int_equal(look(&tally, 3, 0), 3);
    assert_int_equal(look(&tally, 7, 1), 7);
    assert_int_equal(tally.total[RULE + 1].packets, 0);
}

static void
count_of_a_flow_that_goes_stays_in_the_total(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 100, 0);
    assert_int_equal(look(&tally, 60, 10), 100); /* one of two has gone, and has not told yet */
    gone(&tally, 45);           /* five more than we had seen */
    assert_int_equal(look(&tally, 61, 20), 106);
}

static void
count_that_was_told_before_the_next_look_is_not_counted_twice(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 100, 0);
    gone(&tally, 40);
    assert_int_equal(look(&tally, 60, 10), 100);
}

static void
count_of_the_last_flow_needs_no_other_look(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 10, 0);
    gone(&tally, 30);
    assert_int_equal(tally.total[RULE].packets, 30);
    assert_int_equal(look(&tally, 0, 1), 30);
}

static void
flow_that_had_counted_nothing_changes_nothing(void **state)
{
    struct tally tally = tally_of(0, 0);

    assert_false(tally_add_gone(&tally, RULE, &(struct rules_count) { 0, 0 }));
}

static void
restart_of_the_switch_takes_nothing_from_the_total(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 100, 0);
    tally_begin(&tally);
    assert_int_equal(look(&tally, 0, 10), 100);
    assert_int_equal(look(&tally, 5, 20), 105);
}

static void
restart_of_the_agent_alone_counts_nothing_twice(void **state)
{
    struct tally tally = tally_of(20, 110); /* the flows have gone on counting since that was kept */

    assert_int_equal(look(&tally, 95, 0), 115);
}

static void
restart_of_both_goes_on_from_what_was_kept(void **state)
{
    struct tally tally = tally_of(20, 110);

    assert_int_equal(look(&tally, 2, 0), 110);
    assert_int_equal(look(&tally, 4, 1), 112);
}

static void
count_that_never_comes_is_made_good_after_a_while(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 100, 0);
    assert_int_equal(look(&tally, 0, 1000), 100); /* flushed */
    assert_int_equal(look(&tally, 10, 1000 + TALLY_PATIENCE_MS - 1), 100);
    assert_int_equal(look(&tally, 10, 1000 + TALLY_PATIENCE_MS), 100);
    assert_int_equal(look(&tally, 15, 1001 + TALLY_PATIENCE_MS), 105);
}

static void
patience_begins_anew_when_nothing_is_missing_any_more(void **state)
{
    struct tally tally = tally_of(0, 0);

    look(&tally, 100, 1000);
    look(&tally, 60, 2000);
    gone(&tally, 40);
    look(&tally, 60, 3000);
    look(&tally, 50, 10000);    /* another one goes, a lot later */
    gone(&tally, 10);
    assert_int_equal(look(&tally, 50, 10001), 100);
    assert_int_equal(tally.base[RULE].packets, 50);
}

/* Whatever comes in whatever order. */
static void
total_never_goes_down(void **state)
{
    struct tally tally = tally_of(0, 0);
    uint32_t random = 1;
    uint64_t before = 0;
    long long int now = 0;

    for (int i = 0; i < 100000; i++) {
        random = random * 1664525 + 1013904223;
        now += random >> 20;
        switch (random >> 13 & 3) {
        case 0:
            tally_begin(&tally);
            break;
        case 1:
            tally_add_gone(&tally, RULE, &(struct rules_count) { random >> 24, (random >> 24) * BYTES });
            break;
        default:
            before = tally.total[RULE].packets;
            assert_true(look(&tally, random >> 22, now) >= before);
            assert_true(tally.total[RULE].packets >= tally.flows[RULE].packets);
            break;
        }
    }
    assert_memory_equal(&tally.total[RULE + 1], nothing, sizeof nothing[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(total_is_what_flows_count),
        cmocka_unit_test(count_of_a_flow_that_goes_stays_in_the_total),
        cmocka_unit_test(count_that_was_told_before_the_next_look_is_not_counted_twice),
        cmocka_unit_test(count_of_the_last_flow_needs_no_other_look),
        cmocka_unit_test(flow_that_had_counted_nothing_changes_nothing),
        cmocka_unit_test(restart_of_the_switch_takes_nothing_from_the_total),
        cmocka_unit_test(restart_of_the_agent_alone_counts_nothing_twice),
        cmocka_unit_test(restart_of_both_goes_on_from_what_was_kept),
        cmocka_unit_test(count_that_never_comes_is_made_good_after_a_while),
        cmocka_unit_test(patience_begins_anew_when_nothing_is_missing_any_more),
        cmocka_unit_test(total_never_goes_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
