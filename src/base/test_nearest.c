/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *
nearest_of(const char *word, const char *const *candidates)
{
    struct nearest nearest = NEAREST_INITIALIZER(word);

    while (*candidates) {
        nearest_offer(&nearest, *candidates++);
    }
    return nearest_word(&nearest);
}

static const char *const verbs[] = { "create", "set", "list", "show", "destroy", "plug", "unplug", NULL };

static void
a_typing_error_finds_the_word(void **state)
{
    assert_string_equal(nearest_of("craete", verbs), "create");
    assert_string_equal(nearest_of("lst", verbs), "list");
    assert_string_equal(nearest_of("lisst", verbs), "list");
    assert_string_equal(nearest_of("shoe", verbs), "show");
    assert_string_equal(nearest_of("DESTROY", verbs), "destroy");
    assert_string_equal(nearest_of("unplgu", verbs), "unplug");
}

static void
a_beginning_finds_the_word(void **state)
{
    assert_string_equal(nearest_of("dest", verbs), "destroy");
    assert_string_equal(nearest_of("un", verbs), "unplug");
}

static void
another_word_finds_nothing(void **state)
{
    assert_null(nearest_of("banana", verbs));
    assert_null(nearest_of("x", verbs));
    assert_null(nearest_of("", verbs));
    assert_null(nearest_of("create", (const char *const[]) { NULL }));
}

static void
overlong_words_are_far_from_everything(void **state)
{
    char word[5001];

    for (size_t i = 0; i < sizeof word; i++) {
        word[i] = 'a';
    }
    word[sizeof word - 1] = '\0';
    assert_null(nearest_of(word, verbs));
    assert_string_equal(nearest_of("list", (const char *const[]) { word, "list", NULL }), "list");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typing_error_finds_the_word),
        cmocka_unit_test(a_beginning_finds_the_word),
        cmocka_unit_test(another_word_finds_nothing),
        cmocka_unit_test(overlong_words_are_far_from_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
