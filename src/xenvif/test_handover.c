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
#include "xenvif/description.h"
#include "xenvif/handover.h"

#define VM "0a1b2c3d-0000-4000-8000-00000000abcd"
#define VIF_UUID "11111111-0000-4000-8000-000000000001"
#define NETWORK "22222222-0000-4000-8000-000000000002"

static void
a_vif_is_handed_over_with_its_policy_and_its_keys(void **state)
{
    static const char *const ipv4[] = { "10.0.0.5", "10.1.0.0/16", NULL }, *const ipv6[] = { "2001:db8::5", NULL };
    static const int64_t vlans[] = { 10, 20 };
    struct xenvif_description description = {
        .device = "vif5.0", .bridge = "xenbr0", .vm_uuid = VM, .vif_uuid = VIF_UUID, .network_uuid = NETWORK, .mtu = 1500,
    };
    struct vif_policy_words words = {
        .mode = "locked", .mac = "02:00:00:00:05:0A", .ipv4 = ipv4, .ipv6 = ipv6, .auto_lla = true, .vlans = vlans, .n_vlans = 2,
    };

    assert_null(vif_policy_parse(&words, &description.policy));
    char *text = xenvif_handover(&description, 30000);
    assert_string_equal(text,
        "{\"auto_lla\":true,\"bridge\":\"xenbr0\",\"device\":\"vif5.0\",\"ipv4\":[\"10.0.0.5\",\"10.1.0.0/16\"],\"ipv6\":[\"2001:db8::5\"],"
        "\"keys\":{\"attached-mac\":\"02:00:00:00:05:0a\",\"xs-network-uuid\":\"" NETWORK "\",\"xs-vif-uuid\":\"" VIF_UUID "\","
        "\"xs-vm-uuid\":\"" VM "\"},\"locking_mode\":\"locked\",\"mac\":\"02:00:00:00:05:0a\",\"mtu\":1500,\"timeout_ms\":30000,"
        "\"trunks\":[10,20]}");
    free(text);
    xenvif_description_destroy(&description);
}

static void
assert_answer(const char *text, unsigned int ofport, unsigned int ifindex)
{
    struct xenvif_wired wired = { .ofport = 99 };
    OWN_ERROR struct error *error = xenvif_answer_parse(text, &wired);

    assert_null(error);
    assert_int_equal(wired.ofport, ofport);
    assert_int_equal(wired.ifindex, ifindex);
}

static void
assert_answer_refused(const char *text)
{
    struct xenvif_wired wired;
    OWN_ERROR struct error *error = xenvif_answer_parse(text, &wired);

    assert_non_null(error);
    if (!strstr(error->text, "not understood")) {
        fail_msg("\"%s\" does not say that", error->text);
    }
}

static void
an_answer_says_the_port_of_a_wired_vif_and_none_of_a_disabled_one(void **state)
{
    assert_answer("{\"state\": \"wired\", \"ofport\": 32768, \"device\": \"vif5.0\", \"ifindex\": 7}", 32768, 7);
    assert_answer("{\"state\": \"disabled\", \"ofport\": 32768, \"ifindex\": 7}", 0, 7);
    assert_answer("{\"state\": \"disabled\"}", 0, 0);
}

static void
an_answer_that_is_not_understood_is_an_error(void **state)
{
    assert_answer_refused("");
    assert_answer_refused("[]");
    assert_answer_refused("{}");
    assert_answer_refused("{\"state\": 5}");
    assert_answer_refused("{\"state\": \"wired\"}");
    assert_answer_refused("{\"state\": \"wired\", \"ofport\": 65536, \"ifindex\": 7}");
    assert_answer_refused("{\"state\": \"wired\", \"ofport\": 32768}");
    assert_answer_refused("{\"state\": \"plugging\", \"ofport\": 32768, \"ifindex\": 7}");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vif_is_handed_over_with_its_policy_and_its_keys),
        cmocka_unit_test(an_answer_says_the_port_of_a_wired_vif_and_none_of_a_disabled_one),
        cmocka_unit_test(an_answer_that_is_not_understood_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
