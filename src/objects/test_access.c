/* SPDX-License-Identifier: Apache-2.0
 *
 * Accessors and constructors on a real pool database. Arguments: the schema, test_pool.json.
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
#include <openvswitch/dynamic-string.h>
#include <ovsdb-idl.h>
#include <util.h>
#include <uuid.h>

#include "base/limits.h"
#include "objects/access.h"
#include "objects/test_world.h"
#include "xenapi/ref.h"
#include "xenapi/test_show.h"

struct row {
    const char *method, *params, *reply;
};

static void
check(struct world *world, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *reply = world_call(world, rows[i].method, rows[i].params);

        if (strcmp(reply, rows[i].reply)) {
            fail_msg("%s%s: %s, not %s", rows[i].method, rows[i].params, reply, rows[i].reply);
        }
    }
}

/* A value of a field in JSON that is not its default. */
static const char *
some_value(const struct xenapi_field *field)
{
    const struct xenapi_atom_type *type = &field->type.key;

    if (field->type.shape == XENAPI_SHAPE_SET) {
        return "[\"a\", \"b\"]";
    } else if (field->type.shape == XENAPI_SHAPE_MAP) {
        return type->atom == XENAPI_ATOM_ENUM ? "{\"start\": \"b\"}" : "{\"a\": \"b\"}";
    }
    switch (type->atom) {
    case XENAPI_ATOM_STRING: return "\"text\"";
    case XENAPI_ATOM_INT: return "1400";
    case XENAPI_ATOM_FLOAT: return "2.5";
    case XENAPI_ATOM_BOOL: return field->initial ? "false" : "true";
    case XENAPI_ATOM_ENUM: return !strcmp(field->name, "type") ? "\"CD\"" : "\"restart\"";
    case XENAPI_ATOM_REF: return type->class == XENAPI_CLASS_SR ? "\"" STORE "\"" : "\"" HOST "\"";
    case XENAPI_ATOM_DATETIME:
    case XENAPI_ATOM_STRINGS: break;
    }
    OVS_NOT_REACHED();
}

/* Some object of a class. */
static void
some_ref(const struct world *world, enum xenapi_class_id class, char ref[XENAPI_REF_SIZE])
{
    const struct object *object = objects_first(world->objects, class);

    if (!object) {
        object = objects_hold(world->objects, class, &(struct uuid) { .parts = { 1 } });
    }
    xenapi_ref_format(object_uuid(object), ref);
}

static void
each_field_that_can_be_set_is_read_as_it_was_set(void **state)
{
    struct world *world = *state;
    size_t n = 0;

    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];
        char ref[XENAPI_REF_SIZE], method[64], params[128], wanted[64];

        if (field->access == XENAPI_ACCESS_RW) {
            some_ref(world, field->class, ref);
            snprintf(method, sizeof method, "%s.set_%s", xenapi_class_name(field->class), field->name);
            snprintf(params, sizeof params, "[\"%s\", %s]", ref, some_value(field));
            assert_string_equal(world_call(world, method, params), "success void");
            snprintf(method, sizeof method, "%s.get_%s", xenapi_class_name(field->class), field->name);
            snprintf(params, sizeof params, "[\"%s\"]", ref);
            snprintf(wanted, sizeof wanted, "success %s", some_value(field));
            assert_string_equal(world_call(world, method, params), wanted);
            n++;
        }
    }
    assert_true(n > 60);
}

static void
map_is_edited_by_key(void **state)
{
    static const struct row rows[] = {
        { "VM.add_to_other_config", "[\"" WEB "\", \"b\", \"1\"]", "success void" },
        { "VM.add_to_other_config", "[\"" WEB "\", \"a\", 5]", "success void" },
        { "VM.get_other_config", "[\"" WEB "\"]", "success {\"a\": \"5\", \"b\": \"1\", \"mac_seed\": \"seed\"}" },
        { "VM.add_to_other_config", "[\"" WEB "\", \"a\", \"6\"]",
          "failure [\"MAP_DUPLICATE_KEY\", \"VM\", \"other_config\", \"" WEB "\", \"a\"]" },
        { "VM.remove_from_other_config", "[\"" WEB "\", \"mac_seed\"]", "success void" },
        { "VM.remove_from_other_config", "[\"" WEB "\", \"mac_seed\"]", "success void" },
        { "VM.get_other_config", "[\"" WEB "\"]", "success {\"a\": \"5\", \"b\": \"1\"}" },
        { "VM.set_other_config", "[\"" WEB "\", {\"c\": true, \"d\": 1.5}]", "success void" },
        { "VM.get_other_config", "[\"" WEB "\"]", "success {\"c\": \"true\", \"d\": \"1.5\"}" },
        { "VM.add_to_blocked_operations", "[\"" WEB "\", \"Clean_Shutdown\", \"no\"]", "success void" },
        { "VM.get_blocked_operations", "[\"" WEB "\"]", "success {\"clean_shutdown\": \"no\"}" },
        { "VM.add_to_blocked_operations", "[\"" WEB "\", \"dance\", \"no\"]", "failure [\"INVALID_VALUE\", \"blocked_operations\", \"dance\"]" },
    };

    check(*state, rows, ARRAY_SIZE(rows));
}

