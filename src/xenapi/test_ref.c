/* SPDX-License-Identifier: Apache-2.0 */
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

#include "xenapi/ref.h"

#define UUID "6f2d3a0e-1234-4000-8000-0123456789ab"

static void
reference_is_the_prefix_and_a_uuid(void **state)
{
    char text[XENAPI_REF_SIZE], uuid_text[UUID_LEN + 1];
    struct uuid uuid;

    assert_true(xenapi_ref_parse("OpaqueRef:" UUID, &uuid));
    snprintf(uuid_text, sizeof uuid_text, UUID_FMT, UUID_ARGS(&uuid));
    assert_string_equal(uuid_text, UUID);
    xenapi_ref_format(&uuid, text);
    assert_string_equal(text, "OpaqueRef:" UUID);
    assert_false(xenapi_ref_is_null(text));
}

static void
other_spellings_are_no_references(void **state)
{
    static const char *const wrong[] = {
        "", "OpaqueRef:", "OpaqueRef:NULL", UUID, "opaqueref:" UUID, "Ref:" UUID, " OpaqueRef:" UUID, "OpaqueRef:" UUID " ",
        "OpaqueRef:6F2D3A0E-1234-4000-8000-0123456789AB", "OpaqueRef:6f2d3a0e-1234-4000-8000-0123456789a",
        "OpaqueRef:6f2d3a0e12344000800000123456789ab",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct uuid uuid = { { 7, 7, 7, 7 } };

        assert_false(xenapi_ref_parse(wrong[i], &uuid));
        assert_int_equal(uuid.parts[0], 7);
    }
}

static void
null_reference_has_two_spellings(void **state)
{
    assert_true(xenapi_ref_is_null(""));
    assert_true(xenapi_ref_is_null("OpaqueRef:NULL"));
    assert_false(xenapi_ref_is_null("NULL"));
    assert_false(xenapi_ref_is_null("OpaqueRef:null"));
    assert_false(xenapi_ref_is_null("OpaqueRef:"));
    assert_false(xenapi_ref_is_null("OpaqueRef:NULL "));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_is_the_prefix_and_a_uuid),
        cmocka_unit_test(other_spellings_are_no_references),
        cmocka_unit_test(null_reference_has_two_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
