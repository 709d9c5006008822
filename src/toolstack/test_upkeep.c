/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens by itself: guests that end, domains that go, rows that others take away; and the program's own end in the middle of a verb.
 */
#include <config.h>

#include "toolstack/life.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include <timeval.h>
#include <util.h>

#include "pool/replica.h"
#include "toolstack/test_world.h"
#include "toolstack/toolstack.h"

static void
a_guest_that_switches_itself_off_is_halted(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_STOPPED);
    world_turn_until(world, world_is_halted_without_port);
}

static void
a_guest_that_reboots_runs_again(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_REBOOTING);
    world_run(world);
    world_turn_until(world, world_is_running);
}

static bool
has_crashed(const struct world *world)
{
    return smap_get(&world_vm_row(world)->other_config, "cabled-last-crash");
}

static bool
has_crashed_and_runs(const struct world *world)
{
    return has_crashed(world) && world_is_running(world);
}

static void
a_guest_that_crashes_is_noted_and_begun_anew(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_CRASHED);
    world_turn_until(world, has_crashed_and_runs);
}

static void
a_guest_that_crashes_all_the_time_is_halted_at_last(void **state)
{
    struct world *world = *state;
    int n;

    world_carry_out(world, VERB_VM_start);
    for (n = 0; n < 20 && ground_count(&world->ground); n++) {
        ground_turn(&world->ground, &world->vm, DOMAIN_CRASHED);
        world_run(world);
        for (int i = 0; i < 1000 && !world_is_running(world) && !world_is_halted(world); i++) {
            world_block(world, time_msec() + WORLD_DEADLINE_MS);
            world_run(world);
        }
    }
    assert_int_equal(n, 6);
    assert_true(world_is_halted(world));
}

static void
a_vm_whose_domain_was_killed_is_started_again(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    int64_t domid = world_vm_row(world)->domid[0];
    ground_turn(&world->ground, &world->vm, DOMAIN_GONE);
    world_run(world);
    world_turn_until(world, world_is_running);
    assert_true(world_vm_row(world)->domid[0] != domid);
}

static void
a_vm_whose_domain_went_while_nobody_looked_is_halted(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    world_kill(world);
    ground_destroy(&world->ground);
    ground_init(&world->ground);
    world_begin(world);
    world_turn_until(world, world_is_ready);
    world_turn_until(world, world_is_halted_without_port);
}

static struct error *
delete_vm(struct pool *pool, struct ovsdb_idl_txn *txn, void *world_)
{
    struct world *world = world_;

    for (size_t i = 0; i < WORLD_VIFS; i++) {
        poolrec_vif_delete(poolrec_vif_get_for_uuid(pool_idl(pool), &world->vifs[i]));
    }
    poolrec_vm_delete(poolrec_vm_get_for_uuid(pool_idl(pool), &world->vm));
    return NULL;
}

static bool
has_no_domain(const struct world *world)
{
    return !world_has_domain(world);
}

static void
a_domain_without_a_record_is_destroyed(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    world_change(world, delete_vm);
    world_turn_until(world, has_no_domain);
}

static void
a_client_finds_a_pool_with_a_master_and_a_control_domain(void **state)
{
    struct world *world = *state;
    const struct poolrec_pool *pool = poolrec_pool_first(pool_idl(world->pool));
    const struct poolrec_host *host = poolrec_host_get_for_uuid(pool_idl(world->pool), &world->host);

    assert_non_null(pool);
    assert_ptr_equal(pool->master, host);
    assert_non_null(pool->default_SR);
    assert_non_null(host->metrics);
    assert_true(host->control_domain && host->control_domain->is_control_domain && host->control_domain->domid[0] == 0);
    assert_string_equal(smap_get_def(&host->software_version, "network_backend", ""), "openvswitch");
    assert_non_null(world_vm_row(world)->metrics);
}

static struct error *
take_rows_away(struct pool *pool, struct ovsdb_idl_txn *txn, void *world)
{
    const struct poolrec_pool *row = poolrec_pool_first(pool_idl(pool));
    const struct poolrec_host *host = row->master;

    poolrec_vm_delete(host->control_domain);
    poolrec_pool_delete(row);
    return NULL;
}

static bool
has_rows_in(const struct world *world, const struct pool *pool)
{
    const struct poolrec_pool *row = poolrec_pool_first(pool_idl(pool));
    const struct poolrec_host *host = poolrec_host_get_for_uuid(pool_idl(pool), &world->host);

    return row && row->default_SR && host->control_domain;
}

static bool
has_rows(const struct world *world)
{
    return has_rows_in(world, world->pool);
}

