/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/start_times.h"

#include <stdlib.h>

#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>

#include "pool/replica.h"
#include "timeline/watch.h"
#include "toolstack/life-private.h"
#include "toolstack/toolstack-private.h"

enum {
    /* Guests that are watched at a time, each with a socket for each of its VIFs: in a storm of starts only the first are. */
    WATCHES = 64,

    /* What is seen is written after this long, so that it is one write and not four. */
    GATHER_MS = 1000,
};

static void
add_vifs(const struct vm_index *index, const struct poolrec_vm *vm, struct timeline *all)
{
    size_t n;
    const struct poolrec_vif **vifs = vm_index_vifs(index, vm, &n);

    for (size_t i = 0; i < n; i++) {
        const struct poolrec_vif *vif = vifs[i];
        struct timeline told = timeline_read(vif->key_wire_times, vif->value_wire_times, vif->n_wire_times);

        if (vif->currently_attached) {
            timeline_add_vif(all, &told);
        }
    }
    free(vifs);
}

void
start_times_write(const struct vm_index *index, const struct poolrec_vm *vm, const struct timeline *known, bool begins)
{
    struct timeline all = timeline_read(vm->key_start_times, vm->value_start_times, begins ? 0 : vm->n_start_times);
    const char *words[TIMELINE_N_STAGES];
    int64_t us[TIMELINE_N_STAGES];

    for (size_t i = 0; i < TIMELINE_N_STAGES; i++) {
        all.us[i] = known->us[i] ? known->us[i] : all.us[i];
    }
    if (begins) {
        add_vifs(index, vm, &all);
    }
    timeline_settle(&all);
    size_t n = timeline_list(&all, words, us);
    poolrec_vm_set_start_times(vm, words, us, n);
}

bool
start_times_have_run(const struct poolrec_vm *vm)
{
    return timeline_read(vm->key_start_times, vm->value_start_times, vm->n_start_times).us[TIMELINE_UNPAUSED];
}

static bool
is_first_run(const struct life_view *view)
{
    return view->seen.verb == VM_PLAN_VERB_START || (view->seen.verb == VM_PLAN_VERB_UNPAUSE && !start_times_have_run(view->vm));
}

void
start_times_watch(struct toolstack *ts, struct life *life, const struct life_view *view)
{
    const char **devices;

    if (!is_first_run(view) || !view->seen.n_vifs || ts->n_watching >= WATCHES) {
        return;
    }
    start_times_close(ts, life);
    devices = xcalloc(view->seen.n_vifs, sizeof *devices);
    for (size_t i = 0; i < view->seen.n_vifs; i++) {
        devices[i] = view->vifs[i].name;
    }
    life->watch = timeline_watch_open(ts->watches, devices, view->seen.n_vifs);
    life->frames = (struct timeline) { .us = { 0 } };
    ovs_list_push_back(&ts->watching, &life->watching);
    ts->n_watching++;
    free(devices);
}

void
start_times_close(struct toolstack *ts, struct life *life)
{
    if (life->watch) {
        timeline_watch_close(life->watch);
        life->watch = NULL;
        ovs_list_remove(&life->watching);
        ts->n_watching--;
    }
}

void
start_times_run(struct toolstack *ts, struct life *life)
{
    timeline_watch_run(life->watch);
    if (timeline_watch_take(life->watch, &life->frames) && !life->frames_due) {
        life->frames_due = time_msec() + GATHER_MS;
    }
    if (timeline_watch_is_over(life->watch)) {
        start_times_close(ts, life);
        life->frames_due = life->frames_due ? time_msec() : 0;
    }
    if (start_times_are_due(life)) {
        life_wake(ts, life);
    }
}

void
start_times_wait(const struct life *life)
{
    timeline_watch_wait(life->watch);
    if (life->frames_due) {
        poll_timer_wait_until(life->frames_due);
    }
}

bool
start_times_are_due(const struct life *life)
{
    return life->frames_due && time_msec() >= life->frames_due;
}
