/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sset.h>
#include <util.h>

#include "base/limits.h"
#include "xapi/event.h"
#include "xapi/inquiry.h"

#define A "a0000000-0000-4000-8000-000000000000"
#define B "b0000000-0000-4000-8000-000000000000"

enum { NOW = 1000 };

struct world {
    struct sset news;
    struct xapi_inquiries inquiries;
};

static int
setup(void **state)
{
    struct world *world = xmalloc(sizeof *world);

    sset_init(&world->news);
    xapi_inquiries_init(&world->inquiries, &world->news);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    xapi_inquiries_destroy(&world->inquiries);
    sset_destroy(&world->news);
    free(world);
    return 0;
}

static enum directory_answer
find(struct world *world, const char *uuid)
{
    struct directory_record record;

    return xapi_inquiries_find(&world->inquiries, uuid, &record);
}

static void
assert_known(struct world *world, const char *uuid, const char *id)
{
    struct directory_record record;

    assert_int_equal(xapi_inquiries_find(&world->inquiries, uuid, &record), DIRECTORY_KNOWN);
    assert_string_equal(record.uuid, uuid);
    assert_string_equal(smap_get_def(record.other_config, DIRECTORY_VIF_ID, ""), id);
}

/* The next question must be after that object. */
static struct xapi_inquiry *
next(struct world *world, const char *uuid)
{
    struct xapi_inquiry *inquiry = xapi_inquiries_next(&world->inquiries, NOW);

    assert_non_null(inquiry);
    assert_string_equal(inquiry->uuid, uuid);
    return inquiry;
}

static void
assert_none(struct world *world)
{
    assert_null(xapi_inquiries_next(&world->inquiries, NOW));
}

static void
found(struct world *world, struct xapi_inquiry *inquiry, const char *id)
{
    struct smap config = SMAP_INITIALIZER(&config);

    smap_add(&config, DIRECTORY_VIF_ID, id);
    xapi_inquiries_found(&world->inquiries, inquiry, &config);
    smap_destroy(&config);
}

/* Asks for it and has it answered. */
static void
know(struct world *world, const char *uuid, const char *ref, const char *id)
{
    assert_int_equal(find(world, uuid), DIRECTORY_UNREACHABLE);
    struct xapi_inquiry *inquiry = next(world, uuid);
    xapi_inquiries_located(&world->inquiries, inquiry, ref);
    found(world, inquiry, id);
    assert_true(sset_find_and_delete(&world->news, uuid));
    assert_known(world, uuid, id);
}

/* An event; 'id' NULL: the object is gone. */
static void
take(struct world *world, const char *uuid, const char *ref, const char *id)
{
    struct xapi_event event = {
        .kind = XAPI_VIF, .is_gone = !id, .ref = xstrdup(ref), .other_config = SMAP_INITIALIZER(&event.other_config),
    };

    ovs_strlcpy(event.uuid, id ? uuid : "", sizeof event.uuid);
    if (id) {
        smap_add(&event.other_config, DIRECTORY_VIF_ID, id);
    }
    xapi_inquiries_take(&world->inquiries, &event);
    xapi_event_destroy(&event);
}

static void
what_is_asked_for_is_asked_once_and_told(void **state)
{
    struct world *world = *state;

    assert_int_equal(xapi_inquiries_when(&world->inquiries), LLONG_MAX);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    assert_int_equal(xapi_inquiries_when(&world->inquiries), 0);
    struct xapi_inquiry *inquiry = next(world, A);
    assert_null(inquiry->ref);
    assert_none(world);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    xapi_inquiries_located(&world->inquiries, inquiry, "ref");
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    found(world, inquiry, "id");
    assert_true(sset_contains(&world->news, A));
    assert_known(world, A, "id");
    assert_none(world);
}

static void
what_is_not_there_is_unknown_until_it_comes(void **state)
{
    struct world *world = *state;

    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    xapi_inquiries_missing(&world->inquiries, next(world, A));
    assert_true(sset_find_and_delete(&world->news, A));
    assert_int_equal(find(world, A), DIRECTORY_UNKNOWN);
    take(world, B, "ref B", "id");
    assert_none(world);
    take(world, A, "ref", "id");
    know(world, A, "ref", "id");
}

static void
what_is_no_uuid_is_unknown_at_once(void **state)
{
    static const char *const texts[] = { "", "x", "a0000000-0000-4000-8000-00000000000", A " ", " " A };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_int_equal(find(*state, texts[i]), DIRECTORY_UNKNOWN);
    }
    assert_none(*state);
    assert_int_equal(find(*state, "A0000000-0000-4000-8000-000000000000"), DIRECTORY_UNREACHABLE);
    next(*state, A);
}

static void
an_event_that_says_the_same_asks_nothing(void **state)
{
    know(*state, A, "ref", "id");
    take(*state, A, "ref", "id");
    assert_none(*state);
    assert_known(*state, A, "id");
}

