/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects of a real pool database: records, what is derived, the order of changes. Arguments: the schema, test_pool.json, fields.txt.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "objects/test_world.h"
#include "xenapi/map.h"

static const char *fields_path;

#define ROW(TABLE, REF_UUID, COLUMNS) \
    "{\"op\":\"update\",\"table\":\"" TABLE "\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"" REF_UUID "\"]]],\"row\":{" COLUMNS "}}"
#define DELETE(TABLE, REF_UUID) \
    "{\"op\":\"delete\",\"table\":\"" TABLE "\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"" REF_UUID "\"]]]}"
#define INSERT(TABLE, REF_UUID, COLUMNS) \
    "{\"op\":\"insert\",\"table\":\"" TABLE "\",\"uuid\":\"" REF_UUID "\",\"row\":{" COLUMNS "}}"
#define TO(REF_UUID) "[\"uuid\",\"" REF_UUID "\"]"

/* How many fields of 'class' are listed in fields.txt; the record must have each. */
static size_t
count_listed(const char *class, const struct xenapi_value *record)
{
    FILE *file = fopen(fields_path, "r");
    size_t n = 0;
    char line[512];

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *save, *name = strtok_r(line, " \n", &save);

        if (name && !strcmp(name, class) && strtok_r(NULL, " \n", &save)) {
            for (char *word = strtok_r(NULL, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
                word[strcspn(word, "=")] = '\0';
                if (!xenapi_map_get(record, word)) {
                    fail_msg("%s.%s is missing", class, word);
                }
                n++;
            }
        }
    }
    fclose(file);
    return n;
}

static void
each_record_has_the_fields_of_its_class_and_no_others(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        const struct object *object;
        size_t n = 0;

        if (!xenapi_classes[i].table) {
            objects_hold(world->objects, i, &(struct uuid) { .parts = { 1 } });
        }
        OBJECTS_FOR_EACH (object, world->objects, i) {
            struct xenapi_value record = object_record(world->objects, object);

            assert_int_equal(count_listed(xenapi_classes[i].name, &record), record.map.n);
            xenapi_value_destroy(&record);
            n++;
        }
        assert_int_equal(n, objects_count(world->objects, i));
        assert_true(n > 0);
    }
}

