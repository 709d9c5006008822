/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "xenapi/scalar.h"
#include "xenapi/value.h"

/* What each value can be taken for; NULL if it cannot. All numbers as text, so that a table can hold them. */
static const struct {
    enum xenapi_type type;
    const char *content;        /* of a string or bytes, or a number */
    const char *as_int, *as_double, *as_datetime, *as_text;
} meanings[] = {
    { XENAPI_VOID, "", NULL, NULL, NULL, "" },
    { XENAPI_NIL, "", NULL, NULL, NULL, NULL },
    { XENAPI_STRING, "", NULL, NULL, NULL, "" },
    { XENAPI_STRING, "1500", "1500", "1500", NULL, "1500" },
    { XENAPI_STRING, "-1", "-1", "-1", NULL, "-1" },
    { XENAPI_STRING, "60.5", NULL, "60.5", NULL, "60.5" },
    { XENAPI_STRING, "fifteen", NULL, NULL, NULL, "fifteen" },
    { XENAPI_STRING, "20260821T16:34:00Z", NULL, NULL, "1787330040", "20260821T16:34:00Z" },
    { XENAPI_BYTES, "1500", NULL, NULL, NULL, "1500" },
    { XENAPI_BYTES, "\xff", NULL, NULL, NULL, NULL },
    { XENAPI_INT, "1500", "1500", "1500", NULL, "1500" },
    { XENAPI_COUNT, "7", "7", "7", NULL, "7" },
    { XENAPI_DOUBLE, "60.5", NULL, "60.5", NULL, "60.5" },
    { XENAPI_BOOL, "1", NULL, NULL, NULL, "true" },
    { XENAPI_BOOL, "0", NULL, NULL, NULL, "false" },
    { XENAPI_DATETIME, "0", NULL, NULL, "0", "19700101T00:00:00Z" },
    { XENAPI_SET, "", NULL, NULL, NULL, NULL },
    { XENAPI_MAP, "", NULL, NULL, NULL, NULL },
};

static struct xenapi_value
value_make(enum xenapi_type type, const char *content)
{
    switch (type) {
    case XENAPI_VOID: return xenapi_void();
    case XENAPI_NIL: return xenapi_nil();
    case XENAPI_STRING: return xenapi_string(content);
    case XENAPI_BYTES: return xenapi_bytes(content, strlen(content));
    case XENAPI_INT: return xenapi_int(atoll(content));
    case XENAPI_COUNT: return xenapi_count(atoi(content));
    case XENAPI_DOUBLE: return xenapi_double(atof(content));
    case XENAPI_BOOL: return xenapi_bool(atoi(content));
    case XENAPI_DATETIME: return xenapi_datetime(atoll(content));
    case XENAPI_SET: return xenapi_set_create();
    case XENAPI_MAP: return xenapi_map_create();
    }
    OVS_NOT_REACHED();
}

static void
scalars_are_taken_for_what_clients_mean(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
        struct xenapi_value value = value_make(meanings[i].type, meanings[i].content);
        int64_t integer = 77, seconds = 77;
        double real = 77;

        assert_int_equal(xenapi_value_to_int(&value, &integer), meanings[i].as_int != NULL);
        assert_int_equal(integer, meanings[i].as_int ? atoll(meanings[i].as_int) : 77);
        assert_int_equal(xenapi_value_to_double(&value, &real), meanings[i].as_double != NULL);
        assert_true(real == (meanings[i].as_double ? atof(meanings[i].as_double) : 77));
        assert_int_equal(xenapi_value_to_datetime(&value, &seconds), meanings[i].as_datetime != NULL);
        assert_int_equal(seconds, meanings[i].as_datetime ? atoll(meanings[i].as_datetime) : 77);
        xenapi_value_destroy(&value);
    }
}

static void
scalars_are_text_in_maps_and_filters(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
        struct xenapi_value value = value_make(meanings[i].type, meanings[i].content);
        char *text = xenapi_value_to_text(&value);

        if (meanings[i].as_text) {
            assert_non_null(text);
            assert_string_equal(text, meanings[i].as_text);
        } else {
            assert_null(text);
        }
        free(text);
        xenapi_value_destroy(&value);
    }
}

static void
bytes_with_a_null_byte_are_no_text(void **state)
{
    struct xenapi_value value = xenapi_bytes("a\0b", 3);

    assert_null(xenapi_value_to_text(&value));
    xenapi_value_destroy(&value);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_taken_for_what_clients_mean),
        cmocka_unit_test(scalars_are_text_in_maps_and_filters),
        cmocka_unit_test(bytes_with_a_null_byte_are_no_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
