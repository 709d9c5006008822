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
#include "cli/vm_words.h"

static void
vif_is_read_word_by_word(void **state)
{
    struct vm_vif_words vif;

    assert_null(vm_vif_words_read("network=lan,mac=02:00:00:00:01:02,ipv4=10.0.0.5,ipv6=2001:db8::5,ipv4=10.0.1.0/24,mode=locked", &vif));
    assert_string_equal(vif.network, "lan");
    assert_string_equal(vif.mac, "02:00:00:00:01:02");
    assert_string_equal(vif.mode, "locked");
    assert_int_equal(vif.ipv4.n, 2);
    assert_string_equal(vif.ipv4.names[1], "10.0.1.0/24");
    assert_int_equal(vif.ipv6.n, 1);
    vm_vif_words_destroy(&vif);
}

static void
network_is_all_that_a_vif_needs(void **state)
{
    struct vm_vif_words vif;

    assert_null(vm_vif_words_read("network=a=b", &vif));
    assert_string_equal(vif.network, "a=b");
    assert_null(vif.mac);
    assert_null(vif.mode);
    vm_vif_words_destroy(&vif);
}

static void
assert_refused(struct error *error, const char *text)
{
    OWN_ERROR struct error *e = error;

    assert_non_null(e);
    if (!strstr(e->text, text)) {
        fail_msg("\"%s\" does not say \"%s\"", e->text, text);
    }
}

static void
vif_that_says_too_little_or_too_much_is_refused(void **state)
{
    struct vm_vif_words vif;

    assert_refused(vm_vif_words_read("mac=02:00:00:00:01:02", &vif), "no network is said");
    assert_refused(vm_vif_words_read("", &vif), "has no value");
    assert_refused(vm_vif_words_read("network=lan,", &vif), "has no value");
    assert_refused(vm_vif_words_read("lan", &vif), "'lan' has no value");
    assert_refused(vm_vif_words_read("network=lan,mtu=9", &vif), "'mtu' is not known");
    assert_refused(vm_vif_words_read("network=lan,network=wan", &vif), "twice");
    assert_refused(vm_vif_words_read("network=lan,mac=", &vif), "is empty");
}

static void
sizes_have_units(void **state)
{
    static const char *const strange[] = { "64", "", "-1G", "1GB", "G", "99999999999T", "1.5G", " 1G" };
    int64_t bytes;

    assert_true(vm_size_read("268435456", &bytes));
    assert_int_equal(bytes, 268435456);
    assert_true(vm_size_read("256M", &bytes));
    assert_int_equal(bytes, 268435456);
    assert_true(vm_size_read("2G", &bytes));
    assert_int_equal(bytes, INT64_C(2) << 30);
    for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
        assert_false(vm_size_read(strange[i], &bytes));
    }
}

static void
paths_are_told_from_the_root(void **state)
{
    static const char *const paths[][2] = { { "/a/b", "/a/b" }, { "b", "/home/me/b" }, { "", "" } };

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        char *path = vm_absolute_path(paths[i][0], "/home/me");

        assert_string_equal(path, paths[i][1]);
        free(path);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vif_is_read_word_by_word),
        cmocka_unit_test(network_is_all_that_a_vif_needs),
        cmocka_unit_test(vif_that_says_too_little_or_too_much_is_refused),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(paths_are_told_from_the_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
