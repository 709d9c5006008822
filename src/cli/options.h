/* SPDX-License-Identifier: Apache-2.0
 *
 * From the words of a command line to a command with its arguments and options, by the command table. Options may stand
 * anywhere, as `--name value` or `--name=value`; `--` ends them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct command;
struct command_option;
struct error;

struct given_option {
    const struct command_option *option;
    const char *value;          /* NULL for a flag */
};

/* The strings are those of the command line. */
struct given {
    const struct command *command; /* NULL if the line names none, and only asks for help or the version */
    const char **arguments;     /* NULL-terminated */
    size_t n_arguments;
    struct given_option *options;
    size_t n_options;
};

/* Reads 'words' (NULL-terminated, without the program's name). All that is refused here is a mistake in usage, with the right
 * usage in the error. With --help or --version among the options, what else is missing is not asked for. */
struct error *options_parse(char *const words[], struct given *given);
void given_destroy(struct given *);

/* The value of the option 'name'; NULL if it was not given. */
const char *given_value(const struct given *, const char *name);
bool given_flag(const struct given *, const char *name);

#endif
