/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "cli/output.h"
#include "cli/rows.h"
#include "cli/text.h"

/* 2025-11-23 06:14:03.120 UTC */
static const int64_t some_time = INT64_C(1763878443120);

static const char *const columns[] = { "name", "colour", "size", NULL };
static const struct output_list plain_list = { columns, "nothing here" };

/* What a renderer writes, in memory. */
struct sheet {
    struct output output;
    char *text;
    size_t size;
};

static void
sheet_open(struct sheet *sheet, const struct output_class *class, size_t width, bool colour)
{
    *sheet = (struct sheet) { .output = { .class = class, .width = width, .colour = colour, .now_ms = some_time + 7500000 } };
    sheet->output.stream = open_memstream(&sheet->text, &sheet->size);
}

static void
assert_sheet(struct sheet *sheet, const char *wanted)
{
    fclose(sheet->output.stream);
    assert_string_equal(sheet->text, wanted);
    free(sheet->text);
}

static void
add_thing(struct rows *rows, const char *name, const char *colour, int64_t size)
{
    struct row *row = rows_add(rows);

    row_put_text(row, "name", name);
    row_put_text(row, "colour", colour);
    row_put_integer(row, "size", size);
    row_put_text(row, "secret", "only for programs");
}

static void
put_everything(struct row *row)
{
    char first[] = "a", second[] = "b\"c";
    char *const words[] = { first, second };
    static const int64_t numbers[] = { 100, 200 };
    struct rows *inner;

    row_put_text(row, "name", "lamp");
    row_put_null(row, "nothing");
    row_put_text(row, "empty", "");
    row_put_state(row, "state", "wired");
    row_put_truth(row, "is_on", true);
    row_put_words(row, "words", words, 2);
    row_put_numbers(row, "numbers", numbers, 2);
    row_put_time(row, "since", some_time);
    inner = row_put_rows(row, "parts");
    add_thing(inner, "bulb", "white", 3);
    add_thing(inner, "fuse", NULL, 0);
    inner->rows[1].dull = true;
}

static void
lists_are_tables_with_the_chosen_columns(void **state)
{
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    add_thing(&rows, "lamp", NULL, 5);
    add_thing(&rows, "東京", "red", 1500);
    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "NAME  COLOUR  SIZE\n"
                 "lamp  -          5\n"
                 "東京  red     1500\n");
    rows_destroy(&rows);
}

static void
programs_get_all_cells_one_row_a_line(void **state)
{
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    sheet_open(&sheet, &output_json, 0, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "[]\n");

    add_thing(&rows, "lamp\n", NULL, 5);
    add_thing(&rows, "desk", "red", -1);
    sheet_open(&sheet, &output_json, 10, true);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "[\n"
                 " {\"name\": \"lamp\\n\", \"colour\": null, \"size\": 5, \"secret\": \"only for programs\"},\n"
                 " {\"name\": \"desk\", \"colour\": \"red\", \"size\": -1, \"secret\": \"only for programs\"}]\n");
    rows_destroy(&rows);
}

static void
only_a_person_is_told_that_there_is_nothing(void **state)
{
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "");
    sheet_open(&sheet, &output_table, 80, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "nothing here\n");
}

static void
a_narrow_terminal_cuts_the_widest_columns(void **state)
{
    static const char *const cut[] = { "colour", NULL };
    const struct output_list careful = { columns, NULL, .cut = cut };
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    add_thing(&rows, "a rather long name", "yellowish green", 1);
    sheet_open(&sheet, &output_table, 30, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "NAME         COLOUR       SIZE\n"
                 "a rather l…  yellowish …     1\n");
    sheet_open(&sheet, &output_table, 34, false);
    sheet.output.class->list(&sheet.output, &rows, &careful);
    assert_sheet(&sheet, "NAME                COLOUR    SIZE\n"
                 "a rather long name  yellowi…     1\n");
    rows_destroy(&rows);
}

