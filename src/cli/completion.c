/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/completion.h"

#include <stdlib.h>
#include <string.h>

#include <svec.h>
#include <util.h>

/* What the words before the last one have said. */
struct line {
    const char *words[2];       /* the command's, as far as it is there */
    size_t n_words;             /* with those of the arguments */
    const struct command *command; /* NULL if it is not known yet */
    const struct command_option *pending; /* its value comes next */
    bool options_end;
};

struct search {
    const char *prefix;         /* what has been typed of the word */
    const char *before;         /* stands before each candidate: "--mode=" */
    const struct completion_names *names;
    struct svec *candidates;
};

static void
offer(const struct search *search, const char *word)
{
    if (!strncmp(word, search->prefix, strlen(search->prefix))) {
        char *candidate = xasprintf("%s%s", search->before, word);

        if (!svec_contains_unsorted(search->candidates, candidate)) {
            svec_add(search->candidates, candidate);
        }
        free(candidate);
    }
}

static const struct command_option *
option_on_line(const struct line *line, const char *name)
{
    const struct command_option *option = command_option_find(command_globals, name);

    if (!option && line->command) {
        option = command_option_find(line->command->options, name);
    }
    return option;
}

static void
read_word(struct line *line, const char *word)
{
    bool has_verbs;

    if (line->n_words < ARRAY_SIZE(line->words)) {
        line->words[line->n_words] = word;
    }
    line->n_words++;
    if (!line->command && command_has_noun(line->words[0], &has_verbs)) {
        line->command = command_find(line->words[0], has_verbs ? line->words[1] : NULL);
    }
}

static void
read_line(struct line *line, const char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *word = words[i];

        if (line->pending) {
            line->pending = NULL;
        } else if (line->options_end || strncmp(word, "--", 2)) {
            read_word(line, word);
        } else if (!word[2]) {
            line->options_end = true;
        } else {
            const struct command_option *option = option_on_line(line, word + 2);

            line->pending = option && option->value ? option : NULL;
        }
    }
}

static void
offer_nouns(const struct search *search)
{
    for (size_t i = 0; i < commands_n; i++) {
        if (!commands[i].hidden) {
            offer(search, commands[i].noun);
        }
    }
}

static void
offer_verbs(const struct search *search, const char *noun)
{
    for (size_t i = 0; i < commands_n; i++) {
        if (!strcmp(commands[i].noun, noun) && commands[i].verb) {
            offer(search, commands[i].verb);
        }
    }
}

static void
offer_names(const struct search *search, enum command_kind kind)
{
    struct svec names = SVEC_EMPTY_INITIALIZER;
    const char *name;
    size_t i;

    search->names->add(search->names->aux, kind, &names);
    svec_sort(&names);
    SVEC_FOR_EACH (i, name, &names) {
        offer(search, name);
    }
    svec_destroy(&names);
}

static void
offer_kind(const struct search *search, enum command_kind kind, const char *const *words)
{
    switch (kind) {
    case COMMAND_WORD:
        while (*words) {
            offer(search, *words++);
        }
        break;
    case COMMAND_NETWORK:
    case COMMAND_VIF:
    case COMMAND_VM:
    case COMMAND_HOST:
    case COMMAND_BRIDGE:
        offer_names(search, kind);
        break;
    case COMMAND_FILE:
        svec_add(search->candidates, COMPLETION_FILES);
        break;
    case COMMAND_TEXT:
    case COMMAND_NUMBER:
    case COMMAND_LIST:
    case COMMAND_WORDS_OF_COMMAND:
        break;
    }
}

static void
offer_options(const struct search *search, const struct command_option *option)
{
    for (; option->name; option++) {
        char *word = xasprintf("--%s", option->name);

        offer(search, word);
        free(word);
    }
}

/* `cable help vif create`: what follows is a line of its own. */
static void
offer_words_of_command(const struct search *search, const struct line *line)
{
    if (line->n_words == 1) {
        offer_nouns(search);
    } else if (line->n_words == 2) {
        offer_verbs(search, line->words[1]);
    }
}

static void
offer_argument(const struct search *search, const struct line *line)
{
    const struct command_argument *argument = line->command->arguments;
    size_t n = line->n_words - (line->command->verb ? 2 : 1);

    for (size_t i = 0; i < n && argument->name && !argument->repeated; i++) {
        argument++;
    }
    if (argument->name && argument->kind == COMMAND_WORDS_OF_COMMAND) {
        offer_words_of_command(search, line);
    } else if (argument->name) {
        offer_kind(search, argument->kind, argument->words);
    }
}

static void
offer_word(const struct search *search, const struct line *line)
{
    if (!line->n_words) {
        offer_nouns(search);
    } else if (line->command) {
        offer_argument(search, line);
    } else if (line->n_words == 1) {
        offer_verbs(search, line->words[0]);
    }
}

/* "--mode=lo" */
static void
offer_inline_value(struct search *search, const struct line *line, const char *word)
{
    size_t length = strcspn(word, "=");
    char *name = xmemdup0(word + 2, length - 2);
    char *before = xmemdup0(word, length + 1);
    const struct command_option *option = option_on_line(line, name);

    if (option && option->value) {
        search->before = before;
        search->prefix = word + length + 1;
        offer_kind(search, option->kind, option->words);
    }
    free(before);
    free(name);
}

void
completion_candidates(const char *const words[], size_t n, const struct completion_names *names, struct svec *candidates)
{
    struct search search = { .prefix = words[n - 1], .before = "", .names = names, .candidates = candidates };
    struct line line = { .n_words = 0 };

    read_line(&line, words, n - 1);
    if (line.pending) {
        offer_kind(&search, line.pending->kind, line.pending->words);
    } else if (!line.options_end && !strncmp(words[n - 1], "--", 2) && strchr(words[n - 1], '=')) {
        offer_inline_value(&search, &line, words[n - 1]);
    } else if (!line.options_end && words[n - 1][0] == '-') {
        offer_options(&search, line.command ? line.command->options : command_globals);
        offer_options(&search, command_globals);
    } else {
        offer_word(&search, &line);
    }
}
