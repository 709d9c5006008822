/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/help.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/unknown.h"

enum {
    WIDTH = 80,
    OPTION_COLUMN = 28,
    COMMAND_COLUMN = 20,
};

static void
put_arguments(struct ds *ds, const struct command *command)
{
    for (const struct command_argument *argument = command->arguments; argument->name; argument++) {
        ds_put_format(ds, " %s%s%s%s", argument->optional ? "[" : "", argument->name, argument->repeated ? "..." : "",
                      argument->optional ? "]" : "");
    }
}

static void
put_words(struct ds *ds, const struct command *command)
{
    ds_put_format(ds, "%s%s%s", command->noun, command->verb ? " " : "", command->verb ? command->verb : "");
}

char *
help_synopsis(const struct command *command)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    bool others = false;

    ds_put_cstr(&ds, "cable ");
    put_words(&ds, command);
    put_arguments(&ds, command);
    for (const struct command_option *option = command->options; option->name; option++) {
        if (option->required) {
            ds_put_format(&ds, " --%s %s", option->name, option->value);
        } else {
            others = true;
        }
    }
    ds_put_cstr(&ds, !others ? "" : command->wants_option ? " OPTION..." : " [OPTION...]");
    return ds_steal_cstr(&ds);
}

/* Appends 'text' behind 'column' columns of which 'used' are filled, breaking lines at blanks. */
static void
put_wrapped(struct ds *ds, const char *text, size_t used, size_t column)
{
    size_t at = MAX(used, column);

    ds_put_char_multiple(ds, ' ', used < column ? column - used : 0);
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, " ");

        if (!first && at + 1 + length > WIDTH) {
            ds_put_char(ds, '\n');
            ds_put_char_multiple(ds, ' ', column);
            at = column;
        } else if (!first) {
            ds_put_char(ds, ' ');
            at++;
        }
        ds_put_buffer(ds, text, length);
        at += length;
        text += length;
        text += *text == ' ';
    }
    ds_put_char(ds, '\n');
}

/* Appends a line with 'name' in front, on a line of its own if it is too long. */
static void
put_entry(struct ds *ds, const char *name, const char *summary, size_t column)
{
    size_t used = strlen(name) + 2;

    ds_put_format(ds, "  %s", name);
    if (used >= column) {
        ds_put_char(ds, '\n');
        used = 0;
    }
    put_wrapped(ds, summary, used, column);
}

static void
put_options(struct ds *ds, const char *title, const struct command_option *option)
{
    if (option->name) {
        ds_put_format(ds, "\n%s:\n", title);
    }
    for (; option->name; option++) {
        char *name = xasprintf("--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");

        put_entry(ds, name, option->summary, OPTION_COLUMN);
        free(name);
    }
}

static void
put_notes(struct ds *ds, const char *title, const struct command_note *note)
{
    ds_put_format(ds, "\n%s:\n", title);
    for (; note->name; note++) {
        put_entry(ds, note->name, note->summary, COMMAND_COLUMN);
    }
}

/* Appends the commands of 'noun', NULL for all. */
static void
put_commands(struct ds *ds, const char *noun)
{
    for (size_t i = 0; i < commands_n; i++) {
        const struct command *command = &commands[i];
        struct ds words = DS_EMPTY_INITIALIZER;

        if (!command->hidden && (!noun || !strcmp(noun, command->noun))) {
            put_words(&words, command);
            put_entry(ds, ds_cstr(&words), command->summary, COMMAND_COLUMN);
        }
        ds_destroy(&words);
    }
}

static void
put_command(struct ds *ds, const struct command *command)
{
    char *synopsis = help_synopsis(command);

    ds_put_format(ds, "Usage: %s\n\n", synopsis);
    put_wrapped(ds, command->summary, 0, 0);
    if (command->details) {
        ds_put_char(ds, '\n');
        put_wrapped(ds, command->details, 0, 0);
    }
    put_options(ds, "Options", command->options);
    ds_put_cstr(ds, "\n`cable help` shows the options of all commands.\n");
    free(synopsis);
}

static void
put_everything(struct ds *ds)
{
    ds_put_cstr(ds, "cable: the networks and VIFs of a pool, and what their rules decide\n\n"
                "Usage: cable [OPTION...] COMMAND...\n\nCommands:\n");
    put_commands(ds, NULL);
    put_options(ds, "Options of all commands", command_globals);
    put_notes(ds, "Environment", command_environment);
    put_notes(ds, "Exit status", command_statuses);
    ds_put_cstr(ds, "\n`cable help COMMAND...` tells more about one: `cable help vif create`\n");
}

struct error *
help_format(const char *const words[], struct ds *out)
{
    const struct command *command;
    bool has_verbs;

    if (!words[0]) {
        put_everything(out);
        return NULL;
    } else if (!command_has_noun(words[0], &has_verbs)) {
        return unknown_noun(words);
    }
    command = command_find(words[0], has_verbs ? words[1] : NULL);
    if (command) {
        put_command(out, command);      /* further words: `cable vif show vif1.0 --help` */
    } else if (words[1]) {
        return unknown_verb(words[0], words[1]);
    } else {
        ds_put_format(out, "Commands of `cable %s`:\n", words[0]);
        put_commands(out, words[0]);
        ds_put_format(out, "\n`cable help %s COMMAND` tells more about one.\n", words[0]);
    }
    return NULL;
}
