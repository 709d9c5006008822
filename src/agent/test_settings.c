/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <smap.h>
#include <util.h>
#include <uuid.h>

#include "agent/settings.h"
#include "base/error.h"
#include "pool/replica.h"

static struct settings
parse(const char *key, const char *value)
{
    struct smap ids = SMAP_INITIALIZER(&ids);
    struct settings settings;

    if (key) {
        smap_add(&ids, key, value);
    }
    assert_null(settings_parse(&ids, &settings));
    smap_destroy(&ids);
    return settings;
}

static void
assert_refused(const char *key, const char *value)
{
    struct smap ids = SMAP_INITIALIZER(&ids);
    struct settings settings = { .pool = NULL };

    smap_add(&ids, key, value);
    OWN_ERROR struct error *error = settings_parse(&ids, &settings);
    smap_destroy(&ids);
    assert_non_null(error);
    assert_non_null(strstr(error->text, key));
    assert_null(settings.pool);
}

static void
host_without_settings_follows_the_usual_pool(void **state)
{
    struct settings settings = parse(NULL, NULL);

    assert_string_equal(settings.pool, POOL_DEFAULT_REMOTE);
    assert_true(uuid_is_zero(&settings.host));
    assert_int_equal(settings.layout.first_table, 199);
    assert_int_equal(settings.variant, RULES_STRICT);
    assert_true(settings.accept_foreign_ports);
    assert_null(settings.xapi);
    settings_destroy(&settings);
}

static void
each_key_is_followed(void **state)
{
    struct settings settings = parse("cabled-tables", "100");

    assert_int_equal(settings.layout.first_table, 100);
    settings_destroy(&settings);
    settings = parse("cabled-variant", "split");
    assert_int_equal(settings.variant, RULES_SPLIT);
    settings_destroy(&settings);
    settings = parse("cabled-foreign-ports", "dark");
    assert_false(settings.accept_foreign_ports);
    settings_destroy(&settings);
    settings = parse("cabled-pool", "tcp:192.0.2.1:6650");
    assert_string_equal(settings.pool, "tcp:192.0.2.1:6650");
    settings_destroy(&settings);
    settings = parse("cabled-xapi", "unix:/var/lib/xcp/xapi");
    assert_string_equal(settings.xapi, "unix:/var/lib/xcp/xapi");
    settings_destroy(&settings);
    settings = parse("cabled-xapi-ca", "any");
    assert_string_equal(settings.xapi_ca, SETTINGS_ANY_CERTIFICATE);
    settings_destroy(&settings);
}

static void
how_xapi_is_reached_concerns_no_rules(void **state)
{
    struct settings without = parse(NULL, NULL), with = parse("cabled-xapi", "tls:192.0.2.1:443");

    assert_true(settings_equal(&without, &with));
    assert_false(settings_same_xapi(&without, &with));
    assert_true(settings_same_xapi(&with, &with));
    settings_destroy(&without);
    settings_destroy(&with);
}

static void
value_that_does_not_parse_is_refused_with_its_key(void **state)
{
    assert_refused("cabled-tables", "0");
    assert_refused("cabled-tables", "248");
    assert_refused("cabled-tables", "seven");
    assert_refused("cabled-variant", "lax");
    assert_refused("cabled-foreign-ports", "yes");
    assert_refused("cabled-host", "me");
    assert_refused("cabled-pool", "");
    assert_refused("cabled-pool", "ptcp:6650");
    assert_refused("cabled-pool", "tcp:192.0.2.1:6650,nowhere");
    assert_refused("cabled-xapi", "192.0.2.1");
    assert_refused("cabled-xapi-login", "root:secret");
    assert_refused("cabled-xapi-ca", "all");
    assert_refused("cabled-xapi-cookie", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_without_settings_follows_the_usual_pool),
        cmocka_unit_test(each_key_is_followed),
        cmocka_unit_test(how_xapi_is_reached_concerns_no_rules),
        cmocka_unit_test(value_that_does_not_parse_is_refused_with_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
