/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows for people. On a terminal nothing is wider than the terminal: lists cut their widest columns, objects wrap. Elsewhere
 * everything is shown in full.
 */
#include <config.h>

#include "cli/output.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "cli/grid.h"
#include "cli/rows.h"
#include "cli/text.h"

enum { GAP = 2 };               /* between a field and its name */

/* ECMA-48 SGR. */
static const char bold[] = "\033[1m";
static const char plain[] = "\033[0m";

static const char *
state_colour(const char *word)
{
    static const struct {
        const char *word, *colour;
    } colours[] = {
        { "wired", "\033[32m" }, { "connected", "\033[32m" }, { "guarded", "\033[32m" }, { "allow", "\033[32m" },
        { "failed", "\033[31m" }, { "dark", "\033[31m" }, { "unreachable", "\033[31m" }, { "drop", "\033[31m" },
        { "Running", "\033[32m" }, { "Paused", "\033[33m" }, { "no-device", "\033[33m" }, { "waiting", "\033[33m" }, { "plugging", "\033[33m" }, { "unplugging", "\033[33m" },
        { "updating", "\033[33m" }, { "disabled", "\033[33m" }, { "unguarded", "\033[33m" }, { "disconnected", "\033[33m" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        if (!strcmp(word, colours[i].word)) {
            return colours[i].colour;
        }
    }
    return NULL;
}

static void
put_words(struct ds *ds, const struct svec *words)
{
    const char *word;
    size_t i;

    SVEC_FOR_EACH (i, word, words) {
        ds_put_cstr(ds, i ? ", " : "");
        text_put(ds, word);
    }
}

/* Appends the cell's text, "-" if it has none. Inner rows have no text. */
static void
put_cell(const struct output *output, struct ds *ds, const struct cell *cell, bool briefly)
{
    size_t before = ds->length;

    switch (cell->type) {
    case CELL_TEXT:
    case CELL_STATE:
        text_put(ds, cell->text);
        break;
    case CELL_INTEGER:
        ds_put_format(ds, "%"PRId64, cell->integer);
        break;
    case CELL_TRUTH:
        ds_put_cstr(ds, cell->integer ? "yes" : "no");
        break;
    case CELL_TIME:
        text_put_time(ds, cell->integer);
        if (output->now_ms && !briefly) {
            ds_put_cstr(ds, " (for ");
            text_put_duration(ds, output->now_ms - cell->integer);
            ds_put_char(ds, ')');
        }
        break;
    case CELL_WORDS:
    case CELL_NUMBERS:
        put_words(ds, &cell->words);
        break;
    case CELL_NULL:
    case CELL_ROWS:
        break;
    }
    if (ds->length == before) {
        ds_put_char(ds, '-');
    }
}

static char *
cell_text(const struct output *output, const struct row *row, const char *column)
{
    const struct cell *cell = row_find(row, column);
    struct ds ds = DS_EMPTY_INITIALIZER;

    if (cell) {
        put_cell(output, &ds, cell, true);
    }
    return ds_steal_cstr(&ds);
}

static char *
heading(const char *name)
{
    char *text = xstrdup(name);

    for (char *c = text; *c; c++) {
        *c = *c == '_' ? ' ' : toupper((unsigned char) *c);
    }
    return text;
}

static size_t
n_dull(const struct rows *rows)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        n += rows->rows[i].dull;
    }
    return n;
}

static bool
list_has(const char *const *list, const char *word)
{
    while (*list && strcmp(*list, word)) {
        list++;
    }
    return *list != NULL;
}

static void
fill_row(const struct output *output, struct grid *grid, size_t at, const struct row *row, const char *const *columns)
{
    for (size_t j = 0; j < grid->n_columns; j++) {
        const struct cell *cell = row_find(row, columns[j]);
        char *text = cell_text(output, row, columns[j]);

        grid->right[j] |= cell && cell->type == CELL_INTEGER;
        grid_put(grid, at, j, text, cell && cell->type == CELL_STATE ? state_colour(text) : NULL);
    }
}

static void
fill_grid(const struct output *output, struct grid *grid, const struct rows *rows, const struct output_list *list)
{
    const char *const *columns = list->columns;
    size_t n_columns = 0, at = 0;

    while (columns[n_columns]) {
        n_columns++;
    }
    grid_init(grid, n_columns, rows->n - n_dull(rows) + 1);
    for (size_t j = 0; j < n_columns; j++) {
        grid_put(grid, at, j, heading(columns[j]), bold);
        grid->fixed[j] = list->cut && !list_has(list->cut, columns[j]);
    }
    for (size_t i = 0; i < rows->n; i++) {
        if (!rows->rows[i].dull) {
            fill_row(output, grid, ++at, &rows->rows[i], columns);
        }
    }
}

static void
print_grid(const struct output *output, const struct rows *rows, const struct output_list *list, const char *indent)
{
    struct grid grid;

    fill_grid(output, &grid, rows, list);
    grid.wraps = list->wraps;
    if (output->width) {
        grid_fit(&grid, output->width - strlen(indent));
    }
    for (size_t i = 0; i < grid.n_rows; i++) {
        struct ds line = DS_EMPTY_INITIALIZER;

        grid_format_row(&grid, i, indent, output->colour, &line);
        fputs(ds_cstr(&line), output->stream);
        ds_destroy(&line);
    }
    grid_destroy(&grid);
}

