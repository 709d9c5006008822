/* SPDX-License-Identifier: Apache-2.0 */
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

#include "timeline/stages.h"
#include "vif/times.h"

/* A start as the toolstack tells of it, and the VIFs' plugs as the agent does. */
static struct timeline
some_start(void)
{
    return (struct timeline) {
        .us = {
            [TIMELINE_REQUEST] = 5000000, [TIMELINE_DOMAIN] = 5001500, [TIMELINE_UNPAUSED] = 5100000, [TIMELINE_FRAME] = 6500000,
            [TIMELINE_DISCOVER] = 6600000, [TIMELINE_ACK] = 6601000, [TIMELINE_NEIGHBOUR] = 6700000,
        },
    };
}

static struct timeline
some_plug(int64_t begin)
{
    return (struct timeline) {
        .us = {
            [TIMELINE_DEVICE] = begin, [TIMELINE_UEVENT] = begin + 12000, [TIMELINE_TRANSACTION] = begin + 14000,
            [TIMELINE_PORT] = begin + 18000, [TIMELINE_RULES] = begin + 16500, [TIMELINE_LINK] = begin + 18250,
        },
    };
}

static int64_t
sum(const struct timeline *timeline)
{
    struct timeline_step steps[TIMELINE_N_STAGES];
    int64_t total = 0;

    for (size_t i = 0, n = timeline_steps(timeline, steps); i < n; i++) {
        assert_true(steps[i].took_us >= 0);
        total += steps[i].took_us;
    }
    return total;
}

static void
stages_sum_to_the_whole(void **state)
{
    struct timeline timeline = some_start(), plug = some_plug(5060000);

    timeline_add_vif(&timeline, &plug);
    assert_int_equal(sum(&timeline), 1700000);
}

static void
stages_come_in_the_order_in_which_they_were_reached(void **state)
{
    struct timeline timeline = some_start(), plug = some_plug(5060000);
    struct timeline_step steps[TIMELINE_N_STAGES];

    timeline_add_vif(&timeline, &plug);
    assert_int_equal(timeline_steps(&timeline, steps), TIMELINE_N_STAGES);
    assert_int_equal(steps[5].stage, TIMELINE_RULES);
    assert_int_equal(steps[5].took_us, 2500);
    assert_int_equal(steps[6].stage, TIMELINE_PORT);
    assert_int_equal(steps[6].took_us, 1500);
    assert_int_equal(steps[6].at_us, 78000);
    assert_int_equal(steps[7].stage, TIMELINE_LINK);
    assert_int_equal(steps[7].took_us, 250);
}

static void
what_was_so_before_the_request_took_no_time(void **state)
{
    const struct timeline timeline = {
        .us = { [TIMELINE_REQUEST] = 1000, [TIMELINE_DOMAIN] = 1005, [TIMELINE_DEVICE] = 7, [TIMELINE_UEVENT] = 9 },
    };
    struct timeline_step steps[TIMELINE_N_STAGES];

    assert_int_equal(timeline_steps(&timeline, steps), 4);
    assert_int_equal(steps[0].stage, TIMELINE_REQUEST);
    assert_int_equal(steps[1].stage, TIMELINE_DEVICE);
    assert_int_equal(steps[2].at_us, 0);
    assert_int_equal(steps[3].stage, TIMELINE_DOMAIN);
    assert_int_equal(steps[3].took_us, 5);
}

static void
last_vif_counts(void **state)
{
    struct timeline timeline = some_start(), first = some_plug(5060000), last = some_plug(5070000);

    timeline_add_vif(&timeline, &last);
    timeline_add_vif(&timeline, &first);
    assert_int_equal(timeline.us[TIMELINE_DEVICE], 5070000);
    assert_int_equal(timeline.us[TIMELINE_LINK], 5088250);
}

static void
plug_of_another_time_does_not_count(void **state)
{
    const struct timeline before = some_plug(4000000), after = some_plug(5500000);
    struct timeline timeline = some_start();
    const struct timeline start = timeline;

    timeline_add_vif(&timeline, &before);
    timeline_add_vif(&timeline, &after);
    assert_memory_equal(&timeline, &start, sizeof start);
}

static void
stages_that_were_not_reached_are_left_out(void **state)
{
    const struct timeline timeline = { .us = { [TIMELINE_REQUEST] = 7, [TIMELINE_UNPAUSED] = 107 } };
    struct timeline_step steps[TIMELINE_N_STAGES];

    assert_int_equal(timeline_steps(&timeline, steps), 2);
    assert_int_equal(steps[1].stage, TIMELINE_UNPAUSED);
    assert_int_equal(steps[1].took_us, 100);
}

static void
without_a_request_there_is_nothing_to_show(void **state)
{
    const struct timeline timeline = { .us = { [TIMELINE_UNPAUSED] = 107 } };
    struct timeline_step steps[TIMELINE_N_STAGES];

    assert_int_equal(timeline_steps(&timeline, steps), 0);
}

