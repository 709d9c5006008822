/* SPDX-License-Identifier: Apache-2.0
 *
 * Random histories: everything that can happen, in any order, with steps and answers that come late, are refused or are lost. What must
 * never be done is asserted in the world; here, that all of it ends as it must once nothing more happens.
 */
#include <config.h>

#include <util.h>

#include "base/test_histories.h"
#include "wiring/test_world.h"

enum {
    N_HISTORIES = 250000,
    N_TURNS = 30,               /* of noise */
    MAX_QUIET_TURNS = 60,       /* until all is as it must be */
    MAX_QUIET_MS = 2 * BACKOFF_CEILING_MS,
};

static char refusal[] = "MAC 'x' is not one";

static void
wish_changes(struct world *w, uint32_t *seed)
{
    switch (below(seed, 5)) {
    case 0: w->wanted = !w->wanted; break;
    case 1: w->wish.attach = !w->wish.attach; break;
    case 2: w->wish.refusal = w->wish.refusal ? NULL : refusal; break;
    case 3: world_wish(w, w->network, below(seed, 3)); break;
    case 4: world_wish(w, below(seed, WORLD_N_BRIDGES), w->wish.policy.mode); break;
    }
}

static void
device_changes(struct world *w, uint32_t *seed)
{
    switch (below(seed, 5)) {
    case 0: world_device_vanishes(w); break;
    case 1: case 2: world_device_appears(w, 1 + below(seed, 5)); break;
    case 3: w->device.up = w->device.present && !w->device.up; break;
    case 4: w->settings = 0; break;
    }
}

static void
number_is_taken(struct world *w, uint32_t *seed)
{
    const uint32_t numbers[] = { 0, WORLD_FIRST_OURS + below(seed, WORLD_N_NUMBERS - WORLD_FIRST_OURS), w->next_number, w->row.requested,
                                 w->reserved };
    const uint32_t number = numbers[below(seed, ARRAY_SIZE(numbers))];

    world_other_port_takes(w, below(seed, WORLD_N_BRIDGES), number < WORLD_FIRST_OURS ? 0 : number);
}

static void
port_changes(struct world *w, uint32_t *seed)
{
    switch (below(seed, 8)) {
    case 0: world_somebody_deletes_port(w); break;
    case 1: world_somebody_adds_port(w, below(seed, WORLD_N_BRIDGES), true); break;
    case 2: world_somebody_adds_port(w, below(seed, WORLD_N_BRIDGES), !below(seed, 3)); break;
    case 3: world_somebody_requests(w, below(seed, 3) ? 1 + below(seed, WORLD_OTHER_NUMBER - 1) : 0); break;
    case 4: w->keys++; break;
    case 5: w->gives_other_number = true; break;
    case 6: w->no_number_left = !w->no_number_left; break;
    case 7: number_is_taken(w, seed); break;
    }
}

static void
bridge_changes(struct world *w, uint32_t *seed)
{
    const unsigned int index = below(seed, WORLD_N_BRIDGES);
    struct world_bridge *bridge = &w->bridges[index];

    switch (below(seed, 8)) {
    case 0: world_connection_breaks(bridge); break;
    case 1: world_flows_are_flushed(bridge); break;
    case 2: world_switch_restarts(w); break;
    case 3:
        bridge->secure = false;
        bridge->opened = true;
        break;
    case 4: bridge->prepared = false; break;
    case 5:
        bridge->exists = bridge->prepared = bridge->secure = bridge->has_tries = false;
        if (w->row.bridge == index) {
            world_somebody_deletes_port(w);
        }
        break;
    case 6: bridge->exists = true; bridge->opened |= !bridge->secure; break;
    case 7: bridge->has_tries = false; break;
    }
}

static void
something_happens(struct world *w, uint32_t *seed)
{
    switch (below(seed, 6)) {
    case 0: wish_changes(w, seed); break;
    case 1: device_changes(w, seed); break;
    case 2: port_changes(w, seed); break;
    case 3: bridge_changes(w, seed); break;
    case 4: w->kernel_refuses = !w->kernel_refuses; break;
    case 5: w->now += below(seed, 3000); break;
    }
}

/* Each answer comes now or not, and is a yes or, rarely, a no. */
static void
some_answer(struct world *w, uint32_t *seed)
{
    if (below(seed, 2)) {
        world_database_answers(w, below(seed, 8));
    }
    if (below(seed, 2)) {
        world_switch_carries_out(w);
    }
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        if (below(seed, 2)) {
            world_switch_connects(&w->bridges[i]);
        }
        if (below(seed, 2)) {
            world_switch_answers(&w->bridges[i], w, below(seed, 8));
        }
    }
}

