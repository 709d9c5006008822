/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "verbs/network_command.h"
#include "xenapi/map.h"
#include "xenapi/value.h"

static const struct {
    const char *cmd, *args;     /* "key=value key=value" */
    const char *wanted;         /* the words, or, after '!', part of the error */
} cases[] = {
    { "ip_link_get_dev", "device_name=qvo1", "ip link show dev qvo1" },
    { "ip_link_del_dev", "device_name=qvo1", "ip link delete dev qvo1" },
    { "ip_link_add_veth_pair", "dev1_name=a dev2_name=b", "ip link add a type veth peer name b" },
    { "ip_link_set_dev", "device_name=a option=up", "ip link set dev a up" },
    { "ip_link_set_promisc", "device_name=a option=on", "ip link set dev a promisc on" },
    { "brctl_add_br", "bridge_name=qbr1", "ip link add name qbr1 type bridge" },
    { "brctl_del_br", "bridge_name=qbr1", "ip link delete dev qbr1 type bridge" },
    { "brctl_set_fd", "bridge_name=qbr1 fd=0", "ip link set dev qbr1 type bridge forward_delay 0" },
    { "brctl_set_fd", "bridge_name=qbr1 fd=15", "ip link set dev qbr1 type bridge forward_delay 1500" },
    { "brctl_set_stp", "bridge_name=qbr1 option=off", "ip link set dev qbr1 type bridge stp_state 0" },
    { "brctl_set_stp", "bridge_name=qbr1 option=on", "ip link set dev qbr1 type bridge stp_state 1" },
    { "brctl_add_if", "bridge_name=qbr1 interface_name=qvb1", "ip link set dev qvb1 master qbr1" },
    { "brctl_del_if", "bridge_name=qbr1 interface_name=qvb1", "ip link set dev qvb1 nomaster" },
    { "ovs_add_port", "bridge_name=br port_name=p", "ovs-vsctl --timeout=10 -- --if-exists del-port p -- add-port br p" },
    { "ovs_del_port", "bridge_name=br port_name=p", "ovs-vsctl --timeout=10 -- --if-exists del-port br p" },
    { "ovs_del_br", "bridge_name=br", "ovs-vsctl --timeout=10 -- --if-exists del-br br" },
    { "ovs_create_port", "bridge=br-int port=p iface-id=i-1 mac=02:00:00:00:00:01 status=active",
      "ovs-vsctl --timeout=10 -- --if-exists del-port p -- add-port br-int p -- set Interface p external_ids:iface-id=\"i-1\""
      " external_ids:iface-status=\"active\" external_ids:attached-mac=\"02:00:00:00:00:01\" external_ids:xs-vif-uuid=\"i-1\"" },

    { "iptables", "", "!Dom0 execution of 'iptables' is not permitted" },
    { NULL, "", "!Argument 'cmd' is required" },
    { "ip_link_get_dev", "", "!Argument 'device_name' is required" },
    { "ip_link_get_dev", "device_name=-all", "!cannot be '-all'" },
    { "ip_link_get_dev", "device_name=--help", "!cannot be '--help'" },
    { "ip_link_get_dev", "device_name=a;reboot", "!cannot be 'a;reboot'" },
    { "ip_link_get_dev", "device_name=../x", "!cannot be" },
    { "ip_link_get_dev", "device_name=sixteen-letters.", "!cannot be" },
    { "ip_link_set_dev", "device_name=a option=mtu", "!cannot be 'mtu'" },
    { "brctl_set_fd", "bridge_name=b fd=-1", "!cannot be '-1'" },
    { "brctl_set_fd", "bridge_name=b fd=1000", "!cannot be '1000'" },
    { "brctl_set_stp", "bridge_name=b option=maybe", "!cannot be 'maybe'" },
    { "ovs_create_port", "bridge=b port=p iface-id=x\"y mac=m status=s", "!cannot be" },
    { "ovs_create_port", "bridge=b port=p iface-id=x mac=m,n status=s", "!cannot be" },
    { "ovs_create_port", "bridge=b port=p iface-id=x mac=m", "!Argument 'status' is required" },
};

static struct xenapi_value
call_of(const char *cmd, const char *args)
{
    struct xenapi_value call = xenapi_map_create(), map = xenapi_map_create();
    char *copy = xstrdup(args), *rest = copy;

    for (char *word; (word = strtok_r(rest, " ", &rest)); ) {
        char *value = strchr(word, '=');

        *value++ = '\0';
        xenapi_map_put(&map, word, xenapi_string(value));
    }
    free(copy);
    if (cmd) {
        xenapi_map_put(&call, "cmd", xenapi_string(cmd));
    }
    xenapi_map_put(&call, "args", map);
    return call;
}

static void
a_command_is_a_program_and_words_that_were_looked_at(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_value call = call_of(cases[i].cmd, cases[i].args);
        struct svec argv;
        OWN_ERROR struct error *error = network_command_make(&call, &argv);
        char *words = svec_join(&argv, " ", "");

        if (cases[i].wanted[0] == '!') {
            if (!error || !strstr(error->text, cases[i].wanted + 1)) {
                fail_msg("%s: \"%s\"", cases[i].wanted, error ? error->text : words);
            }
            assert_int_equal(argv.n, 0);
        } else {
            assert_null(error);
            assert_string_equal(words, cases[i].wanted);
        }
        free(words);
        svec_destroy(&argv);
        xenapi_value_destroy(&call);
    }
}

/* A blank in a client's word makes no second one. */
static void
words_are_not_split(void **state)
{
    struct xenapi_value call = xenapi_map_create(), args = xenapi_map_create();
    struct svec argv;

    xenapi_map_put(&call, "cmd", xenapi_string("ip_link_get_dev"));
    xenapi_map_put(&args, "device_name", xenapi_string("a b"));
    xenapi_map_put(&call, "args", args);

    OWN_ERROR struct error *error = network_command_make(&call, &argv);
    assert_non_null(error);
    xenapi_value_destroy(&call);
    svec_destroy(&argv);
}

static void
what_is_no_map_is_refused(void **state)
{
    struct xenapi_value call = xenapi_map_create();
    struct svec argv;

    xenapi_map_put(&call, "cmd", xenapi_string("ovs_del_br"));
    xenapi_map_put(&call, "args", xenapi_string("bridge_name"));

    OWN_ERROR struct error *error = network_command_make(&call, &argv);
    assert_string_equal(error->text, "Argument 'bridge_name' is required");
    xenapi_value_destroy(&call);
    svec_destroy(&argv);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_a_program_and_words_that_were_looked_at),
        cmocka_unit_test(words_are_not_split),
        cmocka_unit_test(what_is_no_map_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
