/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <string.h>

#include <util.h>

#include "verbs/test_failure_text.h"
#include "verbs/vif_identity.h"

static void
devices_are_numbers(void **state)
{
    const struct {
        const char *text, *failure;
        unsigned int device;
    } cases[] = {
        { "0", "", 0 },
        { "7", "", 7 },
        { "15", "", 15 },
        { "255", "", 255 },
        { "007", "", 7 },
        { "", "INVALID_DEVICE " },
        { "-1", "INVALID_DEVICE -1" },
        { "+1", "INVALID_DEVICE +1" },
        { "0x1", "INVALID_DEVICE 0x1" },
        { "1 ", "INVALID_DEVICE 1 " },
        { "autodetect", "INVALID_DEVICE autodetect" },
        { "256", "INVALID_DEVICE 256" },
        { "4294967296", "INVALID_DEVICE 4294967296" },
        { "99999999999999999999", "INVALID_DEVICE 99999999999999999999" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned int device = 1000;
        struct xenapi_reply failure;
        bool ok = vif_identity_device(cases[i].text, &device, &failure);

        assert_failure(ok, &failure, cases[i].failure, cases[i].text);
        assert_int_equal(device, ok ? cases[i].device : 1000);
    }
}

/* Made with another implementation: Python's hashlib, by the rule in XAPI's words. */
static void
the_seed_and_the_device_make_the_mac(void **state)
{
    const struct {
        const char *seed;
        unsigned int device;
        const char *mac;
    } cases[] = {
        { "s", 0, "02:c7:c0:ac:9a:1a" },
        { "s", 1, "56:4c:bc:d8:3e:61" },
        { "s", 7, "0e:39:35:aa:41:71" },
        { "s", 255, "12:a4:eb:0a:a6:f9" },
        { "", 0, "d6:1d:8c:d9:ad:b2" },
        { "", 1, "8a:81:54:f0:31:4f" },
        { "", 7, "36:14:44:f0:e2:6f" },
        { "", 255, "3e:f7:b6:01:7a:22" },
        { "9a3f9a6d-0d6f-4b8f-9d0c-2f6f1d6f3a11", 0, "6e:cf:86:29:45:9a" },
        { "9a3f9a6d-0d6f-4b8f-9d0c-2f6f1d6f3a11", 1, "c6:fc:c4:91:1a:ea" },
        { "9a3f9a6d-0d6f-4b8f-9d0c-2f6f1d6f3a11", 7, "ae:a9:16:0a:8e:f5" },
        { "9a3f9a6d-0d6f-4b8f-9d0c-2f6f1d6f3a11", 255, "fe:e6:fc:0d:b7:1a" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct mac mac = vif_identity_mac_of(cases[i].seed, cases[i].device);
        char text[MAC_TEXT_SIZE];

        mac_format(&mac, text);
        assert_string_equal(text, cases[i].mac);
    }
}

static void
a_given_mac_is_kept_to_the_letter(void **state)
{
    const struct {
        const char *given, *seed, *failure, *mac;
        bool is_generated;
    } cases[] = {
        { "02:00:00:00:00:01", "s", "", "02:00:00:00:00:01" },
        { "AA:bb:CC:dd:EE:0f", NULL, "", "AA:bb:CC:dd:EE:0f" },
        { "01:00:5e:00:00:01", NULL, "", "01:00:5e:00:00:01" },             /* of whom, nobody asks */
        { "", "s", "", "02:c7:c0:ac:9a:1a", true },
        { "", NULL, "MAC_INVALID " },
        { "02:00:00:00:00", "s", "MAC_INVALID 02:00:00:00:00" },
        { "02:00:00:00:00:01:", "s", "MAC_INVALID 02:00:00:00:00:01:" },
        { "02-00-00-00-00-01", NULL, "MAC_INVALID 02-00-00-00-00-01" },
        { "02:00:00:00:00:0g", NULL, "MAC_INVALID 02:00:00:00:00:0g" },
        { "2:0:0:0:0:1", NULL, "MAC_INVALID 2:0:0:0:0:1" },
        { "random", "s", "MAC_INVALID random" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct vif_identity_mac mac;
        struct xenapi_reply failure;
        bool ok = vif_identity_mac(cases[i].given, cases[i].seed, 0, &mac, &failure);

        assert_failure(ok, &failure, cases[i].failure, cases[i].given);
        if (ok) {
            assert_string_equal(mac.text, cases[i].mac);
            assert_int_equal(mac.is_generated, cases[i].is_generated);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_numbers),
        cmocka_unit_test(the_seed_and_the_device_make_the_mac),
        cmocka_unit_test(a_given_mac_is_kept_to_the_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