static void
an_event_that_says_something_else_asks_again_by_the_reference(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    take(world, A, "ref", "other");
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    struct xapi_inquiry *inquiry = next(world, A);
    assert_string_equal(inquiry->ref, "ref");
    found(world, inquiry, "newest");
    assert_true(sset_contains(&world->news, A));
    assert_known(world, A, "newest");
}

static void
an_event_that_was_overtaken_changes_nothing(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    take(world, A, "ref", "older");
    found(world, next(world, A), "id");
    assert_true(sset_is_empty(&world->news));
    assert_known(world, A, "id");
}

static void
what_is_gone_is_asked_by_its_uuid(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    take(world, A, "ref of another", NULL);
    assert_known(world, A, "id");
    take(world, A, "ref", NULL);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    struct xapi_inquiry *inquiry = next(world, A);
    assert_null(inquiry->ref);
    xapi_inquiries_missing(&world->inquiries, inquiry);
    assert_true(sset_contains(&world->news, A));
    assert_int_equal(find(world, A), DIRECTORY_UNKNOWN);
}

static void
another_reference_for_the_same_uuid_is_followed(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    take(world, A, "ref 2", "id");
    struct xapi_inquiry *inquiry = next(world, A);
    assert_null(inquiry->ref);
    xapi_inquiries_located(&world->inquiries, inquiry, "ref 2");
    found(world, inquiry, "id");
    take(world, A, "ref", NULL);                /* the old one, late */
    assert_none(world);
    assert_known(world, A, "id");
}

/* Whatever comes while a question is under way, its answer may be older. */
static void
an_answer_that_an_event_overtook_is_asked_again(void **state)
{
    struct world *world = *state;
    struct xapi_inquiry *inquiry;

    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    inquiry = next(world, A);
    take(world, A, "ref", "id");
    xapi_inquiries_missing(&world->inquiries, inquiry);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    inquiry = next(world, A);
    xapi_inquiries_located(&world->inquiries, inquiry, "ref");
    take(world, A, "ref", "newer");
    found(world, inquiry, "older");
    assert_true(sset_is_empty(&world->news));
    inquiry = next(world, A);
    take(world, A, "ref", NULL);
    found(world, inquiry, "newer");
    assert_true(sset_is_empty(&world->news));
    inquiry = next(world, A);
    assert_null(inquiry->ref);
    xapi_inquiries_missing(&world->inquiries, inquiry);
    assert_int_equal(find(world, A), DIRECTORY_UNKNOWN);
}

static void
what_fails_is_asked_later_and_holds_up_nobody(void **state)
{
    struct world *world = *state;

    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    assert_int_equal(find(world, B), DIRECTORY_UNREACHABLE);
    xapi_inquiries_failed(&world->inquiries, next(world, A), NOW);
    xapi_inquiries_missing(&world->inquiries, next(world, B));
    assert_none(world);
    assert_int_equal(xapi_inquiries_when(&world->inquiries), NOW + BACKOFF_FIRST_MS);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    struct xapi_inquiry *inquiry = xapi_inquiries_next(&world->inquiries, NOW + BACKOFF_FIRST_MS);
    assert_string_equal(inquiry->uuid, A);
    assert_int_equal(xapi_inquiries_when(&world->inquiries), LLONG_MAX);
    xapi_inquiries_failed(&world->inquiries, inquiry, NOW + BACKOFF_FIRST_MS);
    assert_int_equal(xapi_inquiries_when(&world->inquiries), NOW + 3 * BACKOFF_FIRST_MS);
    take(world, A, "ref", "id");                /* something has happened to it */
    next(world, A);
}

static void
a_reference_that_leads_nowhere_is_looked_for_again(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    take(world, A, "ref", "other");
    xapi_inquiries_moved(&world->inquiries, next(world, A), NOW);
    struct xapi_inquiry *inquiry = next(world, A);
    assert_null(inquiry->ref);
    xapi_inquiries_located(&world->inquiries, inquiry, "ref");
    xapi_inquiries_moved(&world->inquiries, inquiry, NOW);
    assert_none(world);                         /* but not all the time */
    assert_int_equal(xapi_inquiries_when(&world->inquiries), NOW + BACKOFF_FIRST_MS);
}

static void
in_doubt_all_is_asked_again_and_only_changes_are_told(void **state)
{
    struct world *world = *state;
    struct xapi_inquiry *inquiry;

    know(world, A, "ref A", "id");
    know(world, B, "ref B", "id");
    xapi_inquiries_doubt(&world->inquiries);
    for (int i = 0; i < 2; i++) {
        inquiry = xapi_inquiries_next(&world->inquiries, NOW);
        assert_non_null(inquiry->ref);
        found(world, inquiry, strcmp(inquiry->uuid, A) ? "other" : "id");
    }
    assert_none(world);
    assert_true(sset_count(&world->news) == 1 && sset_contains(&world->news, B));
    assert_known(world, A, "id");
    assert_known(world, B, "other");
}

