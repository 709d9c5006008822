/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <svec.h>
#include <util.h>

#include "cli/completion.h"

static const char *const colours[] = { "red", "green", NULL };
static const struct command_argument none[] = { { NULL } };
static const struct command_argument a_vif[] = { { "DEVICE", COMMAND_VIF }, { NULL } };
static const struct command_argument a_file[] = { { "FILE", COMMAND_FILE }, { NULL } };
static const struct command_argument of_help[] = {
    { "COMMAND", COMMAND_WORDS_OF_COMMAND, .optional = true, .repeated = true }, { NULL },
};
static const struct command_option no_options[] = { { NULL } };
static const struct command_option vif_options[] = {
    { "network", "NETWORK", "where", COMMAND_NETWORK }, { "colour", "COLOUR", "what", COMMAND_WORD, colours },
    { "quick", NULL, "in a hurry", COMMAND_TEXT }, { NULL },
};

const struct command commands[] = {
    { "vif", "set", "", NULL, a_vif, vif_options },
    { "vif", "show", "", NULL, a_vif, no_options },
    { "network", "list", "", NULL, none, no_options },
    { "load", NULL, "", NULL, a_file, no_options },
    { "secret", NULL, "", NULL, none, no_options, .hidden = true },
    { "help", NULL, "", NULL, of_help, no_options },
};
const size_t commands_n = ARRAY_SIZE(commands);
const struct command_option command_globals[] = {
    { "pool", "REMOTE", "where", COMMAND_TEXT }, { "json", NULL, "for programs", COMMAND_TEXT }, { NULL },
};

static void
add_names(void *aux, enum command_kind kind, struct svec *names)
{
    if (kind == COMMAND_VIF) {
        svec_add(names, "vif1.1");
        svec_add(names, "vif1.0");
    } else if (kind == COMMAND_NETWORK) {
        svec_add(names, "a lan");
    }
}

/* The words of 'line' are separated by '|', because the last may be empty. */
static void
assert_candidates(const char *line, const char *wanted)
{
    const struct completion_names names = { add_names, NULL };
    struct svec candidates = SVEC_EMPTY_INITIALIZER;
    char *copy = xstrdup(line), *rest = copy, *joined;
    const char *words[10];
    size_t n = 0;

    while (rest) {
        words[n++] = strsep(&rest, "|");
    }
    completion_candidates(words, n, &names, &candidates);
    joined = svec_join(&candidates, " ", "");
    if (strcmp(joined, wanted)) {
        fail_msg("%s: \"%s\" instead of \"%s\"", line, joined, wanted);
    }
    free(joined);
    free(copy);
    svec_destroy(&candidates);
}

static void
nouns_and_verbs_are_completed(void **state)
{
    assert_candidates("", "vif network load help");
    assert_candidates("v", "vif");
    assert_candidates("s", "");
    assert_candidates("vif|", "set show");
    assert_candidates("vif|sh", "show");
    assert_candidates("--json|vif|s", "set show");
    assert_candidates("banana|", "");
}

static void
names_come_from_the_pool(void **state)
{
    assert_candidates("vif|show|", "vif1.0 vif1.1");
    assert_candidates("vif|set|--network|", "a lan");
    assert_candidates("vif|set|--network|lan|vif1.1", "vif1.1");
    assert_candidates("vif|show|vif1.0|", "");
    assert_candidates("vif|show|--|vif1", "vif1.0 vif1.1");
}

static void
options_and_their_words_are_completed(void **state)
{
    assert_candidates("vif|set|vif1.0|--", "--network --colour --quick --pool --json");
    assert_candidates("vif|set|vif1.0|--c", "--colour");
    assert_candidates("vif|set|vif1.0|--colour|", "red green");
    assert_candidates("vif|set|vif1.0|--colour|r", "red");
    assert_candidates("vif|set|vif1.0|--colour=", "--colour=red --colour=green");
    assert_candidates("vif|set|vif1.0|--colour=g", "--colour=green");
    assert_candidates("vif|set|vif1.0|--quick=", "");
    assert_candidates("vif|set|--quick|", "vif1.0 vif1.1");
    assert_candidates("vif|show|--c", "");
    assert_candidates("--p", "--pool");
    assert_candidates("--pool|", "");
    assert_candidates("--pool|unix:/x|v", "vif");
}

static void
files_are_left_to_the_shell(void **state)
{
    assert_candidates("load|", COMPLETION_FILES);
}

static void
help_completes_commands(void **state)
{
    assert_candidates("help|", "vif network load help");
    assert_candidates("help|vif|", "set show");
    assert_candidates("help|vif|set|", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nouns_and_verbs_are_completed),
        cmocka_unit_test(names_come_from_the_pool),
        cmocka_unit_test(options_and_their_words_are_completed),
        cmocka_unit_test(files_are_left_to_the_shell),
        cmocka_unit_test(help_completes_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
