/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts in aligned columns.
 */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include <stdbool.h>
#include <stddef.h>

struct ds;

struct grid {
    size_t n_columns;
    size_t n_rows;
    struct grid_cell *cells;    /* row by row; the first row is the heading */
    size_t *widths;             /* of the columns */
    size_t *words;              /* of the longest words in the columns */
    bool *right;                /* the column is aligned right, as numbers are */
    bool *fixed;                /* the column is never made narrower */
    bool wraps;                 /* what is wider than its column goes on below instead of being cut */
};

struct grid_cell {
    char *text;                 /* owned; fit for a terminal */
    const char *colour;         /* ECMA-48 SGR, or NULL */
};

/* Makes room for 'n_rows', heading included. */
void grid_init(struct grid *, size_t n_columns, size_t n_rows);
void grid_destroy(struct grid *);

/* Takes over 'text'. */
void grid_put(struct grid *, size_t row, size_t column, char *text, const char *colour);

/* Makes the widest columns narrower until a row takes no more than 'width' columns of the terminal, as far as that leaves
 * something to be read. */
void grid_fit(struct grid *, size_t width);

/* Appends a row with a newline, or several that it is wrapped into, each behind 'indent'. */
void grid_format_row(const struct grid *, size_t row, const char *indent, bool colour, struct ds *out);

#endif
