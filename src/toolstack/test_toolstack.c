/* SPDX-License-Identifier: Apache-2.0
 *
 * What a verb leaves behind, whatever happens meanwhile.
 */
#include <config.h>

#include "toolstack/toolstack.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include <timeval.h>
#include <smap.h>
#include <util.h>

#include "pool/replica.h"
#include "toolstack/test_world.h"
#include "xenapi/map.h"

static void
a_started_vm_is_cabled_when_its_client_hears_of_it(void **state)
{
    struct world *world = *state;

    assert_string_equal(world_carry_out(world, VERB_VM_start), "");
    assert_true(world_is_running(world));
}

static void
nothing_is_left_of_a_vm_that_is_shut_down(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_string_equal(world_carry_out(world, VERB_VM_hard_shutdown), "");
    assert_true(world_is_halted(world));
    assert_true(world_has_no_port(world));
}

static void
a_vm_starts_again_with_another_domid(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    int64_t first = world_vm_row(world)->domid[0];
    world_carry_out(world, VERB_VM_hard_shutdown);
    assert_string_equal(world_carry_out(world, VERB_VM_start), "");
    assert_true(world_vm_row(world)->domid[0] != first);
}

static void
a_clean_shutdown_waits_for_the_guest(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_string_equal(world_carry_out(world, VERB_VM_clean_shutdown), "");
    assert_true(world_is_halted(world));
}

static void
a_hard_shutdown_breaks_a_clean_one_off(void **state)
{
    struct world *world = *state;
    char expected[128];

    world_carry_out(world, VERB_VM_start);
    world->ground.is_deaf = true;
    struct uuid task = world_call(world, VERB_VM_clean_shutdown, &world->vm, NULL);
    world_turn_until(world, world_has_operations);
    struct world other = *world;        /* a second client's answer */
    struct xenapi_value params = xenapi_set_create();
    struct uuid hard;

    uuid_generate(&hard);
    xenapi_set_add(&params, world_ref_to(&world->vm));
    other.is_answered = false;
    toolstack_call(world->toolstack, &verbs[VERB_VM_hard_shutdown], &params, &hard, world_take_answer, &other);
    xenapi_value_destroy(&params);
    world_turn_until(world, world_is_answered);
    snprintf(expected, sizeof expected, "TASK_CANCELLED OpaqueRef:"UUID_FMT, UUID_ARGS(&task));
    assert_string_equal(world->answer, expected);
    world_turn_until(world, world_is_halted);
    assert_true(other.is_answered);
    assert_string_equal(other.answer, "");
}

static void
a_reboot_keeps_ports_and_domid(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    int64_t domid = world_vm_row(world)->domid[0];
    assert_string_equal(world_carry_out(world, VERB_VM_clean_reboot), "");
    assert_true(world_is_running(world));
    assert_string_equal(world_carry_out(world, VERB_VM_hard_reboot), "");
    assert_true(world_is_running(world));
    assert_int_equal(world_vm_row(world)->domid[0], domid);
}

static void
a_vm_is_paused_and_unpaused(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_string_equal(world_carry_out(world, VERB_VM_pause), "");
    assert_string_equal(world_power_state(world), "Paused");
    assert_string_equal(world_carry_out(world, VERB_VM_unpause), "");
    assert_true(world_is_running(world));
}

static void
a_vm_whose_vif_cannot_be_wired_is_not_left_half_started(void **state)
{
    struct world *world = *state;

    world->agent.refuses = "the bridge is not there";
    const char *answer = world_carry_out(world, VERB_VM_start);
    assert_non_null(strstr(answer, "the bridge is not there"));
    assert_non_null(strstr(answer, "vif"));
    assert_true(world_is_halted(world));
}

static void
a_vm_whose_domain_cannot_be_begun_is_not_left_half_started(void **state)
{
    struct world *world = *state;

    world->ground.refuses = "there is no such kernel";
    assert_non_null(strstr(world_carry_out(world, VERB_VM_start), "there is no such kernel"));
    assert_true(world_is_halted(world));
}

static void
a_start_that_nobody_wires_ends_at_its_deadline(void **state)
{
    struct world *world = *state;

    world_kill(world);
    world->wire_ms = 300;
    world_begin(world);
    world_turn_until(world, world_is_ready);
    world->agent.sleeps = true;
    assert_non_null(strstr(world_carry_out(world, VERB_VM_start), "is not wired"));
    assert_true(world_is_halted(world));
}


