/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/unknown.h"

/* The line, taken apart before it is known which command it is. */
struct line {
    struct given *given;        /* 'options' holds the first option of each name in the table, not yet the command's own */
    const char *stranger;       /* the first option that no command has, with its "--", or NULL */
};

static const struct command_option *
option_of_any_command(const char *name)
{
    const struct command_option *option = command_option_find(command_globals, name);

    for (size_t i = 0; i < commands_n && !option; i++) {
        option = command_option_find(commands[i].options, name);
    }
    return option;
}

/* "-h" and "-V" are the only short options. */
static const char *
long_name(const char *word)
{
    return !strcmp(word, "-h") ? "--help" : !strcmp(word, "-V") ? "--version" : word;
}

static struct error *
refuse_value(const char *name, const char *value)
{
    return error_new(ERROR_INVALID, "option --%s takes no value, but %s was given", name, quote(value).text);
}

static struct error *
refuse_missing_value(const struct command_option *option, const char *next)
{
    if (next) {
        return error_new(ERROR_INVALID,
                         "option --%s needs a value (%s), but the option %s follows: write --%s=%s if that is meant",
                         option->name, option->value, next, option->name, next);
    }
    return error_new(ERROR_INVALID, "option --%s needs a value (%s)", option->name, option->value);
}

static struct error *
take_option(struct line *line, const struct command_option *option, const char *inline_value, char *const **next)
{
    const char *value = inline_value;

    if (!option->value && inline_value) {
        return refuse_value(option->name, inline_value);
    } else if (option->value && !inline_value) {
        value = **next;
        if (!value || !strncmp(value, "--", 2)) {
            return refuse_missing_value(option, value);
        }
        ++*next;
    }
    line->given->options[line->given->n_options++] = (struct given_option) { option, value };
    return NULL;
}

static struct error *
take_word(struct line *line, const char *word, char *const **next)
{
    const char *equals = strchr(word, '=');
    char *name = equals ? xmemdup0(word + 2, equals - word - 2) : xstrdup(word + 2);
    const struct command_option *option = option_of_any_command(name);
    struct error *error = NULL;

    if (option) {
        error = take_option(line, option, equals ? equals + 1 : NULL, next);
    } else if (!line->stranger) {
        line->stranger = word;
    }
    free(name);
    return error;
}

static struct error *
take_line(struct line *line, char *const words[])
{
    struct given *given = line->given;
    struct error *error = NULL;
    bool options_end = false;

    while (*words && !error) {
        const char *word = long_name(*words++);

        if (options_end || word[0] != '-' || !word[1]) {
            given->arguments[given->n_arguments++] = word;
        } else if (!strcmp(word, "--")) {
            options_end = true;
        } else if (word[1] != '-') {
            error = error_new(ERROR_INVALID, "there is no option %s: options are words behind \"--\", see `cable help`",
                              quote(word).text);
        } else {
            error = take_word(line, word, &words);
        }
    }
    return error;
}

/* Finds the command and takes its words off the arguments. */
static struct error *
find_command(struct given *given)
{
    const char *noun = given->arguments[0];
    bool has_verbs;

    if (!noun) {
        return error_new(ERROR_INVALID, "no command was given: `cable help` lists them");
    } else if (!command_has_noun(noun, &has_verbs)) {
        return unknown_noun((const char *const *) given->arguments);
    }
    given->command = command_find(noun, has_verbs ? given->arguments[1] : NULL);
    if (!given->command || (has_verbs && !given->arguments[1])) {
        given->command = NULL;
        return unknown_verb(noun, given->arguments[1]);
    }
    size_t n_words = has_verbs ? 2 : 1;
    given->n_arguments -= n_words;
    memmove(given->arguments, given->arguments + n_words, (given->n_arguments + 1) * sizeof *given->arguments);
    return NULL;
}

/* Makes each option the command's own, or a global one. */
static struct error *
check_options(struct given *given)
{
    for (size_t i = 0; i < given->n_options; i++) {
        struct given_option *own = &given->options[i];
        const char *name = own->option->name;
        const struct command_option *option = command_option_find(given->command->options, name);

        option = option ? option : command_option_find(command_globals, name);
        if (!option) {
            return unknown_here(given->command, own->option);
        }
        own->option = option;
        for (size_t j = 0; j < i; j++) {
            if (given->options[j].option == option && option->kind != COMMAND_LIST && !option->repeated) {
                return error_new(ERROR_INVALID, "option --%s was given twice", name);
            }
        }
    }
    return NULL;
}

static struct error *
refuse_arguments(const struct command *command, const char *what)
{
    char *usage = help_synopsis(command);
    struct error *error = error_new(ERROR_INVALID, "%s: usage: %s", what, usage);

    free(usage);
    return error;
}

static struct error *
check_arguments(const struct given *given)
{
    const struct command_argument *argument = given->command->arguments;
    char what[QUOTE_SIZE + 40];

    for (size_t i = 0; i < given->n_arguments; i++) {
        if (!argument->name) {
            snprintf(what, sizeof what, "%s is one argument too many", quote(given->arguments[i]).text);
            return refuse_arguments(given->command, what);
        }
        argument += !argument->repeated;
    }
    if (argument->name && !argument->optional && !argument->repeated) {
        snprintf(what, sizeof what, "%s is missing", argument->name);
        return refuse_arguments(given->command, what);
    }
    return NULL;
}

static struct error *
check_presence(const struct given *given)
{
    bool own_option = false;

    for (const struct command_option *option = given->command->options; option->name; option++) {
        bool here = given_value(given, option->name) || given_flag(given, option->name);
        char what[80];

        own_option |= here;
        if (option->required && !here) {
            snprintf(what, sizeof what, "--%s %s is missing", option->name, option->value);
            return refuse_arguments(given->command, what);
        }
    }
    return given->command->wants_option && !own_option
        ? refuse_arguments(given->command, "nothing to change was said") : NULL;
}

static bool
asks_for_help(const struct given *given)
{
    return given_flag(given, "help") || given_flag(given, "version");
}

static struct error *
parse(struct line *line, char *const words[])
{
    struct given *given = line->given;
    struct error *error = take_line(line, words);

    if (error || (asks_for_help(given) && !line->stranger)) {
        return error;
    } else if (line->stranger && !given->n_arguments) {
        return unknown_option(NULL, line->stranger);
    }
    error = find_command(given);
    if (!error && line->stranger) {
        error = unknown_option(given->command, line->stranger);
    }
    error = error ? error : check_options(given);
    error = error ? error : check_arguments(given);
    return error ? error : check_presence(given);
}

struct error *
options_parse(char *const words[], struct given *given)
{
    struct line line = { .given = given };
    struct error *error;
    size_t n = 0;

    while (words[n]) {
        n++;
    }
    *given = (struct given) {
        .arguments = xcalloc(n + 1, sizeof *given->arguments),
        .options = xcalloc(n + 1, sizeof *given->options),
    };
    error = parse(&line, words);
    if (error) {
        given_destroy(given);
    }
    return error;
}

void
given_destroy(struct given *given)
{
    free(given->arguments);
    free(given->options);
    *given = (struct given) { .command = NULL };
}

static const struct given_option *
given_find(const struct given *given, const char *name)
{
    for (size_t i = 0; i < given->n_options; i++) {
        if (!strcmp(given->options[i].option->name, name)) {
            return &given->options[i];
        }
    }
    return NULL;
}

const char *
given_value(const struct given *given, const char *name)
{
    const struct given_option *found = given_find(given, name);

    return found ? found->value : NULL;
}

bool
given_flag(const struct given *given, const char *name)
{
    return given_find(given, name) != NULL;
}
