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
#include "vif/prefix.h"

static void
assert_refused4(const char *text, const char *part)
{
    struct prefix4 prefix = { .length = 77 };
    OWN_ERROR struct error *error = prefix4_parse(text, &prefix);

    assert_error(error, ERROR_INVALID, part, text);
    assert_int_equal(prefix.length, 77);
}

static void
assert_refused6(const char *text, const char *part)
{
    struct prefix6 prefix = { .length = 177 };
    OWN_ERROR struct error *error = prefix6_parse(text, &prefix);

    assert_error(error, ERROR_INVALID, part, text);
    assert_int_equal(prefix.length, 177);
}

static void
assert_canonical4(const char *text, const char *expected, int length)
{
    struct prefix4 prefix;
    char canonical[PREFIX4_TEXT_SIZE];

    assert_null(prefix4_parse(text, &prefix));
    prefix4_format(&prefix, canonical);
    assert_string_equal(canonical, expected);
    assert_int_equal(prefix.length, length);
}

static void
assert_canonical6(const char *text, const char *expected, int length)
{
    struct prefix6 prefix;
    char canonical[PREFIX6_TEXT_SIZE];

    assert_null(prefix6_parse(text, &prefix));
    prefix6_format(&prefix, canonical);
    assert_string_equal(canonical, expected);
    assert_int_equal(prefix.length, length);
}

static void
address_is_a_prefix_of_full_length(void **state)
{
    assert_canonical4("10.0.0.5", "10.0.0.5", 32);
    assert_canonical4("10.0.0.5/32", "10.0.0.5", 32);
    assert_canonical6("2001:db8::5", "2001:db8::5", 128);
    assert_canonical6("2001:db8::5/128", "2001:db8::5", 128);
}

static void
prefix_keeps_its_length(void **state)
{
    assert_canonical4("10.0.0.0/24", "10.0.0.0/24", 24);
    assert_canonical4("255.255.255.252/31", "255.255.255.252/31", 31);
    assert_canonical4("32.0.0.0/3", "32.0.0.0/3", 3);
    assert_canonical6("2001:db8::/64", "2001:db8::/64", 64);
    assert_canonical6("8000::/2", "8000::/2", 2);
}

static void
ipv6_is_written_as_rfc_5952_says(void **state)
{
    assert_canonical6("2001:0DB8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1", 128);
    assert_canonical6("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", 128);
    assert_canonical6("2001:0:0:1:0:0:0:1", "2001:0:0:1::1", 128);
    assert_canonical6("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", 128);
    assert_canonical6("ABCD:EF01:2345:6789:abcd:ef01:2345:678a/127", "abcd:ef01:2345:6789:abcd:ef01:2345:678a/127", 127);
}

static void
bits_beyond_the_length_are_refused_with_both_meanings(void **state)
{
    assert_refused4("10.0.0.5/24", "IPv4 prefix '10.0.0.5/24' has bits set beyond its length: write 10.0.0.0/24, or 10.0.0.5 for "
                    "the address alone");
    assert_refused4("10.0.0.5/31", "write 10.0.0.4/31, or 10.0.0.5 for");
    assert_refused4("10.0.0.5/1", "write 0.0.0.0/1, or 10.0.0.5 for");
    assert_refused6("2001:db8::5/64", "IPv6 prefix '2001:db8::5/64' has bits set beyond its length: write 2001:db8::/64, or "
                    "2001:db8::5 for the address alone");
    assert_refused6("2001:db8::1/127", "write 2001:db8::/127, or 2001:db8::1 for");
}

static void
other_family_is_refused_with_the_right_list(void **state)
{
    assert_refused4("2001:db8::5", "'2001:db8::5' is IPv6, not IPv4: put it in the list of IPv6 addresses");
    assert_refused4("2001:db8::/32", "is IPv6, not IPv4");
    assert_refused6("10.0.0.5", "'10.0.0.5' is IPv4, not IPv6: put it in the list of IPv4 addresses");
}

static void
other_spellings_are_refused(void **state)
{
    static const char *const texts4[] = {
        "", "10", "10.0.0", "10.0.0.5.6", "10.0.0.256", "010.0.0.5", "10.0.0.05", "0x0a.0.0.5", " 10.0.0.5", "10.0.0.5 ",
        "10.0.0.-5", "/24", "localhost",
    };
    static const char *const texts6[] = {
        "", ":", "2001:db8", "2001:db8::5::6", "2001:db8::12345", "fe80::1%eth0", "[2001:db8::5]", "2001:db8::5 ", "2001:db8::g",
        "1:2:3:4:5:6:7:8:9", "/64",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts4); i++) {
        assert_refused4(texts4[i], "is no IPv4 address or prefix: write it like 10.0.0.5 or 10.0.0.0/24");
    }
    for (size_t i = 0; i < ARRAY_SIZE(texts6); i++) {
        assert_refused6(texts6[i], "is no IPv6 address or prefix: write it like 2001:db8::5 or 2001:db8::/64");
    }
}

