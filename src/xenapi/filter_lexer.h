/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a filter.
 */
#ifndef XENAPI_FILTER_LEXER_H
#define XENAPI_FILTER_LEXER_H

#include <stddef.h>

struct error;

enum xenapi_filter_token {
    XENAPI_FILTER_FIELD,
    XENAPI_FILTER_AND,
    XENAPI_FILTER_OR,
    XENAPI_FILTER_NOT,
    XENAPI_FILTER_TRUE,
    XENAPI_FILTER_FALSE,
    XENAPI_FILTER_EQUALS,
    XENAPI_FILTER_OPEN,         /* ( */
    XENAPI_FILTER_CLOSE,
    XENAPI_FILTER_TEXT,         /* in double quotes */
    XENAPI_FILTER_END,
};

struct xenapi_filter_lexer {
    const char *begin, *at;     /* behind the token */
    enum xenapi_filter_token token;
    const char *token_begin;
    const char *text;           /* of a XENAPI_FILTER_TEXT: without its quotes, 'n' bytes */
    size_t n;
};

/* Reads the next token. Blanks may stand between tokens and need not, as in XAPI. */
struct error *xenapi_filter_next(struct xenapi_filter_lexer *);

/* Refuses the token that was read last, where 'wanted' should stand. */
struct error *xenapi_filter_refuse(const struct xenapi_filter_lexer *, const char *wanted);

#endif
