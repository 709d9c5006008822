/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "verbs/bridge_name.h"
#include "verbs/test_failure_text.h"

static void
a_bridge_is_a_device_that_nobody_else_names(void **state)
{
    const struct {
        const char *name, *failure;
    } cases[] = {
        { "br0", "" },
        { "br-int", "" },
        { "exactly15bytes.", "" },
        { "exactly16bytes..", "INVALID_VALUE bridge|exactly16bytes.." },
        { "xenbr0", "INVALID_VALUE bridge|xenbr0" },
        { "xapi7", "INVALID_VALUE bridge|xapi7" },
        { "vif1.0", "INVALID_VALUE bridge|vif1.0" },
        { "tap1.0", "INVALID_VALUE bridge|tap1.0" },
        { "eth0", "INVALID_VALUE bridge|eth0" },
        { "XENBR0", "" },
        { "br/0", "INVALID_VALUE bridge|br/0" },
        { "br 0", "INVALID_VALUE bridge|br 0" },
        { "..", "INVALID_VALUE bridge|.." },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_reply failure;
        bool ok = bridge_name_check(cases[i].name, &failure);

        assert_failure(ok, &failure, cases[i].failure, cases[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bridge_is_a_device_that_nobody_else_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