static bool
all_answer(struct world *w)
{
    bool answered = world_database_answers(w, true);

    answered |= world_switch_carries_out(w);
    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        answered |= world_switch_connects(&w->bridges[i]);
        answered |= world_switch_answers(&w->bridges[i], w, true);
    }
    return answered;
}

/* Nothing more happens, and all that was asked for is done. The clock goes on only when everybody waits. */
static void
becomes_quiet(struct world *w)
{
    const long long int begin = w->now;

    w->kernel_refuses = w->gives_other_number = w->no_number_left = false;
    w->held = 0;
    for (unsigned int i = 0; i < MAX_QUIET_TURNS; i++) {
        bool busy = world_turn(w);

        busy |= all_answer(w);
        world_check(w);
        if (!busy && !w->vif.wake_at) {
            assert_true(w->now - begin <= MAX_QUIET_MS);
            return;
        }
        if (!busy) {
            assert_true(w->vif.wake_at > w->now);
            w->now = w->vif.wake_at;
        }
    }
    fail_msg("it never becomes quiet: %s, steps 0x%x", wiring_vif_state_name(w->vif.state), w->steps);
}

static bool
nothing_is_left(const struct world *w)
{
    return !w->row.ours && w->rules.bridge < 0 && !w->reserved;
}

static unsigned int
n_flows(const struct world *w)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < WORLD_N_BRIDGES; i++) {
        for (uint32_t number = 1; number < WORLD_N_NUMBERS; number++) {
            n += w->bridges[i].flows[number].generation != 0;
        }
    }
    return n;
}

static void
check_plugged(const struct world *w)
{
    const struct world_bridge *bridge = &w->bridges[w->network];
    const struct world_flows *flows = &bridge->flows[w->live.ofport];
    bool disabled = w->wish.policy.mode == VIF_MODE_DISABLED;

    assert_int_equal(w->vif.state, disabled ? WIRING_VIF_DISABLED : WIRING_VIF_WIRED);
    assert_int_equal(w->device.up, !disabled);
    assert_true(w->settings);
    assert_true(w->row.present && w->row.ours && w->live.present && w->live.bridge == w->network);
    assert_int_equal(w->row.keys, w->keys);
    assert_true(w->live.ofport == w->reserved && w->row.requested == w->reserved);
    assert_true(bridge->live_secure && bridge->base && bridge->has_tries);
    assert_true(flows->generation && flows->policy == w->policy);
    assert_int_equal(n_flows(w), 1);
}

static void
check_end(const struct world *w)
{
    enum wiring_vif_state state = w->vif.state;
    const struct world_bridge *bridge = &w->bridges[w->network];

    assert_true(w->vif.told);
    if (!w->wanted || !w->wish.attach) {
        assert_int_equal(state, WIRING_VIF_DETACHED);
        assert_true(nothing_is_left(w) && !n_flows(w));
    } else if (w->wish.refusal) {
        assert_int_equal(state, WIRING_VIF_FAILED);
    } else if (!w->device.present) {
        assert_int_equal(state, WIRING_VIF_NO_DEVICE);
        assert_true(nothing_is_left(w) && !n_flows(w));
    } else if (w->row.present && (w->row.bridge != w->network || !w->row.adoptable)) {
        assert_int_equal(state, WIRING_VIF_FAILED);
        assert_true(!w->row.ours && !n_flows(w));
    } else if (!bridge->exists) {
        assert_int_equal(state, WIRING_VIF_FAILED);
        assert_false(bridge->network.managed);
    } else {
        check_plugged(w);
    }
}

static void
live_through(uint32_t seed)
{
    struct world w;

    world_init(&w);
    world_wish(&w, below(&seed, WORLD_N_BRIDGES), VIF_MODE_LOCKED);
    world_device_appears(&w, 7);
    for (unsigned int i = 0; i < N_TURNS; i++) {
        w.held = below(&seed, 3) ? 0 : 1u << below(&seed, 13);
        world_turn(&w);
        world_check(&w);
        some_answer(&w, &seed);
        world_check(&w);
        if (!below(&seed, 3)) {
            something_happens(&w, &seed);
        }
    }
    becomes_quiet(&w);
    check_end(&w);
    world_destroy(&w);
}

int
main(void)
{
    struct histories histories = { N_HISTORIES, live_through };
    const struct CMUnitTest tests[] = {
        { "any_history_ends_as_it_is_wished", live_through_all, .initial_state = &histories },
    };

    return histories_end(&histories, cmocka_run_group_tests(tests, NULL, NULL));
}
