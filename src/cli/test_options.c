/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/options.h"

/* A table of the same shape as cable's. */
static const char *const words[] = { "red", "green", NULL };
static const struct command_argument none[] = { { NULL } };
static const struct command_argument one[] = { { "THING", COMMAND_TEXT }, { NULL } };
static const struct command_argument any[] = { { "WORD", COMMAND_TEXT, .optional = true, .repeated = true }, { NULL } };
static const struct command_option no_options[] = { { NULL } };
static const struct command_option make_options[] = {
    { "colour", "COLOUR", "its colour", COMMAND_WORD, words, .required = true },
    { "parts", "LIST", "its parts", COMMAND_LIST },
    { "quick", NULL, "in a hurry", COMMAND_TEXT },
    { NULL },
};
static const struct command_option set_options[] = { { "colour", "COLOUR", "its colour", COMMAND_WORD, words }, { NULL } };

const struct command commands[] = {
    { "thing", "create", "make one", NULL, one, make_options },
    { "thing", "set", "change one", NULL, one, set_options, .wants_option = true },
    { "thing", "list", "all", NULL, none, no_options },
    { "say", NULL, "say words", NULL, any, no_options },
};
const size_t commands_n = ARRAY_SIZE(commands);
const struct command_option command_globals[] = {
    { "pool", "REMOTE", "where", COMMAND_TEXT }, { "json", NULL, "for programs", COMMAND_TEXT },
    { "help", NULL, "help", COMMAND_TEXT }, { "version", NULL, "version", COMMAND_TEXT }, { NULL },
};
const struct command_note command_environment[] = { { NULL } };
const struct command_note command_statuses[] = { { NULL } };

/* 'line' is split at blanks; "''" is an empty word. */
static struct error *
parse(const char *line, char *buffer, struct given *given)
{
    char *split[20] = { NULL };
    size_t n = 0;

    strcpy(buffer, line);
    for (char *word = strtok(buffer, " "); word; word = strtok(NULL, " ")) {
        split[n++] = strcmp(word, "''") ? word : strchr(word, '\0');
    }
    return options_parse(split, given);
}

static void
assert_refused(const char *line, const char *wanted)
{
    char buffer[200];
    struct given given;
    struct error *error = parse(line, buffer, &given);

    assert_non_null(error);
    if (!strstr(error->text, wanted)) {
        fail_msg("`%s`: \"%s\" does not say \"%s\"", line, error->text, wanted);
    }
    error_free(error);
}

static void
options_may_stand_anywhere(void **state)
{
    static const char *const lines[] = {
        "thing create lamp --colour red --json",
        "--colour red --json thing create lamp",
        "thing --colour=red create --json lamp",
        "--json thing create --colour red -- lamp",
    };

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        char buffer[200];
        struct given given;

        assert_null(parse(lines[i], buffer, &given));
        assert_ptr_equal(given.command, &commands[0]);
        assert_int_equal(given.n_arguments, 1);
        assert_string_equal(given.arguments[0], "lamp");
        assert_null(given.arguments[1]);
        assert_string_equal(given_value(&given, "colour"), "red");
        assert_true(given_flag(&given, "json"));
        assert_false(given_flag(&given, "quick"));
        assert_null(given_value(&given, "pool"));
        given_destroy(&given);
    }
}

static void
values_may_be_empty_or_begin_with_a_dash(void **state)
{
    char buffer[200];
    struct given given;

    assert_null(parse("thing create lamp --colour '' --parts=--x --pool -1", buffer, &given));
    assert_string_equal(given_value(&given, "colour"), "");
    assert_string_equal(given_value(&given, "parts"), "--x");
    assert_string_equal(given_value(&given, "pool"), "-1");
    given_destroy(&given);
}

static void
behind_two_dashes_nothing_is_an_option(void **state)
{
    char buffer[200];
    struct given given;

    assert_null(parse("say -- --json -x -- a", buffer, &given));
    assert_int_equal(given.n_arguments, 4);
    assert_string_equal(given.arguments[0], "--json");
    assert_string_equal(given.arguments[2], "--");
    assert_int_equal(given.n_options, 0);
    given_destroy(&given);
}

static void
lists_may_be_given_several_times(void **state)
{
    char buffer[200];
    struct given given;

    assert_null(parse("thing create lamp --colour red --parts a --parts b", buffer, &given));
    assert_int_equal(given.n_options, 3);
    given_destroy(&given);
    assert_refused("thing create lamp --colour red --colour green", "--colour was given twice");
    assert_refused("thing list --json --json", "--json was given twice");
}

static void
help_asks_for_nothing_else(void **state)
{
    char buffer[200];
    struct given given;

    assert_null(parse("thing create --help", buffer, &given));
    assert_null(given.command);
    assert_int_equal(given.n_arguments, 2);
    given_destroy(&given);
    assert_null(parse("-h", buffer, &given));
    assert_true(given_flag(&given, "help"));
    given_destroy(&given);
    assert_null(parse("-V", buffer, &given));
    assert_true(given_flag(&given, "version"));
    given_destroy(&given);
}

static void
mistakes_are_refused_with_the_way_out(void **state)
{
    static const struct {
        const char *line, *wanted;
    } mistakes[] = {
        { "", "`cable help`" },
        { "thng list", "did you mean 'thing'" },
        { "banana", "`cable help` lists them" },
        { "list thing", "did you mean `cable thing list`" },
        { "thing", "needs another word: create, set, list" },
        { "thing craete lamp", "did you mean 'create'" },
        { "thing add lamp", "did you mean 'create'" },
        { "thing banana", "it has create, set, list" },
        { "thing create", "THING is missing: usage: cable thing create THING --colour COLOUR [OPTION...]" },
        { "thing create lamp", "--colour COLOUR is missing" },
        { "thing create lamp desk --colour red", "'desk' is one argument too many" },
        { "thing list lamp", "'lamp' is one argument too many" },
        { "thing create lamp --color red", "did you mean --colour" },
        { "thing create lamp --banana red", "no option '--banana'" },
        { "--banana", "no option '--banana'" },
        { "thing create lamp --colour", "--colour needs a value (COLOUR)" },
        { "thing create lamp --colour --json", "needs a value (COLOUR), but the option --json follows" },
        { "thing create lamp --quick=1 --colour red", "--quick takes no value" },
        { "thing list --colour red", "--colour belongs to `cable thing create`" },
        { "thing set lamp", "nothing to change was said: usage: cable thing set THING OPTION..." },
        { "thing set lamp --json", "nothing to change was said" },
        { "-x", "no option '-x'" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        assert_refused(mistakes[i].line, mistakes[i].wanted);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_may_stand_anywhere),
        cmocka_unit_test(values_may_be_empty_or_begin_with_a_dash),
        cmocka_unit_test(behind_two_dashes_nothing_is_an_option),
        cmocka_unit_test(lists_may_be_given_several_times),
        cmocka_unit_test(help_asks_for_nothing_else),
        cmocka_unit_test(mistakes_are_refused_with_the_way_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
