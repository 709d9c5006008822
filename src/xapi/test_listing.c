/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "xapi/event.h"
#include "xapi/listing.h"
#include "xapi/news.h"

struct world {
    struct xapi_news news;
    struct xapi_listing listing;
};

static int
setup(void **state)
{
    struct world *world = xmalloc(sizeof *world);

    xapi_news_init(&world->news);
    xapi_listing_init(&world->listing, &world->news);
    xapi_listing_begin(&world->listing);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    xapi_listing_destroy(&world->listing);
    xapi_news_destroy(&world->news);
    free(world);
    return 0;
}

/* An event of a network, or of a pool if 'bridge' is NULL; 'digit' makes its reference and its uuid, 'id' its other_config. NULL: it is
 * gone. */
static struct error *
take(struct world *world, char digit, const char *bridge, const char *id)
{
    struct xapi_event event = {
        .kind = bridge ? XAPI_NETWORK : XAPI_POOL, .is_gone = !id, .ref = xasprintf("ref %c", digit), .bridge = nullable_xstrdup(bridge),
        .other_config = SMAP_INITIALIZER(&event.other_config),
    };

    snprintf(event.uuid, sizeof event.uuid, "%c0000000-0000-4000-8000-000000000000", digit);
    if (id && id[0]) {
        smap_add(&event.other_config, DIRECTORY_NETWORK_ID, id);
    }
    struct error *error = xapi_listing_take(&world->listing, &event);
    xapi_event_destroy(&event);
    return error;
}

static void
assert_network(struct world *world, const char *bridge, char digit, const char *id)
{
    struct directory_record record;

    assert_int_equal(xapi_listing_network(&world->listing, bridge, &record), DIRECTORY_KNOWN);
    assert_int_equal(record.uuid[0], digit);
    assert_string_equal(smap_get_def(record.other_config, DIRECTORY_NETWORK_ID, ""), id);
}

static enum directory_answer
network(struct world *world, const char *bridge)
{
    struct directory_record record;

    return xapi_listing_network(&world->listing, bridge, &record);
}

static enum directory_answer
pool(struct world *world)
{
    struct directory_record record;

    return xapi_listing_pool(&world->listing, &record);
}

/* What has been told: bridges in the order of the alphabet, P for the pool. */
static void
assert_news(struct world *world, const char *expected)
{
    const char **bridges = sset_sort(&world->news.bridges);
    struct ds told = DS_EMPTY_INITIALIZER;

    for (const char **bridge = bridges; *bridge; bridge++) {
        ds_put_format(&told, "%s ", *bridge);
    }
    ds_put_cstr(&told, world->news.pool ? "P" : "");
    assert_string_equal(ds_cstr(&told), expected);
    ds_destroy(&told);
    free(bridges);
    sset_clear(&world->news.bridges);
    world->news.pool = false;
}

static void
nothing_is_certain_before_the_end_of_a_listing(void **state)
{
    assert_null(take(*state, 'a', "br0", "id"));
    assert_null(take(*state, 'b', NULL, ""));
    assert_int_equal(network(*state, "br0"), DIRECTORY_UNREACHABLE);
    assert_int_equal(network(*state, "br1"), DIRECTORY_UNREACHABLE);
    assert_int_equal(pool(*state), DIRECTORY_UNREACHABLE);
    assert_news(*state, "");
    xapi_listing_end(&((struct world *) *state)->listing);
    assert_network(*state, "br0", 'a', "id");
    assert_int_equal(network(*state, "br1"), DIRECTORY_UNKNOWN);
    assert_int_equal(pool(*state), DIRECTORY_KNOWN);
    assert_news(*state, "br0 br1 P");
}

static void
changes_are_told_with_both_bridges(void **state)
{
    struct world *world = *state;

    xapi_listing_end(&world->listing);
    assert_null(take(world, 'a', "br0", "id"));
    assert_news(world, "br0 ");
    assert_null(take(world, 'a', "br0", "id"));
    assert_news(world, "");
    assert_null(take(world, 'a', "br0", "other"));
    assert_news(world, "br0 ");
    assert_network(world, "br0", 'a', "other");
    assert_null(take(world, 'a', "br1", "other"));
    assert_news(world, "br0 br1 ");
    assert_int_equal(network(world, "br0"), DIRECTORY_UNKNOWN);
    assert_null(take(world, 'a', "", NULL));
    assert_news(world, "br1 ");
    assert_int_equal(network(world, "br1"), DIRECTORY_UNKNOWN);
    assert_null(take(world, 'a', "", NULL));
    assert_news(world, "");
}

static void
what_a_listing_does_not_tell_of_is_gone(void **state)
{
    struct world *world = *state;

    assert_null(take(world, 'a', "br0", "id"));
    assert_null(take(world, 'b', "br1", "id"));
    assert_null(take(world, 'c', NULL, ""));
    xapi_listing_end(&world->listing);
    assert_news(world, "br0 br1 P");
    xapi_listing_begin(&world->listing);
    assert_null(take(world, 'a', "br0", "id"));
    assert_news(world, "");
    xapi_listing_end(&world->listing);
    assert_news(world, "br1 P");
    assert_network(world, "br0", 'a', "id");
    assert_int_equal(network(world, "br1"), DIRECTORY_UNKNOWN);
    assert_int_equal(pool(world), DIRECTORY_UNKNOWN);
}

/* What was begun and broken off tells of nothing that is gone. */
static void
a_listing_may_begin_again(void **state)
{
    struct world *world = *state;

    assert_null(take(world, 'a', "br0", "id"));
    xapi_listing_end(&world->listing);
    assert_news(world, "br0 ");
    for (int i = 0; i < 3; i++) {
        xapi_listing_begin(&world->listing);
        assert_int_equal(network(world, "br0"), DIRECTORY_UNREACHABLE);
    }
    assert_null(take(world, 'a', "br0", "id"));
    xapi_listing_end(&world->listing);
    assert_news(world, "br0 ");                         /* because it was asked for in vain */
}

static void
the_smallest_uuid_counts_and_one_pool_only(void **state)
{
    struct world *world = *state;

    for (const char *digit = "cabd"; *digit; digit++) {
        assert_null(take(world, *digit, "br0", ""));
        assert_null(take(world, *digit + 'e' - 'a', NULL, ""));
    }
    xapi_listing_end(&world->listing);
    assert_network(world, "br0", 'a', "");
    assert_int_equal(pool(world), DIRECTORY_UNKNOWN);
    assert_null(take(world, 'a', "br0", NULL));
    assert_network(world, "br0", 'b', "");
    for (const char *digit = "efg"; *digit; digit++) {
        assert_null(take(world, *digit, NULL, NULL));
    }
    assert_int_equal(pool(world), DIRECTORY_KNOWN);
}

static void
more_than_the_limit_are_refused(void **state)
{
    struct world *world = *state;

    for (int i = 0; i <= LIMIT_XAPI_LISTED; i++) {
        struct xapi_event event = { .kind = XAPI_NETWORK, .ref = xasprintf("%d", i), .bridge = xasprintf("br%d", i) };

        smap_init(&event.other_config);
        struct error *error = xapi_listing_take(&world->listing, &event);
        assert_int_equal(i == LIMIT_XAPI_LISTED, error != NULL);
        error_free(error);
        xapi_event_destroy(&event);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_certain_before_the_end_of_a_listing, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_are_told_with_both_bridges, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_listing_does_not_tell_of_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_listing_may_begin_again, setup, teardown),
        cmocka_unit_test_setup_teardown(the_smallest_uuid_counts_and_one_pool_only, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_the_limit_are_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
