/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "timeline/stages.h"

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

const struct timeline_stage_info timeline_stages[TIMELINE_N_STAGES] = {
#define STAGE(NAME, WORD, WHO, WHAT) { WORD, TIMELINE_##WHO, WHAT },
#include "timeline/stages.def"
};

static int64_t *
find_stage(struct timeline *timeline, const char *word)
{
    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        if (!strcmp(timeline_stages[stage].word, word)) {
            return &timeline->us[stage];
        }
    }
    return NULL;
}

/* No clock shows a time below 0, and one that is beyond this would be 30,000 years after the boot: sums and products stay within 64
 * bits. */
static bool
is_time(int64_t us)
{
    return us > 0 && us < INT64_C(1) << 50;
}

struct timeline
timeline_read(char *const words[], const int64_t us[], size_t n)
{
    struct timeline timeline = { .us = { 0 } };

    for (size_t i = 0; i < n; i++) {
        int64_t *stage = find_stage(&timeline, words[i]);

        if (stage && is_time(us[i])) {
            *stage = us[i];
        }
    }
    return timeline;
}

size_t
timeline_list(const struct timeline *timeline, const char *words[TIMELINE_N_STAGES], int64_t us[TIMELINE_N_STAGES])
{
    size_t n = 0;

    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        if (timeline->us[stage]) {
            words[n] = timeline_stages[stage].word;
            us[n++] = timeline->us[stage];
        }
    }
    return n;
}

static bool
was_plugged_for(const struct timeline *vm, const struct timeline *vif)
{
    const int64_t plugged = vif->us[TIMELINE_TRANSACTION], unpaused = vm->us[TIMELINE_UNPAUSED];

    return plugged >= vm->us[TIMELINE_REQUEST] && (!unpaused || plugged <= unpaused);
}

void
timeline_add_vif(struct timeline *vm, const struct timeline *vif)
{
    if (!was_plugged_for(vm, vif)) {
        return;
    }
    for (enum timeline_stage stage = 0; stage < TIMELINE_N_STAGES; stage++) {
        if (timeline_stages[stage].teller == TIMELINE_AGENT) {
            vm->us[stage] = MAX(vm->us[stage], vif->us[stage]);
        }
    }
}

void
timeline_settle(struct timeline *timeline)
{
    const int64_t frame = timeline->us[TIMELINE_FRAME];
    int64_t *unpaused = &timeline->us[TIMELINE_UNPAUSED];

    if (*unpaused && frame) {
        *unpaused = MIN(*unpaused, frame);
    }
}

/* Behind those that were reached before, or at the same time. */
static void
insert_step(struct timeline_step steps[], size_t n, enum timeline_stage stage, int64_t at_us)
{
    size_t i = n;

    for (; i > 0 && steps[i - 1].at_us > at_us; i--) {
        steps[i] = steps[i - 1];
    }
    steps[i] = (struct timeline_step) { .stage = stage, .at_us = at_us };
}

size_t
timeline_steps(const struct timeline *timeline, struct timeline_step steps[TIMELINE_N_STAGES])
{
    const int64_t begin = timeline->us[TIMELINE_REQUEST];
    size_t n = 0;

    for (enum timeline_stage stage = 0; begin && stage < TIMELINE_N_STAGES; stage++) {
        if (timeline->us[stage]) {
            insert_step(steps, n++, stage, MAX(0, timeline->us[stage] - begin));
        }
    }
    for (size_t i = 0; i < n; i++) {
        steps[i].took_us = steps[i].at_us - (i ? steps[i - 1].at_us : 0);
    }
    return n;
}

/* The stage's word, when it was reached and how long it took, with blanks around: what a bar does not get of a line. */
enum { TEXT_COLUMNS = 13 + 2 * 13 + 2, MIN_BAR_COLUMNS = 10 };

static void
put_ms(struct ds *out, int64_t us)
{
    char *text = xasprintf("%lld.%03lld ms", (long long int) us / 1000, (long long int) us % 1000);

    ds_put_format(out, "%13s", text);
    free(text);
}

/* From where the stage before ended to where this one does. Something that took time is seen, however short it was. */
static void
put_bar(const struct timeline_step *step, int64_t whole, size_t columns, struct ds *out)
{
    const int64_t end = whole ? (step->at_us * columns + whole - 1) / whole : 0;
    const int64_t begin = whole ? (step->at_us - step->took_us) * columns / whole : 0;

    ds_put_char_multiple(out, ' ', begin);
    for (int64_t i = begin; i < end && step->took_us; i++) {
        ds_put_cstr(out, "█");
    }
}

void
timeline_draw(const struct timeline_step steps[], size_t n, size_t width, struct ds *out)
{
    const size_t columns = width > TEXT_COLUMNS + MIN_BAR_COLUMNS ? width - TEXT_COLUMNS : MIN_BAR_COLUMNS;
    const int64_t whole = n ? steps[n - 1].at_us : 0;

    for (size_t i = 0; i < n; i++) {
        ds_put_format(out, "%-13s", timeline_stages[steps[i].stage].word);
        put_ms(out, steps[i].at_us);
        put_ms(out, steps[i].took_us);
        ds_put_cstr(out, "  ");
        put_bar(&steps[i], whole, columns, out);
        ds_chomp(out, ' ');
        while (ds_chomp(out, ' ')) {
            continue;
        }
        ds_put_char(out, '\n');
    }
}
