/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include <util.h>

#include "base/limits.h"
#include "verbs/test_failure_text.h"
#include "verbs/vif_addresses.h"

static struct xenapi_value
list_of(const char *text)
{
    struct xenapi_value list = xenapi_set_create();
    char *copy = xstrdup(text), *rest = copy;

    for (char *word; (word = strtok_r(rest, " ", &rest)); ) {
        xenapi_set_add(&list, xenapi_string(word));
    }
    free(copy);
    return list;
}

static void
assert_list(struct xenapi_value list, const char *wanted)
{
    struct xenapi_value other = list_of(wanted);

    assert_true(xenapi_value_equals(&list, &other));
    xenapi_value_destroy(&list);
    xenapi_value_destroy(&other);
}

static void
a_list_has_addresses_and_prefixes_of_its_family(void **state)
{
    const char *const wrong4 = "INVALID_IP_ADDRESS_SPECIFIED ipv4_allowed", *const wrong6 = "INVALID_IP_ADDRESS_SPECIFIED ipv6_allowed";
    const struct {
        enum vif_addresses_family family;
        const char *list, *failure;
    } cases[] = {
        { VIF_ADDRESSES_IPV4, "", "" },
        { VIF_ADDRESSES_IPV4, "10.0.0.1 10.1.0.0/16", "" },
        { VIF_ADDRESSES_IPV4, "10.0.0.1 10.0.0.1", "" },
        { VIF_ADDRESSES_IPV4, "10.0.0.1 nonsense", wrong4 },
        { VIF_ADDRESSES_IPV4, "10.0.0", wrong4 },
        { VIF_ADDRESSES_IPV4, "10.0.0.256", wrong4 },
        { VIF_ADDRESSES_IPV4, "10.0.0.0/33", wrong4 },
        { VIF_ADDRESSES_IPV4, "2001:db8::1", wrong4 },
        { VIF_ADDRESSES_IPV4, "224.0.0.1", wrong4 },
        { VIF_ADDRESSES_IPV6, "", "" },
        { VIF_ADDRESSES_IPV6, "2001:db8::1 2001:db8:1::/48 fe80::1", "" },
        { VIF_ADDRESSES_IPV6, "10.0.0.1", wrong6 },
        { VIF_ADDRESSES_IPV6, "2001:db8::1/129", wrong6 },
        { VIF_ADDRESSES_IPV6, "2001:db8::g", wrong6 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct xenapi_value list = list_of(cases[i].list);
        struct xenapi_reply failure;
        bool ok = vif_addresses_check(cases[i].family, &list, &failure);

        assert_failure(ok, &failure, cases[i].failure, cases[i].list);
        xenapi_value_destroy(&list);
    }
}

static void
a_list_is_limited(void **state)
{
    struct xenapi_value list = xenapi_set_create();
    struct xenapi_reply failure;

    for (unsigned int i = 1; i <= LIMIT_VIF_ADDRESSES + 1; i++) {
        char address[32];
        bool ok = vif_addresses_fit(VIF_ADDRESSES_IPV4, &list, &failure);

        assert_failure(ok, &failure, "", "few");
        snprintf(address, sizeof address, "10.0.%u.%u", i / 250, 1 + i % 250);
        xenapi_set_add(&list, xenapi_string(address));
    }
    assert_false(vif_addresses_fit(VIF_ADDRESSES_IPV4, &list, &failure));
    assert_string_equal(xenapi_failure_code(&failure), "INVALID_VALUE");
    assert_string_equal(failure.value.set.elements[1].string, "ipv4_allowed");
    xenapi_reply_destroy(&failure);
    xenapi_value_destroy(&list);
}

static void
an_address_is_in_a_list_once_or_not_at_all(void **state)
{
    struct xenapi_value list = list_of("10.0.0.1 10.0.0.2 10.0.0.1");

    assert_list(vif_addresses_unique(&list), "10.0.0.1 10.0.0.2");
    assert_list(vif_addresses_with(&list, "10.0.0.3"), "10.0.0.1 10.0.0.2 10.0.0.3");
    assert_list(vif_addresses_with(&list, "10.0.0.2"), "10.0.0.1 10.0.0.2");
    assert_list(vif_addresses_without(&list, "10.0.0.1"), "10.0.0.2");
    assert_list(vif_addresses_without(&list, "10.0.0.9"), "10.0.0.1 10.0.0.2 10.0.0.1");
    xenapi_value_destroy(&list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_addresses_and_prefixes_of_its_family),
        cmocka_unit_test(a_list_is_limited),
        cmocka_unit_test(an_address_is_in_a_list_once_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
