/* SPDX-License-Identifier: Apache-2.0
 *
 * Random lives of a VM: verbs, guests that end, agents and databases that answer late or say no, and a program that is killed in any step. What must never be
 * done is asserted in the world; here, that every verb ends and that in the end there is never a domain without a record nor a record that lies.
 */
#include <config.h>

#include <util.h>

#include "base/test_histories.h"
#include "verbs/test_vm_world.h"

enum {
    N_HISTORIES = 200000,
    N_TURNS = 40,               /* of noise */
    MAX_QUIET_TURNS = 60,       /* until all is as it must be */
};

/* Somebody else writes to the database. */
static void
rows_change(struct vm_world *w, uint32_t *seed)
{
    if (w->is_writing) {
        return;
    }
    switch (below(seed, 8)) {
    case 0: w->rows.record = VM_PLAN_ABSENT; break;
    case 1: w->rows.has_operation = false; break;
    case 2:                                             /* an earlier state of the database comes back */
        w->rows = (struct vm_world_rows) { .record = VM_PLAN_HALTED };
        break;
    }
}

static void
something_happens(struct vm_world *w, uint32_t *seed)
{
    static const enum vm_plan_domain ends[] = {
        VM_PLAN_DOMAIN_STOPPED, VM_PLAN_DOMAIN_REBOOTING, VM_PLAN_DOMAIN_CRASHED, VM_PLAN_DOMAIN_GONE,
    };

    switch (below(seed, 12)) {
    case 0: case 1: case 2: case 3: vm_world_call(w, VM_PLAN_VERB_START + below(seed, VM_PLAN_VERB_HARD_REBOOT)); break;
    case 4: vm_world_guest_does(w, ends[below(seed, ARRAY_SIZE(ends))]); break;
    case 5: case 6: vm_world_program_dies(w, below(seed, 2)); break;
    case 7: vm_world_cancel(w); break;
    case 8: w->now += below(seed, VM_WORLD_PATIENCE_MS); break;
    case 9: w->actions = below(seed, 3); break;
    case 10: w->cannot_begin = below(seed, 2); break;
    case 11: rows_change(w, seed); break;
    }
}

/* Each answer comes now or not, and is a yes or, rarely, a no. */
static void
some_answer(struct vm_world *w, uint32_t *seed)
{
    if (below(seed, 2)) {
        vm_world_database_answers(w, below(seed, 8));
    }
    if (below(seed, 2)) {
        vm_world_domain_moves(w, below(seed, 8));
    }
    for (size_t i = 0; i < VM_WORLD_VIFS; i++) {
        if (below(seed, 2)) {
            vm_world_agent_says(w, i, below(seed, 8) ? VM_PLAN_WIRE_READY : VM_PLAN_WIRE_FAILED);
        }
    }
}

static bool
all_answer(struct vm_world *w)
{
    bool answered = vm_world_database_answers(w, true);

    answered |= vm_world_domain_moves(w, true);
    for (size_t i = 0; i < VM_WORLD_VIFS; i++) {
        answered |= vm_world_agent_says(w, i, VM_PLAN_WIRE_READY);
    }
    return answered;
}

/* Nothing more happens. The clock goes on only when everybody waits, and then up to the verb's end. */
static void
becomes_quiet(struct vm_world *w)
{
    w->cannot_begin = false;
    for (unsigned int i = 0; i < MAX_QUIET_TURNS; i++) {
        bool busy = vm_world_turn(w);

        busy |= all_answer(w);
        if (!busy && !w->rows.has_operation) {
            return;
        }
        if (!busy) {
            assert_true(w->now < w->rows.until);
            w->now = w->rows.until;
        }
    }
    fail_msg("it never ends: %s", w->reason);
}

static void
live_through(uint32_t seed)
{
    struct vm_world w;

    vm_world_init(&w);
    for (unsigned int i = 0; i < N_TURNS; i++) {
        vm_world_turn(&w);
        some_answer(&w, &seed);
        if (!below(&seed, 2)) {
            something_happens(&w, &seed);
        }
    }
    becomes_quiet(&w);
    if (!vm_world_is_at_rest(&w)) {
        fail_msg("record %d and domain %d do not agree: %s", w.rows.record, w.domain, w.reason);
    }
}

int
main(void)
{
    struct histories histories = { N_HISTORIES, live_through };
    const struct CMUnitTest tests[] = {
        { "any_life_ends_at_rest", live_through_all, .initial_state = &histories },
    };

    return histories_end(&histories, cmocka_run_group_tests(tests, NULL, NULL));
}
