/* SPDX-License-Identifier: Apache-2.0
 *
 * A filter as a tree. Its depth is that of parentheses and `not`: a row of `and` and `or`, however long, is one node.
 */
#ifndef XENAPI_FILTER_TREE_H
#define XENAPI_FILTER_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct xenapi_filter_value {
    bool is_field;
    char *text;                 /* the field's name, or the text */
};

enum xenapi_filter_kind {
    XENAPI_FILTER_CONSTANT,
    XENAPI_FILTER_COMPARISON,
    XENAPI_FILTER_NEGATION,
    XENAPI_FILTER_ROW,
};

/* A side of a row: how it is joined to all that stands left of it. */
struct xenapi_filter_side {
    bool is_or;                 /* of the first side it means nothing */
    struct xenapi_filter *filter;
};

struct xenapi_filter {
    enum xenapi_filter_kind kind;
    union {
        bool constant;
        struct xenapi_filter_value values[2];   /* of a comparison */
        struct xenapi_filter *operand;          /* of a negation */
        struct {
            struct xenapi_filter_side *sides;
            size_t n, allocated;
        } row;
    };
};

#endif