static void
set_is_edited_by_element(void **state)
{
    static const struct row rows[] = {
        { "VM.add_tags", "[\"" WEB "\", \"b\"]", "success void" },
        { "VM.add_tags", "[\"" WEB "\", \"a\"]", "success void" },
        { "VM.add_tags", "[\"" WEB "\", \"b\"]", "success void" },
        { "VM.get_tags", "[\"" WEB "\"]", "success [\"a\", \"b\"]" },
        { "VM.remove_tags", "[\"" WEB "\", \"b\"]", "success void" },
        { "VM.remove_tags", "[\"" WEB "\", \"b\"]", "success void" },
        { "VM.get_tags", "[\"" WEB "\"]", "success [\"a\"]" },
        { "VM.set_tags", "[\"" WEB "\", [\"x\", \"x\", \"y\"]]", "success void" },
        { "VM.get_tags", "[\"" WEB "\"]", "success [\"x\", \"y\"]" },
    };

    check(*state, rows, ARRAY_SIZE(rows));
}

static void
values_come_as_clients_spell_them(void **state)
{
    static const struct row rows[] = {
        { "VM.set_user_version", "[\"" WEB "\", \"17\"]", "success void" },
        { "VM.get_user_version", "[\"" WEB "\"]", "success 17" },
        { "VM.set_actions_after_reboot", "[\"" WEB "\", \"DESTROY\"]", "success void" },
        { "VM.get_actions_after_reboot", "[\"" WEB "\"]", "success \"destroy\"" },
        { "VM.set_affinity", "[\"" WEB "\", \"" HOST "\"]", "success void" },
        { "VM.get_affinity", "[\"" WEB "\"]", "success \"" HOST "\"" },
        { "VM.set_affinity", "[\"" WEB "\", \"\"]", "success void" },
        { "VM.get_affinity", "[\"" WEB "\"]", "success \"OpaqueRef:NULL\"" },
    };

    check(*state, rows, ARRAY_SIZE(rows));
}

static void
what_is_no_value_of_the_field_is_refused(void **state)
{
    static const struct row rows[] = {
        { "VM.set_name_label", "[\"" WEB "\", null]", "failure [\"FIELD_TYPE_ERROR\", \"name_label\"]" },
        { "VM.set_name_label", "[\"" WEB "\", []]", "failure [\"FIELD_TYPE_ERROR\", \"name_label\"]" },
        { "VM.set_user_version", "[\"" WEB "\", \"many\"]", "failure [\"INVALID_VALUE\", \"user_version\", \"many\"]" },
        { "VM.set_user_version", "[\"" WEB "\", true]", "failure [\"FIELD_TYPE_ERROR\", \"user_version\"]" },
        { "VM.set_is_a_template", "[\"" WEB "\", \"true\"]", "failure [\"FIELD_TYPE_ERROR\", \"is_a_template\"]" },
        { "VM.set_actions_after_reboot", "[\"" WEB "\", \"dance\"]", "failure [\"INVALID_VALUE\", \"actions_after_reboot\", \"dance\"]" },
        { "VM.set_tags", "[\"" WEB "\", \"a\"]", "failure [\"FIELD_TYPE_ERROR\", \"tags\"]" },
        { "VM.set_tags", "[\"" WEB "\", [null]]", "failure [\"FIELD_TYPE_ERROR\", \"tags\"]" },
        { "VM.set_other_config", "[\"" WEB "\", null]", "failure [\"FIELD_TYPE_ERROR\", \"other_config\"]" },
        { "VM.set_other_config", "[\"" WEB "\", {\"a\": {}}]", "failure [\"FIELD_TYPE_ERROR\", \"other_config\"]" },
        { "VM.add_to_other_config", "[\"" WEB "\", null, \"a\"]", "failure [\"FIELD_TYPE_ERROR\", \"key\"]" },
        { "VM.add_to_other_config", "[\"" WEB "\", \"a\", null]", "failure [\"FIELD_TYPE_ERROR\", \"other_config\"]" },
        { "VM.remove_from_other_config", "[\"" WEB "\", null]", "failure [\"FIELD_TYPE_ERROR\", \"other_config\"]" },
        { "VM.set_affinity", "[\"" WEB "\", \"" WEB "\"]", "failure [\"HANDLE_INVALID\", \"host\", \"" WEB "\"]" },
        { "VM.set_affinity", "[\"" WEB "\", \"host\"]", "failure [\"HANDLE_INVALID\", \"host\", \"host\"]" },
        { "network.set_MTU", "[\"" LAN "\", 67]", "failure [\"INVALID_VALUE\", \"MTU\", \"67\"]" },
        { "network.set_MTU", "[\"" LAN "\", 1500]", "success void" },
    };

    check(*state, rows, ARRAY_SIZE(rows));
}

