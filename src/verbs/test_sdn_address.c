/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "verbs/sdn_address.h"
#include "verbs/test_failure_text.h"

static void
a_controller_is_at_an_address_or_comes_itself(void **state)
{
    const struct {
        const char *protocol, *address;
        int64_t given, port;
        const char *failure;
    } cases[] = {
        { "ssl", "192.0.2.1", 0, 6632, "" },
        { "ssl", "192.0.2.1", 6640, 6640, "" },
        { "ssl", "127.0.0.1", 0, 6632, "" },
        { "ssl", "", 0, 0, "INVALID_VALUE address|" },
        { "ssl", "controller", 0, 0, "INVALID_VALUE address|controller" },
        { "ssl", "127.x", 0, 0, "INVALID_VALUE address|127.x" },
        { "ssl", "192.0.2.0/24", 0, 0, "INVALID_VALUE address|192.0.2.0/24" },
        { "ssl", "2001:db8::1", 0, 0, "INVALID_VALUE address|2001:db8::1" },
        { "ssl", "192.0.2.1", 65536, 0, "INVALID_VALUE port|65536" },
        { "ssl", "192.0.2.1", -1, 0, "INVALID_VALUE port|-1" },
        { "pssl", "", 0, 0, "" },
        { "pssl", "192.0.2.1", 0, 0, "INVALID_VALUE address|192.0.2.1" },
        { "pssl", "", 6640, 0, "INVALID_VALUE port|6640" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_reply reply;
        int64_t port = -1;
        bool ok = sdn_address_check(cases[i].protocol, cases[i].address, cases[i].given, &port, &reply);

        assert_failure(ok, &reply, cases[i].failure, cases[i].address);
        assert_int_equal(port, ok ? cases[i].port : -1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_controller_is_at_an_address_or_comes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
