/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of classes against fields.txt: usage test_xenapi_fields FIELDS.TXT.
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
#include <util.h>

#include "xenapi/classes.h"

static const char *path;

static void
put_atom(struct ds *s, const struct xenapi_atom_type *type)
{
    switch (type->atom) {
    case XENAPI_ATOM_STRING: ds_put_char(s, 'S'); break;
    case XENAPI_ATOM_INT: ds_put_char(s, 'I'); break;
    case XENAPI_ATOM_FLOAT: ds_put_char(s, 'F'); break;
    case XENAPI_ATOM_BOOL: ds_put_char(s, 'B'); break;
    case XENAPI_ATOM_DATETIME: ds_put_char(s, 'D'); break;
    case XENAPI_ATOM_ENUM: ds_put_char(s, 'E'); break;
    case XENAPI_ATOM_STRINGS: ds_put_cstr(s, "[S]"); break;
    case XENAPI_ATOM_REF:
        ds_put_char(s, 'R');
        if (type->class < XENAPI_N_CLASSES) {
            ds_put_format(s, ":%s", xenapi_class_name(type->class));
        }
        break;
    }
}

static void
put_type(struct ds *s, const struct xenapi_field_type *type)
{
    const char *brackets = type->shape == XENAPI_SHAPE_SET ? "[]" : "{}";

    if (type->shape != XENAPI_SHAPE_SCALAR) {
        ds_put_char(s, brackets[0]);
    }
    put_atom(s, &type->key);
    if (type->shape == XENAPI_SHAPE_MAP) {
        ds_put_char(s, ':');
        put_atom(s, &type->value);
    }
    if (type->shape != XENAPI_SHAPE_SCALAR) {
        ds_put_char(s, brackets[1]);
    }
}

static const char *
initial(const struct xenapi_field *field)
{
    return field->initial ? field->initial
           : field->type.shape != XENAPI_SHAPE_SCALAR ? ""
           : field->type.key.atom == XENAPI_ATOM_INT ? "0"
           : field->type.key.atom == XENAPI_ATOM_FLOAT ? "0.0"
           : field->type.key.atom == XENAPI_ATOM_BOOL ? "false"
           : "";
}

/* Checks one field of a line; counts it in 'listed', by its number. */
static unsigned int
check_field(const struct xenapi_class *class, const char *type, char *word, unsigned int *listed)
{
    char *equals = strchr(word, '=');
    struct ds s = DS_EMPTY_INITIALIZER;
    unsigned int n_wrong = 0;

    if (equals) {
        *equals = '\0';
    }
    const struct xenapi_field *field = xenapi_field_find(class, word);
    if (!field) {
        print_error("%s has no field %s\n", class->name, word);
        return 1;
    }
    listed[field->id]++;
    put_type(&s, &field->type);
    if (strcmp(ds_cstr(&s), type)) {
        print_error("%s.%s is a %s, not a %s\n", class->name, word, ds_cstr(&s), type);
        n_wrong++;
    }
    if (equals && strcmp(initial(field), equals + 1)) {
        print_error("%s.%s is '%s' by default, not '%s'\n", class->name, word, initial(field), equals + 1);
        n_wrong++;
    }
    ds_destroy(&s);
    return n_wrong;
}

static unsigned int
check_line(char *line, unsigned int *listed)
{
    char *save;
    char *name = strtok_r(line, " \n", &save);
    char *type = name ? strtok_r(NULL, " \n", &save) : NULL;
    const struct xenapi_class *class = type ? xenapi_class_find(name) : NULL;
    unsigned int n_wrong = 0;

    if (!name || *name == '#') {
        return 0;
    }
    assert_non_null(class);
    assert_string_equal(class->name, name);
    for (char *word = strtok_r(NULL, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
        n_wrong += check_field(class, type, word, listed);
    }
    return n_wrong;
}

static void
table_has_the_fields_of_the_list_and_no_others(void **state)
{
    unsigned int listed[XENAPI_N_FIELDS] = { 0 };
    unsigned int n_wrong = 0;
    char line[512];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        assert_non_null(strchr(line, '\n'));
        n_wrong += check_line(line, listed);
    }
    fclose(file);
    for (size_t i = 0; i < XENAPI_N_FIELDS; i++) {
        if (listed[i] != 1) {
            print_error("%s.%s is listed %u times\n", xenapi_class_name(xenapi_fields[i].class), xenapi_fields[i].name, listed[i]);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

int
main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_has_the_fields_of_the_list_and_no_others),
    };

    path = argv[1];
    return argc == 2 ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
