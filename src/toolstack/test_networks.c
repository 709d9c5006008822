/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks: verbs that are one change, what each replies, and what a client reads afterwards. Usage: with the schema
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
a_network_gets_a_bridge_of_its_own(void **state)
{
    static const struct exchange exchanges[] = {
        { "network.create", "[{\"name_label\": \"net-1\", \"other_config\": {\"assume_network_is_shared\": \"true\"}}]", "made" },
        { "network.get_bridge", "[\"$\"]", "success \"xapi1\"" },
        { "network.get_MTU", "[\"$\"]", "success 1500" },
        { "network.get_managed", "[\"$\"]", "success true" },
        { "network.get_default_locking_mode", "[\"$\"]", "success \"unlocked\"" },
        { "network.get_other_config", "[\"$\"]", "success {\"assume_network_is_shared\": \"true\"}" },
        { "network.create", "[{\"other_config\": {}, \"MTU\": \"-1\", \"bridge\": \"br7\"}]", "made" },
        { "network.get_MTU", "[\"$\"]", "success 1500" },
        { "network.get_bridge", "[\"$\"]", "success \"br7\"" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"br7\"}]", "failure [\"BRIDGE_NAME_EXISTS\", \"br7\"]" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"xenbr7\"}]", "failure [\"INVALID_VALUE\", \"bridge\", \"xenbr7\"]" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"sixteen-letters.\"}]",
          "failure [\"INVALID_VALUE\", \"bridge\", \"sixteen-letters.\"]" },
        { "network.create", "[{\"other_config\": {}, \"MTU\": 70000}]", "failure [\"INVALID_VALUE\", \"MTU\", \"70000\"]" },
    };

    CONVERSE(exchanges);
}

static void
a_network_that_is_used_stays(void **state)
{
    static const struct exchange exchanges[] = {
        { "network.destroy", "[\"" LAN "\"]", "failure [\"NETWORK_CONTAINS_VIF\", \"" WEB_VIF "\"]" },
        { "network.destroy", "[\"" WAN "\"]", "failure [\"NETWORK_CONTAINS_PIF\", \"" ETH0 "\"]" },
        { "network.set_default_locking_mode", "[\"" LAN "\", \"disabled\"]", "failure [\"VIF_IN_USE\", \"" LAN "\", \"" WEB_VIF "\"]" },
        { "network.set_default_locking_mode", "[\"" WAN "\", \"unlocked\"]", "success void" },
        { "network.get_default_locking_mode", "[\"" WAN "\"]", "success \"unlocked\"" },
        { "network.create", "[{\"other_config\": {}}]", "made" },
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"$\", \"device\": \"3\", \"MAC\": \"02:00:00:00:00:03\"}]", "made" },
        { "VM.get_VIFs", "[\"" DB "\"]", "success [*" },
        { "VIF.get_network", "[\"$\"]", "success*" },
    };

    CONVERSE(exchanges);
}

static void
a_networks_detached_vifs_go_with_it(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.destroy", "[\"" DB_VIF "\"]", "success void" },
        { "network.create", "[{\"other_config\": {}}]", "made" },
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"$\", \"device\": \"3\", \"MAC\": \"02:00:00:00:00:03\"}]", "made" },
        { "network.get_by_name_label", "[\"\"]", "success [\"*" },
    };
    struct desk desk = { .world = *state };
    char *network, *params;

    CONVERSE(exchanges);
    network = xstrdup(world_call(desk.world, "network.get_by_name_label", "[\"\"]") + strlen("success "));
    params = network;
    free(desk_call(&desk, "network.destroy", params));
    assert_string_equal(world_call(desk.world, "network.get_by_name_label", "[\"\"]"), "success []");
    assert_string_equal(world_call(desk.world, "VM.get_VIFs", "[\"" DB "\"]"), "success []");
    free(network);
}

int
main(int argc, char *argv[])
{
#define IN_WORLD(TEST) cmocka_unit_test_setup_teardown(TEST, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_network_gets_a_bridge_of_its_own),
        IN_WORLD(a_network_that_is_used_stays),
        IN_WORLD(a_networks_detached_vifs_go_with_it),
    };

    world_schema = argv[1];
    world_rows = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
