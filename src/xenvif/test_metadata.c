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
#include "base/limits.h"
#include "base/test_error.h"
#include "xenvif/metadata.h"

/* As xenopsd writes it, in an order of its own and with members that mean nothing here. */
#define FILE_WITH(MODE, BACKEND)                                                                                                    \
    "{\"id\": [\"0a1b2c3d-0000-4000-8000-00000000abcd\", \"0\"], \"position\": 0, \"mac\": \"02:00:00:00:05:00\", \"carrier\": true," \
    " \"mtu\": 1500, \"rate\": null, \"backend\": " BACKEND ", \"other_config\": {\"ethtool-gso\": \"off\"}, \"locking_mode\": " MODE \
    ", \"extra_private_keys\": {\"vif-uuid\": \"11111111-0000-4000-8000-000000000001\", \"network-uuid\":"                          \
    " \"22222222-0000-4000-8000-000000000002\"}, \"pvs_proxy\": null, \"vlan\": null, \"trunks\": []}"

#define LOCKED "[\"Locked\", {\"ipv4\": [\"10.0.0.5\", \"10.0.0.6\"], \"ipv6\": [\"2001:db8::5\"]}]"
#define LOCAL "[\"Local\", \"xenbr0\"]"

static void
parse(const char *text, struct xenvif_metadata *metadata)
{
    OWN_ERROR struct error *error = xenvif_metadata_parse(text, strlen(text), metadata);

    if (error) {
        fail_msg("refused: %s", error->text);
    }
}

static void
assert_refused(const char *text, const char *part)
{
    struct xenvif_metadata metadata;
    OWN_ERROR struct error *error = xenvif_metadata_parse(text, strlen(text), &metadata);

    assert_error(error, ERROR_INVALID, part, text);
}

static void
a_locked_vif_has_its_addresses(void **state)
{
    struct xenvif_metadata metadata;

    parse(FILE_WITH(LOCKED, LOCAL), &metadata);
    assert_string_equal(metadata.locking_mode, "locked");
    assert_string_equal(metadata.mac, "02:00:00:00:05:00");
    assert_string_equal(metadata.bridge, "xenbr0");
    assert_string_equal(metadata.ipv4[0], "10.0.0.5");
    assert_string_equal(metadata.ipv4[1], "10.0.0.6");
    assert_null(metadata.ipv4[2]);
    assert_string_equal(metadata.ipv6[0], "2001:db8::5");
    assert_null(metadata.ipv6[1]);
    assert_string_equal(metadata.vif_uuid, "11111111-0000-4000-8000-000000000001");
    assert_string_equal(metadata.network_uuid, "22222222-0000-4000-8000-000000000002");
    xenvif_metadata_destroy(&metadata);
}

static void
the_other_modes_are_words(void **state)
{
    struct xenvif_metadata metadata;

    parse(FILE_WITH("\"Unlocked\"", LOCAL), &metadata);
    assert_string_equal(metadata.locking_mode, "unlocked");
    xenvif_metadata_destroy(&metadata);
    parse(FILE_WITH("\"Disabled\"", LOCAL), &metadata);
    assert_string_equal(metadata.locking_mode, "disabled");
    xenvif_metadata_destroy(&metadata);
}

/* Whatever of it a reader may find while xenopsd writes it. */
static void
every_beginning_of_a_file_is_refused(void **state)
{
    static const char text[] = FILE_WITH(LOCKED, LOCAL);

    for (size_t n = 0; n + 1 < sizeof text - 1; n++) {
        struct xenvif_metadata metadata;
        OWN_ERROR struct error *error = xenvif_metadata_parse(text, n, &metadata);

        assert_non_null(error);
        assert_int_equal(error->code, ERROR_INVALID);
    }
}

static void
what_a_policy_needs_is_not_guessed(void **state)
{
    assert_refused("[]", "no object");
    assert_refused("{}", "'mac' is missing");
    assert_refused("{\"mac\": 5}", "'mac' is no string");
    assert_refused("{\"mac\": \"02:00:00:00:05:00\"}", "'locking_mode' is missing");
    assert_refused(FILE_WITH("\"Locked\"", LOCAL), "'Locked', not");
    assert_refused(FILE_WITH("\"unlocked\"", LOCAL), "'unlocked', not");
    assert_refused(FILE_WITH("null", LOCAL), "no string");
    assert_refused(FILE_WITH("[\"Locked\"]", LOCAL), "is a list, but not");
    assert_refused(FILE_WITH("[\"Unlocked\", {}]", LOCAL), "is a list, but not");
    assert_refused(FILE_WITH("[\"Locked\", {\"ipv4\": []}]", LOCAL), "'ipv6' of 'locking_mode' is missing");
    assert_refused(FILE_WITH("[\"Locked\", {\"ipv4\": \"\", \"ipv6\": []}]", LOCAL), "'ipv4' of 'locking_mode' is no list");
    assert_refused(FILE_WITH("[\"Locked\", {\"ipv4\": [5], \"ipv6\": []}]", LOCAL), "no string");
    assert_refused(FILE_WITH(LOCKED, "\"xenbr0\""), "'backend' is not");
}

static void
a_driver_domain_s_vif_is_refused_for_good(void **state)
{
    static const char text[] = FILE_WITH(LOCKED, "[\"Remote\", [\"0a1b2c3d-0000-4000-8000-00000000abcd\", \"xenbr0\"]]");
    struct xenvif_metadata metadata;
    OWN_ERROR struct error *error = xenvif_metadata_parse(text, strlen(text), &metadata);

    assert_error(error, ERROR_REFUSED, "driver domain", text);
}

static void
sizes_are_limited(void **state)
{
    char *blanks = xmalloc(LIMIT_XENVIF_METADATA_BYTES + 1);
    struct xenvif_metadata metadata;

    memset(blanks, ' ', LIMIT_XENVIF_METADATA_BYTES + 1);
    OWN_ERROR struct error *error = xenvif_metadata_parse(blanks, LIMIT_XENVIF_METADATA_BYTES + 1, &metadata);

    assert_error(error, ERROR_LIMIT, "larger than", "blanks");
    free(blanks);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_locked_vif_has_its_addresses),
        cmocka_unit_test(the_other_modes_are_words),
        cmocka_unit_test(every_beginning_of_a_file_is_refused),
        cmocka_unit_test(what_a_policy_needs_is_not_guessed),
        cmocka_unit_test(a_driver_domain_s_vif_is_refused_for_good),
        cmocka_unit_test(sizes_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
