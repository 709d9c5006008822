/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/command.h"

#include <string.h>

const struct command *
command_find(const char *noun, const char *verb)
{
    for (size_t i = 0; i < commands_n; i++) {
        const struct command *command = &commands[i];

        if (!strcmp(command->noun, noun) && (verb ? command->verb && !strcmp(command->verb, verb) : !command->verb)) {
            return command;
        }
    }
    return NULL;
}

bool
command_has_noun(const char *noun, bool *has_verbs)
{
    for (size_t i = 0; i < commands_n; i++) {
        if (!strcmp(commands[i].noun, noun)) {
            *has_verbs = commands[i].verb != NULL;
            return true;
        }
    }
    return false;
}

const struct command_option *
command_option_find(const struct command_option *options, const char *name)
{
    for (; options->name; options++) {
        if (!strcmp(options->name, name)) {
            return options;
        }
    }
    return NULL;
}
