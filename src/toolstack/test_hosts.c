/* SPDX-License-Identifier: Apache-2.0
 *
 * Hosts and their plugins: verbs that are one change, what each replies, and what a client reads afterwards. Usage: with the schema
 * and test_pool.json, see objects/test_world.h.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "toolstack/test_desk.h"

static void
a_host_says_what_it_has(void **state)
{
    static const struct exchange exchanges[] = {
        { "host.compute_free_memory", "[\"" HOST "\"]", "success 8321499136" },        /* 8 GiB without the 256 MiB of `web` */
        { "host.get_servertime", "[\"" HOST "\"]", "success datetime(20*" },
        { "VM.get_possible_hosts", "[\"" DB "\"]", "success [\"" HOST "\"]" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]", "success void" },
        { "host.disable", "[\"" HOST "\"]", "success void" },
        { "host.get_enabled", "[\"" HOST "\"]", "success false" },
        { "VM.get_possible_hosts", "[\"" DB "\"]", "success []" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]", "failure [\"HOST_DISABLED\", \"" HOST "\"]" },
        { "host.enable", "[\"" HOST "\"]", "success void" },
        { "host.get_enabled", "[\"" HOST "\"]", "success true" },
        { "VM.set_memory_limits", "[\"" DB "\", 0, 9000000000, 0, 9000000000]", "success void" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]",
          "failure [\"HOST_NOT_ENOUGH_FREE_MEMORY\", \"9000000000\", \"8321499136\"]" },
    };

    CONVERSE(exchanges);
}

#define PLUGIN(PLUGIN, FN, ARGS) "[\"" HOST "\", \"" PLUGIN "\", \"" FN "\", " ARGS "]"

/* {'args': ({'cmd': CMD, 'args': {NAME: VALUE}},), 'kwargs': {}}, as Python 2 pickles it. */
#define NETWORK_CONFIG(CMD, NAME, VALUE) \
    PLUGIN("xenhost.py", "network_config", "{\"params\": \"(dp0\\nS'args'\\np1\\n((dp2\\nS'cmd'\\np3\\nS'" CMD "'\\np4\\nsg1\\n(dp5\\n" \
           "S'" NAME "'\\np6\\nS'" VALUE "'\\np7\\nsstp8\\nsS'kwargs'\\np9\\n(dp10\\ns.\"}")

static void
plugins_answer_as_dom0_does(void **state)
{
    static const struct exchange exchanges[] = {
        { "host.call_plugin", PLUGIN("dom0_plugin_version.py", "get_version", "{}"), "success \"S'2.1'\\0ap0\\0a.\"" },
        { "host.call_plugin", PLUGIN("xenhost.py", "get_pci_device_details", "{}"), "success \"S''\\0ap0\\0a.\"" },
        { "host.call_plugin", PLUGIN("xenhost.py", "host_data", "{\"host_uuid\": \"" UUID(2, 0) "\"}"), "success \"{*" },
        { "host.call_plugin", PLUGIN("openvswitch-config-update", "update", "{}"), "success \"No change to configuration\"" },
        { "host.call_plugin", PLUGIN("openvswitch-cfg-update", "update", "{}"), "success \"No change to configuration\"" },
        { "host.call_plugin", PLUGIN("nowhere", "f", "{}"), "failure [\"XENAPI_MISSING_PLUGIN\", \"nowhere\"]" },
        { "host.call_plugin", PLUGIN("xenhost.py", "f", "{}"), "failure [\"UNKNOWN_XENAPI_PLUGIN_FUNCTION\", \"f\"]" },
        { "host.call_plugin", PLUGIN("xenhost.py", "network_config", "{}"), "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", *" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "qvo1"), "success \"S'link show dev qvo1'\\0ap0\\0a.\"" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "no-such-dev"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"there is no no-such-dev\"]" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "a;b"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"Argument 'device_name' cannot be 'a;b'\"]" },
        { "host.call_plugin", NETWORK_CONFIG("reboot", "device_name", "a"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"Dom0 execution of 'reboot' is not permitted\"]" },
    };

    CONVERSE(exchanges);
}

/* With an ip(8) that knows one device. */
static int
setup_programs(void **state)
{
    int failed = world_setup(state);
    struct world *world = *state;
    char *path = xasprintf("%s:%s", world->folder, getenv("PATH"));

    world_shell(world, "printf '#!/bin/sh\\n[ $4 = qvo1 ] && printf %%%%s \"$*\" || { printf %%%%s \"there is no $4\" >&2; exit 1; }' >ip && chmod +x ip");
    setenv("PATH", path, 1);
    free(path);
    return failed;
}

static int
teardown_programs(void **state)
{
    setenv("PATH", strchr(getenv("PATH"), ':') + 1, 1);
    return world_teardown(state);
}

int
main(int argc, char *argv[])
{
#define IN_WORLD(TEST) cmocka_unit_test_setup_teardown(TEST, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_host_says_what_it_has),
        cmocka_unit_test_setup_teardown(plugins_answer_as_dom0_does, setup_programs, teardown_programs),
    };

    world_schema = argv[1];
    world_rows = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
