/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/unknown.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/quote.h"
#include "cli/command.h"
#include "cli/help.h"

static void
nearest_noun(struct nearest *nearest)
{
    for (size_t i = 0; i < commands_n; i++) {
        if (!commands[i].hidden) {
            nearest_offer(nearest, commands[i].noun);
        }
    }
}

/* `cable list vif` instead of `cable vif list`. */
static bool
words_are_swapped(const char *const words[])
{
    return words[1] && command_find(words[1], words[0]);
}

struct error *
unknown_noun(const char *const words[])
{
    const char *word = words[0];
    struct nearest nearest = NEAREST_INITIALIZER(word);

    if (words_are_swapped(words)) {
        return error_new(ERROR_INVALID, "there is no command %s: did you mean `cable %s %s`?", quote(word).text, words[1],
                         word);
    }
    nearest_noun(&nearest);
    if (nearest_word(&nearest)) {
        return error_new(ERROR_INVALID, "there is no command %s: did you mean '%s'?", quote(word).text, nearest_word(&nearest));
    }
    return error_new(ERROR_INVALID, "there is no command %s: `cable help` lists them", quote(word).text);
}

/* What people type who come from other tools. */
static const char *
verb_of_other_tools(const char *word)
{
    static const char *const pairs[][2] = {
        { "add", "create" }, { "new", "create" }, { "make", "create" }, { "del", "destroy" }, { "delete", "destroy" },
        { "remove", "destroy" }, { "rm", "destroy" }, { "ls", "list" }, { "get", "show" }, { "info", "show" }, { "edit", "set" },
        { "modify", "set" }, { "update", "set" }, { "change", "set" }, { "attach", "plug" }, { "detach", "unplug" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        if (!strcmp(word, pairs[i][0])) {
            return pairs[i][1];
        }
    }
    return NULL;
}

static char *
verbs_of(const char *noun)
{
    struct ds verbs = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < commands_n; i++) {
        if (!strcmp(commands[i].noun, noun)) {
            ds_put_format(&verbs, "%s%s", verbs.length ? ", " : "", commands[i].verb);
        }
    }
    return ds_steal_cstr(&verbs);
}

struct error *
unknown_verb(const char *noun, const char *word)
{
    const char *synonym = word ? verb_of_other_tools(word) : NULL;
    struct nearest nearest = NEAREST_INITIALIZER(word ? word : "");
    char *verbs = verbs_of(noun);
    struct error *error;

    for (size_t i = 0; i < commands_n; i++) {
        if (!strcmp(commands[i].noun, noun)) {
            nearest_offer(&nearest, commands[i].verb);
        }
    }
    if (!word) {
        error = error_new(ERROR_INVALID, "`cable %s` needs another word: %s", noun, verbs);
    } else if (synonym && command_find(noun, synonym)) {
        error = error_new(ERROR_INVALID, "there is no `cable %s %s`: did you mean '%s'?", noun, word, synonym);
    } else if (nearest_word(&nearest)) {
        error = error_new(ERROR_INVALID, "there is no command %s of `cable %s`: did you mean '%s'?", quote(word).text, noun,
                          nearest_word(&nearest));
    } else {
        error = error_new(ERROR_INVALID, "there is no command %s of `cable %s`: it has %s", quote(word).text, noun, verbs);
    }
    free(verbs);
    return error;
}

static const struct command *
command_with_option(const char *name)
{
    for (size_t i = 0; i < commands_n; i++) {
        if (command_option_find(commands[i].options, name)) {
            return &commands[i];
        }
    }
    return NULL;
}

static void
offer_options(struct nearest *nearest, const struct command_option *option)
{
    for (; option->name; option++) {
        nearest_offer(nearest, option->name);
    }
}

struct error *
unknown_option(const struct command *command, const char *word)
{
    char *name = xmemdup0(word + 2, strcspn(word, "=") - 2);
    struct nearest nearest = NEAREST_INITIALIZER(name);
    char *usage = command ? help_synopsis(command) : xstrdup("cable [OPTION...] COMMAND...");
    struct error *error;

    if (command) {
        offer_options(&nearest, command->options);
    }
    offer_options(&nearest, command_globals);
    if (nearest_word(&nearest)) {
        error = error_new(ERROR_INVALID, "there is no option %s: did you mean --%s? (usage: %s)", quote(word).text,
                          nearest_word(&nearest), usage);
    } else {
        error = error_new(ERROR_INVALID, "there is no option %s (usage: %s)", quote(word).text, usage);
    }
    free(usage);
    free(name);
    return error;
}

struct error *
unknown_here(const struct command *command, const struct command_option *option)
{
    const struct command *owner = command_with_option(option->name);
    char *usage = help_synopsis(command);
    struct error *error =
        error_new(ERROR_INVALID, "option --%s belongs to `cable %s%s%s`, not to this command (usage: %s)", option->name,
                  owner->noun, owner->verb ? " " : "", owner->verb ? owner->verb : "", usage);

    free(usage);
    return error;
}
