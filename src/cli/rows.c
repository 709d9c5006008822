/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

struct row *
rows_add(struct rows *rows)
{
    if (rows->n == rows->allocated) {
        rows->rows = x2nrealloc(rows->rows, &rows->allocated, sizeof *rows->rows);
    }
    rows->rows[rows->n] = (struct row) ROW_INITIALIZER;
    return &rows->rows[rows->n++];
}

void
rows_destroy(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        row_destroy(&rows->rows[i]);
    }
    free(rows->rows);
    *rows = (struct rows) ROWS_INITIALIZER;
}

void
row_destroy(struct row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        struct cell *cell = &row->cells[i];

        free(cell->text);
        svec_destroy(&cell->words);
        if (cell->rows) {
            rows_destroy(cell->rows);
            free(cell->rows);
        }
    }
    free(row->cells);
    *row = (struct row) ROW_INITIALIZER;
}

static struct cell *
row_put(struct row *row, const char *name, enum cell_type type)
{
    if (row->n == row->allocated) {
        row->cells = x2nrealloc(row->cells, &row->allocated, sizeof *row->cells);
    }
    row->cells[row->n] = (struct cell) { .name = name, .type = type };
    return &row->cells[row->n++];
}

void
row_put_null(struct row *row, const char *name)
{
    row_put(row, name, CELL_NULL);
}

void
row_put_text_nocopy(struct row *row, const char *name, char *text)
{
    row_put(row, name, text && *text ? CELL_TEXT : CELL_NULL)->text = text;
}

void
row_put_text(struct row *row, const char *name, const char *text)
{
    row_put_text_nocopy(row, name, nullable_xstrdup(text));
}

void
row_put_state(struct row *row, const char *name, const char *word)
{
    row_put(row, name, word && *word ? CELL_STATE : CELL_NULL)->text = nullable_xstrdup(word);
}

void
row_put_integer(struct row *row, const char *name, int64_t integer)
{
    row_put(row, name, CELL_INTEGER)->integer = integer;
}

void
row_put_truth(struct row *row, const char *name, bool truth)
{
    row_put(row, name, CELL_TRUTH)->integer = truth;
}

void
row_put_time(struct row *row, const char *name, int64_t ms)
{
    row_put(row, name, CELL_TIME)->integer = ms;
}

void
row_put_words(struct row *row, const char *name, char *const words[], size_t n)
{
    struct cell *cell = row_put(row, name, CELL_WORDS);

    for (size_t i = 0; i < n; i++) {
        svec_add(&cell->words, words[i]);
    }
}

void
row_put_numbers(struct row *row, const char *name, const int64_t *numbers, size_t n)
{
    struct cell *cell = row_put(row, name, CELL_NUMBERS);

    for (size_t i = 0; i < n; i++) {
        svec_add_nocopy(&cell->words, xasprintf("%"PRId64, numbers[i]));
    }
}

struct rows *
row_put_rows(struct row *row, const char *name)
{
    return row_put(row, name, CELL_ROWS)->rows = xzalloc(sizeof(struct rows));
}

void
row_put_copy(struct row *row, const char *name, const struct cell *original)
{
    struct cell *cell = row_put(row, name, original->type);

    ovs_assert(original->type != CELL_ROWS);
    cell->text = nullable_xstrdup(original->text);
    cell->integer = original->integer;
    svec_clone(&cell->words, &original->words);
}

const struct cell *
row_find(const struct row *row, const char *name)
{
    for (size_t i = 0; i < row->n; i++) {
        if (!strcmp(row->cells[i].name, name)) {
            return &row->cells[i];
        }
    }
    return NULL;
}

bool
cell_equals(const struct cell *a, const struct cell *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case CELL_NULL:
        return true;
    case CELL_TEXT:
    case CELL_STATE:
        return !strcmp(a->text, b->text);
    case CELL_INTEGER:
    case CELL_TRUTH:
    case CELL_TIME:
        return a->integer == b->integer;
    case CELL_WORDS:
    case CELL_NUMBERS:
        return svec_equal(&a->words, &b->words);
    case CELL_ROWS:
        return a->rows == b->rows;
    }
    OVS_NOT_REACHED();
}
