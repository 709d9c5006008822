/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xenapi/filter.h"
#include "xenapi/filter_lexer.h"
#include "xenapi/filter_tree.h"

struct parser {
    struct xenapi_filter_lexer lexer;
    int depth;
};

static struct error *expression_parse(struct parser *, struct xenapi_filter **);

static struct xenapi_filter *
filter_create(enum xenapi_filter_kind kind)
{
    struct xenapi_filter *filter = xzalloc(sizeof *filter);

    filter->kind = kind;
    return filter;
}

/* Reads the token 'token', of which 'wanted' speaks, and the next one. */
static struct error *
token_take(struct parser *parser, enum xenapi_filter_token token, const char *wanted)
{
    return parser->lexer.token == token ? xenapi_filter_next(&parser->lexer) : xenapi_filter_refuse(&parser->lexer, wanted);
}

static struct error *
value_parse(struct parser *parser, struct xenapi_filter_value *value)
{
    struct error *error = NULL;

    if (parser->lexer.token == XENAPI_FILTER_FIELD) {
        value->is_field = true;
        error = xenapi_filter_next(&parser->lexer);
    }
    if (!error && parser->lexer.token == XENAPI_FILTER_TEXT) {
        value->text = xmemdup0(parser->lexer.text, parser->lexer.n);
    }
    return error ? error : token_take(parser, XENAPI_FILTER_TEXT, value->is_field ? "a field's name in double quotes"
                                      : "a text in double quotes or `field`");
}

static struct error *
comparison_parse(struct parser *parser, struct xenapi_filter **filter)
{
    *filter = filter_create(XENAPI_FILTER_COMPARISON);

    struct error *error = value_parse(parser, &(*filter)->values[0]);
    error = error ? error : token_take(parser, XENAPI_FILTER_EQUALS, "=");
    return error ? error : value_parse(parser, &(*filter)->values[1]);
}

static struct error *
constant_parse(struct parser *parser, struct xenapi_filter **filter)
{
    *filter = filter_create(XENAPI_FILTER_CONSTANT);
    (*filter)->constant = parser->lexer.token == XENAPI_FILTER_TRUE;
    return xenapi_filter_next(&parser->lexer);
}

/* All that follows belongs to a `not`, up to the end or the parenthesis that closes around it. */
static struct error *
negation_parse(struct parser *parser, struct xenapi_filter **filter)
{
    *filter = filter_create(XENAPI_FILTER_NEGATION);

    struct error *error = xenapi_filter_next(&parser->lexer);
    return error ? error : expression_parse(parser, &(*filter)->operand);
}

static struct error *
parenthesis_parse(struct parser *parser, struct xenapi_filter **filter)
{
    struct error *error = xenapi_filter_next(&parser->lexer);

    error = error ? error : expression_parse(parser, filter);
    return error ? error : token_take(parser, XENAPI_FILTER_CLOSE, "`and`, `or` or )");
}

static struct error *
side_parse(struct parser *parser, struct xenapi_filter **filter)
{
    switch (parser->lexer.token) {
    case XENAPI_FILTER_NOT:
        return negation_parse(parser, filter);
    case XENAPI_FILTER_OPEN:
        return parenthesis_parse(parser, filter);
    case XENAPI_FILTER_TRUE:
    case XENAPI_FILTER_FALSE:
        return constant_parse(parser, filter);
    case XENAPI_FILTER_FIELD:
    case XENAPI_FILTER_TEXT:
        return comparison_parse(parser, filter);
    case XENAPI_FILTER_AND:
    case XENAPI_FILTER_OR:
    case XENAPI_FILTER_EQUALS:
    case XENAPI_FILTER_CLOSE:
    case XENAPI_FILTER_END:
        return xenapi_filter_refuse(&parser->lexer, "a condition");
    }
    OVS_NOT_REACHED();
}

/* Adds a side to 'row' and reads it. What was read of a side that is refused stays there, to be destroyed with the row. */
static struct error *
row_add(struct parser *parser, struct xenapi_filter *row, bool is_or)
{
    if (row->row.n >= row->row.allocated) {
        row->row.sides = x2nrealloc(row->row.sides, &row->row.allocated, sizeof *row->row.sides);
    }
    struct xenapi_filter_side *side = &row->row.sides[row->row.n++];
    *side = (struct xenapi_filter_side) { .is_or = is_or };
    return side_parse(parser, &side->filter);
}

static struct error *
row_parse(struct parser *parser, struct xenapi_filter **filter)
{
    struct xenapi_filter *row = *filter = filter_create(XENAPI_FILTER_ROW);
    struct error *error = row_add(parser, row, false);

    while (!error && (parser->lexer.token == XENAPI_FILTER_AND || parser->lexer.token == XENAPI_FILTER_OR)) {
        bool is_or = parser->lexer.token == XENAPI_FILTER_OR;

        error = xenapi_filter_next(&parser->lexer);
        error = error ? error : row_add(parser, row, is_or);
    }
    return error;
}

static struct error *
expression_parse(struct parser *parser, struct xenapi_filter **filter)
{
    /* The outermost one is in no parentheses. */
    if (++parser->depth > LIMIT_XENAPI_FILTER_DEPTH + 1) {
        return error_new(ERROR_LIMIT, "parentheses and `not` stand more than %d deep within each other", LIMIT_XENAPI_FILTER_DEPTH);
    }
    struct error *error = row_parse(parser, filter);
    parser->depth--;
    return error;
}

struct error *
xenapi_filter_parse(const char *text, struct xenapi_filter **filter)
{
    struct parser parser = { .lexer = { .begin = text, .at = text } };
    struct xenapi_filter *parsed = NULL;

    if (strlen(text) > LIMIT_XENAPI_FILTER_BYTES) {
        return error_new(ERROR_LIMIT, "filter: it has more than %d bytes", LIMIT_XENAPI_FILTER_BYTES);
    }
    struct error *error = xenapi_filter_next(&parser.lexer);
    error = error ? error : expression_parse(&parser, &parsed);
    error = error ? error : token_take(&parser, XENAPI_FILTER_END, "`and`, `or` or the end");
    if (error) {
        xenapi_filter_destroy(parsed);
        return error_prefix(error, "filter");
    }
    *filter = parsed;
    return NULL;
}
