/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields as columns, without a database.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <ovsdb-data.h>
#include <ovsdb-error.h>
#include <ovsdb-types.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/column.h"
#include "objects/typed.h"
#include "xenapi/json_reader.h"
#include "xenapi/test_show.h"

#define THERE "10000000-0000-4000-8000-000000000000"
#define GONE "20000000-0000-4000-8000-000000000000"
#define THERE_REF "OpaqueRef:" THERE
#define GONE_REF "OpaqueRef:" GONE

#define ONE(TYPE) "{\"key\":" TYPE "}"
#define OPTIONAL(TYPE) "{\"key\":" TYPE ",\"min\":0,\"max\":1}"
#define SET(TYPE) "{\"key\":" TYPE ",\"min\":0,\"max\":\"unlimited\"}"
#define MAP(TYPE) "{\"key\":" TYPE ",\"value\":\"string\",\"min\":0,\"max\":\"unlimited\"}"
#define REF_TYPE "{\"type\":\"uuid\",\"refTable\":\"T\",\"refType\":\"weak\"}"

static bool
is_there(enum xenapi_class_id class, const struct uuid *uuid, const void *aux)
{
    struct uuid there;

    return uuid_from_string(&there, THERE) && uuid_equals(uuid, &there);
}

static const struct column_world world = { is_there, NULL };

static void
type_from(const char *text, struct ovsdb_type *type)
{
    struct json *json = json_from_string(text);
    struct ovsdb_error *error = ovsdb_type_from_json(type, json);

    assert_null(error);
    json_destroy(json);
}

static void
column_says_the_field(void **state)
{
    static const struct {
        enum xenapi_field_id field;
        const char *type, *datum, *shown;
    } table[] = {
        { XENAPI_VM_name_label, ONE("\"string\""), "web", "\"web\"" },
        { XENAPI_VM_domid, OPTIONAL("\"integer\""), "[]", "-1" },
        { XENAPI_VM_domid, OPTIONAL("\"integer\""), "0", "0" },
        { XENAPI_VM_power_state, OPTIONAL("\"string\""), "[]", "\"Halted\"" },
        { XENAPI_VM_HVM_shadow_multiplier, OPTIONAL("\"real\""), "[]", "1.0" },
        { XENAPI_VM_HVM_shadow_multiplier, OPTIONAL("\"real\""), "3", "3.0" },
        { XENAPI_host_enabled, OPTIONAL("\"boolean\""), "[]", "true" },
        { XENAPI_host_enabled, OPTIONAL("\"boolean\""), "false", "false" },
        { XENAPI_VM_metrics_start_time, ONE("\"integer\""), "0", "datetime(19700101T00:00:00Z)" },
        { XENAPI_VM_metrics_start_time, ONE("\"integer\""), "9223372036854775807", "datetime(99991231T23:59:59Z)" },
        { XENAPI_VM_metrics_start_time, ONE("\"integer\""), "-9223372036854775808", "datetime(00000101T00:00:00Z)" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), "[]", "\"OpaqueRef:NULL\"" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), THERE, "\"" THERE_REF "\"" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), GONE, "\"OpaqueRef:NULL\"" },
        { XENAPI_VM_tags, SET("\"string\""), "[b, a]", "[\"a\", \"b\"]" },
        { XENAPI_VIF_trunks, SET("\"integer\""), "[10, 9]", "[9, 10]" },
        { XENAPI_VM_other_config, MAP("\"string\""), "{b=1, a=\"2 3\"}", "{\"a\": \"2 3\", \"b\": \"1\"}" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct ovsdb_type type;
        struct ovsdb_datum datum;

        type_from(table[i].type, &type);
        assert_null(ovsdb_datum_from_string(&datum, &type, table[i].datum, NULL));
        struct xenapi_value value = column_read(&xenapi_fields[table[i].field], &datum, &world);
        char *shown = show_value(&value);

        assert_string_equal(shown, table[i].shown);
        free(shown);
        xenapi_value_destroy(&value);
        ovsdb_datum_destroy(&datum, &type);
        ovsdb_type_destroy(&type);
    }
}

/* What column_write() makes of what a client sent: the column, or the failure. */
static char *
write_shown(const struct xenapi_field *field, const struct ovsdb_type *type, const char *said)
{
    struct xenapi_value value, typed;
    struct xenapi_reply failure;
    struct ovsdb_datum datum;
    struct ds s = DS_EMPTY_INITIALIZER;
    bool is_good;

    assert_null(xenapi_json_read(said, strlen(said), 8, &value));
    is_good = typed_value(field->name, &field->type, &value, &typed, &failure);
    xenapi_value_destroy(&value);
    if (is_good) {
        is_good = column_write(field, type, &typed, &world, &datum, &failure);
        xenapi_value_destroy(&typed);
    }
    if (is_good) {
        ovsdb_datum_to_string(&datum, type, &s);
        ovsdb_datum_destroy(&datum, type);
        return ds_steal_cstr(&s);
    }
    char *shown = show_reply(&failure);
    xenapi_reply_destroy(&failure);
    return shown;
}

