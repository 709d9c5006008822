/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors for words that the command table does not have, with the word that was probably meant.
 */
#ifndef CLI_UNKNOWN_H
#define CLI_UNKNOWN_H

struct command;
struct command_option;
struct error;

/* words[0] begins no command. 'words' is NULL-terminated. */
struct error *unknown_noun(const char *const words[]);

/* `cable NOUN` has no 'word', or needs one: NULL. */
struct error *unknown_verb(const char *noun, const char *word);

/* 'word', with its "--" and perhaps "=value", is no option of any command; 'command' is the one that it
 * was given to, or NULL. */
struct error *unknown_option(const struct command *, const char *word);

/* 'option' is that of another command. */
struct error *unknown_here(const struct command *, const struct command_option *option);

#endif
