/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/filter.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "xenapi/filter_tree.h"

/* The record that a filter is asked about. */
struct subject {
    xenapi_filter_field *field;
    void *record;
};

static struct error *
value_text(const struct xenapi_filter_value *value, const struct subject *subject, char **text)
{
    *text = value->is_field ? subject->field(value->text, subject->record) : xstrdup(value->text);
    return *text ? NULL : error_new(ERROR_NOT_FOUND, "filter: there is no field %s", quote(value->text).text);
}

static struct error *
comparison_match(const struct xenapi_filter *filter, const struct subject *subject, bool *matches)
{
    char *left = NULL, *right = NULL;
    struct error *error = value_text(&filter->values[0], subject, &left);

    if (!error) {
        error = value_text(&filter->values[1], subject, &right);
    }
    if (!error) {
        *matches = !strcmp(left, right);
    }
    free(left);
    free(right);
    return error;
}

static struct error *match(const struct xenapi_filter *, const struct subject *, bool *matches);

static struct error *
row_match(const struct xenapi_filter *filter, const struct subject *subject, bool *matches)
{
    struct error *error = match(filter->row.sides[0].filter, subject, matches);

    for (size_t i = 1; !error && i < filter->row.n; i++) {
        const struct xenapi_filter_side *side = &filter->row.sides[i];

        /* True decides an `or`, false an `and`. */
        if (*matches != side->is_or) {
            error = match(side->filter, subject, matches);
        }
    }
    return error;
}

static struct error *
match(const struct xenapi_filter *filter, const struct subject *subject, bool *matches)
{
    struct error *error = NULL;

    switch (filter->kind) {
    case XENAPI_FILTER_CONSTANT:
        *matches = filter->constant;
        break;
    case XENAPI_FILTER_COMPARISON:
        error = comparison_match(filter, subject, matches);
        break;
    case XENAPI_FILTER_NEGATION:
        error = match(filter->operand, subject, matches);
        *matches = !*matches;
        break;
    case XENAPI_FILTER_ROW:
        error = row_match(filter, subject, matches);
        break;
    }
    return error;
}

struct error *
xenapi_filter_match(const struct xenapi_filter *filter, xenapi_filter_field *field, void *record, bool *matches)
{
    *matches = false;
    return match(filter, &(struct subject) { field, record }, matches);
}

void
xenapi_filter_destroy(struct xenapi_filter *filter)
{
    if (!filter) {
        return;
    }
    switch (filter->kind) {
    case XENAPI_FILTER_CONSTANT:
        break;
    case XENAPI_FILTER_COMPARISON:
        free(filter->values[0].text);
        free(filter->values[1].text);
        break;
    case XENAPI_FILTER_NEGATION:
        xenapi_filter_destroy(filter->operand);
        break;
    case XENAPI_FILTER_ROW:
        for (size_t i = 0; i < filter->row.n; i++) {
            xenapi_filter_destroy(filter->row.sides[i].filter);
        }
        free(filter->row.sides);
        break;
    }
    free(filter);
}