static void
wrong_objects_are_told_by_class(void **state)
{
    static const struct row rows[] = {
        { "VM.get_record", "[\"" LAN "\"]", "failure [\"HANDLE_INVALID\", \"VM\", \"" LAN "\"]" },
        { "VM.get_record", "[\"OpaqueRef:NULL\"]", "failure [\"HANDLE_INVALID\", \"VM\", \"OpaqueRef:NULL\"]" },
        { "VM.get_record", "[\"\"]", "failure [\"HANDLE_INVALID\", \"VM\", \"\"]" },
        { "VM.get_name_label", "[null]", "failure [\"FIELD_TYPE_ERROR\", \"self\"]" },
        { "VM.set_name_label", "[\"web\", \"x\"]", "failure [\"HANDLE_INVALID\", \"VM\", \"web\"]" },
        { "VM.set_name_label", "[{}, \"x\"]", "failure [\"FIELD_TYPE_ERROR\", \"self\"]" },
        { "network.get_by_uuid", "[\"" UUID(3, 1) "\"]", "success \"" WAN "\"" },
        { "network.get_by_uuid", "[\"" UUID(4, 0) "\"]", "failure [\"UUID_INVALID\", \"network\", \"" UUID(4, 0) "\"]" },
        { "network.get_by_uuid", "[\"" WAN "\"]", "failure [\"UUID_INVALID\", \"network\", \"" WAN "\"]" },
        { "network.get_by_uuid", "[null]", "failure [\"FIELD_TYPE_ERROR\", \"uuid\"]" },
        { "network.get_by_name_label", "[\"wan\"]", "success [\"" WAN "\"]" },
        { "network.get_by_name_label", "[\"man\"]", "success []" },
        { "network.get_by_name_label", "[5]", "failure [\"FIELD_TYPE_ERROR\", \"label\"]" },
        { "pool.get_all", "[]", "success [\"" POOL "\"]" },
        { "SDN_controller.get_all_records", "[]", "success {\"" CONTROLLER "\": {\"address\": \"\", \"port\": 0, \"protocol\": \"pssl\","
          " \"uuid\": \"" UUID(c, 0) "\"}}" },
    };

    check(*state, rows, ARRAY_SIZE(rows));
}

/* 'n' times the letter x. */
static char *
long_text(size_t n)
{
    char *text = xmalloc(n + 1);

    memset(text, 'x', n);
    text[n] = '\0';
    return text;
}

/* Calls 'method' with a text at its limit and one beyond it, between 'head' and 'tail'. */
static void
assert_limit(struct world *world, const char *method, const char *head, const char *tail, size_t limit)
{
    char *wanted = xasprintf("\"%"PRIuSIZE" bytes: %"PRIuSIZE" is the limit\"]", limit + 1, limit);
    char *text = long_text(limit + 1), *params = xasprintf("%s%s%s", head, text, tail);
    const char *reply = world_call(world, method, params);

    assert_true(!strncmp(reply, "failure [\"VALUE_NOT_SUPPORTED\", ", 32));
    assert_string_equal(reply + strlen(reply) - strlen(wanted), wanted);
    free(params);
    text[limit] = '\0';
    params = xasprintf("%s%s%s", head, text, tail);
    assert_string_equal(world_call(world, method, params), "success void");
    free(params);
    free(text);
    free(wanted);
}

