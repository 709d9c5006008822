/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/grid.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "cli/text.h"

enum {
    GAP = 2,                    /* between two columns */
    NARROWEST = 6,              /* a column is not cut below this */
};

void
grid_init(struct grid *grid, size_t n_columns, size_t n_rows)
{
    *grid = (struct grid) {
        .n_columns = n_columns,
        .n_rows = n_rows,
        .cells = xcalloc(n_rows * n_columns, sizeof *grid->cells),
        .widths = xcalloc(n_columns, sizeof *grid->widths),
        .words = xcalloc(n_columns, sizeof *grid->words),
        .right = xcalloc(n_columns, sizeof *grid->right),
        .fixed = xcalloc(n_columns, sizeof *grid->fixed),
    };
}

void
grid_destroy(struct grid *grid)
{
    for (size_t i = 0; i < grid->n_rows * grid->n_columns; i++) {
        free(grid->cells[i].text);
    }
    free(grid->cells);
    free(grid->widths);
    free(grid->words);
    free(grid->right);
    free(grid->fixed);
}

static size_t
longest_word(const char *text)
{
    size_t longest = 0;

    while (*text) {
        size_t length = strcspn(text, " ");
        char *word = xmemdup0(text, length);

        longest = MAX(longest, text_width(word));
        text += length;
        text += strspn(text, " ");
        free(word);
    }
    return longest;
}

void
grid_put(struct grid *grid, size_t row, size_t column, char *text, const char *colour)
{
    grid->cells[row * grid->n_columns + column] = (struct grid_cell) { text, colour };
    grid->widths[column] = MAX(grid->widths[column], text_width(text));
    grid->words[column] = MAX(grid->words[column], longest_word(text));
}

/* What the column must keep. */
static size_t
narrowest(const struct grid *grid, size_t column)
{
    return grid->wraps ? MAX(grid->words[column], NARROWEST) : NARROWEST;
}

/* The column that can best be made narrower; 'n_columns' if none can. */
static size_t
column_to_narrow(const struct grid *grid)
{
    size_t best = grid->n_columns;

    for (size_t j = 0; j < grid->n_columns; j++) {
        if (!grid->fixed[j] && grid->widths[j] > narrowest(grid, j)
            && (best == grid->n_columns || grid->widths[j] > grid->widths[best])) {
            best = j;
        }
    }
    return best;
}

void
grid_fit(struct grid *grid, size_t width)
{
    size_t total = 0;

    for (size_t j = 0; j < grid->n_columns; j++) {
        total += grid->widths[j] + (j ? GAP : 0);
    }
    while (total > width) {
        size_t column = column_to_narrow(grid);

        if (column == grid->n_columns) {
            return;
        }
        grid->widths[column]--;
        total--;
    }
}

/* The rest of a row that is being wrapped: what each cell still has to say. */
struct rest {
    const char **texts;
    bool any;
};

/* The bytes of 'text' that go into a line of 'width' columns: up to a blank, if there is one. */
static size_t
line_length(const char *text, size_t width)
{
    size_t fits = text_fitting(text, width);

    if (text[fits] && text[fits] != ' ') {
        for (size_t i = fits; i > 0; i--) {
            if (text[i - 1] == ' ') {
                return i - 1;
            }
        }
    }
    return fits;
}

/* Appends the cell's next line, padded. */
static void
format_cell(const struct grid *grid, size_t row, size_t column, bool colour, struct rest *rest, struct ds *out)
{
    const struct grid_cell *cell = &grid->cells[row * grid->n_columns + column];
    const char **text = &rest->texts[column];
    struct ds shown = DS_EMPTY_INITIALIZER;

    if (grid->wraps) {
        size_t length = line_length(*text, grid->widths[column]);

        ds_put_buffer(&shown, *text, length);
        *text += length;
        *text += strspn(*text, " ");
        rest->any |= **text != '\0';
    } else {
        text_put_cut(&shown, *text, grid->widths[column]);
    }
    size_t blanks = grid->widths[column] - text_width(ds_cstr(&shown));

    ds_put_char_multiple(out, ' ', grid->right[column] ? blanks : 0);
    if (colour && cell->colour && shown.length) {
        ds_put_format(out, "%s%s\033[0m", cell->colour, ds_cstr(&shown));
    } else {
        ds_put_cstr(out, ds_cstr(&shown));
    }
    ds_put_char_multiple(out, ' ', GAP + (grid->right[column] ? 0 : blanks));
    ds_destroy(&shown);
}

static void
chomp_blanks(struct ds *out)
{
    while (ds_chomp(out, ' ')) {
        continue;
    }
}

void
grid_format_row(const struct grid *grid, size_t row, const char *indent, bool colour, struct ds *out)
{
    struct rest rest = { xcalloc(grid->n_columns, sizeof *rest.texts), true };

    for (size_t j = 0; j < grid->n_columns; j++) {
        rest.texts[j] = grid->cells[row * grid->n_columns + j].text;
    }
    while (rest.any) {
        rest.any = false;
        ds_put_cstr(out, indent);
        for (size_t j = 0; j < grid->n_columns; j++) {
            format_cell(grid, row, j, colour, &rest, out);
        }
        chomp_blanks(out);
        ds_put_char(out, '\n');
    }
    free(rest.texts);
}
