/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/json_reader.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "xenapi/json_cursor.h"
#include "xenapi/json_string.h"
#include "xenapi/map.h"
#include "xenapi/number.h"

static struct error *value_read(struct xenapi_json_cursor *, struct xenapi_value *);

/* Skips digits; false if there is none. */
static bool
digits_skip(struct xenapi_json_cursor *cursor)
{
    const char *begin = cursor->at;

    while (xenapi_json_peek(cursor) >= '0' && xenapi_json_peek(cursor) <= '9') {
        cursor->at++;
    }
    return cursor->at > begin;
}

/* Moves behind a number. A 0 is not followed by a digit. */
static struct error *
number_skip(struct xenapi_json_cursor *cursor, bool *is_double)
{
    xenapi_json_take(cursor, '-');
    if (!xenapi_json_take(cursor, '0') && !digits_skip(cursor)) {
        return xenapi_json_refuse_other(cursor, "a digit");
    }
    *is_double = xenapi_json_take(cursor, '.');
    if (*is_double && !digits_skip(cursor)) {
        return xenapi_json_refuse_other(cursor, "a digit");
    }
    if (xenapi_json_take(cursor, 'e') || xenapi_json_take(cursor, 'E')) {
        *is_double = true;
        if (!xenapi_json_take(cursor, '+')) {
            xenapi_json_take(cursor, '-');
        }
        if (!digits_skip(cursor)) {
            return xenapi_json_refuse_other(cursor, "a digit");
        }
    }
    return NULL;
}

static struct error *
number_read(struct xenapi_json_cursor *cursor, struct xenapi_value *value)
{
    struct xenapi_json_cursor number = *cursor;
    bool is_double, fits;
    int64_t integer;
    double real;

    struct error *error = number_skip(cursor, &is_double);
    if (error) {
        return error;
    }
    char *text = xmemdup0(number.at, cursor->at - number.at);
    if (is_double) {
        fits = xenapi_double_parse(text, &real);
    } else {
        fits = xenapi_int_parse(text, &integer);
    }
    if (fits) {
        *value = is_double ? xenapi_double(real) : xenapi_int(integer);
    } else {
        error = xenapi_json_refuse(&number, ERROR_INVALID, "the number %s does not fit into %s", quote(text).text,
                       is_double ? "a double" : "64 bits");
    }
    free(text);
    return error;
}

static struct error *
member_read(struct xenapi_json_cursor *cursor, struct xenapi_value *map)
{
    struct xenapi_value value;
    char *key = NULL;

    xenapi_json_skip_blanks(cursor);
    struct error *error = xenapi_json_string_read(cursor, &key);
    if (!error) {
        xenapi_json_skip_blanks(cursor);
        error = xenapi_json_take(cursor, ':') ? value_read(cursor, &value) : xenapi_json_refuse_other(cursor, "':'");
    }
    if (error) {
        free(key);
    } else {
        xenapi_map_append(map, key, value);
    }
    return error;
}

static struct error *
element_read(struct xenapi_json_cursor *cursor, struct xenapi_value *set)
{
    struct xenapi_value value;
    struct error *error = value_read(cursor, &value);

    if (!error) {
        xenapi_set_add(set, value);
    }
    return error;
}

/* Reads members or elements up to the bracket 'end'. */
static struct error *
inside_read(struct xenapi_json_cursor *cursor, struct xenapi_value *value, char end)
{
    struct error *error = NULL;

    xenapi_json_skip_blanks(cursor);
    if (xenapi_json_take(cursor, end)) {
        return NULL;
    }
    do {
        error = end == '}' ? member_read(cursor, value) : element_read(cursor, value);
        xenapi_json_skip_blanks(cursor);
    } while (!error && xenapi_json_take(cursor, ','));
    if (!error && !xenapi_json_take(cursor, end)) {
        error = xenapi_json_refuse_other(cursor, end == '}' ? "',' or '}'" : "',' or ']'");
    }
    return error;
}

/* Reads an object or array, whose opening bracket stands at the cursor. */
static struct error *
container_read(struct xenapi_json_cursor *cursor, struct xenapi_value container, char end, struct xenapi_value *value)
{
    const struct xenapi_json_cursor opening = *cursor;
    struct error *error = NULL;
    const char *twice = NULL;

    cursor->at++;
    if (++cursor->depth > cursor->max_depth) {
        error = xenapi_json_refuse(&opening, ERROR_LIMIT, "arrays and objects stand more than %"PRIuSIZE" deep within each other",
                                   cursor->max_depth);
    } else {
        error = inside_read(cursor, &container, end);
    }
    cursor->depth--;
    if (!error && container.type == XENAPI_MAP && (twice = xenapi_map_sort(&container))) {
        error = xenapi_json_refuse(&opening, ERROR_INVALID, "this object has the member %s twice", quote(twice).text);
    }
    if (error) {
        xenapi_value_destroy(&container);
    } else {
        *value = container;
    }
    return error;
}

static bool
word_take(struct xenapi_json_cursor *cursor, const char *word)
{
    size_t n = strlen(word);
    bool is_there = cursor->end - cursor->at >= n && !memcmp(cursor->at, word, n);

    cursor->at += is_there ? n : 0;
    return is_there;
}

static struct error *
word_read(struct xenapi_json_cursor *cursor, struct xenapi_value *value)
{
    if (word_take(cursor, "true")) {
        *value = xenapi_bool(true);
    } else if (word_take(cursor, "false")) {
        *value = xenapi_bool(false);
    } else if (word_take(cursor, "null")) {
        *value = xenapi_nil();
    } else {
        return xenapi_json_refuse_other(cursor, "a value");
    }
    return NULL;
}

static struct error *
text_read(struct xenapi_json_cursor *cursor, struct xenapi_value *value)
{
    char *text;
    struct error *error = xenapi_json_string_read(cursor, &text);

    if (!error) {
        *value = xenapi_string_nocopy(text);
    }
    return error;
}

static struct error *
value_read(struct xenapi_json_cursor *cursor, struct xenapi_value *value)
{
    xenapi_json_skip_blanks(cursor);

    const char first = xenapi_json_peek(cursor);
    if (first == '{') {
        return container_read(cursor, xenapi_map_create(), '}', value);
    } else if (first == '[') {
        return container_read(cursor, xenapi_set_create(), ']', value);
    } else if (first == '"') {
        return text_read(cursor, value);
    } else if (first == '-' || (first >= '0' && first <= '9')) {
        return number_read(cursor, value);
    }
    return word_read(cursor, value);
}

struct error *
xenapi_json_read(const char *text, size_t n, size_t max_depth, struct xenapi_value *value)
{
    struct xenapi_json_cursor cursor = { .begin = text, .at = text + utf8_check(text, n), .end = text + n, .max_depth = max_depth };
    struct xenapi_value result;

    if (cursor.at < cursor.end) {
        return xenapi_json_refuse(&cursor, ERROR_INVALID, "the text is not UTF-8");
    }
    cursor.at = text;
    struct error *error = value_read(&cursor, &result);
    xenapi_json_skip_blanks(&cursor);
    if (!error && cursor.at < cursor.end) {
        error = xenapi_json_refuse_other(&cursor, "the end of the text");
        xenapi_value_destroy(&result);
    }
    if (!error) {
        *value = result;
    }
    return error;
}