static void
texts_have_limits_also_where_the_schema_has_none(void **state)
{
    assert_limit(*state, "VM.set_name_label", "[\"" WEB "\", \"", "\"]", LIMIT_NAME_BYTES);
    assert_limit(*state, "VM.set_name_description", "[\"" WEB "\", \"", "\"]", LIMIT_DESCRIPTION_BYTES);
    assert_limit(*state, "VIF.set_qos_algorithm_type", "[\"" WEB_VIF "\", \"", "\"]", LIMIT_TEXT_BYTES);
    assert_limit(*state, "VIF.set_other_config", "[\"" WEB_VIF "\", {\"", "\": \"\"}]", LIMIT_KEY_BYTES);
    assert_limit(*state, "VIF.add_to_other_config", "[\"" WEB_VIF "\", \"a\", \"", "\"]", LIMIT_TEXT_BYTES);
}

static void
map_is_full_at_its_limit(void **state)
{
    struct world *world = *state;
    struct ds params = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&params, "[\"" WEB_VIF "\", {");
    for (int i = 0; i < LIMIT_ELEMENTS; i++) {
        ds_put_format(&params, "%s\"%d\": \"\"", i ? ", " : "", i);
    }
    ds_put_cstr(&params, "}]");
    assert_string_equal(world_call(world, "VIF.set_other_config", ds_cstr(&params)), "success void");
    assert_string_equal(world_call(world, "VIF.add_to_other_config", "[\"" WEB_VIF "\", \"one\", \"more\"]"),
                        "failure [\"VALUE_NOT_SUPPORTED\", \"other_config\", \"''\", \"1025 elements: 1024 is the limit\"]");
    ds_destroy(&params);
}

/* The refs of a class that 'filter' lets pass, of which the last digits are shown in order. */
static void
assert_passes(struct world *world, const char *class, const char *filter, const char *digits)
{
    struct ds params = DS_EMPTY_INITIALIZER;
    char *method = xasprintf("%s.get_all_records_where", class);
    char found[8] = "";

    ds_put_cstr(&params, "[\"");
    for (; *filter; filter++) {
        ds_put_format(&params, *filter == '"' ? "\\%c" : "%c", *filter);
    }
    ds_put_cstr(&params, "\"]");
    struct xenapi_value records = world_value(world, method, ds_cstr(&params));
    for (size_t i = 0; i < records.map.n; i++) {
        found[i] = records.map.members[i].key[XENAPI_REF_SIZE - 2];
    }
    assert_string_equal(found, digits);
    xenapi_value_destroy(&records);
    ds_destroy(&params);
    free(method);
}

