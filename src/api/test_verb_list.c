/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openvswitch/dynamic-string.h>

#include "api/verb_list.h"
#include "verbs/verb.h"

static void
assert_line(const struct ds *text, const char *line)
{
    if (!strstr(ds_cstr_ro(text), line)) {
        fail_msg("there is no line \"%s\" in\n%s", line, ds_cstr_ro(text));
    }
}

static void
each_verb_is_a_line_with_its_parameters(void **state)
{
    struct ds text = DS_EMPTY_INITIALIZER;
    size_t n = 0;

    ds_put_char(&text, '\n');
    verb_list_put(&text);
    assert_line(&text, "\nVM.start(ref VM vm, bool start_paused, bool force)\n");
    assert_line(&text, "\nVIF.create(record args)\n");
    assert_line(&text, "\nVIF.set_ipv4_allowed(ref VIF self, set of string value)\n");
    assert_line(&text, "\nVIF.set_locking_mode(ref VIF self, enum vif_locking_mode value)\n");
    assert_line(&text, "\nhost.call_plugin(ref host host, string plugin, string fn, map of string to string args)\n");
    assert_line(&text, "\nSDN_controller.introduce([enum sdn_controller_protocol protocol[, string address[, int port]]])\n");
    assert_line(&text, "\ntask.set_progress(ref task self, float value)\n");
    for (const char *p = ds_cstr(&text); (p = strchr(p, '\n')); p++) {
        n++;
    }
    assert_int_equal(n, 1 + VERB_N);
    ds_destroy(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verb_is_a_line_with_its_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
