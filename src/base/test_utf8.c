/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/utf8.h"

/* The first and last characters of each length, and those beside the surrogates. */
static const struct {
    uint32_t code;
    const char *text;
    size_t length;
} characters[] = {
    { 0, "\0", 1 }, { 'a', "a", 1 }, { 0x7f, "\x7f", 1 },
    { 0x80, "\xc2\x80", 2 }, { 0x7ff, "\xdf\xbf", 2 },
    { 0x800, "\xe0\xa0\x80", 3 }, { 0xd7ff, "\xed\x9f\xbf", 3 }, { 0xe000, "\xee\x80\x80", 3 }, { 0xffff, "\xef\xbf\xbf", 3 },
    { 0x10000, "\xf0\x90\x80\x80", 4 }, { 0x10ffff, "\xf4\x8f\xbf\xbf", 4 },
};

static void
characters_of_each_length_are_read_and_written(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
        char text[4];
        uint32_t code = 0x77;

        assert_int_equal(utf8_read(characters[i].text, characters[i].length + 1, &code), characters[i].length);
        assert_int_equal(code, characters[i].code);
        assert_int_equal(utf8_write(code, text), characters[i].length);
        assert_memory_equal(text, characters[i].text, characters[i].length);
    }
}

static void
characters_that_are_cut_are_not_read(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
        uint32_t code = 0x77;

        for (size_t n = 0; n < characters[i].length; n++) {
            assert_int_equal(utf8_read(characters[i].text, n, &code), 0);
        }
        assert_int_equal(code, 0x77);
    }
}

static void
what_is_not_well_formed_is_not_read(void **state)
{
    static const char *const wrong[] = {
        "\x80", "\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xff",                         /* no leads */
        "\xc3(", "\xe2\x82(", "\xf0\x9f\x98(", "\xc3\xc3",                      /* no continuation */
        "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",             /* longer than need be */
        "\xed\xa0\x80", "\xed\xbf\xbf",                                         /* surrogates */
        "\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf",                                 /* beyond U+10FFFF */
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        uint32_t code = 0x77;

        assert_int_equal(utf8_read(wrong[i], strlen(wrong[i]) + 1, &code), 0);
        assert_int_equal(code, 0x77);
    }
}

static void
text_is_well_formed_up_to_its_first_wrong_byte(void **state)
{
    assert_int_equal(utf8_check("", 0), 0);
    assert_int_equal(utf8_check("gr\xc3\xbc\xc3\x9f" "e\0", 8), 8);
    assert_int_equal(utf8_check("gr\xc3\xbc\xc3", 5), 4);
    assert_int_equal(utf8_check("\xff" "abc", 4), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_each_length_are_read_and_written),
        cmocka_unit_test(characters_that_are_cut_are_not_read),
        cmocka_unit_test(what_is_not_well_formed_is_not_read),
        cmocka_unit_test(text_is_well_formed_up_to_its_first_wrong_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
