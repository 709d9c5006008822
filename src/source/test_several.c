/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool and rows that say what a test has them say.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "source/several.h"
#include "source/source.h"
#include "vif/wish.h"

enum { WORDS_MAX = 8 };

/* What it says when it runs next: "+UUID DEVICE" or "-UUID". */
struct script {
    struct source up;
    const char *words[WORDS_MAX];
    size_t n;
    bool complete;
    char reported[UUID_TEXT_SIZE]; /* the last VIF that was reported to it */
};

struct fixture {
    struct script *pool, *rows;
    struct source *several;
    struct ds told;             /* what the receiver heard, a word each */
};

static struct script *
script_cast(const struct source *source)
{
    return CONTAINER_OF(source, struct script, up);
}

static void
say(const char *words, const struct source_events *events)
{
    const char *device = strchr(words, ' ');

    if (words[0] == '-') {
        events->withdrawn(words + 1, events->aux);
        return;
    }

    struct vif_wish *wish = xzalloc(sizeof *wish);

    ovs_strzcpy(wish->uuid, words + 1, MIN((size_t) (device - words), sizeof wish->uuid));
    ovs_strlcpy(wish->device, device + 1, sizeof wish->device);
    events->wished(wish, events->aux);
}

static void
script_run(struct source *source, const struct source_events *events)
{
    struct script *script = script_cast(source);

    for (size_t i = 0; i < script->n; i++) {
        say(script->words[i], events);
    }
    script->n = 0;
}

static bool
script_is_complete(const struct source *source)
{
    return script_cast(source)->complete;
}

static bool
script_report(struct source *source, const struct source_report *report)
{
    ovs_strlcpy(script_cast(source)->reported, report->uuid, UUID_TEXT_SIZE);
    return true;
}

static void
script_destroy(struct source *source)
{
    free(script_cast(source));
}

static const struct source_class script_class = {
    .name = "script", .run = script_run, .is_complete = script_is_complete, .report = script_report, .destroy = script_destroy,
};

static struct script *
script_create(void)
{
    struct script *script = xzalloc(sizeof *script);

    script->up.class = &script_class;
    return script;
}

static void
wished(struct vif_wish *wish, void *fixture_)
{
    struct fixture *fixture = fixture_;

    ds_put_format(&fixture->told, "+%s ", wish->uuid);
    vif_wish_destroy(wish);
    free(wish);
}

static void
withdrawn(const char *uuid, void *fixture_)
{
    struct fixture *fixture = fixture_;

    ds_put_format(&fixture->told, "-%s ", uuid);
}

/* Each says one thing, or nothing (NULL), and 'expected' is what comes of it. */
static void
check(struct fixture *fixture, const char *pool, const char *rows, const char *expected)
{
    const struct source_events events = { wished, withdrawn, fixture };

    if (pool) {
        fixture->pool->words[fixture->pool->n++] = pool;
    }
    if (rows) {
        fixture->rows->words[fixture->rows->n++] = rows;
    }
    ds_clear(&fixture->told);
    fixture->several->class->run(fixture->several, &events);
    assert_string_equal(ds_cstr(&fixture->told), expected);
}

static int
setup(void **state)
{
    struct fixture *fixture = xzalloc(sizeof *fixture);

    fixture->pool = script_create();
    fixture->rows = script_create();
    fixture->several = source_several_open(&fixture->rows->up);
    source_several_set_pool(fixture->several, &fixture->pool->up);
    ds_init(&fixture->told);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;

    fixture->several->class->destroy(fixture->several);
    ds_destroy(&fixture->told);
    free(fixture);
    return 0;
}

static void
each_says_its_own(void **state)
{
    check(*state, "+p vif1.0", "+r vif2.0", "+p +r ");
    check(*state, "-p", "-r", "-p -r ");
}

