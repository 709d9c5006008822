/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of classes against the pool database's schema: usage test_xenapi_schema CABLED.OVSSCHEMA.
 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/json.h>
#include <openvswitch/shash.h>
#include <ovsdb-data.h>
#include <ovsdb-error.h>
#include <ovsdb-types.h>
#include <util.h>

#include "base/limits.h"
#include "xenapi/classes.h"

/* References to what cannot go while they are there. Others are weak: the other object may go, and the field is NULL then. */
static const struct {
    enum xenapi_field_id field;
    bool may_be_null;
} strong[] = {
    { XENAPI_pool_master, false },
    { XENAPI_VIF_network, false },
    { XENAPI_VIF_VM, true },            /* `cable` makes VIFs without one */
    { XENAPI_VBD_VM, false },
    { XENAPI_VDI_SR, false },
    { XENAPI_PBD_host, false },
    { XENAPI_PBD_SR, false },
    { XENAPI_PIF_host, false },
    { XENAPI_PIF_network, false },
    /* Metrics go with the object that they are of: nothing else refers to them. */
    { XENAPI_host_metrics, true },
    { XENAPI_VM_metrics, true },
    { XENAPI_VM_guest_metrics, true },
    { XENAPI_VIF_metrics, true },
    { XENAPI_PIF_metrics, true },
};

/* Columns that version 1.0.0 had: always written, so that they are never empty though their default is not zero... */
static const enum xenapi_field_id never_empty[] = {
    XENAPI_network_MTU, XENAPI_network_managed, XENAPI_network_default_locking_mode, XENAPI_VIF_locking_mode,
};

/* ...and without limits. */
static const enum xenapi_field_id without_limits[] = {
    XENAPI_host_name_description, XENAPI_host_address, XENAPI_host_other_config, XENAPI_network_name_description,
    XENAPI_network_other_config, XENAPI_VM_name_description, XENAPI_VM_other_config, XENAPI_VIF_other_config,
    XENAPI_VIF_qos_algorithm_type, XENAPI_VIF_qos_algorithm_params,
};

/* Columns that are no field: what `cabled` and `cable` tell each other. */
static const char *const others[] = {
    "Network.vlan", "Network.uplink", "VIF.host", "VIF.interface", "VIF.ofport", "VIF.wired_since", "VIF.wire_state",
    "VIF.wire_error", "VIF.wire_policy", "VIF.wire_times", "VM.start_times", "VIF.rule_packets", "VIF.rule_bytes", "VIF.rule_packets_base", "VIF.rule_bytes_base",
};

static const char *path;
static struct json *schema;

static int
load(void **state)
{
    schema = json_from_file(path);
    assert_int_equal(schema->type, JSON_OBJECT);
    return 0;
}

static int
unload(void **state)
{
    json_destroy(schema);
    return 0;
}

static const struct json *
member(const struct json *object, const char *name)
{
    return object ? shash_find_data(json_object(object), name) : NULL;
}

static const struct json *
column_of(const char *table, const char *column)
{
    return member(member(member(member(schema, "tables"), table), "columns"), column);
}

static bool
stands_in(const enum xenapi_field_id *list, size_t n, enum xenapi_field_id id)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == id) {
            return true;
        }
    }
    return false;
}

/* The place in strong[] of 'field', ARRAY_SIZE(strong) if it stands not there. */
static size_t
strong_index(const struct xenapi_field *field)
{
    size_t i = 0;

    while (i < ARRAY_SIZE(strong) && strong[i].field != field->id) {
        i++;
    }
    return i;
}

static bool
may_be_empty(const struct xenapi_field *field)
{
    if (field->type.shape != XENAPI_SHAPE_SCALAR) {
        return true;
    } else if (field->type.key.atom == XENAPI_ATOM_REF) {
        return strong_index(field) == ARRAY_SIZE(strong) || strong[strong_index(field)].may_be_null;
    }
    return field->initial && !stands_in(never_empty, ARRAY_SIZE(never_empty), field->id);
}

static enum ovsdb_atomic_type
atomic_type(enum xenapi_atom atom)
{
    switch (atom) {
    case XENAPI_ATOM_STRING:
    case XENAPI_ATOM_ENUM: return OVSDB_TYPE_STRING;
    case XENAPI_ATOM_INT:
    case XENAPI_ATOM_DATETIME: return OVSDB_TYPE_INTEGER;
    case XENAPI_ATOM_FLOAT: return OVSDB_TYPE_REAL;
    case XENAPI_ATOM_BOOL: return OVSDB_TYPE_BOOLEAN;
    case XENAPI_ATOM_REF: return OVSDB_TYPE_UUID;
    case XENAPI_ATOM_STRINGS: return OVSDB_TYPE_VOID;
    }
    OVS_NOT_REACHED();
}

static bool
has_the_words(const struct ovsdb_base_type *base, const struct xenapi_enum *words)
{
    if (!base->enum_ || base->enum_->n != words->n) {
        return false;
    }
    for (size_t i = 0; i < words->n; i++) {
        const char *word = base->enum_->keys[i].s->string;
        const char *spelled = xenapi_enum_value(words, word);

        if (!spelled || strcmp(spelled, word)) {
            return false;
        }
    }
    return true;
}

static bool
refers_rightly(const struct xenapi_field *field, const struct ovsdb_base_type *base)
{
    bool is_strong = strong_index(field) < ARRAY_SIZE(strong);

    return ovsdb_base_type_is_ref(base)
           && !strcmp(base->uuid.refTableName, xenapi_classes[field->type.key.class].table)
           && base->uuid.refType == (is_strong ? OVSDB_REF_STRONG : OVSDB_REF_WEAK);
}

