/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/policies.h"

#define MAC "\"mac\":\"02:00:00:00:01:02\""
#define POLICY(ID, MORE) "{\"id\":\"" ID "\",\"mode\":\"locked\"," MAC MORE "}"

static struct policies
parse(const char *text)
{
    struct policies policies;
    OWN_ERROR struct error *error = policies_parse(text, &policies);

    if (error) {
        fail_msg("%s", error->text);
    }
    return policies;
}

static void
assert_refused(const char *text, enum error_code code, const char *expected)
{
    struct policies policies = { .n = 77 };
    OWN_ERROR struct error *error = policies_parse(text, &policies);

    assert_non_null(error);
    if (strncmp(error->text, expected, strlen(expected))) {
        fail_msg("\"%s\" does not begin with \"%s\"", error->text, expected);
    }
    assert_int_equal(error->code, code);
    assert_int_equal(policies.n, 77);
}

static void
file_keeps_its_order(void **state)
{
    struct policies policies = parse("[" POLICY("b", "") "," POLICY("a", "") "]");

    assert_int_equal(policies.n, 2);
    assert_string_equal(policies.entries[0].id, "b");
    assert_string_equal(policies.entries[1].id, "a");
    policies_destroy(&policies);
}

static void
empty_list_is_no_policy(void **state)
{
    struct policies policies = parse(" [ ] \n");

    assert_int_equal(policies.n, 0);
    policies_destroy(&policies);
}

static void
keys_that_may_be_missing_have_defaults(void **state)
{
    struct policies policies = parse("[" POLICY("a", "") "," POLICY("b", ",\"vlans\":null,\"auto_lla\":false") "]");

    assert_true(policies.entries[0].policy.auto_lla);
    assert_int_equal(policies.entries[0].policy.n_ipv4 + policies.entries[0].policy.n_ipv6 + policies.entries[0].policy.n_vlans, 0);
    assert_false(policies.entries[1].policy.auto_lla);
    policies_destroy(&policies);
}

static void
every_key_is_read(void **state)
{
    struct policies policies = parse("[" POLICY("a", ",\"ipv4\":[\"10.0.0.5\",\"10.1.0.0/16\"],\"ipv6\":[\"2001:db8::5\"],"
                                                "\"auto_lla\":true,\"vlans\":[100,2]") "]");
    char *text = vif_policy_describe(&policies.entries[0].policy);

    assert_string_equal(text, "locked to 02:00:00:00:01:02, 10.0.0.5, 10.1.0.0/16, 2001:db8::5 and fe80::ff:fe00:102, "
                        "on the VLANs 2 and 100");
    free(text);
    policies_destroy(&policies);
}

static void
what_is_no_json_is_refused_with_its_place(void **state)
{
    assert_refused("", ERROR_INVALID, "no valid JSON: line 1, column 1: empty input stream");
    assert_refused("[", ERROR_INVALID, "no valid JSON: line 1, column 2: unexpected end of input");
    assert_refused("[\n  {]", ERROR_INVALID, "no valid JSON: line 2, column 4: syntax error");
    assert_refused("[\"a\\\033\"]", ERROR_INVALID, "no valid JSON: line 1, column 6: bad escape \\?");
    assert_refused("[]x", ERROR_INVALID, "no valid JSON: ");
    assert_refused("[{\"id\":\"a\nb\"}]", ERROR_INVALID, "no valid JSON: ");
    assert_refused("[\"\\u0000\"]", ERROR_INVALID, "no valid JSON: ");
    assert_refused("[1e999999999999]", ERROR_INVALID, "no valid JSON: ");
}

static void
deep_nesting_is_refused(void **state)
{
    char text[100001];

    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused(text, ERROR_INVALID, "no valid JSON: line 1, column 1001: input exceeds maximum nesting depth 1000");
}

static void
other_shapes_are_refused(void **state)
{
    assert_refused("{}", ERROR_INVALID, "a list of policies is wanted here, not object");
    assert_refused("[1]", ERROR_INVALID, "policy 1: an object is wanted here, not number");
    assert_refused("[" POLICY("a", "") ",null]", ERROR_INVALID, "policy 2: an object is wanted here, not null");
    assert_refused("[[]]", ERROR_INVALID, "policy 1: an object is wanted here, not array");
}