static void
in_doubt_what_is_under_way_and_what_waits_is_asked_again(void **state)
{
    struct world *world = *state;

    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    xapi_inquiries_failed(&world->inquiries, next(world, A), NOW);
    assert_int_equal(find(world, B), DIRECTORY_UNREACHABLE);
    next(world, B);
    xapi_inquiries_doubt(&world->inquiries);
    xapi_inquiries_missing(&world->inquiries, xapi_inquiries_next(&world->inquiries, NOW));
    xapi_inquiries_missing(&world->inquiries, xapi_inquiries_next(&world->inquiries, NOW));
    assert_none(world);
    assert_int_equal(sset_count(&world->news), 2);
}

static void
round_trip(struct world *world)
{
    xapi_inquiries_begin_round(&world->inquiries);
    xapi_inquiries_end_round(&world->inquiries);
}

/* What was made and has gone since the last token is told to nobody. */
static void
what_was_found_is_asked_for_once_more_after_the_next_round(void **state)
{
    struct world *world = *state;

    xapi_inquiries_begin_round(&world->inquiries);
    know(world, A, "ref", "id");
    xapi_inquiries_end_round(&world->inquiries);        /* its token may be older than the object */
    assert_none(world);
    round_trip(world);
    assert_known(world, A, "id");
    struct xapi_inquiry *inquiry = next(world, A);
    assert_string_equal(inquiry->ref, "ref");
    assert_known(world, A, "id");
    found(world, inquiry, "id");
    assert_true(sset_is_empty(&world->news));
    round_trip(world);
    assert_none(world);
}

static void
what_was_found_and_has_gone_unseen_is_unknown(void **state)
{
    struct world *world = *state;

    xapi_inquiries_begin_round(&world->inquiries);
    know(world, A, "ref", "id");
    xapi_inquiries_end_round(&world->inquiries);
    round_trip(world);
    xapi_inquiries_moved(&world->inquiries, next(world, A), NOW);
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    xapi_inquiries_missing(&world->inquiries, next(world, A));
    assert_true(sset_contains(&world->news, A));
    assert_int_equal(find(world, A), DIRECTORY_UNKNOWN);
}

static void
what_an_event_has_told_of_is_not_asked_for_once_more(void **state)
{
    struct world *world = *state;

    know(world, A, "ref", "id");
    know(world, B, "ref B", "id");
    xapi_inquiries_begin_round(&world->inquiries);
    take(world, A, "ref", "id");
    xapi_inquiries_end_round(&world->inquiries);
    found(world, next(world, B), "id");
    assert_none(world);
    round_trip(world);
    assert_none(world);
}

static void
a_question_under_way_at_the_end_of_a_round_is_repeated(void **state)
{
    struct world *world = *state;
    struct xapi_inquiry *inquiry;

    know(world, A, "ref", "id");
    take(world, A, "ref 2", "id");                      /* another object */
    inquiry = next(world, A);
    xapi_inquiries_located(&world->inquiries, inquiry, "ref 2");
    found(world, inquiry, "id");
    xapi_inquiries_doubt(&world->inquiries);
    inquiry = next(world, A);
    round_trip(world);
    found(world, inquiry, "id");
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    found(world, next(world, A), "id");
    assert_known(world, A, "id");
    round_trip(world);
    assert_none(world);
}

static void
what_is_not_there_makes_room(void **state)
{
    struct world *world = *state;
    char uuid[UUID_LEN + 1];

    for (int i = 0; i < LIMIT_XAPI_ASKED; i++) {
        snprintf(uuid, sizeof uuid, "%08x-0000-4000-8000-000000000000", i);
        assert_int_equal(find(world, uuid), DIRECTORY_UNREACHABLE);
    }
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    assert_int_equal(hmap_count(&world->inquiries.by_uuid), LIMIT_XAPI_ASKED);
    xapi_inquiries_missing(&world->inquiries, xapi_inquiries_next(&world->inquiries, NOW));
    assert_int_equal(find(world, A), DIRECTORY_UNREACHABLE);
    assert_int_equal(find(world, B), DIRECTORY_UNREACHABLE);
    assert_int_equal(hmap_count(&world->inquiries.by_uuid), LIMIT_XAPI_ASKED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_asked_for_is_asked_once_and_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_unknown_until_it_comes, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_uuid_is_unknown_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(an_event_that_says_the_same_asks_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_event_that_says_something_else_asks_again_by_the_reference, setup, teardown),
        cmocka_unit_test_setup_teardown(an_event_that_was_overtaken_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_gone_is_asked_by_its_uuid, setup, teardown),
        cmocka_unit_test_setup_teardown(another_reference_for_the_same_uuid_is_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_that_an_event_overtook_is_asked_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_fails_is_asked_later_and_holds_up_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reference_that_leads_nowhere_is_looked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(in_doubt_all_is_asked_again_and_only_changes_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(in_doubt_what_is_under_way_and_what_waits_is_asked_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_found_is_asked_for_once_more_after_the_next_round, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_found_and_has_gone_unseen_is_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(what_an_event_has_told_of_is_not_asked_for_once_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_question_under_way_at_the_end_of_a_round_is_repeated, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_makes_room, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