/* What is wrong with the column's key or value, NULL if nothing. */
static const char *
fault_of_atom(const struct xenapi_field *field, const struct xenapi_atom_type *atom, const struct ovsdb_base_type *base)
{
    if (base->type != atomic_type(atom->atom)) {
        return "is of another type";
    } else if (atom->atom == XENAPI_ATOM_ENUM) {
        return has_the_words(base, &xenapi_enums[atom->values]) ? NULL : "has other words";
    } else if (base->enum_) {
        return "is no enumeration";
    } else if (atom->atom == XENAPI_ATOM_REF) {
        return refers_rightly(field, base) ? NULL : "refers to something else, or otherwise";
    }
    return NULL;
}

static const char *
fault_of_limits(const struct xenapi_field *field, const struct ovsdb_type *type)
{
    bool is_map = field->type.shape == XENAPI_SHAPE_MAP;

    if (stands_in(without_limits, ARRAY_SIZE(without_limits), field->id)) {
        return NULL;
    } else if (field->type.key.atom == XENAPI_ATOM_STRING && type->key.string.maxLen > (is_map ? LIMIT_KEY_BYTES : LIMIT_TEXT_BYTES)) {
        return "has no limit of length";
    } else if (is_map && field->type.value.atom == XENAPI_ATOM_STRING && type->value.string.maxLen > LIMIT_TEXT_BYTES) {
        return "has no limit of its values' length";
    } else if (field->type.shape != XENAPI_SHAPE_SCALAR && type->n_max > LIMIT_ELEMENTS) {
        return "has no limit of size";
    }
    return NULL;
}

static const char *
fault_of_column(const struct xenapi_field *field, const struct ovsdb_type *type)
{
    const char *fault = fault_of_atom(field, &field->type.key, &type->key);

    if (fault) {
        return fault;
    } else if (field->type.shape == XENAPI_SHAPE_MAP) {
        fault = fault_of_atom(field, &field->type.value, &type->value);
    } else if (type->value.type != OVSDB_TYPE_VOID) {
        fault = "is no map";
    }
    if (fault) {
        return fault;
    } else if (type->n_min != (may_be_empty(field) ? 0 : 1)) {
        return may_be_empty(field) ? "must be there" : "can be empty";
    } else if ((type->n_max == 1) != (field->type.shape == XENAPI_SHAPE_SCALAR)) {
        return "holds another number of elements";
    }
    return fault_of_limits(field, type);
}

static const char *
fault_of(const struct xenapi_field *field)
{
    const struct json *column = column_of(xenapi_classes[field->class].table, field->name);
    struct ovsdb_error *error;
    struct ovsdb_type type;
    const char *fault;

    if (!column) {
        return "is not there";
    }
    error = ovsdb_type_from_json(&type, member(column, "type"));
    assert_null(error);
    fault = fault_of_column(field, &type);
    ovsdb_type_destroy(&type);
    return fault;
}

static void
each_kept_field_has_its_column(void **state)
{
    unsigned int n_wrong = 0;

    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];
        const char *fault = field->storage == XENAPI_STORAGE_COLUMN ? fault_of(field) : NULL;

        if (fault) {
            print_error("the column of %s.%s %s\n", xenapi_class_name(field->class), field->name, fault);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

static bool
is_other(const char *table, const char *column)
{
    char *name = xasprintf("%s.%s", table, column);
    bool found = false;

    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        found |= !strcmp(others[i], name);
    }
    free(name);
    return found;
}

static void
each_column_is_of_a_field_or_ours(void **state)
{
    const struct shash_node *table, *column;

    SHASH_FOR_EACH (table, json_object(member(schema, "tables"))) {
        const struct xenapi_class *class = xenapi_class_find(table->name);

        /* Operations are no objects: they show as VM.current_operations, and as tasks of the server that has begun them. */
        if (!strcmp(table->name, "Operation")) {
            continue;
        }
        assert_non_null(class);
        assert_string_equal(class->table, table->name);
        SHASH_FOR_EACH (column, json_object(member(table->data, "columns"))) {
            const struct xenapi_field *field = xenapi_field_find(class, column->name);
            bool is_kept = field && field->storage == XENAPI_STORAGE_COLUMN;

            if (is_kept == is_other(table->name, column->name)) {
                fail_msg("%s.%s", table->name, column->name);
            }
        }
    }
}

static void
each_class_with_a_table_has_one(void **state)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        if (xenapi_classes[i].table) {
            assert_non_null(member(member(schema, "tables"), xenapi_classes[i].table));
        }
    }
}

/* A row of a table that is no root goes when the last strong reference to it does. */
static void
metrics_go_with_their_object_and_others_stay(void **state)
{
    const struct shash_node *table;

    SHASH_FOR_EACH (table, json_object(member(schema, "tables"))) {
        const struct json *is_root = member(table->data, "isRoot");

        assert_int_equal(is_root != NULL, !strstr(table->name, "_metrics"));
        assert_true(!is_root || json_boolean(is_root));
    }
}

static void
there_is_one_pool_and_one_controller(void **state)
{
    const struct shash_node *table;

    SHASH_FOR_EACH (table, json_object(member(schema, "tables"))) {
        const struct json *n = member(table->data, "maxRows");
        bool is_one = !strcmp(table->name, "Pool") || !strcmp(table->name, "SDN_controller");

        assert_int_equal(n ? json_integer(n) : 0, is_one ? 1 : 0);
    }
}

int
main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kept_field_has_its_column),
        cmocka_unit_test(each_column_is_of_a_field_or_ours),
        cmocka_unit_test(each_class_with_a_table_has_one),
        cmocka_unit_test(metrics_go_with_their_object_and_others_stay),
        cmocka_unit_test(there_is_one_pool_and_one_controller),
    };

    path = argv[1];
    return argc == 2 ? cmocka_run_group_tests(tests, load, unload) : 2;
}