static bool
others_see_rows(const struct world *world)
{
    return has_rows_in(world, world->agent.pool);
}

static bool
has_no_rows(const struct world *world)
{
    return !has_rows(world);
}

static void
rows_that_somebody_takes_away_are_made_good(void **state)
{
    struct world *world = *state;

    world_turn_until(world, others_see_rows);
    world_change(world, take_rows_away);
    world_turn_until(world, has_no_rows);
    world_turn_until(world, has_rows);
}

static struct error *
add_host(struct pool *pool, struct ovsdb_idl_txn *txn, void *world)
{
    poolrec_host_set_hostname(poolrec_host_insert(txn), "elsewhere");
    return NULL;
}

static void
rows_are_made_good_though_another_host_has_joined(void **state)
{
    struct world *world = *state;

    world_turn_until(world, others_see_rows);
    world_change(world, add_host);
    world_change(world, take_rows_away);
    world_turn_until(world, has_no_rows);
    world_turn_until(world, has_rows);
}

static bool
has_no_operations(const struct world *world)
{
    return !world_has_operations(world);
}

static void
an_operation_ends_with_its_vm(void **state)
{
    struct world *world = *state;

    world->agent.sleeps = true;
    world_call(world, VERB_VM_start, &world->vm, NULL);
    world_turn_until(world, world_has_domain);
    world_change(world, delete_vm);
    world->agent.sleeps = false;
    world_turn_until(world, world_is_answered);
    assert_non_null(strstr(world->answer, "TASK_CANCELLED"));
    world_turn_until(world, has_no_domain);
    world_turn_until(world, has_no_operations);
}

static bool
is_at_rest(const struct world *world)
{
    return world_is_ready(world) && (world_is_halted_without_port(world) || world_is_running(world));
}

/* Kills the program in turn 'n' of a verb. True if the verb was over before. */
static bool
is_killed_in_turn(struct world *world, enum verb_id verb, int n)
{
    world_call(world, verb, &world->vm, NULL);
    for (int i = 0; i < n && !world->is_answered; i++) {
        world_run(world);
        if (i + 1 < n && !world->is_answered) {
            world_block(world, time_msec() + WORLD_DEADLINE_MS);
        }
    }
    bool is_over = world->is_answered;

    world_kill(world);
    world_begin(world);
    world_turn_until(world, world_is_ready);
    world_turn_until(world, is_at_rest);
    return is_over;
}

static void
a_start_that_is_broken_off_anywhere_is_finished_or_taken_back(void **state)
{
    struct world *world = *state;
    int n_running = 0, n;

    for (n = 1; !is_killed_in_turn(world, VERB_VM_start, n); n++) {
        n_running += !strcmp(world_power_state(world), "Running");
        if (world_is_running(world)) {
            world_carry_out(world, VERB_VM_hard_shutdown);
        }
        assert_true(world_is_halted(world));
    }
    assert_true(n > 5);
    assert_true(n_running > 1);
}

static void
a_shutdown_that_is_broken_off_anywhere_is_finished_or_never_begun(void **state)
{
    struct world *world = *state;
    int n_halted = 0, n;

    world_carry_out(world, VERB_VM_start);
    for (n = 1; !is_killed_in_turn(world, VERB_VM_hard_shutdown, n); n++) {
        n_halted += !strcmp(world_power_state(world), "Halted");
        if (world_is_halted(world)) {
            assert_string_equal(world_carry_out(world, VERB_VM_start), "");
        }
        assert_true(world_is_running(world));
    }
    assert_true(n > 3);
    assert_true(n_halted > 1);
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_guest_that_switches_itself_off_is_halted),
        TEST(a_guest_that_reboots_runs_again),
        TEST(a_guest_that_crashes_is_noted_and_begun_anew),
        TEST(a_guest_that_crashes_all_the_time_is_halted_at_last),
        TEST(a_vm_whose_domain_was_killed_is_started_again),
        TEST(a_vm_whose_domain_went_while_nobody_looked_is_halted),
        TEST(a_domain_without_a_record_is_destroyed),
        TEST(a_client_finds_a_pool_with_a_master_and_a_control_domain),
        TEST(rows_that_somebody_takes_away_are_made_good),
        TEST(rows_are_made_good_though_another_host_has_joined),
        TEST(an_operation_ends_with_its_vm),
        TEST(a_start_that_is_broken_off_anywhere_is_finished_or_taken_back),
        TEST(a_shutdown_that_is_broken_off_anywhere_is_finished_or_never_begun),
    };

    assert_int_equal(argc, 2);
    world_schema = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