static void
fields_are_read_in_their_type_and_an_empty_column_is_the_default(void **state)
{
    static const char *const table[][3] = {
        { "VM.get_uuid", WEB, "success \"" UUID(4, 0) "\"" },
        { "VM.get_name_label", WEB, "success \"web\"" },
        { "VM.get_power_state", WEB, "success \"Running\"" },
        { "VM.get_power_state", DB, "success \"Halted\"" },
        { "VM.get_domid", WEB, "success 7" },
        { "VM.get_domid", DB, "success -1" },
        { "VM.get_HVM_shadow_multiplier", DB, "success 1.0" },
        { "VM.get_resident_on", WEB, "success \"" HOST "\"" },
        { "VM.get_resident_on", DB, "success \"OpaqueRef:NULL\"" },
        { "VM.get_is_control_domain", DOM0, "success true" },
        { "VM.get_other_config", WEB, "success {\"mac_seed\": \"seed\"}" },
        { "VM.get_memory_target", WEB, "success 0" },
        { "host.get_virtual_hardware_platform_versions", HOST, "success [0]" },
        { "host.get_API_version_minor", HOST, "success 21" },
        { "host.get_enabled", HOST, "success true" },
        { "pool.get_coordinator_bias", POOL, "success true" },
        { "VIF.get_ipv4_allowed", WEB_VIF, "success [\"192.0.2.7\", \"192.0.2.8\"]" },
        { "VIF.get_trunks", WEB_VIF, "success [4, 5]" },
        { "VDI.get_virtual_size", DISK, "success 1073741824" },
        { "PIF.get_VLAN", ETH0, "success -1" },
        { "SDN_controller.get_protocol", CONTROLLER, "success \"pssl\"" },
        { "host_metrics.get_last_updated", REF(b, 1), "success datetime(20260821T16:34:00Z)" },
        { "VM_metrics.get_memory_actual", REF(b, 2), "success 0" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char params[64];

        snprintf(params, sizeof params, "[\"%s\"]", table[i][1]);
        assert_string_equal(world_call(*state, table[i][0], params), table[i][2]);
    }
}

static void
what_others_refer_to_knows_them(void **state)
{
    static const char *const table[][3] = {
        { "VM.get_VIFs", WEB, "success [\"" WEB_VIF "\"]" },
        { "VM.get_VBDs", WEB, "success [\"" DISK_VBD "\"]" },
        { "VM.get_VBDs", DB, "success []" },
        { "network.get_PIFs", WAN, "success [\"" ETH0 "\"]" },
        { "network.get_VIFs", WAN, "success []" },
        { "host.get_PIFs", HOST, "success [\"" ETH0 "\"]" },
        { "host.get_PBDs", HOST, "success [\"" STORE_PBD "\"]" },
        { "SR.get_VDIs", STORE, "success [\"" DISK "\"]" },
        { "SR.get_PBDs", STORE, "success [\"" STORE_PBD "\"]" },
        { "VDI.get_VBDs", DISK, "success [\"" DISK_VBD "\"]" },
        { "PIF.get_device_name", ETH0, "success \"eth0\"" },
        { "VM.get_allowed_operations", DB, "success [\"clone\", \"start\", \"start_on\", \"changing_static_range\","
          " \"changing_memory_limits\", \"changing_VCPUs\", \"destroy\"]" },
        { "VIF.get_allowed_operations", WEB_VIF, "success [\"attach\", \"unplug\"]" },
        { "VIF.get_allowed_operations", DB_VIF, "success [\"attach\"]" },
        { "VM.get_current_operations", WEB, "success {}" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char params[64];

        snprintf(params, sizeof params, "[\"%s\"]", table[i][1]);
        assert_string_equal(world_call(*state, table[i][0], params), table[i][2]);
    }
    struct xenapi_value refs = world_value(*state, "host.get_resident_VMs", "[\"" HOST "\"]");
    assert_int_equal(refs.set.n, 2);
    xenapi_value_destroy(&refs);
    refs = world_value(*state, "network.get_VIFs", "[\"" LAN "\"]");
    assert_int_equal(refs.set.n, 2);
    xenapi_value_destroy(&refs);
}

static void
pool_says_what_its_hosts_share(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    assert_string_equal(world_call(world, "pool.get_cpu_info", "[\"" POOL "\"]"),
                        "success {\"cpu_count\": \"4\", \"socket_count\": \"0\", \"speed\": \"1000\", \"vendor\": \"Acme\"}");
    world_transact(world, INSERT("Host", UUID(2, 1), "\"hostname\":\"i\",\"cpu_info\":[\"map\",[[\"vendor\",\"Acme\"],"
                                 "[\"cpu_count\",\"8\"],[\"speed\",\"2000\"]]]"));
    assert_string_equal(world_call(world, "pool.get_cpu_info", "[\"" POOL "\"]"),
                        "success {\"cpu_count\": \"12\", \"socket_count\": \"0\", \"vendor\": \"Acme\"}");
    assert_string_equal(world_changes(world, since), "+host:21 ~pool:10");
}

static void
pool_says_which_controller_there_is(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    assert_string_equal(world_call(world, "pool.get_vswitch_controller", "[\"" POOL "\"]"), "success \"\"");
    world_transact(world, ROW("SDN_controller", UUID(c, 0), "\"address\":\"192.0.2.9\",\"protocol\":\"ssl\""));
    assert_string_equal(world_call(world, "pool.get_vswitch_controller", "[\"" POOL "\"]"), "success \"192.0.2.9\"");
    assert_string_equal(world_changes(world, since), "~SDN_controller:c0 ~pool:10");
}

static void
beginning_tells_of_every_object_as_added(void **state)
{
    struct world *world = *state;
    size_t n = 0;

    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        n += objects_count(world->objects, i);
    }
    assert_int_equal(objects_generation(world->objects), WORLD_BEGIN + n);
    assert_string_equal(world_changes(world, WORLD_BEGIN + n), "");
    assert_null(strpbrk(world_changes(world, 0), "~-"));
    assert_int_equal(strlen(world_changes(world, WORLD_BEGIN)), strlen(world_changes(world, 0)));
    assert_string_equal(world_changes(world, WORLD_BEGIN - 1), "lost");
}

static void
one_change_is_one_generation_of_the_object_and_none_of_others(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, ROW("VM", UUID(4, 0), "\"name_label\":\"www\",\"user_version\":5"));
    assert_int_equal(objects_generation(world->objects), since + 1);
    assert_string_equal(world_changes(world, since), "~VM:40");
    assert_string_equal(world_call(world, "VM.get_name_label", "[\"" WEB "\"]"), "success \"www\"");
}