static void
device_that_the_pool_names_is_the_pools_until_it_goes(void **state)
{
    struct fixture *fixture = *state;

    check(fixture, NULL, "+r vif1.0", "+r ");
    assert_false(source_several_pool_names(fixture->several, "vif1.0"));
    check(fixture, "+p vif1.0", NULL, "+p -r ");
    assert_true(source_several_pool_names(fixture->several, "vif1.0"));
    check(fixture, NULL, "+r vif1.0", "");
    check(fixture, "-p", NULL, "-p +r ");
    check(fixture, NULL, "-r", "-r ");
}

static void
row_that_goes_while_it_is_withheld_is_not_told(void **state)
{
    check(*state, "+p vif1.0", "+r vif1.0", "+p ");
    check(*state, NULL, "-r", "");
    check(*state, "-p", NULL, "-p ");
}

static void
pools_vif_that_moves_leaves_its_device_to_the_row(void **state)
{
    check(*state, "+p vif1.0", "+r vif1.0", "+p ");
    check(*state, "+p vif2.0", NULL, "+p +r ");
}

/* The row of a port that was the pool VIF's has its mark, and so its uuid. */
static void
row_with_the_uuid_of_a_pools_vif_goes_on_when_that_goes(void **state)
{
    check(*state, "+p vif1.0", "+p vif1.0", "+p ");
    check(*state, "-p", NULL, "-p +p ");
    check(*state, "+p vif1.0", NULL, "+p ");
    check(*state, "-p", "-p", "-p ");
}

static void
uuid_of_a_pools_vif_on_another_device_is_not_the_rows(void **state)
{
    check(*state, "+p vif1.0", "+p vif2.0", "+p ");
    check(*state, NULL, "-p", "");
    check(*state, NULL, "+r vif2.0", "+r ");
}

static void
pool_that_is_closed_takes_its_wishes_along(void **state)
{
    struct fixture *fixture = *state;

    check(fixture, "+p vif1.0", "+r vif1.0", "+p ");
    source_several_set_pool(fixture->several, NULL);
    check(fixture, NULL, NULL, "-p +r ");
    assert_false(source_several_pool_names(fixture->several, "vif1.0"));
    fixture->pool = script_create();
    source_several_set_pool(fixture->several, &fixture->pool->up);
    check(fixture, "+p vif1.0", NULL, "+p -r ");
}

static void
all_is_known_when_both_are(void **state)
{
    struct fixture *fixture = *state;
    const struct source_class *class = fixture->several->class;

    assert_false(class->is_complete(fixture->several));
    fixture->rows->complete = true;
    assert_false(class->is_complete(fixture->several));
    fixture->pool->complete = true;
    assert_true(class->is_complete(fixture->several));
    fixture->pool->complete = false;
    source_several_set_pool(fixture->several, NULL);
    assert_true(class->is_complete(fixture->several));
}

static void
report_goes_to_whoever_speaks_of_the_vif(void **state)
{
    struct fixture *fixture = *state;
    const struct source_class *class = fixture->several->class;

    check(fixture, "+p vif1.0", "+r vif2.0", "+p +r ");
    class->report(fixture->several, &(struct source_report) { .uuid = "p" });
    class->report(fixture->several, &(struct source_report) { .uuid = "r" });
    assert_string_equal(fixture->pool->reported, "p");
    assert_string_equal(fixture->rows->reported, "r");
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_says_its_own),
        TEST(device_that_the_pool_names_is_the_pools_until_it_goes),
        TEST(row_that_goes_while_it_is_withheld_is_not_told),
        TEST(pools_vif_that_moves_leaves_its_device_to_the_row),
        TEST(row_with_the_uuid_of_a_pools_vif_goes_on_when_that_goes),
        TEST(uuid_of_a_pools_vif_on_another_device_is_not_the_rows),
        TEST(pool_that_is_closed_takes_its_wishes_along),
        TEST(all_is_known_when_both_are),
        TEST(report_goes_to_whoever_speaks_of_the_vif),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
