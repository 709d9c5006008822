/* SPDX-License-Identifier: Apache-2.0
 *
 * What must be true of every row of the command table.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <util.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/help.h"
#include "wiring/vif.h"

static void
assert_phrase(const char *owner, const char *text)
{
    if (!*text || text[strlen(text) - 1] == '.' || (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z'
                                                     && strncmp(text, "Cabled", 6))) {
        fail_msg("%s: \"%s\" is no phrase", owner, text);
    }
}

static void
assert_options(const char *owner, const struct command_option *options)
{
    for (const struct command_option *option = options; option->name; option++) {
        assert_phrase(owner, option->summary);
        assert_ptr_equal(command_option_find(options, option->name), option);
        assert_true((option->kind == COMMAND_WORD) == (option->words != NULL));
        assert_true(option->value || option->kind == COMMAND_TEXT);
    }
}

static void
every_row_is_complete(void **state)
{
    for (size_t i = 0; i < commands_n; i++) {
        const struct command *command = &commands[i];

        assert_phrase(command->noun, command->summary);
        assert_non_null(command->run);
        assert_ptr_equal(command_find(command->noun, command->verb), command);
        assert_options(command->noun, command->options);
        for (const struct command_option *option = command->options; option->name; option++) {
            assert_null(command_option_find(command_globals, option->name));
        }
    }
    assert_options("global", command_globals);
}

static void
a_noun_has_verbs_or_stands_alone(void **state)
{
    for (size_t i = 0; i < commands_n; i++) {
        bool has_verbs;

        assert_true(command_has_noun(commands[i].noun, &has_verbs));
        assert_int_equal(has_verbs, commands[i].verb != NULL);
    }
}

/* A line is taken apart before its command is known. */
static void
an_option_takes_a_value_everywhere_or_nowhere(void **state)
{
    for (size_t i = 0; i < commands_n; i++) {
        for (const struct command_option *option = commands[i].options; option->name; option++) {
            for (size_t j = 0; j < commands_n; j++) {
                const struct command_option *other = command_option_find(commands[j].options, option->name);

                assert_true(!other || !other->value == !option->value);
            }
        }
    }
}

static void
every_state_of_a_vif_can_be_waited_for(void **state)
{
    for (enum wiring_vif_state s = WIRING_VIF_DETACHED; s <= WIRING_VIF_FAILED; s++) {
        bool found = false;

        for (const char *const *word = command_wait_states; *word; word++) {
            found |= !strcmp(*word, wiring_vif_state_name(s));
        }
        assert_true(found);
    }
}

static void
help_fits_into_eighty_columns(void **state)
{
    for (size_t i = 0; i <= commands_n; i++) {
        const char *words[] = { i ? commands[i - 1].noun : NULL, i ? commands[i - 1].verb : NULL, NULL };
        struct ds text = DS_EMPTY_INITIALIZER;
        char *line, *rest;

        assert_null(help_format(words, &text));
        rest = ds_cstr(&text);
        while ((line = strsep(&rest, "\n")) != NULL) {
            assert_true(strlen(line) <= 80 || !strncmp(line, "Usage:", 6));
        }
        ds_destroy(&text);
    }
}

static void
the_table_is_there_for_programs(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    struct json *json;
    size_t n_shown = 0;

    for (size_t i = 0; i < commands_n; i++) {
        n_shown += !commands[i].hidden;
    }
    help_format_json(&text);
    json = json_from_string(ds_cstr(&text));
    assert_int_equal(json->type, JSON_OBJECT);
    assert_int_equal(json_array(shash_find_data(json_object(json), "commands"))->n, n_shown);
    json_destroy(json);
    ds_destroy(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(a_noun_has_verbs_or_stands_alone),
        cmocka_unit_test(an_option_takes_a_value_everywhere_or_nowhere),
        cmocka_unit_test(every_state_of_a_vif_can_be_waited_for),
        cmocka_unit_test(help_fits_into_eighty_columns),
        cmocka_unit_test(the_table_is_there_for_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
