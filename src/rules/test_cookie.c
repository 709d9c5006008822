/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/cookie.h"

static void
cookie_has_the_documented_layout(void **state)
{
    const struct cookie cookie = { .ofport = 0x123456, .generation = 0x78, .rule = 0x9a, .address = 0xbc };

    assert_true(cookie_pack(&cookie) == UINT64_C(0xf17e123456789abc));
    assert_true((COOKIE_MAGIC_MASK | COOKIE_OFPORT_MASK | COOKIE_GENERATION_MASK) == UINT64_C(0xffffffffffff0000));
    assert_false(COOKIE_MAGIC_MASK & COOKIE_OFPORT_MASK & COOKIE_GENERATION_MASK);
}

static void
unpacked_cookie_is_what_was_packed(void **state)
{
    const struct cookie examples[] = { { 0 }, { 0xffffff, 255, 255, 255 }, { 32768, 1, 133, 200 }, { 1, 0, 0, 0 } };

    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct cookie cookie;

        assert_true(cookie_unpack(cookie_pack(&examples[i]), &cookie));
        assert_int_equal(cookie.ofport, examples[i].ofport);
        assert_int_equal(cookie.generation, examples[i].generation);
        assert_int_equal(cookie.rule, examples[i].rule);
        assert_int_equal(cookie.address, examples[i].address);
    }
}

static void
foreign_cookies_are_not_unpacked(void **state)
{
    struct cookie cookie = { .rule = 77 };

    assert_false(cookie_unpack(0, &cookie));
    assert_false(cookie_unpack(1, &cookie));
    assert_false(cookie_unpack(UINT64_MAX, &cookie));
    assert_false(cookie_unpack(COOKIE_MAGIC ^ UINT64_C(0x0001000000000000), &cookie));
    assert_int_equal(cookie.rule, 77);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_has_the_documented_layout),
        cmocka_unit_test(unpacked_cookie_is_what_was_packed),
        cmocka_unit_test(foreign_cookies_are_not_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
