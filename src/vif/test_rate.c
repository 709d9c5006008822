/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "vif/rate.h"

static void
assert_rate(const struct vif_rate_words *words, uint32_t kbytes_per_s, uint32_t burst_kbytes)
{
    struct vif_rate rate = { 77, 77 };

    assert_null(vif_rate_parse(words, &rate));
    assert_int_equal(rate.kbytes_per_s, kbytes_per_s);
    assert_int_equal(rate.burst_kbytes, burst_kbytes);
}

/* Asserts that 'words' are refused with a message that holds 'part', and that nothing was written. */
static void
assert_refused(const struct vif_rate_words *words, const char *part)
{
    struct vif_rate rate = { 77, 78 };
    OWN_ERROR struct error *error = vif_rate_parse(words, &rate);

    assert_error(error, ERROR_INVALID, part, "the rate");
    assert_int_equal(rate.kbytes_per_s, 77);
    assert_int_equal(rate.burst_kbytes, 78);
}

static void
without_an_algorithm_there_is_no_limit(void **state)
{
    assert_rate(&(struct vif_rate_words) { .algorithm = "" }, 0, 0);
    assert_rate(&(struct vif_rate_words) { .algorithm = "", .kbps = "100", .burst = "many" }, 0, 0);
}

static void
rate_and_burst_are_what_is_said(void **state)
{
    assert_rate(&(struct vif_rate_words) { "ratelimit", "1", "64" }, 1, 64);
    assert_rate(&(struct vif_rate_words) { "ratelimit", "12800", "1000" }, 12800, 1000);
    assert_rate(&(struct vif_rate_words) { "ratelimit", "524287999", "524287999" }, 524287999, 524287999);
}

static void
burst_is_a_tenth_of_a_second_if_nothing_is_said_and_never_small(void **state)
{
    assert_rate(&(struct vif_rate_words) { "ratelimit", "100000", NULL }, 100000, 10000);
    assert_rate(&(struct vif_rate_words) { "ratelimit", "1290", NULL }, 1290, 129);
    assert_rate(&(struct vif_rate_words) { "ratelimit", "1289", NULL }, 1289, 128);
    assert_rate(&(struct vif_rate_words) { "ratelimit", "1", NULL }, 1, 128);
}

static void
wrong_numbers_are_refused(void **state)
{
    static const char *const not_numbers[] = { "", " 1", "1 ", "-1", "+1", "1.5", "0x10", "1k", "many" };

    for (size_t i = 0; i < ARRAY_SIZE(not_numbers); i++) {
        assert_refused(&(struct vif_rate_words) { "ratelimit", not_numbers[i], NULL }, "is not a number");
        assert_refused(&(struct vif_rate_words) { "ratelimit", "100", not_numbers[i] }, "is not a number");
    }
    assert_refused(&(struct vif_rate_words) { "ratelimit", "0", NULL }, "rate '0' is out of range: write 1 to 524287999");
    assert_refused(&(struct vif_rate_words) { "ratelimit", "524288000", NULL }, "1 to 524287999");
    assert_refused(&(struct vif_rate_words) { "ratelimit", "99999999999999999999", NULL }, "1 to 524287999");
    assert_refused(&(struct vif_rate_words) { "ratelimit", "100", "63" }, "burst '63' is out of range: write 64 to");
    assert_refused(&(struct vif_rate_words) { "ratelimit", "100", "524288000" }, "64 to 524287999");
}

static void
what_says_no_rate_is_refused(void **state)
{
    assert_refused(&(struct vif_rate_words) { .algorithm = "ratelimit" }, "no rate is given");
    assert_refused(&(struct vif_rate_words) { .algorithm = "ratelimit", .burst = "100" }, "no rate is given");
    assert_refused(&(struct vif_rate_words) { .algorithm = "Ratelimit", .kbps = "1" }, "algorithm 'Ratelimit' is not known");
    assert_refused(&(struct vif_rate_words) { .algorithm = "\033", .kbps = "1" }, "'\\x1b'");
}

static void
kilobytes_are_1024_bytes_and_kilobits_1000_bits(void **state)
{
    assert_int_equal(vif_rate_kbits(0), 0);
    assert_int_equal(vif_rate_kbits(1), 8);
    assert_int_equal(vif_rate_kbits(125), 1024);
    assert_int_equal(vif_rate_kbits(524287999), 4294967287U);
}

static void
rates_are_told_in_words(void **state)
{
    char *limited = vif_rate_describe(&(struct vif_rate) { 1000, 128 });
    char *unlimited = vif_rate_describe(&(struct vif_rate) { 0, 0 });

    assert_string_equal(limited, "at most 1000 KiB/s, in bursts of up to 128 KiB");
    assert_string_equal(unlimited, "");
    free(limited);
    free(unlimited);
}

static void
rates_that_differ_in_anything_are_not_equal(void **state)
{
    assert_true(vif_rate_equals(&(struct vif_rate) { 1, 64 }, &(struct vif_rate) { 1, 64 }));
    assert_false(vif_rate_equals(&(struct vif_rate) { 1, 64 }, &(struct vif_rate) { 2, 64 }));
    assert_false(vif_rate_equals(&(struct vif_rate) { 1, 64 }, &(struct vif_rate) { 1, 65 }));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_algorithm_there_is_no_limit),
        cmocka_unit_test(rate_and_burst_are_what_is_said),
        cmocka_unit_test(burst_is_a_tenth_of_a_second_if_nothing_is_said_and_never_small),
        cmocka_unit_test(wrong_numbers_are_refused),
        cmocka_unit_test(what_says_no_rate_is_refused),
        cmocka_unit_test(kilobytes_are_1024_bytes_and_kilobits_1000_bits),
        cmocka_unit_test(rates_are_told_in_words),
        cmocka_unit_test(rates_that_differ_in_anything_are_not_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
