/* SPDX-License-Identifier: Apache-2.0
 *
 * What cable's command table is made of. The one table (cli/commands.c) drives parsing, help, completion and the manual page.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct cli;
struct error;

/* What an argument or an option's value is: completion offers what there is of it. */
enum command_kind {
    COMMAND_TEXT,
    COMMAND_NUMBER,
    COMMAND_LIST,               /* comma separated; an option with it may be given several times */
    COMMAND_WORD,               /* one of 'words' */
    COMMAND_NETWORK,
    COMMAND_VIF,
    COMMAND_VM,
    COMMAND_HOST,
    COMMAND_BRIDGE,             /* of this host's switch */
    COMMAND_FILE,
    COMMAND_WORDS_OF_COMMAND,   /* the words of a command, for help */
};

struct command_argument {
    const char *name;           /* "DEVICE" */
    enum command_kind kind;
    const char *const *words;   /* NULL-terminated, of COMMAND_WORD */
    bool optional;              /* may be left out, and so may those that follow */
    bool repeated;              /* any number of them; the last one only */
};

struct command_option {
    const char *name;           /* without "--". An option of one name takes a value in all commands or in none */
    const char *value;          /* what help calls the value; NULL for a flag */
    const char *summary;        /* a phrase without a full stop */
    enum command_kind kind;     /* of the value */
    const char *const *words;   /* NULL-terminated, of COMMAND_WORD */
    bool required;
    bool repeated;              /* may be given several times, also if it is no COMMAND_LIST */
};

struct command {
    const char *noun;
    const char *verb;           /* NULL if the noun stands alone */
    const char *summary;        /* a phrase without a full stop */
    const char *details;        /* paragraphs, or NULL */
    const struct command_argument *arguments; /* ends with name NULL */
    const struct command_option *options; /* ends with name NULL */
    bool wants_option;          /* is nothing without at least one of its options */
    bool hidden;                /* serves the completion, not people */
    struct error *(*run)(struct cli *);
};

/* A row of cable's other vocabularies: environment variables and exit statuses. */
struct command_note {
    const char *name;
    const char *summary;
};

extern const struct command commands[];
extern const size_t commands_n;
extern const char *const command_foreign_ports[]; /* NULL-terminated */
extern const struct command_option command_globals[]; /* ends with name NULL */
extern const struct command_note command_environment[]; /* ends with name NULL */
extern const struct command_note command_statuses[]; /* ends with name NULL */

/* What `cable vif wait --state` can wait for. NULL-terminated. */
extern const char *const command_wait_states[];

/* The command of 'noun' and 'verb' (NULL: that stands alone); NULL if there is none. */
const struct command *command_find(const char *noun, const char *verb);

/* True if some command begins with 'noun'; '*has_verbs' tells if a verb must follow. */
bool command_has_noun(const char *noun, bool *has_verbs);

/* The option 'name' in 'options', NULL if it is not there. */
const struct command_option *command_option_find(const struct command_option *options, const char *name);

#endif
