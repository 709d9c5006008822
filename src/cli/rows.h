/* SPDX-License-Identifier: Apache-2.0
 *
 * What a command has to say, as rows of named, typed cells. People see them as a table, programs as JSON: the same rows.
 */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svec.h>

enum cell_type {
    CELL_NULL,                  /* not known, or not there */
    CELL_TEXT,
    CELL_STATE,                 /* a word that is good or bad news */
    CELL_INTEGER,
    CELL_TRUTH,
    CELL_TIME,                  /* ms since the epoch */
    CELL_WORDS,                 /* a list of texts */
    CELL_NUMBERS,               /* a list of integers */
    CELL_ROWS,
};

struct rows;

struct cell {
    const char *name;           /* JSON's key, lower case with '_'; not owned */
    enum cell_type type;
    char *text;
    int64_t integer;            /* of CELL_TRUTH and CELL_TIME as well */
    struct svec words;          /* of CELL_NUMBERS in decimal */
    struct rows *rows;
};

struct row {
    struct cell *cells;
    size_t n, allocated;
    bool dull;                  /* nothing happened in it: people get the number of such rows instead */
};

struct rows {
    struct row *rows;
    size_t n, allocated;
};

#define ROW_INITIALIZER { NULL, 0, 0, false }
#define ROWS_INITIALIZER { NULL, 0, 0 }

/* A new empty row, valid until the next call. */
struct row *rows_add(struct rows *);
void rows_destroy(struct rows *);
void row_destroy(struct row *);

/* Each adds a cell at the end. NULL or an empty text becomes CELL_NULL. Texts are copied. */
void row_put_null(struct row *, const char *name);
void row_put_text(struct row *, const char *name, const char *text);
void row_put_text_nocopy(struct row *, const char *name, char *text);
void row_put_state(struct row *, const char *name, const char *word);
void row_put_integer(struct row *, const char *name, int64_t integer);
void row_put_truth(struct row *, const char *name, bool truth);
void row_put_time(struct row *, const char *name, int64_t ms);
void row_put_words(struct row *, const char *name, char *const words[], size_t n);
void row_put_numbers(struct row *, const char *name, const int64_t *numbers, size_t n);
struct rows *row_put_rows(struct row *, const char *name);
void row_put_copy(struct row *, const char *name, const struct cell *); /* not of CELL_ROWS */

/* NULL if there is none. */
const struct cell *row_find(const struct row *, const char *name);

bool cell_equals(const struct cell *, const struct cell *);

#endif
