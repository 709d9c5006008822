/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>

#include "base/error.h"
#include "base/xml.h"

/* Writes down what it is told; an element "wrong" is an error. */
static struct error *
begin(void *told, const char *name, const char **attributes, size_t line)
{
    ds_put_format(told, "<%s@%zu", name, line);
    for (; *attributes; attributes += 2) {
        ds_put_format(told, " %s=%s", attributes[0], attributes[1]);
    }
    ds_put_char(told, '>');
    return strcmp(name, "wrong") ? NULL : error_new(ERROR_LIMIT, "an element is wrong");
}

static struct error *
end(void *told)
{
    ds_put_cstr(told, "</>");
    return NULL;
}

static struct error *
text(void *told, const char *piece, size_t n)
{
    ds_put_buffer(told, piece, n);
    return NULL;
}

static void
assert_read(const char *document, char separator, const char *expected, const char *complaint)
{
    const struct xml_events events = { begin, end, text, "a test", separator };
    struct ds told = DS_EMPTY_INITIALIZER;
    struct error *error = xml_read(document, strlen(document), &events, &told);

    assert_string_equal(ds_cstr(&told), expected);
    assert_int_equal(!error, !complaint);
    if (error) {
        assert_string_equal(error->text, complaint);
        error_free(error);
    }
    ds_destroy(&told);
}

static void
elements_are_told_with_their_lines(void **state)
{
    assert_read("<a>\n <b c='d'/>&lt;e</a>", 0, "<a@1>\n <b@2 c=d></><e</>", NULL);
    assert_read("<a xmlns='urn:x'><b/></a>", ' ', "<urn:x a@1><urn:x b@1></></>", NULL);
}

static void
nothing_is_told_after_an_error(void **state)
{
    assert_read("<a>\n<wrong>text<b/></wrong></a>", 0, "<a@1>\n<wrong@2>", "line 2: an element is wrong");
}

static void
what_is_malformed_is_refused(void **state)
{
    assert_read("", 0, "", "line 1: the XML is malformed: no element found");
    assert_read("<a>\n</b>", 0, "<a@1>\n", "line 2: the XML is malformed: mismatched tag");
}

static void
document_types_are_refused(void **state)
{
    assert_read("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 0, "", "line 1: a document type is declared, which a test has no use for");
    assert_read("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 0, "", "line 1: a document type is declared, which a test has no use for");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_told_with_their_lines),
        cmocka_unit_test(nothing_is_told_after_an_error),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(document_types_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
