/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/filter_lexer.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/quote.h"

static const struct {
    const char *word;
    enum xenapi_filter_token token;
} words[] = {
    { "field", XENAPI_FILTER_FIELD },
    { "and", XENAPI_FILTER_AND },
    { "or", XENAPI_FILTER_OR },
    { "not", XENAPI_FILTER_NOT },
    { "true", XENAPI_FILTER_TRUE },
    { "false", XENAPI_FILTER_FALSE },
    { "=", XENAPI_FILTER_EQUALS },
    { "(", XENAPI_FILTER_OPEN },
    { ")", XENAPI_FILTER_CLOSE },
};

static size_t
place(const struct xenapi_filter_lexer *lexer)
{
    return lexer->token_begin - lexer->begin + 1;
}

static struct error *
text_next(struct xenapi_filter_lexer *lexer)
{
    const char *end = strchr(lexer->at + 1, '"');

    if (!end) {
        return error_new(ERROR_INVALID, "byte %"PRIuSIZE": the text that begins here has no closing quote", place(lexer));
    }
    lexer->token = XENAPI_FILTER_TEXT;
    lexer->text = lexer->at + 1;
    lexer->n = end - lexer->text;
    lexer->at = end + 1;
    return NULL;
}

static struct error *
word_next(struct xenapi_filter_lexer *lexer)
{
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = strlen(words[i].word);

        if (!strncmp(lexer->at, words[i].word, n)) {
            lexer->token = words[i].token;
            lexer->at += n;
            return NULL;
        }
    }
    return error_new(ERROR_INVALID, "byte %"PRIuSIZE": filters have no word like %s", place(lexer), quote(lexer->at).text);
}

struct error *
xenapi_filter_next(struct xenapi_filter_lexer *lexer)
{
    lexer->at += strspn(lexer->at, " \t\n");
    lexer->token_begin = lexer->at;
    if (!*lexer->at) {
        lexer->token = XENAPI_FILTER_END;
        return NULL;
    }
    return *lexer->at == '"' ? text_next(lexer) : word_next(lexer);
}

struct error *
xenapi_filter_refuse(const struct xenapi_filter_lexer *lexer, const char *wanted)
{
    if (lexer->token == XENAPI_FILTER_END) {
        return error_new(ERROR_INVALID, "byte %"PRIuSIZE": the filter ends where %s is wanted", place(lexer), wanted);
    }
    char *token = xmemdup0(lexer->token_begin, lexer->at - lexer->token_begin);
    struct error *error = error_new(ERROR_INVALID, "byte %"PRIuSIZE": %s is wanted, not %s", place(lexer), wanted, quote(token).text);

    free(token);
    return error;
}
