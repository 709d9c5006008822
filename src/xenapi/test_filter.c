/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/test_error.h"
#include "xenapi/filter.h"

/* A record's fields and their text. */
static const char *const fields[][2] = {
    { "name__label", "Pool-wide network" }, { "bridge", "xenbr0" }, { "is_control_domain", "false" }, { "is_a_template", "false" },
    { "resident_on", "OpaqueRef:h" }, { "domid", "0" }, { "empty", "" }, { "true", "yes" },
};

/* Counts the fields that were asked for in '*n_asked'. */
static char *
field_text(const char *name, void *n_asked)
{
    ++*(int *) n_asked;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (!strcmp(fields[i][0], name)) {
            return xstrdup(fields[i][1]);
        }
    }
    return NULL;
}

static void
assert_matches(const char *text, bool expected)
{
    struct xenapi_filter *filter;
    OWN_ERROR struct error *error = xenapi_filter_parse(text, &filter);
    bool matches = !expected;
    int n_asked = 0;

    if (error) {
        fail_msg("\"%s\" was refused: %s", text, error->text);
    }
    assert_null(xenapi_filter_match(filter, field_text, &n_asked, &matches));
    if (matches != expected) {
        fail_msg("\"%s\" is %s", text, matches ? "true" : "false");
    }
    xenapi_filter_destroy(filter);
}

static void
assert_refused(const char *text, enum error_code code, const char *part)
{
    struct xenapi_filter *filter = NULL;
    OWN_ERROR struct error *error = xenapi_filter_parse(text, &filter);

    assert_error(error, code, part, text);
    assert_null(filter);
}

static void
filters_of_real_clients_are_understood(void **state)
{
    assert_matches("field \"is_control_domain\"=\"false\" and field \"is_a_template\"=\"false\" and field \"resident_on\"=\"OpaqueRef:h\"", true);
    assert_matches("field \"is_control_domain\"=\"false\" and field \"is_a_template\"=\"false\" and field \"resident_on\"=\"OpaqueRef:g\"", false);
    assert_matches("field \"is_control_domain\"=\"true\"", false);
    assert_matches("field \"name__label\" = \"x\" or field \"bridge\" = \"xenbr0\"", true);
    assert_matches("field \"bridge\"=\"xenbr0\"", true);
    assert_matches("field \"domid\"=\"0\" and field \"resident_on\"=\"OpaqueRef:h\"", true);
}

static void
values_are_compared_as_text(void **state)
{
    assert_matches("\"a\" = \"a\"", true);
    assert_matches("\"a\" = \"A\"", false);
    assert_matches("\"0\" = \"00\"", false);
    assert_matches("\"xenbr0\" = field \"bridge\"", true);
    assert_matches("field \"is_a_template\" = field \"is_control_domain\"", true);
    assert_matches("field \"empty\" = \"\"", true);
    assert_matches("field \"bridge\" = \"xenbr\"", false);
    assert_matches("\"and or not\" = \"and or not\"", true);
    assert_matches("\"a\\n\" = \"a\\n\"", true);
    assert_matches("\"it's\" = \"it's\"", true);
    assert_matches("field \"true\" = \"yes\"", true);
}

static void
blanks_are_free(void **state)
{
    assert_matches("true", true);
    assert_matches("  \t\n true \n", true);
    assert_matches("\"a\"=\"a\"and(true)or(false)", true);
    assert_matches("field\"bridge\"=\"xenbr0\"andnotfalse", true);
    assert_matches("field\n\"bridge\"\t=  \"xenbr0\"", true);
}

/* Each of these would be otherwise if it were read otherwise. */
static void
and_and_or_bind_alike_and_from_the_left(void **state)
{
    assert_matches("true or true and false", false);
    assert_matches("true or (true and false)", true);
    assert_matches("false and false or true", true);
    assert_matches("false and (false or true)", false);
    assert_matches("true and false or true and false", false);
    assert_matches("false or true and true or false", true);
}

static void
not_binds_looser_than_both(void **state)
{
    assert_matches("not true and false", true);
    assert_matches("(not true) and false", false);
    assert_matches("not false or true", false);
    assert_matches("(not false) or true", true);
    assert_matches("true and not false or true", false);
    assert_matches("true and (not false) or true", true);
    assert_matches("not not true", true);
    assert_matches("not \"a\" = \"b\"", true);
    assert_matches("(not true) or not false and false", true);
}

static void
parentheses_hold_together(void **state)
{
    assert_matches("(true)", true);
    assert_matches("((false))", false);
    assert_matches("(true or true) and (false or false)", false);
    assert_matches("not (true and (false or not (true)))", true);
}