static void
other_types_are_refused_with_policy_and_key(void **state)
{
    assert_refused("[{\"id\":7}]", ERROR_INVALID, "policy 1: key 'mode' is missing");
    assert_refused("[{\"id\":7,\"mode\":\"locked\"," MAC "}]", ERROR_INVALID,
                   "policy 1: key 'id': a string is wanted here, not number");
    assert_refused("[{\"id\":\"a\",\"mode\":null," MAC "}]", ERROR_INVALID,
                   "policy 1 ('a'): key 'mode': a string is wanted here, not null");
    assert_refused("[" POLICY("a", ",\"ipv4\":\"10.0.0.5\"") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'ipv4': a list of strings is wanted here, not string");
    assert_refused("[" POLICY("a", ",\"ipv6\":[5]") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'ipv6': a string is wanted here, not number");
    assert_refused("[" POLICY("a", ",\"ipv4\":null") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'ipv4': a list of strings is wanted here, not null");
    assert_refused("[" POLICY("a", ",\"auto_lla\":1") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'auto_lla': true or false is wanted here, not number");
    assert_refused("[" POLICY("a", ",\"vlans\":100") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'vlans': null or a list of whole numbers is wanted here, not number");
    assert_refused("[" POLICY("a", ",\"vlans\":[1.5]") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'vlans': null or a list of whole numbers is wanted here");
}

static void
unknown_and_missing_keys_are_refused(void **state)
{
    assert_refused("[" POLICY("a", ",\"ipv4_allowed\":[]") "]", ERROR_INVALID,
                   "policy 1 ('a'): key 'ipv4_allowed' is unknown: write id, mode, mac, ipv4, ipv6, auto_lla or vlans");
    assert_refused("[{\"mode\":\"locked\"," MAC "}]", ERROR_INVALID, "policy 1: key 'id' is missing");
    assert_refused("[{\"id\":\"a\",\"mode\":\"locked\"}]", ERROR_INVALID, "policy 1 ('a'): key 'mac' is missing");
    assert_refused("[" POLICY("a", ",\"x\\u001b[2J\":1") "]", ERROR_INVALID, "policy 1 ('a'): key 'x\\x1b[2J' is unknown");
}

static void
doubled_keys_are_refused_in_any_spelling(void **state)
{
    assert_refused("[" POLICY("a", "") "," POLICY("b", ",\"ipv4\":[\"10.0.0.5\"],\"ipv4\":[\"10.0.0.6\"]") "]", ERROR_INVALID,
                   "policy 2 ('b'): key 'ipv4' is there twice: remove one of them");
    assert_refused("[" POLICY("a", ",\"i\\u0064\" : \"b\"") "]", ERROR_INVALID, "policy 1 ('b'): key 'id' is there twice");
}

static void
text_that_looks_like_keys_is_no_key(void **state)
{
    struct policies policies = parse("[" POLICY("\\\"id\\\":{[,]}\\\\",
                                                ",\"ipv4\":[\"10.0.0.5\",\"10.0.0.6\"]") "," POLICY("id", "") "]");

    assert_string_equal(policies.entries[0].id, "\"id\":{[,]}\\");
    policies_destroy(&policies);
}

static void
doubled_ids_are_refused(void **state)
{
    assert_refused("[" POLICY("a", "") "," POLICY("b", "") "," POLICY("a", "") "]", ERROR_EXISTS,
                   "policy 3 ('a'): another policy has the same id: choose another one");
}

static void
ids_have_a_length(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    assert_refused("[" POLICY("", "") "]", ERROR_INVALID, "policy 1 (''): key 'id': the id is empty");
    ds_put_cstr(&text, "[{\"id\":\"");
    ds_put_char_multiple(&text, 'a', LIMIT_NAME_BYTES + 1);
    ds_put_cstr(&text, "\",\"mode\":\"locked\"," MAC "}]");
    assert_refused(ds_cstr(&text), ERROR_LIMIT, "policy 1 ('aaaa");
    ds_destroy(&text);
}

static void
values_are_checked_as_everywhere(void **state)
{
    assert_refused("[{\"id\":\"a\",\"mode\":\"locked\",\"mac\":\"03:00:00:00:00:01\"}]", ERROR_INVALID,
                   "policy 1 ('a'): MAC address '03:00:00:00:00:01' is a group address");
    assert_refused("[" POLICY("a", ",\"ipv4\":[\"10.0.0.5/24\"]") "]", ERROR_INVALID,
                   "policy 1 ('a'): IPv4 prefix '10.0.0.5/24' has bits set beyond its length");
    assert_refused("[" POLICY("a", ",\"vlans\":[4095]") "]", ERROR_INVALID, "policy 1 ('a'): VLAN 4095 is out of range");
}

static void
more_policies_than_the_limit_are_refused(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_char(&text, '[');
    for (size_t i = 0; i < LIMIT_POLICIES + 1; i++) {
        ds_put_format(&text, "%s{\"id\":\"%zu\",\"mode\":\"locked\"," MAC "}", i ? "," : "", i);
    }
    ds_put_char(&text, ']');
    assert_refused(ds_cstr(&text), ERROR_LIMIT, "4097 policies are more than the 4096 that a file may have");
    ds_destroy(&text);
}

static void
larger_text_than_the_limit_is_refused(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    ds_put_char(&text, '[');
    ds_put_char_multiple(&text, ' ', LIMIT_POLICIES_FILE_BYTES - 1);
    ds_put_char(&text, ']');
    assert_refused(ds_cstr(&text), ERROR_LIMIT, "16777217 bytes are more than the 16777216 that are read");
    ds_destroy(&text);
}

/* Writes 'n' bytes to a file of its own and asserts that it is refused. */
static void
assert_file_refused(const void *bytes, size_t n, const char *part)
{
    char name[] = "/tmp/policies.XXXXXX";
    int fd = mkstemp(name);
    struct policies policies;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
    OWN_ERROR struct error *error = policies_load(name, &policies);
    unlink(name);
    assert_non_null(error);
    assert_non_null(strstr(error->text, name));
    if (!strstr(error->text, part)) {
        fail_msg("\"%s\" does not say \"%s\"", error->text, part);
    }
}

static void
file_errors_name_the_file(void **state)
{
    struct policies policies;
    char *large = xzalloc(LIMIT_POLICIES_FILE_BYTES + 1);

    assert_file_refused("[]\0", 3, "byte 2 is a null byte");
    assert_file_refused("[", 1, "no valid JSON");
    memset(large, ' ', LIMIT_POLICIES_FILE_BYTES + 1);
    assert_file_refused(large, LIMIT_POLICIES_FILE_BYTES + 1, "more than the 16777216 bytes");
    free(large);

    OWN_ERROR struct error *missing = policies_load("/nonexistent/x", &policies);
    assert_string_equal(missing->text, "file '/nonexistent/x' can't be opened: No such file or directory");
    OWN_ERROR struct error *folder = policies_load("/tmp", &policies);
    assert_string_equal(folder->text, "file '/tmp': can't be read: Is a directory");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_keeps_its_order),
        cmocka_unit_test(empty_list_is_no_policy),
        cmocka_unit_test(keys_that_may_be_missing_have_defaults),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(other_shapes_are_refused),
        cmocka_unit_test(other_types_are_refused_with_policy_and_key),
        cmocka_unit_test(unknown_and_missing_keys_are_refused),
        cmocka_unit_test(doubled_keys_are_refused_in_any_spelling),
        cmocka_unit_test(text_that_looks_like_keys_is_no_key),
        cmocka_unit_test(doubled_ids_are_refused),
        cmocka_unit_test(ids_have_a_length),
        cmocka_unit_test(values_are_checked_as_everywhere),
        cmocka_unit_test(more_policies_than_the_limit_are_refused),
        cmocka_unit_test(larger_text_than_the_limit_is_refused),
        cmocka_unit_test(file_errors_name_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
