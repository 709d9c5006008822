/* SPDX-License-Identifier: Apache-2.0
 *
 * Each rule for bridges, and what becomes of it when the toolstack is not to be reached or the bridge is guarded, as a row of a table.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <smap.h>
#include <util.h>

#include "base/limits.h"
#include "sync/bridge_identity.h"

#define NETWORK "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"
#define POOL "33333333-3333-4333-8333-333333333333"

static const char KEEP[] = "(keep)", NONE[] = "(none)";

struct row {
    const char *name;
    enum directory_answer network;
    const char *network_config; /* "key=value,..." */
    enum directory_answer pool;
    const char *pool_config;
    const char *uuids;
    bool guarded;
    const char *fail_mode, *in_band, *id;           /* KEEP, NONE or text */
    const char *withheld_fail_mode, *withheld_in_band;
};

#define KNOWN DIRECTORY_KNOWN
#define UNKNOWN DIRECTORY_UNKNOWN
#define UNREACHABLE DIRECTORY_UNREACHABLE

static const struct row rows[] = {
    /* fail_mode */
    { "the network's word is taken", KNOWN, "vswitch-controller-fail-mode=secure", KNOWN, "", NULL, false,
      "secure", NONE, NONE },
    { "it goes before the pool's", KNOWN, "vswitch-controller-fail-mode=standalone", KNOWN, "vswitch-controller-fail-mode=secure", NULL, false,
      "standalone", NONE, NONE },
    { "a network without one has the pool's", KNOWN, "", KNOWN, "vswitch-controller-fail-mode=secure", NULL, false,
      "secure", NONE, NONE },
    { "of two pools none counts", KNOWN, "", UNKNOWN, NULL, NULL, false, "standalone", NONE, NONE },
    { "nobody's word is standalone", KNOWN, "", KNOWN, "", NULL, false, "standalone", NONE, NONE },
    { "any other word is standalone", KNOWN, "vswitch-controller-fail-mode=Secure", KNOWN, "vswitch-controller-fail-mode=secure", NULL, false,
      "standalone", NONE, NONE },
    { "any other word of the pool likewise", KNOWN, "", KNOWN, "vswitch-controller-fail-mode=open", NULL, false,
      "standalone", NONE, NONE },
    { "a pool that is not known now changes nothing", KNOWN, "", UNREACHABLE, NULL, NULL, false, KEEP, NONE, NONE },
    { "and is not needed if the network says it", KNOWN, "vswitch-controller-fail-mode=secure", UNREACHABLE, NULL, NULL, false,
      "secure", NONE, NONE },

    /* disable-in-band */
    { "true is taken", KNOWN, "vswitch-disable-in-band=true", KNOWN, "", NULL, false, "standalone", "true", NONE },
    { "false is taken", KNOWN, "vswitch-disable-in-band=false", KNOWN, "", NULL, false, "standalone", "false", NONE },
    { "any other word changes nothing", KNOWN, "vswitch-disable-in-band=yes", KNOWN, "", NULL, false, "standalone", KEEP, NONE },
    { "the pool has no say in it", KNOWN, "", KNOWN, "vswitch-disable-in-band=true", NULL, false, "standalone", NONE, NONE },

    /* bridge-id */
    { "the network's own id goes first", KNOWN, "nicira-bridge-id=custom bridge ID", KNOWN, "", NETWORK, false,
      "standalone", NONE, "custom bridge ID" },
    { "one uuid is the id", KNOWN, "", KNOWN, "", OTHER, false, "standalone", NONE, OTHER },
    { "of several it is that of the network which has the bridge", KNOWN, "", KNOWN, "", OTHER ";" NETWORK, false,
      "standalone", NONE, NETWORK },
    { "if that is among them", KNOWN, "", KNOWN, "", OTHER ";" POOL, false, "standalone", NONE, NONE },
    { "and whole", KNOWN, "", KNOWN, "", OTHER ";" NETWORK "0", false, "standalone", NONE, NONE },
    { "no uuids, no id", KNOWN, "", KNOWN, "", NULL, false, "standalone", NONE, NONE },
    { "an empty word is none", KNOWN, "nicira-bridge-id=", KNOWN, "", "", false, "standalone", NONE, NONE },

    /* no network has the bridge */
    { "an unknown bridge has its one uuid", UNKNOWN, NULL, KNOWN, "vswitch-controller-fail-mode=secure", OTHER, false, KEEP, KEEP, OTHER },
    { "an unknown bridge with several has none", UNKNOWN, NULL, KNOWN, "", OTHER ";" NETWORK, false, KEEP, KEEP, NONE },
    { "an unknown bridge without any has none", UNKNOWN, NULL, KNOWN, "", NULL, false, KEEP, KEEP, NONE },

    /* nobody answers */
    { "what is not known changes nothing", UNREACHABLE, NULL, UNREACHABLE, NULL, NETWORK, false, KEEP, KEEP, KEEP },
    { "not even what is not there", UNREACHABLE, NULL, KNOWN, "vswitch-controller-fail-mode=secure", NULL, false, KEEP, KEEP, KEEP },

    /* guarded */
    { "a guarded bridge stays secure", KNOWN, "vswitch-controller-fail-mode=standalone", KNOWN, "", NETWORK, true,
      KEEP, KEEP, NETWORK, .withheld_fail_mode = "standalone" },
    { "whatever the word is", KNOWN, "vswitch-controller-fail-mode=x", KNOWN, "", NETWORK, true,
      KEEP, KEEP, NETWORK, .withheld_fail_mode = "standalone" },
    { "also if the pool says it", KNOWN, "", KNOWN, "vswitch-controller-fail-mode=standalone", NETWORK, true,
      KEEP, KEEP, NETWORK, .withheld_fail_mode = "standalone" },
    { "in-band control stays off", KNOWN, "vswitch-disable-in-band=false", KNOWN, "", NETWORK, true,
      KEEP, KEEP, NETWORK, .withheld_in_band = "false" },
    { "what guarding needs anyway is not withheld", KNOWN, "vswitch-controller-fail-mode=secure,vswitch-disable-in-band=true", KNOWN, "",
      NETWORK, true, KEEP, KEEP, NETWORK },
    { "a default is no word", KNOWN, "", KNOWN, "", NETWORK, true, KEEP, KEEP, NETWORK },
};