static void
a_start_that_is_cancelled_is_taken_back(void **state)
{
    struct world *world = *state;

    world->agent.sleeps = true;
    struct uuid task = world_call(world, VERB_VM_start, &world->vm, NULL);
    world_turn_until(world, world_has_domain);
    assert_true(toolstack_cancel(world->toolstack, &task));
    world->agent.sleeps = false;
    world_turn_until(world, world_is_answered);
    assert_non_null(strstr(world->answer, "TASK_CANCELLED"));
    assert_true(world_is_halted(world));
}

static struct error *
grow(struct pool *pool, struct ovsdb_idl_txn *txn, void *world_)
{
    const struct world *world = world_;

    poolrec_vm_set_memory_static_max(poolrec_vm_get_for_uuid(pool_idl(pool), &world->vm), 1LL << 50);
    return NULL;
}

static struct error *
become_namespace(struct pool *pool, struct ovsdb_idl_txn *txn, void *world_)
{
    const struct world *world = world_;

    poolrec_vm_update_platform_setkey(poolrec_vm_get_for_uuid(pool_idl(pool), &world->vm), "cabled-domain", "netns");
    return NULL;
}

static bool
has_grown(const struct world *world)
{
    return world_vm_row(world)->memory_static_max == 1LL << 50;
}

static bool
is_namespace(const struct world *world)
{
    return !smap_is_empty(&world_vm_row(world)->platform);
}

static void
a_vm_that_is_larger_than_its_host_is_not_started(void **state)
{
    struct world *world = *state;

    world_change(world, grow);
    world_turn_until(world, has_grown);
    assert_string_equal(world_carry_out(world, VERB_VM_start), "NO_HOSTS_AVAILABLE");
    world_call(world, VERB_VM_start_on, &world->vm, &world->host);
    world_turn_until(world, world_is_answered);
    assert_non_null(strstr(world->answer, "HOST_NOT_ENOUGH_FREE_MEMORY 1125899906842624 "));
    assert_true(world_is_halted(world));
    world_change(world, become_namespace);
    world_turn_until(world, is_namespace);
    assert_string_equal(world_carry_out(world, VERB_VM_start), "");
}

static void
a_second_start_is_refused_while_the_first_is_under_way(void **state)
{
    struct world *world = *state;
    struct world other = { .folder = "" };
    struct xenapi_value params = xenapi_set_create();
    struct uuid second;

    world_call(world, VERB_VM_start, &world->vm, NULL);
    uuid_generate(&second);
    xenapi_set_add(&params, world_ref_to(&world->vm));
    xenapi_set_add(&params, xenapi_bool(false));
    xenapi_set_add(&params, xenapi_bool(false));
    toolstack_call(world->toolstack, &verbs[VERB_VM_start], &params, &second, world_take_answer, &other);
    xenapi_value_destroy(&params);
    world_turn_until(world, world_is_answered);
    assert_string_equal(world->answer, "");
    assert_true(other.is_answered);
    assert_true(!strncmp(other.answer, "OTHER_OPERATION_IN_PROGRESS VM", 30));
}

static void
a_vm_is_destroyed_with_its_vifs(void **state)
{
    struct world *world = *state;

    assert_string_equal(world_carry_out(world, VERB_VM_destroy), "");
    assert_null(world_vm_row(world));
    assert_null(world_vif_row(world, 0));
}

static void
a_vm_that_runs_is_not_destroyed(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_true(!strncmp(world_carry_out(world, VERB_VM_destroy), "VM_BAD_POWER_STATE", 18));
    assert_true(world_is_running(world));
}

static void
a_vif_is_unplugged_and_plugged_while_the_guest_runs(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_string_equal(world_carry_out_on_vif(world, VERB_VIF_unplug, 1, NULL), "");
    assert_false(world_vif_row(world, 1)->currently_attached);
    assert_int_equal(sset_count(&world->agent.ports), 1);
    assert_string_equal(world_carry_out_on_vif(world, VERB_VIF_plug, 1, NULL), "");
    assert_true(world_is_running(world));
}