static void
filters_choose_records(void **state)
{
    static const char *const table[][3] = {
        { "VM", "field \"is_control_domain\"=\"true\"", "1" },
        { "VM", "field \"is_control_domain\"=\"false\" and field \"is_a_template\"=\"false\" and field \"resident_on\"=\"" HOST "\"", "0" },
        { "VM", "field \"name__label\" = \"db\" or field \"uuid\" = \"" UUID(4, 1) "\"", "12" },
        { "VM", "field \"domid\"=\"0\" and field \"resident_on\"=\"" HOST "\"", "1" },
        { "VM", "field \"power_state\"=\"Halted\"", "2" },
        { "VM", "not field \"power_state\"=\"Halted\"", "01" },
        { "VM", "field \"other_config\"=\"(('mac_seed' 'seed'))\"", "0" },
        { "VM", "field \"VIFs\"=\"('" WEB_VIF "')\"", "0" },
        { "VM", "true", "012" },
        { "network", "field \"name__label\" = \"lan\" or field \"bridge\" = \"xenbr1\"", "01" },
        { "network", "field \"bridge\"=\"xenbr1\"", "1" },
        { "PIF", "field \"management\"=\"true\"", "0" },
        { "PIF", "field \"management\" = \"true\" and field \"host\" = \"" HOST "\"", "0" },
        { "PIF", "field \"IP\"=\"192.0.2.1\"", "0" },
        { "PIF", "field \"IP\"=\"192.0.2.2\"", "" },
        { "VIF", "field \"network\" = \"" LAN "\"", "01" },
        { "VIF", "field \"currently_attached\" = \"true\"", "0" },
    };
    static const struct row rows[] = {
        { "VM.get_all_records_where", "[\"field \\\"name_label\\\"=\\\"a\\\"\"]",
          "failure [\"INTERNAL_ERROR\", \"filter: there is no field 'name_label'\"]" },
        { "VM.get_all_records_where", "[null]", "failure [\"FIELD_TYPE_ERROR\", \"expr\"]" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        assert_passes(*state, table[i][0], table[i][1], table[i][2]);
    }
    check(*state, rows, ARRAY_SIZE(rows));
    assert_non_null(strstr(world_call(*state, "VM.get_all_records_where", "[\"field\"]"), "failure [\"INVALID_VALUE\", \"field\", "));
}

static void
record_makes_an_object_and_what_it_lacks_is_the_default(void **state)
{
    struct world *world = *state;
    static const struct row rows[] = {
        { "VM.get_name_label", "[\"" REF(4, 7) "\"]", "success \"new\"" },
        { "VM.get_affinity", "[\"" REF(4, 7) "\"]", "success \"OpaqueRef:NULL\"" },
        { "VM.get_VCPUs_max", "[\"" REF(4, 7) "\"]", "success 2" },
        { "VM.get_actions_after_crash", "[\"" REF(4, 7) "\"]", "success \"destroy\"" },
        { "VM.get_actions_after_reboot", "[\"" REF(4, 7) "\"]", "success \"restart\"" },
        { "VM.get_power_state", "[\"" REF(4, 7) "\"]", "success \"Halted\"" },
        { "VM.get_domid", "[\"" REF(4, 7) "\"]", "success -1" },
        { "VM.get_platform", "[\"" REF(4, 7) "\"]", "success {\"acpi\": \"1\"}" },
        { "VM.get_tags", "[\"" REF(4, 7) "\"]", "success []" },
    };

    assert_string_equal(world_create(world, XENAPI_CLASS_VM, UUID(4, 7), "{\"name_label\": \"new\", \"affinity\": \"\", \"VCPUs_max\": \"2\","
                                     " \"actions_after_crash\": \"Destroy\", \"domid\": \"5\", \"power_state\": \"Running\","
                                     " \"unheard_of\": {}, \"platform\": {\"acpi\": 1}, \"tags\": null}"), "");
    check(world, rows, ARRAY_SIZE(rows));
    assert_string_equal(world_create(world, XENAPI_CLASS_VM, UUID(4, 8), "{}"), "");
    assert_string_equal(world_call(world, "VM.get_name_label", "[\"" REF(4, 8) "\"]"), "success \"\"");
    assert_string_equal(world_create(world, XENAPI_CLASS_network, UUID(3, 7), "{\"bridge\": \"xapi7\"}"), "");
    assert_string_equal(world_call(world, "network.get_MTU", "[\"" REF(3, 7) "\"]"), "success 1500");
    assert_string_equal(world_call(world, "network.get_managed", "[\"" REF(3, 7) "\"]"), "success true");
}

static void
record_with_a_wrong_value_makes_nothing(void **state)
{
    struct world *world = *state;
    int64_t since = objects_generation(world->objects);

    assert_string_equal(world_create(world, XENAPI_CLASS_VBD, UUID(8, 7), "{\"VM\": \"" WEB "\", \"mode\": \"XX\"}"),
                        "failure [\"INVALID_VALUE\", \"mode\", \"XX\"]");
    assert_string_equal(world_create(world, XENAPI_CLASS_VBD, UUID(8, 7), "{\"VM\": \"" HOST "\"}"),
                        "failure [\"HANDLE_INVALID\", \"VM\", \"" HOST "\"]");
    assert_string_equal(world_create(world, XENAPI_CLASS_VBD, UUID(8, 7), "{}"), "failure [\"HANDLE_INVALID\", \"VM\", \"OpaqueRef:NULL\"]");
    assert_string_equal(world_create(world, XENAPI_CLASS_VBD, UUID(8, 7), "[]"), "failure [\"FIELD_TYPE_ERROR\", \"args\"]");
    assert_int_equal(objects_generation(world->objects), since);
}

static void
object_that_is_there_already_is_not_made_again(void **state)
{
    assert_string_equal(world_create(*state, XENAPI_CLASS_VM, UUID(4, 0), "{\"name_label\": \"other\"}"), "");
    assert_string_equal(world_call(*state, "VM.get_name_label", "[\"" WEB "\"]"), "success \"web\"");
}

static void
add_a_key_first(struct world *world)
{
    world_transact_unseen(world, "{\"op\":\"mutate\",\"table\":\"VM\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"" UUID(4, 0) "\"]]],"
                          "\"mutations\":[[\"other_config\",\"insert\",[\"map\",[[\"theirs\",\"1\"]]]]]}");
}

static void
change_is_made_again_when_somebody_else_was_first(void **state)
{
    struct world *world = *state;

    world->before_commit = add_a_key_first;
    assert_string_equal(world_call(world, "VM.add_to_other_config", "[\"" WEB "\", \"ours\", \"2\"]"), "success void");
    assert_int_equal(world->n_attempts, 2);
    assert_string_equal(world_call(world, "VM.get_other_config", "[\"" WEB "\"]"),
                        "success {\"mac_seed\": \"seed\", \"ours\": \"2\", \"theirs\": \"1\"}");
}

static void
change_that_a_race_has_made_wrong_is_refused_in_its_own_words(void **state)
{
    struct world *world = *state;

    world->before_commit = add_a_key_first;
    assert_string_equal(world_call(world, "VM.add_to_other_config", "[\"" WEB "\", \"theirs\", \"2\"]"),
                        "failure [\"MAP_DUPLICATE_KEY\", \"VM\", \"other_config\", \"" WEB "\", \"theirs\"]");
    assert_int_equal(world->n_attempts, 2);
}

static void
delete_the_vm_first(struct world *world)
{
    world_transact_unseen(world, "{\"op\":\"delete\",\"table\":\"VIF\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"" UUID(5, 1) "\"]]]},"
                          "{\"op\":\"delete\",\"table\":\"VM\",\"where\":[[\"_uuid\",\"==\",[\"uuid\",\"" UUID(4, 2) "\"]]]}");
}

static void
object_that_goes_while_it_is_changed_has_no_handle(void **state)
{
    struct world *world = *state;

    world->before_commit = delete_the_vm_first;
    assert_string_equal(world_call(world, "VM.add_tags", "[\"" DB "\", \"x\"]"), "failure [\"HANDLE_INVALID\", \"VM\", \"" DB "\"]");
    assert_int_equal(world->n_attempts, 2);
}

static void
object_that_is_referred_to_and_goes_meanwhile_has_no_handle(void **state)
{
    struct world *world = *state;

    world->before_commit = delete_the_vm_first;
    assert_string_equal(world_create(world, XENAPI_CLASS_VBD, UUID(8, 7), "{\"VM\": \"" DB "\"}"),
                        "failure [\"HANDLE_INVALID\", \"VM\", \"" DB "\"]");
    assert_int_equal(world->n_attempts, 2);
}

static void
object_that_the_same_transaction_deletes_has_no_handle(void **state)
{
    struct world *world = *state;
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(pool_idl(world->pool));
    const struct object *vif = objects_find_ref(world->objects, XENAPI_CLASS_VIF, DB_VIF);
    struct xenapi_value ref = xenapi_string(DB);
    struct xenapi_reply failure;
    char *shown;

    /* A VIF refers to its VM still, as far as the replica knows. */
    ovsdb_idl_txn_delete(object_row(objects_find_ref(world->objects, XENAPI_CLASS_VM, DB)));
    assert_false(access_put(world->objects, object_row(vif), &xenapi_fields[XENAPI_VIF_VM], &ref, &failure));
    shown = show_reply(&failure);
    assert_string_equal(shown, "failure [\"HANDLE_INVALID\", \"VM\", \"" DB "\"]");
    free(shown);
    xenapi_reply_destroy(&failure);
    xenapi_value_destroy(&ref);
    ovsdb_idl_txn_destroy(txn);
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_field_that_can_be_set_is_read_as_it_was_set),
        TEST(map_is_edited_by_key),
        TEST(set_is_edited_by_element),
        TEST(values_come_as_clients_spell_them),
        TEST(what_is_no_value_of_the_field_is_refused),
        TEST(wrong_objects_are_told_by_class),
        TEST(texts_have_limits_also_where_the_schema_has_none),
        TEST(map_is_full_at_its_limit),
        TEST(filters_choose_records),
        TEST(record_makes_an_object_and_what_it_lacks_is_the_default),
        TEST(record_with_a_wrong_value_makes_nothing),
        TEST(object_that_is_there_already_is_not_made_again),
        TEST(change_is_made_again_when_somebody_else_was_first),
        TEST(change_that_a_race_has_made_wrong_is_refused_in_its_own_words),
        TEST(object_that_goes_while_it_is_changed_has_no_handle),
        TEST(object_that_is_referred_to_and_goes_meanwhile_has_no_handle),
        TEST(object_that_the_same_transaction_deletes_has_no_handle),
    };

    if (argc != 3) {
        return 2;
    }
    world_schema = argv[1];
    world_rows = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