static void
columns_that_are_no_field_make_no_event(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, ROW("VIF", UUID(5, 0), "\"wire_state\":\"wired\",\"rule_packets\":[\"map\",[[\"allow-ipv4\",7]]]"));
    assert_int_equal(objects_generation(world->objects), since);
}

static void
vif_that_comes_moves_or_goes_changes_its_vm_and_network(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, INSERT("VIF", UUID(5, 2), "\"device\":\"1\",\"network\":" TO(UUID(3, 0)) ",\"VM\":" TO(UUID(4, 2))
                                 ",\"MAC\":\"02:00:00:00:00:03\",\"locking_mode\":\"locked\",\"interface\":\"x\""));
    assert_string_equal(world_changes(world, since), "+VIF:52 ~VM:42 ~network:30");
    assert_int_equal(objects_generation(world->objects), since + 3);
    since += 3;
    world_transact(world, ROW("VIF", UUID(5, 2), "\"network\":" TO(UUID(3, 1))));
    assert_string_equal(world_changes(world, since), "~VIF:52 ~network:30 ~network:31");
    assert_string_equal(world_call(world, "network.get_VIFs", "[\"" WAN "\"]"), "success [\"" REF(5, 2) "\"]");
    since += 3;
    world_transact(world, DELETE("VIF", UUID(5, 2)));
    assert_string_equal(world_changes(world, since), "~VM:42 ~network:31 -VIF:52");
    assert_string_equal(world_call(world, "network.get_VIFs", "[\"" WAN "\"]"), "success []");
    assert_string_equal(world_call(world, "VIF.get_uuid", "[\"" REF(5, 2) "\"]"), "failure [\"HANDLE_INVALID\", \"VIF\", \"" REF(5, 2) "\"]");
}

static void
what_has_gone_is_told_to_who_knew_it_only(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, INSERT("VM", UUID(4, 5), "\"name_label\":\"short\""));
    world_transact(world, DELETE("VM", UUID(4, 5)));
    assert_string_equal(world_changes(world, since), "");
    assert_string_equal(world_changes(world, since + 1), "-VM:45");
    assert_null(objects_find_ref(world->objects, XENAPI_CLASS_VM, REF(4, 5)));
}

static void
metrics_of_zeros_come_with_their_object_and_go_with_it(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, INSERT("VM_metrics", UUID(b, 9), "") "," ROW("VM", UUID(4, 2), "\"metrics\":" TO(UUID(b, 9))));
    assert_string_equal(world_changes(world, since), "~VM:42 +VM_metrics:b9");
    assert_string_equal(world_call(world, "VM.get_metrics", "[\"" DB "\"]"), "success \"" REF(b, 9) "\"");
    world_transact(world, ROW("VM", UUID(4, 2), "\"metrics\":[\"set\",[]]"));
    assert_string_equal(world_call(world, "VM.get_metrics", "[\"" DB "\"]"), "success \"OpaqueRef:NULL\"");
    assert_string_equal(world_call(world, "VM_metrics.get_uuid", "[\"" REF(b, 9) "\"]"),
                        "failure [\"HANDLE_INVALID\", \"VM_metrics\", \"" REF(b, 9) "\"]");
}

#define OPERATION(N, VERB, COLUMNS) \
    INSERT("Operation", UUID(d, N), "\"verb\":\"" VERB "\",\"host\":" TO(UUID(2, 0)) "," COLUMNS)