static void
field_makes_the_column_or_a_failure(void **state)
{
    static const struct {
        enum xenapi_field_id field;
        const char *type, *said, *shown;
    } table[] = {
        { XENAPI_VM_name_label, ONE("\"string\""), "\"a b\"", "\"a b\"" },
        { XENAPI_VM_name_label, ONE("\"string\""), "5", "\"5\"" },
        { XENAPI_VM_domid, OPTIONAL("\"integer\""), "\"-1\"", "-1" },
        { XENAPI_VM_domid, OPTIONAL("\"integer\""), "1.5", "failure [\"FIELD_TYPE_ERROR\", \"domid\"]" },
        { XENAPI_VM_domid, OPTIONAL("\"integer\""), "\"9223372036854775808\"",
          "failure [\"INVALID_VALUE\", \"domid\", \"9223372036854775808\"]" },
        { XENAPI_network_MTU, ONE("{\"type\":\"integer\",\"minInteger\":68}"), "67", "failure [\"INVALID_VALUE\", \"MTU\", \"67\"]" },
        { XENAPI_VM_power_state, OPTIONAL("\"string\""), "\"RUNNING\"", "Running" },
        { XENAPI_VM_HVM_shadow_multiplier, OPTIONAL("\"real\""), "2", "2" },
        { XENAPI_VM_HVM_shadow_multiplier, OPTIONAL("\"real\""), "\"2,5\"",
          "failure [\"INVALID_VALUE\", \"HVM_shadow_multiplier\", \"2,5\"]" },
        { XENAPI_VM_metrics_start_time, ONE("\"integer\""), "\"20260821T16:34:00Z\"", "1787330040" },
        { XENAPI_VM_metrics_start_time, ONE("\"integer\""), "\"noon\"", "failure [\"INVALID_VALUE\", \"start_time\", \"noon\"]" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), "\"\"", "[]" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), "\"OpaqueRef:NULL\"", "[]" },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), "\"" THERE_REF "\"", THERE },
        { XENAPI_VM_affinity, OPTIONAL(REF_TYPE), "\"" GONE_REF "\"", "failure [\"HANDLE_INVALID\", \"host\", \"" GONE_REF "\"]" },
        { XENAPI_VBD_VM, ONE(REF_TYPE), "\"\"", "failure [\"HANDLE_INVALID\", \"VM\", \"OpaqueRef:NULL\"]" },
        { XENAPI_VM_appliance, OPTIONAL(REF_TYPE), "\"" THERE_REF "\"",
          "failure [\"HANDLE_INVALID\", \"VM_appliance\", \"" THERE_REF "\"]" },
        { XENAPI_VM_tags, SET("\"string\""), "[\"b\", \"a\", \"b\"]", "[a, b]" },
        { XENAPI_VIF_trunks, SET("\"integer\""), "[10, \"9\"]", "[9, 10]" },
        { XENAPI_VIF_trunks, "{\"key\":\"integer\",\"min\":0,\"max\":1}", "[10, 9]",
          "failure [\"VALUE_NOT_SUPPORTED\", \"trunks\", \"''\", \"2 elements: 1 is the limit\"]" },
        { XENAPI_VM_blocked_operations, MAP("\"string\""), "{\"START\": true}", "{start=\"true\"}" },
        { XENAPI_VM_blocked_operations, MAP("\"string\""), "{\"start\": null}", "failure [\"FIELD_TYPE_ERROR\", \"blocked_operations\"]" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct ovsdb_type type;

        type_from(table[i].type, &type);
        char *shown = write_shown(&xenapi_fields[table[i].field], &type, table[i].said);

        assert_string_equal(shown, table[i].shown);
        free(shown);
        ovsdb_type_destroy(&type);
    }
}

static void
typed_set_holds_nothing_twice(void **state)
{
    static const char said[] = "[\"a\", 5, \"5\", \"a\"]";
    const struct xenapi_field *field = &xenapi_fields[XENAPI_VM_tags];
    struct xenapi_value value, typed;
    struct xenapi_reply failure;
    char *shown;

    assert_null(xenapi_json_read(said, strlen(said), 8, &value));
    assert_true(typed_value(field->name, &field->type, &value, &typed, &failure));
    shown = show_value(&typed);
    assert_string_equal(shown, "[\"a\", \"5\"]");
    free(shown);
    xenapi_value_destroy(&typed);
    xenapi_value_destroy(&value);
}

/* What is never kept in a column has defaults of other forms. */
static void
default_has_the_form_of_the_field(void **state)
{
    static const struct {
        enum xenapi_field_id field;
        const char *shown;
    } table[] = {
        { XENAPI_host_virtual_hardware_platform_versions, "[0]" },
        { XENAPI_host_API_version_major, "2" },
        { XENAPI_pool_coordinator_bias, "true" },
        { XENAPI_pool_blobs, "{}" },
        { XENAPI_VM_snapshot_time, "datetime(19700101T00:00:00Z)" },
        { XENAPI_VM_parent, "\"OpaqueRef:NULL\"" },
        { XENAPI_task_backtrace, "\"()\"" },
        { XENAPI_task_progress, "0.0" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct xenapi_value value = typed_default(&xenapi_fields[table[i].field]);
        char *shown = show_value(&value);

        assert_string_equal(shown, table[i].shown);
        free(shown);
        xenapi_value_destroy(&value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(column_says_the_field),
        cmocka_unit_test(field_makes_the_column_or_a_failure),
        cmocka_unit_test(typed_set_holds_nothing_twice),
        cmocka_unit_test(default_has_the_form_of_the_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