static void
lengths_out_of_range_or_odd_are_refused(void **state)
{
    static const char *const texts4[] = {
        "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "10.0.0.0/4294967304", "10.0.0.0/255.0.0.0",
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts4); i++) {
        assert_refused4(texts4[i], "has no valid length: write a number from 1 to 32 behind the '/'");
    }
    assert_refused6("2001:db8::/129", "has no valid length: write a number from 1 to 128 behind the '/'");
}

static void
addresses_from_which_no_guest_sends_are_refused(void **state)
{
    assert_refused4("0.0.0.0", "IPv4 address '0.0.0.0' contains the unspecified address");
    assert_refused4("127.0.0.1", "loopback");
    assert_refused4("127.0.0.0/8", "IPv4 prefix '127.0.0.0/8' contains loopback addresses");
    assert_refused4("224.0.0.5", "multicast");
    assert_refused4("239.255.255.255", "multicast");
    assert_refused4("255.255.255.255", "the broadcast address");
    assert_refused6("::", "the unspecified address ::");
    assert_refused6("::1", "the loopback address ::1");
    assert_refused6("ff02::1", "multicast");
    assert_refused6("ff00::/8", "multicast");
}

static void
prefixes_around_such_addresses_are_refused(void **state)
{
    assert_refused4("0.0.0.0/0", "is every address: give the guest's own addresses, or set the mode to unlocked");
    assert_refused4("0.0.0.0/8", "unspecified");
    assert_refused4("64.0.0.0/2", "loopback");
    assert_refused4("192.0.0.0/2", "multicast");
    assert_refused4("240.0.0.0/4", "broadcast");
    assert_refused4("255.255.255.254/31", "broadcast");
    assert_refused6("::/0", "is every address");
    assert_refused6("::/96", "unspecified");
    assert_refused6("fe00::/7", "multicast");
    assert_refused6("c000::/2", "multicast");
}

static void
long_text_is_shown_shortened(void **state)
{
    char text[100001];

    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused4(text, "1...' (100000 bytes)");
    assert_refused6(text, "1...' (100000 bytes)");
    memcpy(text, "10.0.0.0/", 9);
    assert_refused4(text, "1...' (100000 bytes)");
}

static void
control_characters_are_not_shown_raw(void **state)
{
    assert_refused4("10.0.0.5\r\n", "'10.0.0.5\\x0d\\x0a'");
    assert_refused6("::\033c", "'::\\x1bc'");
}

static void
prefixes_differ_by_address_and_by_length(void **state)
{
    struct prefix4 a4, b4;
    struct prefix6 a6, b6;

    assert_null(prefix4_parse("10.0.0.0/24", &a4));
    assert_null(prefix4_parse("10.0.0.0/25", &b4));
    assert_false(prefix4_equals(&a4, &b4));
    assert_null(prefix4_parse("10.0.1.0/24", &b4));
    assert_false(prefix4_equals(&a4, &b4));
    assert_true(prefix4_equals(&a4, &a4));
    assert_null(prefix6_parse("2001:db8::/64", &a6));
    assert_null(prefix6_parse("2001:db8::", &b6));
    assert_false(prefix6_equals(&a6, &b6));
    assert_null(prefix6_parse("2001:DB8:0::/64", &b6));
    assert_true(prefix6_equals(&a6, &b6));
}

static void
link_local_address_inverts_the_universal_bit(void **state)
{
    static const struct { struct mac mac; const char *address; } examples[] = {
        { { { 0x02, 0, 0, 0, 0x01, 0x02 } }, "fe80::ff:fe00:102" },
        { { { 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde } }, "fe80::3656:78ff:fe9a:bcde" }, /* RFC 4291 appendix A */
    };

    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        struct prefix6 prefix = prefix6_link_local(&examples[i].mac);
        char text[PREFIX6_TEXT_SIZE];

        prefix6_format(&prefix, text);
        assert_string_equal(text, examples[i].address);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_is_a_prefix_of_full_length),
        cmocka_unit_test(prefix_keeps_its_length),
        cmocka_unit_test(ipv6_is_written_as_rfc_5952_says),
        cmocka_unit_test(bits_beyond_the_length_are_refused_with_both_meanings),
        cmocka_unit_test(other_family_is_refused_with_the_right_list),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(lengths_out_of_range_or_odd_are_refused),
        cmocka_unit_test(addresses_from_which_no_guest_sends_are_refused),
        cmocka_unit_test(prefixes_around_such_addresses_are_refused),
        cmocka_unit_test(long_text_is_shown_shortened),
        cmocka_unit_test(control_characters_are_not_shown_raw),
        cmocka_unit_test(prefixes_differ_by_address_and_by_length),
        cmocka_unit_test(link_local_address_inverts_the_universal_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