static void
operation_shows_with_its_object_while_it_lasts(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, OPERATION(0, "VM.start", "\"VM\":" TO(UUID(4, 2))));
    assert_string_equal(world_changes(world, since), "~VM:42 ~VIF:51");
    assert_string_equal(world_call(world, "VM.get_current_operations", "[\"" DB "\"]"), "success {\"" REF(d, 0) "\": \"start\"}");
    assert_string_equal(world_call(world, "VM.get_allowed_operations", "[\"" DB "\"]"), "success []");
    since = objects_generation(world->objects);
    world_transact(world, ROW("Operation", UUID(d, 0), "\"stage\":\"built\""));
    assert_int_equal(objects_generation(world->objects), since);
    world_transact(world, DELETE("Operation", UUID(d, 0)));
    assert_string_equal(world_changes(world, since), "~VM:42 ~VIF:51");
    assert_string_equal(world_call(world, "VM.get_current_operations", "[\"" DB "\"]"), "success {}");
}

static void
operation_on_a_vif_is_none_of_its_vm(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, OPERATION(0, "VIF.unplug_force", "\"VM\":" TO(UUID(4, 0)) ",\"VIF\":" TO(UUID(5, 0))));
    assert_string_equal(world_changes(world, since), "~VIF:50");
    assert_string_equal(world_call(world, "VIF.get_current_operations", "[\"" WEB_VIF "\"]"), "success {\"" REF(d, 0) "\": \"unplug\"}");
    assert_string_equal(world_call(world, "VIF.get_allowed_operations", "[\"" WEB_VIF "\"]"), "success []");
    assert_string_equal(world_call(world, "VM.get_current_operations", "[\"" WEB "\"]"), "success {}");
}

static void
power_state_changes_what_is_allowed_to_devices(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, ROW("VM", UUID(4, 0), "\"power_state\":\"Paused\""));
    assert_string_equal(world_changes(world, since), "~VM:40 ~VIF:50 ~VBD:80");
    assert_string_equal(world_call(world, "VIF.get_allowed_operations", "[\"" WEB_VIF "\"]"), "success [\"attach\"]");
}

static void
guest_that_refuses_hotplug_changes_what_is_allowed_to_vifs(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    world_transact(world, ROW("VM_guest_metrics", UUID(b, 3), "\"can_use_hotplug_vif\":\"no\""));
    assert_string_equal(world_changes(world, since), "~VM_guest_metrics:b3 ~VIF:50 ~VBD:80");
    assert_string_equal(world_call(world, "VIF.get_allowed_operations", "[\"" WEB_VIF "\"]"), "success [\"attach\"]");
}

static bool
is_running_web(const struct world *world, const void *wanted)
{
    const struct object *web = objects_find_ref(world->objects, XENAPI_CLASS_VM, WEB);

    return pool_is_connected(world->pool) && (web != NULL) == *(const bool *) wanted;
}

static bool
is_cut_off(const struct world *world, const void *aux)
{
    return !pool_is_connected(world->pool);
}

static void
database_that_comes_back_without_something_is_followed(void **state)
{
    struct world *world = *state;
    const struct object *host = objects_find_ref(world->objects, XENAPI_CLASS_host, HOST);
    int64_t since = objects_generation(world->objects);

    world_shell(world, "ovs-appctl -t $PWD/ctl exit");
    world_turn_until(world, is_cut_off, NULL);
    world_shell(world, "ovsdb-tool transact db '[\"Cabled\"," DELETE("VIF", UUID(5, 0)) "," DELETE("VBD", UUID(8, 0)) ","
                DELETE("VM", UUID(4, 0)) "]' && ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db");
    world_turn_until(world, is_running_web, &(bool) { false });
    assert_non_null(strstr(world_changes(world, since), "-VM:40"));
    assert_non_null(strstr(world_changes(world, since), "-VIF:50"));
    assert_non_null(strstr(world_changes(world, since), "~network:30"));
    assert_null(strchr(world_changes(world, since), '+'));
    assert_ptr_equal(objects_find_ref(world->objects, XENAPI_CLASS_host, HOST), host);
}

static void
database_that_comes_back_empty_has_no_objects(void **state)
{
    struct world *world = *state;

    world_shell(world, "ovs-appctl -t $PWD/ctl exit");
    world_turn_until(world, is_cut_off, NULL);
    world_shell(world, "rm db && ovsdb-tool create db %s "
                "&& ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db", world_schema);
    world_turn_until(world, is_running_web, &(bool) { false });
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        assert_int_equal(objects_count(world->objects, i), 0);
    }
}

