/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <util.h>

#include "base/error.h"
#include "base/test_error.h"
#include "vif/mac.h"

/* Asserts that 'text' is refused with a message that holds 'part', and that nothing was written. */
static void
assert_refused(const char *text, const char *part)
{
    struct mac mac = { { 1, 2, 3, 4, 5, 6 } };
    OWN_ERROR struct error *error = mac_parse(text, &mac);

    assert_error(error, ERROR_INVALID, part, text);
    assert_memory_equal(mac.octet, "\1\2\3\4\5\6", 6);
}

static void
mac_is_read_in_either_case_and_written_in_lower(void **state)
{
    struct mac mac;
    char text[MAC_TEXT_SIZE];

    assert_null(mac_parse("02:AB:cD:09:fF:00", &mac));
    assert_memory_equal(mac.octet, "\x02\xab\xcd\x09\xff\x00", 6);
    mac_format(&mac, text);
    assert_string_equal(text, "02:ab:cd:09:ff:00");
}

static void
other_spellings_are_refused(void **state)
{
    static const char *const texts[] = {
        "", "02", "02:00:00:00:01", "02:00:00:00:01:02:03", "02-00-00-00-01-02", "020000000102", "2:0:0:0:1:2", "02:00:00:00:01:0g",
        "02:00:00:00:01:0", "02:00:00:00:01:02 ", " 02:00:00:00:01:02", "02:00:00:00:01:002", "02:00:00:00:01 02",
        "+2:00:00:00:01:02", "0x:00:00:00:01:02",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_refused(texts[i], "is not six two-digit hex groups separated by ':', like 02:00:00:00:01:02");
    }
}

static void
addresses_that_no_guest_owns_are_refused(void **state)
{
    assert_refused("03:00:00:00:01:02", "'03:00:00:00:01:02' is a group address, from which no guest may send: write "
                   "02:00:00:00:01:02");
    assert_refused("01:00:5e:00:00:01", "group address");
    assert_refused("ff:ff:ff:ff:ff:ff", "broadcast address");
    assert_refused("00:00:00:00:00:00", "is no address");
    assert_refused("FE:FF:FF:FF:FF:FF", "every backend device");
}

static void
long_text_is_shown_shortened(void **state)
{
    char text[100001];

    memset(text, '0', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused(text, "0...' (100000 bytes)");
}

static void
control_characters_are_not_shown_raw(void **state)
{
    assert_refused("02:00\n\033[2J", "'02:00\\x0a\\x1b[2J'");
}

static void
macs_are_equal_when_every_octet_is(void **state)
{
    const struct mac mac = { { 2, 0, 0, 0, 1, 2 } };

    assert_true(mac_equals(&mac, &(struct mac) { { 2, 0, 0, 0, 1, 2 } }));
    for (size_t i = 0; i < sizeof mac.octet; i++) {
        struct mac other = mac;

        other.octet[i] ^= 0x80;
        assert_false(mac_equals(&mac, &other));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mac_is_read_in_either_case_and_written_in_lower),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(addresses_that_no_guest_owns_are_refused),
        cmocka_unit_test(long_text_is_shown_shortened),
        cmocka_unit_test(control_characters_are_not_shown_raw),
        cmocka_unit_test(macs_are_equal_when_every_octet_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