static void
what_is_no_filter_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *part;
    } wrong[] = {
        { "", "filter: byte 1: the filter ends where a condition is wanted" },
        { "  ", "filter: byte 3: the filter ends where a condition is wanted" },
        { "bridge=\"a\"", "byte 1: filters have no word like 'bridge=\"a\"'" },
        { "TRUE", "filters have no word like 'TRUE'" },
        { "true AND true", "byte 6: filters have no word like 'AND true'" },
        { "true\rand true", "filters have no word like '\\x0dand true'" },
        { "field", "the filter ends where a field's name in double quotes is wanted" },
        { "field bridge = \"a\"", "byte 7: filters have no word like 'bridge" },
        { "field field \"a\" = \"b\"", "a field's name in double quotes is wanted, not 'field'" },
        { "\"a\"", "the filter ends where = is wanted" },
        { "\"a\" == \"a\"", "byte 6: a text in double quotes or `field` is wanted, not '='" },
        { "\"a\" = ", "the filter ends where a text in double quotes or `field` is wanted" },
        { "\"a\" = true", "a text in double quotes or `field` is wanted, not 'true'" },
        { "\"a\" = 'a'", "filters have no word like" },
        { "\"a\" = \"a", "byte 7: the text that begins here has no closing quote" },
        { "\"a\"b\" = \"a\"", "filters have no word like 'b\" = \"a\"'" },
        { "true true", "byte 6: `and`, `or` or the end is wanted, not 'true'" },
        { "true not true", "`and`, `or` or the end is wanted, not 'not'" },
        { "true and", "the filter ends where a condition is wanted" },
        { "and true", "a condition is wanted, not 'and'" },
        { "true or or true", "a condition is wanted, not 'or'" },
        { "not", "the filter ends where a condition is wanted" },
        { "= \"a\"", "a condition is wanted, not '='" },
        { "(true", "the filter ends where `and`, `or` or ) is wanted" },
        { "(true \"a\"", "`and`, `or` or ) is wanted, not '\"a\"'" },
        { "true)", "`and`, `or` or the end is wanted, not ')'" },
        { "()", "a condition is wanted, not ')'" },
        { "\"a\" = \"a\" = \"a\"", "`and`, `or` or the end is wanted, not '='" },
        { "not (true and", "the filter ends where a condition is wanted" },
        { "true and not (true or", "the filter ends where a condition is wanted" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_refused(wrong[i].text, ERROR_INVALID, wrong[i].part);
    }
}

static void
unknown_field_is_an_error_where_it_decides(void **state)
{
    static const struct {
        const char *text;
        bool is_error, matches;
        int n_asked;
    } filters[] = {
        { "field \"name_label\" = \"a\"", true, false, 1 },
        { "\"a\" = field \"name_label\"", true, false, 1 },
        { "not field \"nothing\" = \"a\"", true, false, 1 },
        { "true and field \"nothing\" = \"a\"", true, false, 1 },
        { "field \"nothing\" = \"a\" or true", true, false, 1 },
        { "false and field \"nothing\" = \"a\"", false, false, 0 },
        { "true or field \"nothing\" = \"a\"", false, true, 0 },
        { "false and field \"nothing\" = \"a\" or field \"domid\" = \"0\"", false, true, 1 },
        { "field \"nothing\" = field \"domid\"", true, false, 1 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        struct xenapi_filter *filter;
        bool matches = false;
        int n_asked = 0;

        assert_null(xenapi_filter_parse(filters[i].text, &filter));
        OWN_ERROR struct error *error = xenapi_filter_match(filter, field_text, &n_asked, &matches);
        assert_int_equal(error != NULL, filters[i].is_error);
        assert_int_equal(n_asked, filters[i].n_asked);
        if (error) {
            assert_int_equal(error->code, ERROR_NOT_FOUND);
            assert_non_null(strstr(error->text, "filter: there is no field '"));
        } else {
            assert_int_equal(matches, filters[i].matches);
        }
        xenapi_filter_destroy(filter);
    }
}

/* The text of 'n' times 'begin', 'middle' and 'n' times 'end'. */
static char *
nested(const char *begin, const char *middle, const char *end, int n)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < n; i++) {
        ds_put_cstr(&text, begin);
    }
    ds_put_cstr(&text, middle);
    for (int i = 0; i < n; i++) {
        ds_put_cstr(&text, end);
    }
    return ds_steal_cstr(&text);
}

static void
depth_is_limited_but_not_that_of_a_row(void **state)
{
    static const struct {
        const char *begin, *end;
    } nests[] = { { "(", ")" }, { "not ", "" }, { "true and (", ")" }, { "(true) and not ", "" } };

    for (size_t i = 0; i < ARRAY_SIZE(nests); i++) {
        char *deepest = nested(nests[i].begin, "true", nests[i].end, LIMIT_XENAPI_FILTER_DEPTH);
        char *too_deep = nested(nests[i].begin, "true", nests[i].end, LIMIT_XENAPI_FILTER_DEPTH + 1);

        assert_matches(deepest, true);
        assert_refused(too_deep, ERROR_LIMIT, "parentheses and `not` stand more than 64 deep within each other");
        free(deepest);
        free(too_deep);
    }
    char *row = nested("(true) and ", "not false", "", 5000);
    assert_matches(row, true);
    free(row);
}

static void
length_is_limited(void **state)
{
    char *longest = nested(" ", "true", "", LIMIT_XENAPI_FILTER_BYTES - 4);
    char *too_long = nested(" ", "true", "", LIMIT_XENAPI_FILTER_BYTES - 3);

    assert_matches(longest, true);
    assert_refused(too_long, ERROR_LIMIT, "filter: it has more than 65536 bytes");
    free(longest);
    free(too_long);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_of_real_clients_are_understood),
        cmocka_unit_test(values_are_compared_as_text),
        cmocka_unit_test(blanks_are_free),
        cmocka_unit_test(and_and_or_bind_alike_and_from_the_left),
        cmocka_unit_test(not_binds_looser_than_both),
        cmocka_unit_test(parentheses_hold_together),
        cmocka_unit_test(what_is_no_filter_is_refused_with_its_place),
        cmocka_unit_test(unknown_field_is_an_error_where_it_decides),
        cmocka_unit_test(depth_is_limited_but_not_that_of_a_row),
        cmocka_unit_test(length_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