static void
table_list(const struct output *output, const struct rows *rows, const struct output_list *list)
{
    if (rows->n) {
        print_grid(output, rows, list, "");
    } else if (list->if_empty && output->width) {
        fprintf(output->stream, "%s\n", list->if_empty);
    }
}

/* Prints 'text' behind 'column' columns that are filled already, breaking lines at blanks. The last line stays open. */
static void
print_wrapped(const struct output *output, const char *text, size_t column)
{
    size_t room = output->width > column + 20 ? output->width - column : SIZE_MAX;

    while (text_width(text) > room) {
        const char *end = NULL;

        for (const char *blank = strchr(text, ' '); blank; blank = strchr(blank + 1, ' ')) {
            char *start = xmemdup0(text, blank - text);

            end = text_width(start) <= room ? blank : end;
            free(start);
        }
        if (!end) {
            break;
        }
        fprintf(output->stream, "%.*s\n%*s", (int) (end - text), text, (int) column, "");
        text = end + 1;
    }
    fputs(text, output->stream);
}

static void
print_blanks(const struct output *output, size_t n)
{
    fprintf(output->stream, "%*s", (int) n, "");
}

/* Below the name of the field, or, if there are none that people see, 'blanks' blanks behind it. */
static void
print_inner_rows(const struct output *output, const struct rows *rows, size_t blanks)
{
    size_t dull = n_dull(rows);

    if (rows->n > dull) {
        const struct row *first = &rows->rows[0];
        const char **columns = xcalloc(first->n + 1, sizeof *columns);

        for (size_t j = 0; j < first->n; j++) {
            columns[j] = first->cells[j].name;
        }
        fputc('\n', output->stream);
        print_grid(output, rows, &(struct output_list) { columns, .wraps = true }, "  ");
        free(columns);
        if (dull) {
            fprintf(output->stream, "  and %"PRIuSIZE" more, where nothing has happened\n", dull);
        }
    } else if (dull) {
        print_blanks(output, blanks);
        fprintf(output->stream, "nothing has happened in any of %"PRIuSIZE"\n", dull);
    } else {
        print_blanks(output, blanks);
        fprintf(output->stream, "-\n");
    }
}

static void
print_field(const struct output *output, const struct cell *cell, size_t column)
{
    const char *colour = output->colour && cell->type == CELL_STATE ? state_colour(cell->text) : NULL;
    struct ds text = DS_EMPTY_INITIALIZER;
    char *name = xstrdup(cell->name);

    for (char *c = name; *c; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    fprintf(output->stream, "%s%s%s", output->colour ? bold : "", name, output->colour ? plain : "");
    if (cell->type == CELL_ROWS) {
        print_inner_rows(output, cell->rows, column - strlen(name));
    } else {
        print_blanks(output, column - strlen(name));
        put_cell(output, &text, cell, false);
        fputs(colour ? colour : "", output->stream);
        print_wrapped(output, ds_cstr(&text), column);
        fprintf(output->stream, "%s\n", colour ? plain : "");
    }
    ds_destroy(&text);
    free(name);
}

static void
table_show(const struct output *output, const struct row *row)
{
    size_t column = 0;

    for (size_t i = 0; i < row->n; i++) {
        column = MAX(column, strlen(row->cells[i].name) + GAP);
    }
    for (size_t i = 0; i < row->n; i++) {
        print_field(output, &row->cells[i], column);
    }
}

static void
table_done(const struct output *output, const struct row *row, const char *sentence)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    text_put(&text, sentence);
    fprintf(output->stream, "%s\n", ds_cstr(&text));
    ds_destroy(&text);
}

/* "state plugging -> wired, ofport 32768, error -" */
static void
put_changes(const struct output *output, struct ds *line, const struct rows *changes)
{
    const char *comma = "";

    for (size_t i = 0; i < changes->n; i++) {
        const struct row *change = &changes->rows[i];
        char *field = cell_text(output, change, "field");
        char *from = cell_text(output, change, "from");
        char *to = cell_text(output, change, "to");
        bool is_new = row_find(change, "from")->type == CELL_NULL;

        if (!change->dull) {
            ds_put_format(line, "%s%s %s%s%s", comma, field, is_new ? "" : from, is_new ? "" : " -> ", to);
            comma = ", ";
        }
        free(field);
        free(from);
        free(to);
    }
}

static void
table_event(const struct output *output, const struct row *row)
{
    struct ds line = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < row->n; i++) {
        const struct cell *cell = &row->cells[i];

        if (!strcmp(cell->name, "uuid") || cell->type == CELL_NULL) {
            continue;
        }
        ds_put_cstr(&line, line.length ? "  " : "");
        if (cell->type == CELL_TIME) {
            text_put_clock(&line, cell->integer);
        } else if (cell->type == CELL_ROWS) {
            put_changes(output, &line, cell->rows);
        } else {
            put_cell(output, &line, cell, true);
        }
    }
    fprintf(output->stream, "%s\n", ds_cstr(&line));
    ds_destroy(&line);
}

const struct output_class output_table = { table_list, table_show, table_done, table_event };