static void
a_list_that_wraps_loses_nothing(void **state)
{
    const struct output_list wrapping = { columns, NULL, .wraps = true };
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    add_thing(&rows, "lamp", "green with a yellowish touch", 1);
    sheet_open(&sheet, &output_table, 24, false);
    sheet.output.class->list(&sheet.output, &rows, &wrapping);
    assert_sheet(&sheet, "NAME  COLOUR        SIZE\n"
                 "lamp  green with a     1\n"
                 "      yellowish\n"
                 "      touch\n");
    rows_destroy(&rows);
}

static void
an_object_is_shown_with_all_its_cells(void **state)
{
    struct row row = ROW_INITIALIZER;
    struct sheet sheet;

    put_everything(&row);
    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->show(&sheet.output, &row);
    assert_sheet(&sheet, "name     lamp\n"
                 "nothing  -\n"
                 "empty    -\n"
                 "state    wired\n"
                 "is on    yes\n"
                 "words    a, b\"c\n"
                 "numbers  100, 200\n"
                 "since    2025-11-23 06:14:03 (for 2 h 5 min)\n"
                 "parts\n"
                 "  NAME  COLOUR  SIZE  SECRET\n"
                 "  bulb  white      3  only for programs\n"
                 "  and 1 more, where nothing has happened\n");
    sheet_open(&sheet, &output_json, 0, false);
    sheet.output.class->show(&sheet.output, &row);
    assert_sheet(&sheet, "{\"name\": \"lamp\",\n"
                 " \"nothing\": null,\n"
                 " \"empty\": null,\n"
                 " \"state\": \"wired\",\n"
                 " \"is_on\": true,\n"
                 " \"words\": [\"a\", \"b\\\"c\"],\n"
                 " \"numbers\": [100, 200],\n"
                 " \"since\": 1763878443120,\n"
                 " \"parts\": [\n"
                 "  {\"name\": \"bulb\", \"colour\": \"white\", \"size\": 3, \"secret\": \"only for programs\"},\n"
                 "  {\"name\": \"fuse\", \"colour\": null, \"size\": 0, \"secret\": \"only for programs\"}]}\n");
    row_destroy(&row);
}

static void
long_values_wrap_behind_their_names(void **state)
{
    struct row row = ROW_INITIALIZER;
    struct sheet sheet;

    row_put_text(&row, "policy", "locked to 02:00:00:00:01:02, 10.0.0.5 and 10.0.0.6");
    sheet_open(&sheet, &output_table, 40, false);
    sheet.output.class->show(&sheet.output, &row);
    assert_sheet(&sheet, "policy  locked to 02:00:00:00:01:02,\n"
                 "        10.0.0.5 and 10.0.0.6\n");
    row_destroy(&row);
}

static void
colour_is_only_where_it_was_asked_for(void **state)
{
    static const char *const state_column[] = { "state", "next", NULL };
    const struct output_list list = { state_column, NULL };
    struct rows rows = ROWS_INITIALIZER;
    struct row *row = rows_add(&rows);
    struct sheet sheet;

    row_put_state(row, "state", "failed");
    row_put_state(row, "next", "whatever");
    sheet_open(&sheet, &output_table, 0, true);
    sheet.output.class->list(&sheet.output, &rows, &list);
    assert_sheet(&sheet, "\033[1mSTATE\033[0m   \033[1mNEXT\033[0m\n\033[31mfailed\033[0m  whatever\n");
    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->list(&sheet.output, &rows, &list);
    assert_sheet(&sheet, "STATE   NEXT\nfailed  whatever\n");
    rows_destroy(&rows);
}