static void
parse(const char *text, struct smap *smap)
{
    char *copy = xstrdup(text), *save = NULL;

    smap_init(smap);
    for (char *pair = strtok_r(copy, ",", &save); pair; pair = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(pair, '=');

        *equals = '\0';
        smap_add(smap, pair, equals + 1);
    }
    free(copy);
}

static void
assert_text(const struct row *row, const char *what, const char *text, const char *expected)
{
    text = text ? text : NONE;
    expected = expected ? expected : NONE;
    if (strcmp(text, expected)) {
        fail_msg("%s: %s is '%s', and not '%s'", row->name, what, text, expected);
    }
}

static void
assert_value(const struct row *row, const char *what, const struct identity_value *value, const char *expected)
{
    assert_text(row, what, value->keep ? KEEP : value->text, expected);
}

static void
check_row(const struct row *row)
{
    struct smap network, pool;

    parse(row->network_config ? row->network_config : "", &network);
    parse(row->pool_config ? row->pool_config : "", &pool);

    const struct bridge_facts facts = {
        .network_uuids = row->uuids,
        .guarded = row->guarded,
        .network = { row->network, { NETWORK, &network } },
        .pool = { row->pool, { POOL, &pool } },
    };
    const struct bridge_identity identity = bridge_identity_decide(&facts);
    assert_value(row, "fail_mode", &identity.fail_mode, row->fail_mode);
    assert_value(row, "disable-in-band", &identity.in_band, row->in_band);
    assert_value(row, "bridge-id", &identity.id, row->id);
    assert_text(row, "the withheld fail_mode", identity.withheld_fail_mode, row->withheld_fail_mode);
    assert_text(row, "the withheld disable-in-band", identity.withheld_in_band, row->withheld_in_band);
    smap_destroy(&network);
    smap_destroy(&pool);
}

static void
bridge_is_as_its_network_wants_it(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        check_row(&rows[i]);
    }
}

static void
strange_word_for_in_band_control_is_told(void **state OVS_UNUSED)
{
    struct smap network;

    parse("vswitch-disable-in-band=maybe", &network);

    const struct bridge_facts facts = { .network = { KNOWN, { NETWORK, &network } }, .pool = { UNKNOWN } };
    const struct bridge_identity identity = bridge_identity_decide(&facts);
    assert_string_equal(identity.strange_in_band, "maybe");
    smap_destroy(&network);
}

static void
id_that_is_too_long_changes_nothing(void **state OVS_UNUSED)
{
    char *id = xzalloc(LIMIT_IDENTITY_BYTES + 2);
    struct smap network = SMAP_INITIALIZER(&network);

    memset(id, 'x', LIMIT_IDENTITY_BYTES + 1);
    smap_add(&network, DIRECTORY_NETWORK_ID, id);

    const struct bridge_facts facts = { .network = { KNOWN, { NETWORK, &network } }, .pool = { UNKNOWN } };
    assert_true(bridge_identity_decide(&facts).id.keep);
    id[LIMIT_IDENTITY_BYTES] = '\0';
    smap_replace(&network, DIRECTORY_NETWORK_ID, id);
    assert_string_equal(bridge_identity_decide(&facts).id.text, id);
    smap_destroy(&network);
    free(id);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bridge_is_as_its_network_wants_it),
        cmocka_unit_test(strange_word_for_in_band_control_is_told),
        cmocka_unit_test(id_that_is_too_long_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
