/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows for programs. A list is an array with one object a line, so that line-based tools can read it as well; the keys
 * stand in the order of the cells.
 */
#include <config.h>

#include "cli/output.h"

#include <inttypes.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <util.h>

#include "cli/rows.h"

static void put_rows(struct ds *, const struct rows *, const char *indent);

static void
put_words(struct ds *ds, const struct cell *cell)
{
    const char *word;
    size_t i;

    ds_put_char(ds, '[');
    SVEC_FOR_EACH (i, word, &cell->words) {
        ds_put_cstr(ds, i ? ", " : "");
        if (cell->type == CELL_NUMBERS) {
            ds_put_cstr(ds, word);
        } else {
            json_string_escape(word, ds);
        }
    }
    ds_put_char(ds, ']');
}

static void
put_cell(struct ds *ds, const struct cell *cell, const char *indent)
{
    switch (cell->type) {
    case CELL_NULL:
        ds_put_cstr(ds, "null");
        break;
    case CELL_TEXT:
    case CELL_STATE:
        json_string_escape(cell->text, ds);
        break;
    case CELL_INTEGER:
    case CELL_TIME:
        ds_put_format(ds, "%"PRId64, cell->integer);
        break;
    case CELL_TRUTH:
        ds_put_cstr(ds, cell->integer ? "true" : "false");
        break;
    case CELL_WORDS:
    case CELL_NUMBERS:
        put_words(ds, cell);
        break;
    case CELL_ROWS:
        put_rows(ds, cell->rows, indent);
        break;
    }
}

/* 'separator' stands between two cells. Inner rows are on lines of their own if 'indent' is not NULL. */
static void
put_row(struct ds *ds, const struct row *row, const char *separator, const char *indent)
{
    ds_put_char(ds, '{');
    for (size_t i = 0; i < row->n; i++) {
        ds_put_cstr(ds, i ? separator : "");
        json_string_escape(row->cells[i].name, ds);
        ds_put_cstr(ds, ": ");
        put_cell(ds, &row->cells[i], indent);
    }
    ds_put_char(ds, '}');
}

static void
put_rows(struct ds *ds, const struct rows *rows, const char *indent)
{
    ds_put_char(ds, '[');
    for (size_t i = 0; i < rows->n; i++) {
        ds_put_cstr(ds, i ? "," : "");
        ds_put_format(ds, "%s%s", indent ? "\n" : i ? " " : "", indent ? indent : "");
        put_row(ds, &rows->rows[i], ", ", NULL);
    }
    ds_put_char(ds, ']');
}

static void
flush(const struct output *output, struct ds *ds)
{
    fputs(ds_cstr(ds), output->stream);
    fputc('\n', output->stream);
    ds_destroy(ds);
}

static void
json_list(const struct output *output, const struct rows *rows, const struct output_list *list)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    put_rows(&ds, rows, " ");
    flush(output, &ds);
}

static void
json_show(const struct output *output, const struct row *row)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    put_row(&ds, row, ",\n ", "  ");
    flush(output, &ds);
}

static void
json_done(const struct output *output, const struct row *row, const char *sentence)
{
    json_show(output, row);
}

static void
json_event(const struct output *output, const struct row *row)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    put_row(&ds, row, ", ", NULL);
    flush(output, &ds);
}

const struct output_class output_json = { json_list, json_show, json_done, json_event };