static void
a_terminal_is_never_given_what_it_would_obey(void **state)
{
    struct rows rows = ROWS_INITIALIZER;
    struct sheet sheet;

    add_thing(&rows, "a\033[31mb\xff\n", "x\xe2\x80\xaey", 1);
    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->list(&sheet.output, &rows, &plain_list);
    assert_sheet(&sheet, "NAME                COLOUR          SIZE\n"
                 "a\\x1b[31mb\\xff\\x0a  x\\xe2\\x80\\xaey     1\n");
    rows_destroy(&rows);
}

static void
an_event_is_one_line(void **state)
{
    struct row row = ROW_INITIALIZER;
    struct rows *changes;
    struct sheet sheet;

    row_put_time(&row, "time", some_time);
    row_put_text(&row, "name", "vif1.0");
    row_put_text(&row, "uuid", "not for people");
    row_put_null(&row, "nothing");
    changes = row_put_rows(&row, "changes");
    row_put_text(rows_add(changes), "field", "state");
    row_put_text(&changes->rows[0], "from", "plugging");
    row_put_text(&changes->rows[0], "to", "wired");
    row_put_text(rows_add(changes), "field", "ofport");
    row_put_null(&changes->rows[1], "from");
    row_put_integer(&changes->rows[1], "to", 32768);
    sheet_open(&sheet, &output_table, 20, false);
    sheet.output.class->event(&sheet.output, &row);
    assert_sheet(&sheet, "06:14:03.120  vif1.0  state plugging -> wired, ofport 32768\n");
    sheet_open(&sheet, &output_json, 20, false);
    sheet.output.class->event(&sheet.output, &row);
    assert_sheet(&sheet, "{\"time\": 1763878443120, \"name\": \"vif1.0\", \"uuid\": \"not for people\", \"nothing\": null, "
                         "\"changes\": "
                         "[{\"field\": \"state\", \"from\": \"plugging\", \"to\": \"wired\"}, "
                         "{\"field\": \"ofport\", \"from\": null, \"to\": 32768}]}\n");
    row_destroy(&row);
}

static void
what_was_done_is_a_sentence_or_the_object(void **state)
{
    struct row row = ROW_INITIALIZER;
    struct sheet sheet;

    row_put_text(&row, "name", "lamp");
    sheet_open(&sheet, &output_table, 0, false);
    sheet.output.class->done(&sheet.output, &row, "lamp made");
    assert_sheet(&sheet, "lamp made\n");
    sheet_open(&sheet, &output_json, 0, false);
    sheet.output.class->done(&sheet.output, &row, "lamp made");
    assert_sheet(&sheet, "{\"name\": \"lamp\"}\n");
    row_destroy(&row);
}

static void
assert_duration(int64_t ms, const char *wanted)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    text_put_duration(&ds, ms);
    assert_string_equal(ds_cstr(&ds), wanted);
    ds_destroy(&ds);
}

static void
durations_have_their_two_largest_units(void **state)
{
    assert_duration(-5, "0 s");
    assert_duration(999, "0 s");
    assert_duration(59999, "59 s");
    assert_duration(60000, "1 min 0 s");
    assert_duration(3599000, "59 min 59 s");
    assert_duration(3600000, "1 h 0 min");
    assert_duration(INT64_C(90061000), "1 d 1 h");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_tables_with_the_chosen_columns),
        cmocka_unit_test(programs_get_all_cells_one_row_a_line),
        cmocka_unit_test(only_a_person_is_told_that_there_is_nothing),
        cmocka_unit_test(a_narrow_terminal_cuts_the_widest_columns),
        cmocka_unit_test(a_list_that_wraps_loses_nothing),
        cmocka_unit_test(an_object_is_shown_with_all_its_cells),
        cmocka_unit_test(long_values_wrap_behind_their_names),
        cmocka_unit_test(colour_is_only_where_it_was_asked_for),
        cmocka_unit_test(a_terminal_is_never_given_what_it_would_obey),
        cmocka_unit_test(an_event_is_one_line),
        cmocka_unit_test(what_was_done_is_a_sentence_or_the_object),
        cmocka_unit_test(durations_have_their_two_largest_units),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
