/* SPDX-License-Identifier: Apache-2.0
 *
 * What cable says about itself, made from the command table.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

struct cli;
struct command;
struct ds;
struct error;

/* "cable vif create DEVICE --network NAME --mac MAC [OPTION...]". The string is the caller's. */
char *help_synopsis(const struct command *);

/* Appends the text for `cable help WORDS`: of all commands, of a noun's, or of one. 'words' is NULL-terminated; words that mean
 * none are an error. */
struct error *help_format(const char *const words[], struct ds *out);

/* Appends the whole table as JSON, for what makes the manual page. */
void help_format_json(struct ds *out);

#endif
