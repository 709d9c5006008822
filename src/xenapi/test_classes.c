/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>
#include <util.h>

#include "xenapi/classes.h"

static void
numbers_are_places_in_the_tables(void **state)
{
    const struct xenapi_field *next = xenapi_fields;

    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        const struct xenapi_class *class = &xenapi_classes[i];

        assert_int_equal(class->id, i);
        assert_ptr_equal(class->fields, next);
        for (size_t j = 0; j < class->n_fields; j++) {
            assert_int_equal(class->fields[j].class, i);
            assert_ptr_equal(&xenapi_fields[class->fields[j].id], &class->fields[j]);
        }
        next += class->n_fields;
    }
    assert_ptr_equal(next, &xenapi_fields[XENAPI_N_FIELDS]);
}

static void
objects_have_their_uuid_first(void **state)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        assert_string_equal(xenapi_classes[i].fields[0].name, "uuid");
    }
}

static void
event_and_table_are_named_like_the_class(void **state)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        const struct xenapi_class *class = &xenapi_classes[i];

        if (class->event) {
            assert_int_equal(strcasecmp(class->event, class->name), 0);
            for (const char *p = class->event; *p; p++) {
                assert_false(isupper((unsigned char) *p));
            }
        }
        if (class->table) {
            assert_int_equal(strcasecmp(class->table, class->name), 0);
            assert_true(isupper((unsigned char) class->table[0]));
        }
    }
}

static void
names_are_unique(void **state)
{
    for (size_t i = 0; i < XENAPI_N_CLASSES; i++) {
        const struct xenapi_class *class = &xenapi_classes[i];

        assert_ptr_equal(xenapi_class_find(class->name), class);
        for (size_t j = 0; j < class->n_fields; j++) {
            assert_ptr_equal(xenapi_field_find(class, class->fields[j].name), &class->fields[j]);
            assert_ptr_equal(xenapi_field_find_in_filter(class, class->fields[j].filter_name), &class->fields[j]);
        }
    }
}

static void
classes_are_found_in_any_case(void **state)
{
    assert_int_equal(xenapi_class_find("VM")->id, XENAPI_CLASS_VM);
    assert_int_equal(xenapi_class_find("vm")->id, XENAPI_CLASS_VM);
    assert_int_equal(xenapi_class_find("Sdn_Controller")->id, XENAPI_CLASS_SDN_controller);
    assert_null(xenapi_class_find("V"));
    assert_null(xenapi_class_find("VMs"));
    assert_null(xenapi_class_find(""));
    assert_null(xenapi_class_find("*"));
    assert_null(xenapi_class_find("console"));
}

static void
classes_without_objects_have_names(void **state)
{
    assert_string_equal(xenapi_class_name(XENAPI_CLASS_VM), "VM");
    assert_string_equal(xenapi_class_name(XENAPI_CLASS_Bond), "Bond");
    assert_string_equal(xenapi_class_name(XENAPI_CLASS_console), "console");
    assert_string_equal(xenapi_class_name(XENAPI_CLASS_user), "user");
}

static void
fields_are_found_by_the_name_of_each_language(void **state)
{
    const struct {
        enum xenapi_class_id class;
        const char *name, *filter_name;
        enum xenapi_field_id id;
    } cases[] = {
        { XENAPI_CLASS_VM, "name_label", "name__label", XENAPI_VM_name_label },
        { XENAPI_CLASS_pool, "name_label", "name_label", XENAPI_pool_name_label },
        { XENAPI_CLASS_VM, "memory_static_max", "memory__static_max", XENAPI_VM_memory_static_max },
        { XENAPI_CLASS_VM, "HVM_boot_policy", "HVM__boot_policy", XENAPI_VM_HVM_boot_policy },
        { XENAPI_CLASS_VM, "VCPUs_max", "VCPUs__max", XENAPI_VM_VCPUs_max },
        { XENAPI_CLASS_VM, "is_control_domain", "is_control_domain", XENAPI_VM_is_control_domain },
        { XENAPI_CLASS_VM, "resident_on", "resident_on", XENAPI_VM_resident_on },
        { XENAPI_CLASS_VIF, "qos_algorithm_type", "qos__algorithm_type", XENAPI_VIF_qos_algorithm_type },
        { XENAPI_CLASS_host, "API_version_vendor_implementation", "API_version__vendor_implementation",
          XENAPI_host_API_version_vendor_implementation },
        { XENAPI_CLASS_network, "bridge", "bridge", XENAPI_network_bridge },
        { XENAPI_CLASS_PIF, "IP", "IP", XENAPI_PIF_IP },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct xenapi_class *class = &xenapi_classes[cases[i].class];

        assert_int_equal(xenapi_field_find(class, cases[i].name)->id, cases[i].id);
        assert_int_equal(xenapi_field_find_in_filter(class, cases[i].filter_name)->id, cases[i].id);
    }
    assert_null(xenapi_field_find(&xenapi_classes[XENAPI_CLASS_VM], "name__label"));
    assert_null(xenapi_field_find_in_filter(&xenapi_classes[XENAPI_CLASS_VM], "name_label"));
    assert_null(xenapi_field_find(&xenapi_classes[XENAPI_CLASS_VM], "Power_state"));
    assert_null(xenapi_field_find(&xenapi_classes[XENAPI_CLASS_VM], "bridge"));
    assert_null(xenapi_field_find(&xenapi_classes[XENAPI_CLASS_VM], ""));
}