static void
held_object_has_defaults_and_each_change_is_told(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);
    struct object *task = objects_hold(world->objects, XENAPI_CLASS_task, &(struct uuid) { .parts = { 0xe0000000, 0, 0, 7 } });
    const char *self = "[\"OpaqueRef:e0000000-0000-0000-0000-000000000007\"]";

    assert_string_equal(world_call(world, "task.get_uuid", self), "success \"e0000000-0000-0000-0000-000000000007\"");
    assert_string_equal(world_call(world, "task.get_status", self), "success \"pending\"");
    assert_string_equal(world_changes(world, since), "+task:e7");
    since = objects_generation(world->objects);
    objects_hold_set(world->objects, task, XENAPI_task_status, xenapi_string("success"));
    objects_hold_set(world->objects, task, XENAPI_task_status, xenapi_string("success"));
    assert_int_equal(objects_generation(world->objects), since + 1);
    assert_string_equal(world_call(world, "task.get_status", self), "success \"success\"");
    assert_string_equal(world_call(world, "task.add_to_other_config", "[\"OpaqueRef:e0000000-0000-0000-0000-000000000007\", \"k\", 5]"),
                        "success void");
    assert_string_equal(world_call(world, "task.get_other_config", self), "success {\"k\": \"5\"}");
    objects_release(world->objects, task);
    assert_string_equal(world_changes(world, since), "-task:e7");
}

static void
session_comes_and_goes_without_an_event(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);
    struct object *session = objects_hold(world->objects, XENAPI_CLASS_session, &(struct uuid) { .parts = { 1 } });

    objects_hold_set(world->objects, session, XENAPI_session_originator, xenapi_string("me"));
    objects_release(world->objects, session);
    assert_int_equal(objects_generation(world->objects), since);
    assert_string_equal(world_changes(world, since), "");
}

static void
touched_object_has_changed(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    objects_touch(world->objects, objects_find_ref(world->objects, XENAPI_CLASS_pool, POOL));
    assert_string_equal(world_changes(world, since), "~pool:10");
}

static void
what_went_longest_ago_is_forgotten(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    for (unsigned int i = 0; i < LIMIT_OBJECTS_GONE + 1; i++) {
        objects_release(world->objects, objects_hold(world->objects, XENAPI_CLASS_task, &(struct uuid) { .parts = { i } }));
    }
    assert_string_equal(world_changes(world, since), "lost");
    assert_string_not_equal(world_changes(world, since + 2), "lost");
    assert_string_not_equal(world_changes(world, 0), "lost");
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_record_has_the_fields_of_its_class_and_no_others),
        TEST(fields_are_read_in_their_type_and_an_empty_column_is_the_default),
        TEST(what_others_refer_to_knows_them),
        TEST(pool_says_what_its_hosts_share),
        TEST(pool_says_which_controller_there_is),
        TEST(beginning_tells_of_every_object_as_added),
        TEST(one_change_is_one_generation_of_the_object_and_none_of_others),
        TEST(columns_that_are_no_field_make_no_event),
        TEST(vif_that_comes_moves_or_goes_changes_its_vm_and_network),
        TEST(what_has_gone_is_told_to_who_knew_it_only),
        TEST(metrics_of_zeros_come_with_their_object_and_go_with_it),
        TEST(operation_shows_with_its_object_while_it_lasts),
        TEST(operation_on_a_vif_is_none_of_its_vm),
        TEST(power_state_changes_what_is_allowed_to_devices),
        TEST(guest_that_refuses_hotplug_changes_what_is_allowed_to_vifs),
        TEST(database_that_comes_back_without_something_is_followed),
        TEST(database_that_comes_back_empty_has_no_objects),
        TEST(held_object_has_defaults_and_each_change_is_told),
        TEST(session_comes_and_goes_without_an_event),
        TEST(touched_object_has_changed),
        TEST(what_went_longest_ago_is_forgotten),
    };

    if (argc != 4) {
        return 2;
    }
    world_schema = argv[1];
    world_rows = argv[2];
    fields_path = argv[3];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
