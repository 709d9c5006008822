/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/quote.h"

static void
printable_text_is_shown_as_it_is(void **state)
{
    assert_string_equal(quote("").text, "''");
    assert_string_equal(quote("10.0.0.5/24").text, "'10.0.0.5/24'");
    assert_string_equal(quote("Büro 7 – 東京 🐙").text, "'Büro 7 – 東京 🐙'");
}

static void
control_characters_are_escaped(void **state)
{
    assert_string_equal(quote("a\nb\033[31m\177").text, "'a\\x0ab\\x1b[31m\\x7f'");
    assert_string_equal(quote("\\x0a").text, "'\\x5cx0a'");
    assert_string_equal(quote("\xc2\x85").text, "'\\xc2\\x85'");
    assert_string_equal(quote("a\xe2\x80\xae" "b").text, "'a\\xe2\\x80\\xaeb'");
}

static void
malformed_utf8_is_escaped(void **state)
{
    assert_string_equal(quote("\xc0\xaf").text, "'\\xc0\\xaf'");        /* overlong */
    assert_string_equal(quote("\xe0\x80\xaf").text, "'\\xe0\\x80\\xaf'");
    assert_string_equal(quote("\xed\xa0\x80").text, "'\\xed\\xa0\\x80'"); /* a surrogate */
    assert_string_equal(quote("\xf4\x90\x80\x80").text, "'\\xf4\\x90\\x80\\x80'");
    assert_string_equal(quote("x\xe2\x82").text, "'x\\xe2\\x82'");      /* cut off */
}

static void
long_text_is_shortened_with_its_size(void **state)
{
    char text[1001];
    char expected[QUOTE_SIZE] = "'";

    memset(text, 'a', 1000);
    text[1000] = '\0';
    memset(expected + 1, 'a', QUOTE_SHOWN_BYTES);
    strcpy(expected + 1 + QUOTE_SHOWN_BYTES, "...' (1000 bytes)");
    assert_string_equal(quote(text).text, expected);
}

static void
longest_escape_and_last_character_fit(void **state)
{
    char text[1001];

    memset(text, '\n', 1000);
    text[1000] = '\0';
    assert_in_range(strlen(quote(text).text), 4 * QUOTE_SHOWN_BYTES, QUOTE_SIZE - 1);

    memset(text, 'a', QUOTE_SHOWN_BYTES - 1);
    strcpy(text + QUOTE_SHOWN_BYTES - 1, "🐙");
    assert_non_null(strstr(quote(text).text, "🐙'"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_is_shown_as_it_is),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(malformed_utf8_is_escaped),
        cmocka_unit_test(long_text_is_shortened_with_its_size),
        cmocka_unit_test(longest_escape_and_last_character_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
