/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xapi/splitter.h"

/* The events of a reply, each with a bar behind it. */
static struct error *
note(const char *text, size_t n, void *events_)
{
    struct ds *events = events_;

    ds_put_buffer(events, text, n);
    ds_put_char(events, '|');
    return NULL;
}

/* Feeds 'text' in pieces of 'piece' bytes. */
static void
assert_split(enum xapi_wire wire, const char *text, size_t piece, const char *events, const char *rest)
{
    struct ds noted = DS_EMPTY_INITIALIZER;
    struct xapi_splitter splitter;

    xapi_splitter_init(&splitter, wire, note, &noted);
    for (size_t at = 0; at < strlen(text); at += piece) {
        assert_null(xapi_splitter_feed(&splitter, text + at, MIN(piece, strlen(text) - at)));
    }
    assert_string_equal(ds_cstr(&noted), events);
    assert_string_equal(ds_cstr(&splitter.rest), rest);
    xapi_splitter_destroy(&splitter);
    ds_destroy(&noted);
}

static void
assert_split_in_any_pieces(enum xapi_wire wire, const char *text, const char *events, const char *rest)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        assert_split(wire, text, piece, events, rest);
    }
}

static void
json_is_split(void **state)
{
    assert_split_in_any_pieces(XAPI_JSON,
        "{\"jsonrpc\":\"2.0\",\"result\":{\"events\":[{\"a\":[{},{\"b\":\"}]\\\"\\\\\"}]}, {} ,{\"c\":\"{\"}],\"token\":\"1,2\","
        "\"valid_ref_counts\":{\"vm\":4}},\"id\":0}",
        "{\"a\":[{},{\"b\":\"}]\\\"\\\\\"}]}|{}|{\"c\":\"{\"}|",
        "{\"jsonrpc\":\"2.0\",\"result\":{\"events\":[  ],\"token\":\"1,2\",\"valid_ref_counts\":{\"vm\":4}},\"id\":0}");
}

static void
json_without_events_is_left_as_it_is(void **state)
{
    static const char *const texts[] = {
        "", "{}", "[[[{}]]]", "{\"result\":{\"events\":[],\"token\":\"\"}}", "{\"result\":[{\"a\":1},{\"b\":{\"c\":[{}]}}]}",
        "{\"error\":{\"code\":1,\"message\":\"X\",\"data\":[\"a\",\"b\"]}}", "]]}}{{[", "{\"a\":\"{{[{}]}}\"}",
        "{\"result\":{\"a\":{\"b\":[{}]}}}",
        "{\"result\":{\"events\":[1,[{}],\"{}\"]}}",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_split_in_any_pieces(XAPI_JSON, texts[i], "", texts[i]);
    }
}

#define XML_BEGIN "<?xml version='1.0'?><methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value>" \
    "</member><member><name>Value</name><value><struct><member><name>events</name><value><array><data>"
#define XML_END "</data></array></value></member><member><name>token</name><value>1,2</value></member><member>" \
    "<name>valid_ref_counts</name><value><struct><member><name>vm</name><value><i4>4</i4></value></member></struct></value></member>" \
    "</struct></value></member></struct></value></param></params></methodResponse>"

static void
xml_is_split(void **state)
{
    assert_split_in_any_pieces(XAPI_XML,
        XML_BEGIN "<value><struct><member><name>a</name><value><array><data><value>x &lt;/value&gt;</value></data></array></value></member>"
        "</struct></value><value/>\n<value ></value>" XML_END,
        "<value><struct><member><name>a</name><value><array><data><value>x &lt;/value&gt;</value></data></array></value></member></struct>"
        "</value>|<value/>|<value ></value>|",
        XML_BEGIN "\n" XML_END);
}