static void
a_vif_that_cannot_be_wired_is_not_left_plugged(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    world_carry_out_on_vif(world, VERB_VIF_unplug, 1, NULL);
    world->agent.refuses = "no room";
    assert_non_null(strstr(world_carry_out_on_vif(world, VERB_VIF_plug, 1, NULL), "no room"));
    assert_false(world_vif_row(world, 1)->currently_attached);
    assert_false(domain_has_vif(domains_find(world->domains, &world->vm), 1));
}

static void
a_vif_goes_over_to_another_network_while_the_guest_runs(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    assert_string_equal(world_carry_out_on_vif(world, VERB_VIF_move, 0, &world->other_network), "");
    assert_true(uuid_equals(&world_vif_row(world, 0)->network->header_.uuid, &world->other_network));
    assert_true(world_is_running(world));
}

static void
a_vif_that_cannot_be_moved_stays_where_it_was(void **state)
{
    struct world *world = *state;

    world_carry_out(world, VERB_VM_start);
    world->agent.refuses = "no such bridge";
    assert_non_null(strstr(world_carry_out_on_vif(world, VERB_VIF_move, 0, &world->other_network), "no such bridge"));
    assert_true(uuid_equals(&world_vif_row(world, 0)->network->header_.uuid, &world->network));
}

struct answers {
    unsigned int n, n_refused;
};

static void
count_answer(struct xenapi_reply reply, void *answers_)
{
    struct answers *answers = answers_;

    answers->n++;
    answers->n_refused += reply.is_failure && !strcmp(xenapi_failure_code(&reply), "DEVICE_ALREADY_EXISTS");
    xenapi_reply_destroy(&reply);
}

/* Neither is in the database when the other is checked, unless they are written one after the other. */
static void
of_two_vifs_with_one_device_one_is_refused(void **state)
{
    struct world *world = *state;
    struct xenapi_value params = xenapi_set_create(), record = xenapi_map_create();
    struct answers answers = { .n = 0 };
    struct uuid task = uuid_random();
    long long int deadline = time_msec() + WORLD_DEADLINE_MS;

    xenapi_map_put(&record, "VM", world_ref_to(&world->vm));
    xenapi_map_put(&record, "network", world_ref_to(&world->network));
    xenapi_map_put(&record, "device", xenapi_string("7"));
    xenapi_map_put(&record, "MAC", xenapi_string("02:00:00:00:00:07"));
    xenapi_set_add(&params, record);
    toolstack_call(world->toolstack, &verbs[VERB_VIF_create], &params, &task, count_answer, &answers);
    toolstack_call(world->toolstack, &verbs[VERB_VIF_create], &params, &task, count_answer, &answers);
    xenapi_value_destroy(&params);
    while (answers.n < 2) {
        assert_true(time_msec() < deadline);
        world_block(world, deadline);
        world_run(world);
    }
    assert_int_equal(answers.n_refused, 1);
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(of_two_vifs_with_one_device_one_is_refused),
        TEST(a_started_vm_is_cabled_when_its_client_hears_of_it),
        TEST(nothing_is_left_of_a_vm_that_is_shut_down),
        TEST(a_vm_starts_again_with_another_domid),
        TEST(a_clean_shutdown_waits_for_the_guest),
        TEST(a_hard_shutdown_breaks_a_clean_one_off),
        TEST(a_reboot_keeps_ports_and_domid),
        TEST(a_vm_is_paused_and_unpaused),
        TEST(a_vm_whose_vif_cannot_be_wired_is_not_left_half_started),
        TEST(a_vm_whose_domain_cannot_be_begun_is_not_left_half_started),
        TEST(a_start_that_nobody_wires_ends_at_its_deadline),
        TEST(a_start_that_is_cancelled_is_taken_back),
        TEST(a_vm_that_is_larger_than_its_host_is_not_started),
        TEST(a_second_start_is_refused_while_the_first_is_under_way),
        TEST(a_vm_is_destroyed_with_its_vifs),
        TEST(a_vm_that_runs_is_not_destroyed),
        TEST(a_vif_is_unplugged_and_plugged_while_the_guest_runs),
        TEST(a_vif_that_cannot_be_wired_is_not_left_plugged),
        TEST(a_vif_goes_over_to_another_network_while_the_guest_runs),
        TEST(a_vif_that_cannot_be_moved_stays_where_it_was),
    };

    assert_int_equal(argc, 2);
    world_schema = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