static void
columns_are_read_as_they_are_listed(void **state)
{
    const struct timeline timeline = some_start();
    const char *words[TIMELINE_N_STAGES];
    int64_t us[TIMELINE_N_STAGES];
    const size_t n = timeline_list(&timeline, words, us);
    const struct timeline again = timeline_read((char *const *) words, us, n);

    assert_int_equal(n, 7);
    assert_memory_equal(&again, &timeline, sizeof timeline);
}

static void
strange_words_and_times_are_ignored(void **state)
{
    const char *const words[] = { "request", "teleport", "domain", "frame" };
    const int64_t us[] = { 5, 6, -1, INT64_MAX };
    const struct timeline timeline = timeline_read((char *const *) words, us, ARRAY_SIZE(words));
    const struct timeline expected = { .us = { [TIMELINE_REQUEST] = 5 } };

    assert_memory_equal(&timeline, &expected, sizeof expected);
}

static void
agent_tells_what_the_table_says_it_does(void **state)
{
    size_t n = 0;

    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        bool is_vifs = false;

        for (enum vif_stage vif = 0; vif < VIF_N_STAGES; vif++) {
            is_vifs |= !strcmp(vif_stage_name(vif), timeline_stages[stage].word);
        }
        assert_int_equal(is_vifs, timeline_stages[stage].teller == TIMELINE_AGENT);
        n += is_vifs;
    }
    assert_int_equal(n, VIF_N_STAGES);
}

static char *
draw(size_t width)
{
    struct timeline timeline = some_start(), plug = some_plug(5060000);
    struct timeline_step steps[TIMELINE_N_STAGES];
    struct ds text = DS_EMPTY_INITIALIZER;

    timeline_add_vif(&timeline, &plug);
    timeline_draw(steps, timeline_steps(&timeline, steps), width, &text);
    return ds_steal_cstr(&text);
}

static void
waterfall_is_scaled_to_the_terminal(void **state)
{
    char *text = draw(72);

    assert_string_equal(text,
        "request           0.000 ms     0.000 ms\n"
        "domain            1.500 ms     1.500 ms  █\n"
        "device           60.000 ms    58.500 ms  ██\n"
        "uevent           72.000 ms    12.000 ms   █\n"
        "transaction      74.000 ms     2.000 ms   █\n"
        "rules            76.500 ms     2.500 ms   █\n"
        "port             78.000 ms     1.500 ms   █\n"
        "link             78.250 ms     0.250 ms   █\n"
        "unpaused        100.000 ms    21.750 ms   █\n"
        "frame          1500.000 ms  1400.000 ms   ███████████████████████████\n"
        "dhcp-discover  1600.000 ms   100.000 ms                             ███\n"
        "dhcp-ack       1601.000 ms     1.000 ms                               █\n"
        "neighbour      1700.000 ms    99.000 ms                               ██\n");
    free(text);
}

static void
no_line_is_wider_than_the_terminal(void **state)
{
    for (size_t width = 60; width < 200; width += 7) {
        char *text = draw(width);

        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            size_t columns = 0;

            for (const char *p = line; *p; p++) {
                columns += (*p & 0xc0) != 0x80;
            }
            assert_true(columns <= width);
        }
        free(text);
    }
}

static void
start_that_took_no_time_is_drawn(void **state)
{
    const struct timeline timeline = { .us = { [TIMELINE_REQUEST] = 7, [TIMELINE_DOMAIN] = 7 } };
    struct timeline_step steps[TIMELINE_N_STAGES];
    struct ds text = DS_EMPTY_INITIALIZER;

    timeline_draw(steps, timeline_steps(&timeline, steps), 80, &text);
    assert_string_equal(ds_cstr(&text), "request           0.000 ms     0.000 ms\n"
                                        "domain            0.000 ms     0.000 ms\n");
    ds_destroy(&text);
}

static void
a_guest_that_was_seen_had_been_let_run(void **state)
{
    struct timeline late = some_start(), unseen = some_start(), usual = some_start();

    late.us[TIMELINE_UNPAUSED] = late.us[TIMELINE_FRAME] + 300;
    timeline_settle(&late);
    assert_int_equal(late.us[TIMELINE_UNPAUSED], late.us[TIMELINE_FRAME]);
    unseen.us[TIMELINE_FRAME] = 0;
    timeline_settle(&unseen);
    timeline_settle(&usual);
    assert_int_equal(unseen.us[TIMELINE_UNPAUSED], 5100000);
    assert_int_equal(usual.us[TIMELINE_UNPAUSED], 5100000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_sum_to_the_whole),
        cmocka_unit_test(a_guest_that_was_seen_had_been_let_run),
        cmocka_unit_test(stages_come_in_the_order_in_which_they_were_reached),
        cmocka_unit_test(what_was_so_before_the_request_took_no_time),
        cmocka_unit_test(last_vif_counts),
        cmocka_unit_test(plug_of_another_time_does_not_count),
        cmocka_unit_test(stages_that_were_not_reached_are_left_out),
        cmocka_unit_test(without_a_request_there_is_nothing_to_show),
        cmocka_unit_test(columns_are_read_as_they_are_listed),
        cmocka_unit_test(strange_words_and_times_are_ignored),
        cmocka_unit_test(agent_tells_what_the_table_says_it_does),
        cmocka_unit_test(waterfall_is_scaled_to_the_terminal),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(start_that_took_no_time_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