static bool
is_int(const char *text)
{
    char *end;

    strtoll(text, &end, 10);
    return *text && !*end;
}

static bool
is_float(const char *text)
{
    char *end;

    strtod(text, &end);
    return strchr(text, '.') && !*end;
}

static bool
is_of_type(const char *text, const struct xenapi_atom_type *type)
{
    const char *value;

    switch (type->atom) {
    case XENAPI_ATOM_STRING: return *text;
    case XENAPI_ATOM_INT: return is_int(text);
    case XENAPI_ATOM_FLOAT: return is_float(text);
    case XENAPI_ATOM_BOOL: return !strcmp(text, "true");
    case XENAPI_ATOM_ENUM:
        value = xenapi_enum_value(&xenapi_enums[type->values], text);
        return value && !strcmp(value, text);
    case XENAPI_ATOM_DATETIME:
    case XENAPI_ATOM_REF:
    case XENAPI_ATOM_STRINGS: return false;
    }
    OVS_NOT_REACHED();
}

static void
defaults_are_values_of_the_type(void **state)
{
    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];

        if (field->initial) {
            assert_int_not_equal(field->type.shape, XENAPI_SHAPE_MAP);
            assert_true(is_of_type(field->initial, &field->type.key));
        } else {
            /* An enumeration has no zero. */
            assert_false(field->type.shape == XENAPI_SHAPE_SCALAR && field->type.key.atom == XENAPI_ATOM_ENUM);
        }
    }
}

static void
what_can_be_set_is_kept(void **state)
{
    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];

        if (field->access != XENAPI_ACCESS_RO) {
            assert_true(field->storage == XENAPI_STORAGE_COLUMN || field->storage == XENAPI_STORAGE_HELD);
        }
        assert_false(field->needed && field->access == XENAPI_ACCESS_RO);
    }
}

static void
only_classes_with_a_table_have_columns(void **state)
{
    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];

        assert_int_equal(field->storage == XENAPI_STORAGE_HELD, !xenapi_classes[field->class].table);
    }
}

static void
references_to_what_has_no_objects_are_constant(void **state)
{
    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        const struct xenapi_field *field = &xenapi_fields[i];

        if (field->type.key.atom == XENAPI_ATOM_REF && field->type.key.class >= XENAPI_N_CLASSES) {
            assert_true(field->storage == XENAPI_STORAGE_CONSTANT || field->storage == XENAPI_STORAGE_HELD);
        }
    }
}

static void
words_of_enumerations_are_taken_in_any_case(void **state)
{
    const struct xenapi_enum *vbd_type = &xenapi_enums[XENAPI_ENUM_vbd_type];

    assert_string_equal(vbd_type->name, "vbd_type");
    assert_string_equal(xenapi_enum_value(vbd_type, "disk"), "Disk");
    assert_string_equal(xenapi_enum_value(vbd_type, "Disk"), "Disk");
    assert_string_equal(xenapi_enum_value(vbd_type, "cd"), "CD");
    assert_null(xenapi_enum_value(vbd_type, "dis"));
    assert_null(xenapi_enum_value(vbd_type, "disks"));
    assert_null(xenapi_enum_value(vbd_type, ""));
}

static void
words_of_enumerations_are_unique(void **state)
{
    for (size_t i = 0; i < XENAPI_N_ENUMS; i++) {
        for (size_t j = 0; j < xenapi_enums[i].n; j++) {
            assert_ptr_equal(xenapi_enum_value(&xenapi_enums[i], xenapi_enums[i].values[j]), xenapi_enums[i].values[j]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_places_in_the_tables),
        cmocka_unit_test(objects_have_their_uuid_first),
        cmocka_unit_test(event_and_table_are_named_like_the_class),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(classes_are_found_in_any_case),
        cmocka_unit_test(classes_without_objects_have_names),
        cmocka_unit_test(fields_are_found_by_the_name_of_each_language),
        cmocka_unit_test(defaults_are_values_of_the_type),
        cmocka_unit_test(what_can_be_set_is_kept),
        cmocka_unit_test(only_classes_with_a_table_have_columns),
        cmocka_unit_test(references_to_what_has_no_objects_are_constant),
        cmocka_unit_test(words_of_enumerations_are_taken_in_any_case),
        cmocka_unit_test(words_of_enumerations_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
