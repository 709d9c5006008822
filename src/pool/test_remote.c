/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/vlog.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "pool/remote.h"

static void
assert_refused(const char *remote, const char *part)
{
    OWN_ERROR struct error *error = pool_remote_check(remote);

    assert_error(error, ERROR_INVALID, part, remote);
}

static void
remotes_that_can_be_reached_are_accepted(void **state)
{
    static const char *const remotes[] = {
        "unix:/run/cabled/pool.sock", "unix:pool.sock", "tcp:192.0.2.1:6641", "tcp:[2001:db8::1]:6641", "ssl:192.0.2.1:6641",
        "tcp:192.0.2.1:6641,tcp:192.0.2.2:6641", "unix:/a, unix:/b", "unix:/a,b",
    };

    for (size_t i = 0; i < ARRAY_SIZE(remotes); i++) {
        assert_null(pool_remote_check(remotes[i]));
    }
}

static void
other_remotes_are_refused(void **state)
{
    static const char *const remotes[] = {
        "nonsense", "/run/cabled/pool.sock", "unix:", "tcp:", "tcp:192.0.2.1", "tcp:192.0.2.1:99999999", "tcp:2001:db8::1:6641",
        "TCP:192.0.2.1:6641", "punix:/a", "ptcp:6641", "pssl:6641:127.0.0.1",
    };

    for (size_t i = 0; i < ARRAY_SIZE(remotes); i++) {
        assert_refused(remotes[i], remotes[i]);
    }
    assert_refused("", "is empty");
    assert_refused("tcp:pool.example:6641", "no host name");
}

static void
wrong_one_of_several_is_named(void **state)
{
    assert_refused("unix:/a,tcp:192.0.2.1", "cannot be at 'tcp:192.0.2.1': ");
}

/* The library would abort. */
static void
cluster_s_id_is_refused(void **state)
{
    assert_refused("tcp:192.0.2.1:6641,cid:7a72ea95-3970-4df2-9905-9c46cf2e9c0d", "leave \"cid:\" out");
    assert_refused(" cid:7a72ea95-3970-4df2-9905-9c46cf2e9c0d", "leave \"cid:\" out");
    assert_refused("unix:/b,, \tcid:7a72ea95-3970-4df2-9905-9c46cf2e9c0d,unix:/a", "leave \"cid:\" out");
    assert_null(pool_remote_check("unix:/cid:b,/cid:c"));
}

static void
what_a_terminal_would_obey_is_not_repeated(void **state)
{
    assert_refused("tcp:\033[31m", "'tcp:\\x1b[31m'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remotes_that_can_be_reached_are_accepted),
        cmocka_unit_test(other_remotes_are_refused),
        cmocka_unit_test(wrong_one_of_several_is_named),
        cmocka_unit_test(cluster_s_id_is_refused),
        cmocka_unit_test(what_a_terminal_would_obey_is_not_repeated),
    };

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
