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
#include "xenvif/call.h"
#include "xenvif/description.h"
#include "xenvif/facts.h"

#define VM "0a1b2c3d-0000-4000-8000-00000000abcd"
#define FINAL "0a1b2c3d-ffff-4000-8000-00000000abcd"
#define VIF_UUID "11111111-0000-4000-8000-000000000001"
#define NETWORK "22222222-0000-4000-8000-000000000002"
#define METADATA                                                                                                            \
    "{\"mac\": \"02:00:00:00:05:00\", \"backend\": [\"Local\", \"xenbr0\"], \"locking_mode\":"                                \
    " [\"Locked\", {\"ipv4\": [\"10.0.0.5\"], \"ipv6\": []}], \"extra_private_keys\": {\"vif-uuid\": \"" VIF_UUID "\"}}"

static const struct xenvif_call call = { .type = XENVIF_VIF, .domid = 5, .devid = 0, .device = "vif5.0" };

static void
set(struct xenvif_facts *facts, enum xenvif_key key, const char *value)
{
    free(facts->key[key]);
    facts->key[key] = nullable_xstrdup(value);
}

/* What stands on a host of today. */
static struct xenvif_facts
facts_of_today(void)
{
    struct xenvif_facts facts = { .vm_uuid = VM, .has_metadata = true };

    facts.private_path = xenvif_private_path(&call, VM, false);
    set(&facts, XENVIF_KEY_BRIDGE, "xenbr0");
    set(&facts, XENVIF_KEY_BRIDGE_MAC, "fe:ff:ff:ff:ff:ff");
    set(&facts, XENVIF_KEY_MTU, "1500");
    set(&facts, XENVIF_KEY_TRUNKS, "");
    set(&facts, XENVIF_KEY_VIF_UUID, VIF_UUID);
    set(&facts, XENVIF_KEY_NETWORK_UUID, NETWORK);
    set(&facts, XENVIF_KEY_XENOPSD_BACKEND, "classic");
    assert_null(xenvif_metadata_parse(METADATA, strlen(METADATA), &facts.metadata));
    return facts;
}

/* And on one of old: no file, and keys that it has not. */
static struct xenvif_facts
facts_of_old(void)
{
    struct xenvif_facts facts = facts_of_today();

    xenvif_metadata_destroy(&facts.metadata);
    facts.has_metadata = false;
    facts.older_root = true;
    set(&facts, XENVIF_KEY_XENOPSD_BACKEND, NULL);
    set(&facts, XENVIF_KEY_TRUNKS, NULL);
    set(&facts, XENVIF_KEY_LOCKING_MODE, "locked");
    set(&facts, XENVIF_KEY_IPV4_ALLOWED, "10.0.0.5,10.0.0.6");
    set(&facts, XENVIF_KEY_IPV6_ALLOWED, "");
    facts.frontend_mac = xstrdup("02:00:00:00:05:00");
    return facts;
}

/* Destroys 'facts'. */
static struct xenvif_description
describe(struct xenvif_facts *facts)
{
    struct xenvif_description description;
    OWN_ERROR struct error *error = xenvif_describe(&call, facts, &description);

    if (error) {
        fail_msg("refused: %s", error->text);
    }
    xenvif_facts_destroy(facts);
    return description;
}

static void
assert_policy(const struct xenvif_description *description, const char *wanted)
{
    char *text = vif_policy_describe(&description->policy);

    assert_string_equal(text, wanted);
    free(text);
}

static void
a_host_of_today_is_described_by_its_keys_and_the_file(void **state)
{
    struct xenvif_facts facts = facts_of_today();
    struct xenvif_description description = describe(&facts);

    assert_string_equal(description.device, "vif5.0");
    assert_string_equal(description.bridge, "xenbr0");
    assert_string_equal(description.vm_uuid, VM);
    assert_string_equal(description.vif_uuid, VIF_UUID);
    assert_string_equal(description.network_uuid, NETWORK);
    assert_int_equal(description.mtu, 1500);
    assert_policy(&description, "locked to 02:00:00:00:05:00 and 10.0.0.5");
    xenvif_description_destroy(&description);
}

static void
an_older_host_is_described_by_its_keys(void **state)
{
    struct xenvif_facts facts = facts_of_old();
    struct xenvif_description description = describe(&facts);

    assert_policy(&description, "locked to 02:00:00:00:05:00, 10.0.0.5 and 10.0.0.6");
    xenvif_description_destroy(&description);
}

