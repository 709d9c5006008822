/* SPDX-License-Identifier: Apache-2.0
 *
 * Showing rows, to people or to programs. Commands make rows and don't know which of the two looks on.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct row;
struct rows;
struct output;

/* How people see a list. */
struct output_list {
    const char *const *columns; /* the cells that are shown, NULL-terminated; programs get all */
    const char *if_empty;       /* said to people if there are no rows; NULL: nothing */
    bool wraps;                 /* what is too wide goes on in the next line, and is not cut */
    const char *const *cut;     /* otherwise: the columns that may be cut, NULL-terminated; NULL: all */
};

struct output_class {
    /* Rows of one kind. */
    void (*list)(const struct output *, const struct rows *, const struct output_list *);

    /* One object with everything that is known about it. */
    void (*show)(const struct output *, const struct row *);

    /* An object that a command has just changed: 'sentence' says how. */
    void (*done)(const struct output *, const struct row *, const char *sentence);

    /* One line about something that happened. */
    void (*event)(const struct output *, const struct row *);
};

extern const struct output_class output_table;
extern const struct output_class output_json;

struct output {
    const struct output_class *class;
    FILE *stream;
    bool colour;
    size_t width;               /* columns of the terminal; 0: as wide as needed, nothing is cut */
    long long int now_ms;       /* since the epoch, for "how long"; 0: don't say it */
};

#endif
