/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "xenapi/base64.h"

/* RFC 4648 section 10, and what is not text. */
static const struct {
    const char *data;
    size_t n;
    const char *text;
} samples[] = {
    { "", 0, "" }, { "f", 1, "Zg==" }, { "fo", 2, "Zm8=" }, { "foo", 3, "Zm9v" }, { "foob", 4, "Zm9vYg==" },
    { "fooba", 5, "Zm9vYmE=" }, { "foobar", 6, "Zm9vYmFy" }, { "\0\xff\xfe\xfb\xf0", 5, "AP/++/A=" },
};

static void
assert_decodes(const char *text, const char *data, size_t n)
{
    uint8_t *decoded = NULL;
    size_t length = 77;

    assert_true(xenapi_base64_decode(text, &decoded, &length));
    assert_int_equal(length, n);
    assert_memory_equal(decoded, data, n);
    free(decoded);
}

static void
bytes_are_encoded_and_decoded(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        struct ds text = DS_EMPTY_INITIALIZER;

        xenapi_base64_encode((const uint8_t *) samples[i].data, samples[i].n, &text);
        assert_string_equal(ds_cstr(&text), samples[i].text);
        ds_destroy(&text);
        assert_decodes(samples[i].text, samples[i].data, samples[i].n);
    }
}

static void
white_space_is_skipped(void **state)
{
    assert_decodes("\nZm9v\r\nYm Fy\t\n", "foobar", 6);
    assert_decodes("\nZ g\n=\n=\n", "f", 1);
    assert_decodes("\n", "", 0);
}

static void
what_is_no_base64_is_not_decoded(void **state)
{
    static const char *const wrong[] = {
        "Z", "Zg", "Zg=", "Zm9", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zm8=Z", "Z=g=", "Zg=A", "Zm9v=", "Zm9-", "Zm9_", "Z\xc3\xa4==",
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        uint8_t *decoded = NULL;
        size_t length = 77;

        if (xenapi_base64_decode(wrong[i], &decoded, &length) || decoded || length != 77) {
            fail_msg("'%s' was decoded", wrong[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_encoded_and_decoded),
        cmocka_unit_test(white_space_is_skipped),
        cmocka_unit_test(what_is_no_base64_is_not_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