static void
a_vm_that_migrates_here_has_its_final_uuid(void **state)
{
    struct xenvif_facts facts = facts_of_today();

    facts.final_uuid = xstrdup(FINAL);
    struct xenvif_description description = describe(&facts);
    assert_string_equal(description.vm_uuid, FINAL);
    xenvif_description_destroy(&description);
}

static void
trunks_are_cut_at_commas_and_spaces(void **state)
{
    struct xenvif_facts facts = facts_of_today();

    set(&facts, XENVIF_KEY_TRUNKS, "10, 20 30");
    struct xenvif_description description = describe(&facts);
    assert_int_equal(description.policy.n_vlans, 3);
    assert_int_equal(description.policy.vlans[2], 30);
    xenvif_description_destroy(&description);
}

static void
assert_wrong(struct xenvif_facts facts, enum xenvif_key key, const char *value, enum error_code code, const char *part)
{
    struct xenvif_description description;

    set(&facts, key, value);
    OWN_ERROR struct error *error = xenvif_describe(&call, &facts, &description);
    assert_error(error, code, part, value ? value : xenvif_key_path(key));
    xenvif_facts_destroy(&facts);
}

static void
a_key_that_is_missing_is_named(void **state)
{
    assert_wrong(facts_of_today(), XENVIF_KEY_BRIDGE, NULL, ERROR_NOT_FOUND, "xenstore has no /xapi/" VM "/private/vif/0/bridge");
    assert_wrong(facts_of_today(), XENVIF_KEY_BRIDGE_MAC, NULL, ERROR_NOT_FOUND, "/private/vif/0/bridge-MAC");
    assert_wrong(facts_of_today(), XENVIF_KEY_MTU, NULL, ERROR_NOT_FOUND, "/private/vif/0/MTU");
    assert_wrong(facts_of_today(), XENVIF_KEY_TRUNKS, NULL, ERROR_NOT_FOUND, "/private/vif/0/trunks");
    assert_wrong(facts_of_today(), XENVIF_KEY_NETWORK_UUID, NULL, ERROR_NOT_FOUND, "/private/vif/0/network-uuid");
    assert_wrong(facts_of_old(), XENVIF_KEY_VIF_UUID, NULL, ERROR_NOT_FOUND, "vif-uuid");
    assert_wrong(facts_of_old(), XENVIF_KEY_LOCKING_MODE, NULL, ERROR_NOT_FOUND, "locking-mode");
}

static void
a_value_that_makes_no_sense_is_refused(void **state)
{
    assert_wrong(facts_of_today(), XENVIF_KEY_BRIDGE, "a/b", ERROR_INVALID, "bridge name 'a/b'");
    assert_wrong(facts_of_today(), XENVIF_KEY_BRIDGE_MAC, "02:00:00:00:00:01", ERROR_INVALID, "a backend device has fe:ff:ff:ff:ff:ff");
    assert_wrong(facts_of_today(), XENVIF_KEY_MTU, "67", ERROR_INVALID, "MTU 67 is less than 68");
    assert_wrong(facts_of_today(), XENVIF_KEY_MTU, "1e3", ERROR_INVALID, "MTU '1e3'");
    assert_wrong(facts_of_today(), XENVIF_KEY_TRUNKS, "10,4095", ERROR_INVALID, "trunks: VLAN '4095'");
    assert_wrong(facts_of_today(), XENVIF_KEY_VIF_UUID, "x", ERROR_INVALID, "vif-uuid 'x' is no uuid");
    assert_wrong(facts_of_old(), XENVIF_KEY_LOCKING_MODE, "network_default", ERROR_INVALID, "network_default");
    assert_wrong(facts_of_old(), XENVIF_KEY_LOCKING_MODE, "open", ERROR_INVALID, "open");
    assert_wrong(facts_of_old(), XENVIF_KEY_IPV4_ALLOWED, "10.0.0.500", ERROR_INVALID, "10.0.0.500");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_of_today_is_described_by_its_keys_and_the_file),
        cmocka_unit_test(an_older_host_is_described_by_its_keys),
        cmocka_unit_test(a_vm_that_migrates_here_has_its_final_uuid),
        cmocka_unit_test(trunks_are_cut_at_commas_and_spaces),
        cmocka_unit_test(a_key_that_is_missing_is_named),
        cmocka_unit_test(a_value_that_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