static void
xml_without_events_is_left_as_it_is(void **state)
{
    static const char *const texts[] = {
        "", "<a/>", "</a></b><c>", XML_BEGIN XML_END,
        "<methodResponse><params><param><value><struct><member><name>Status</name><value>Failure</value></member><member>"
        "<name>ErrorDescription</name><value><array><data><value>X</value><value>a</value></data></array></value></member></struct></value></param></params>"
        "</methodResponse>",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_split_in_any_pieces(XAPI_XML, texts[i], "", texts[i]);
    }
}

static void
nothing_is_taken_out_where_no_events_are_expected(void **state)
{
    const char *const text = "{\"result\":{\"events\":[{\"a\":1},{}]}}";
    struct xapi_splitter splitter;

    xapi_splitter_init(&splitter, XAPI_JSON, NULL, NULL);
    assert_null(xapi_splitter_feed(&splitter, text, strlen(text)));
    assert_string_equal(ds_cstr(&splitter.rest), text);
    xapi_splitter_destroy(&splitter);
}

static void
assert_refused(enum xapi_wire wire, const char *begin, size_t n_more, enum error_code code, const char *part)
{
    struct ds noted = DS_EMPTY_INITIALIZER;
    struct xapi_splitter splitter;
    char *more = xmalloc(n_more + 1);

    memset(more, 'x', n_more);
    xapi_splitter_init(&splitter, wire, note, &noted);
    struct error *error = xapi_splitter_feed(&splitter, begin, strlen(begin));
    error = error ? error : xapi_splitter_feed(&splitter, more, n_more);
    assert_non_null(error);
    assert_int_equal(error->code, code);
    assert_non_null(strstr(error->text, part));
    error_free(error);
    xapi_splitter_destroy(&splitter);
    ds_destroy(&noted);
    free(more);
}

static void
what_is_too_large_is_refused_and_what_is_foreign(void **state)
{
    assert_refused(XAPI_JSON, "\"", LIMIT_XAPI_REPLY_BYTES, ERROR_LIMIT, "a reply has more than");
    assert_refused(XAPI_JSON, "{\"result\":{\"events\":[{\"", LIMIT_XAPI_REPLY_BYTES, ERROR_LIMIT, "a record has more than");
    assert_refused(XAPI_XML, "x", LIMIT_XAPI_REPLY_BYTES, ERROR_LIMIT, "a reply has more than");
    assert_refused(XAPI_XML, XML_BEGIN "<value>", LIMIT_XAPI_REPLY_BYTES, ERROR_LIMIT, "a record has more than");
    assert_refused(XAPI_XML, "<", XAPI_TAG_BYTES, ERROR_INVALID, "none of XML-RPC's");
    assert_refused(XAPI_XML, "<!DOCTYPE a>", 0, ERROR_INVALID, "no XenAPI server writes");
    assert_refused(XAPI_XML, "<!-- a -->", 0, ERROR_INVALID, "no XenAPI server writes");
}

static struct error *
refuse(const char *text, size_t n, void *n_events)
{
    return ++*(int *) n_events == 2 ? error_new(ERROR_EXISTS, "no more") : NULL;
}

static void
the_receiver_ends_it(void **state)
{
    const char *const text = "{\"result\":{\"events\":[{},{},{}]}}";
    struct xapi_splitter splitter;
    int n_events = 0;

    xapi_splitter_init(&splitter, XAPI_JSON, refuse, &n_events);
    struct error *error = xapi_splitter_feed(&splitter, text, strlen(text));
    assert_non_null(error);
    assert_int_equal(error->code, ERROR_EXISTS);
    assert_int_equal(n_events, 2);
    error_free(error);
    xapi_splitter_destroy(&splitter);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_split),
        cmocka_unit_test(json_without_events_is_left_as_it_is),
        cmocka_unit_test(xml_is_split),
        cmocka_unit_test(xml_without_events_is_left_as_it_is),
        cmocka_unit_test(nothing_is_taken_out_where_no_events_are_expected),
        cmocka_unit_test(what_is_too_large_is_refused_and_what_is_foreign),
        cmocka_unit_test(the_receiver_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
