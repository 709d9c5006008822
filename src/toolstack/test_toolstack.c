/* SPDX-License-Identifier: Apache-2.0
 *
 * The toolstack with a real pool database, and domains and an agent that are none: what a verb leaves behind, whatever happens meanwhile, and
 * whenever the program is killed.
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

#include <fatal-signal.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "domain/domain.h"
#include "objects/objects.h"
#include "pool/change.h"
#include "pool/replica.h"
#include "toolstack/test_agent.h"
#include "toolstack/test_domains.h"
#include "verbs/verb.h"
#include "xenapi/map.h"
#include "xenapi/ref.h"

enum { DEADLINE_MS = 10000, N_VIFS = 2 };

static const char *schema;

struct world {
    char folder[32];
    char *remote;
    struct ground ground;
    struct test_agent agent;
    struct pool *pool;
    struct objects *objects;
    struct domains *domains;
    struct toolstack *toolstack;
    long long int wire_ms;

    struct uuid host, vm, network, other_network, vifs[N_VIFS];

    bool is_answered;           /* the last verb */
    char answer[256];           /* "" or the failure's code and parameters */
};

static void
shell(const struct world *world, const char *command)
{
    char *line = xasprintf("cd %s && PATH=$PATH:/usr/sbin && export OVS_RUNDIR=$PWD OVS_LOGDIR=$PWD && { %s; } >out 2>&1",
                           world->folder, command);

    if (system(line)) {
        fail_msg("%s", line);
    }
    free(line);
}

/* The program begins. */
static void
begin(struct world *world)
{
    struct toolstack_config config = { .storage = world->folder, .wire_ms = world->wire_ms };

    world->pool = pool_open_whole(world->remote);
    world->objects = objects_create(world->pool, time_wall_msec());
    world->domains = test_domains_open(&world->ground);
    world->toolstack = toolstack_create(world->pool, world->objects, world->domains, &config);
}

/* And ends, without a word: what was asked for or sent a moment ago may be done or not. */
static void
kill_program(struct world *world)
{
    toolstack_destroy(world->toolstack);
    domains_close(world->domains);
    objects_destroy(world->objects);
    pool_close(world->pool);
}

static void
run(struct world *world)
{
    pool_run(world->pool);
    objects_run(world->objects);
    domains_run(world->domains);
    toolstack_run(world->toolstack);
    test_agent_run(&world->agent);
}

static void
block(struct world *world, long long int deadline)
{
    pool_wait(world->pool);
    domains_wait(world->domains);
    toolstack_wait(world->toolstack);
    test_agent_wait(&world->agent);
    poll_timer_wait_until(deadline);
    poll_block();
}

typedef bool condition_fn(const struct world *);

static void
turn_until(struct world *world, condition_fn *is_so)
{
    long long int deadline = time_msec() + DEADLINE_MS;

    for (;;) {
        run(world);
        if (is_so(world)) {
            return;
        }
        if (time_msec() >= deadline) {
            fail_msg("waited in vain; the last answer was %s", world->is_answered ? world->answer : "none");
        }
        block(world, deadline);
    }
}

static const struct poolrec_vm *
vm_row(const struct world *world)
{
    return poolrec_vm_get_for_uuid(pool_idl(world->pool), &world->vm);
}

static const struct poolrec_vif *
vif_row(const struct world *world, size_t i)
{
    return poolrec_vif_get_for_uuid(pool_idl(world->pool), &world->vifs[i]);
}

static const char *
power_state(const struct world *world)
{
    const struct poolrec_vm *vm = vm_row(world);

    return vm->power_state ? vm->power_state : "Halted";
}

static struct error *
make_rows(struct pool *pool, struct ovsdb_idl_txn *txn, void *world_)
{
    struct world *world = world_;
    const struct poolrec_host *host = poolrec_host_insert_persist_uuid(txn, &world->host);
    const struct poolrec_network *network = poolrec_network_insert_persist_uuid(txn, &world->network);
    const struct poolrec_network *other = poolrec_network_insert_persist_uuid(txn, &world->other_network);
    const struct poolrec_vm *vm = poolrec_vm_insert_persist_uuid(txn, &world->vm);

    poolrec_host_set_hostname(host, "here");
    poolrec_network_set_bridge(network, "xapi0");
    poolrec_network_set_MTU(network, 1500);
    poolrec_network_set_default_locking_mode(network, "unlocked");
    poolrec_network_set_bridge(other, "xapi1");
    poolrec_network_set_MTU(other, 1500);
    poolrec_network_set_default_locking_mode(other, "unlocked");
    poolrec_vm_set_name_label(vm, "web");
    poolrec_vm_set_memory_static_max(vm, 64 << 20);
    for (size_t i = 0; i < N_VIFS; i++) {
        const struct poolrec_vif *vif = poolrec_vif_insert_persist_uuid(txn, &world->vifs[i]);
        char text[64];

        snprintf(text, sizeof text, "%"PRIuSIZE, i);
        poolrec_vif_set_device(vif, text);
        snprintf(text, sizeof text, "02:00:00:00:00:0%"PRIuSIZE, i);
        poolrec_vif_set_MAC(vif, text);
        snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(&world->vifs[i]));
        poolrec_vif_set_interface(vif, text);
        poolrec_vif_set_locking_mode(vif, "network_default");
        poolrec_vif_set_network(vif, network);
        poolrec_vif_set_VM(vif, vm);
    }
    return NULL;
}

/* Writes to the database as somebody else does. */
static void
change(struct world *world, pool_change_fn *write)
{
    struct error *error = pool_change(world->agent.pool, write, world, DEADLINE_MS);

    if (error) {
        fail_msg("%s", error->text);
    }
}

static bool
is_ready(const struct world *world)
{
    return !toolstack_is_not_ready(world->toolstack) && vm_row(world);
}

static int
setup(void **state)
{
    struct world *world = xzalloc(sizeof *world);
    char *command;

    fatal_ignore_sigpipe();
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, getenv("TEST_VERBOSE") ? VLL_DBG : VLL_OFF);
    strcpy(world->folder, "/tmp/test-toolstack-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    command = xasprintf("ovsdb-tool create db %s && ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db",
                        schema);
    shell(world, command);
    free(command);
    world->remote = xasprintf("unix:%s/sock", world->folder);
    world->wire_ms = DEADLINE_MS;
    uuid_generate(&world->host);
    uuid_generate(&world->vm);
    uuid_generate(&world->network);
    uuid_generate(&world->other_network);
    for (size_t i = 0; i < N_VIFS; i++) {
        uuid_generate(&world->vifs[i]);
    }
    ground_init(&world->ground);
    test_agent_open(&world->agent, world->remote, &world->ground);
    struct error *error = pool_sync(world->agent.pool, DEADLINE_MS);
    assert_null(error);
    change(world, make_rows);
    begin(world);
    turn_until(world, is_ready);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    kill_program(world);
    test_agent_close(&world->agent);
    ground_destroy(&world->ground);
    shell(world, "ovs-appctl -t $PWD/ctl exit");
    shell(world, "rm -r $PWD");
    free(world->remote);
    free(world);
    return 0;
}

static void
take_answer(struct xenapi_reply reply, void *world_)
{
    struct world *world = world_;

    world->is_answered = true;
    world->answer[0] = '\0';
    for (size_t i = 0; reply.is_failure && i < reply.value.set.n; i++) {
        size_t length = strlen(world->answer);

        snprintf(world->answer + length, sizeof world->answer - length, "%s%s", i ? " " : "", reply.value.set.elements[i].string);
    }
    xenapi_reply_destroy(&reply);
}

static struct xenapi_value
ref_to(const struct uuid *uuid)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(uuid, ref);
    return xenapi_string(ref);
}

static struct uuid
call(struct world *world, enum verb_id verb, const struct uuid *self, const struct uuid *also)
{
    struct xenapi_value params = xenapi_set_create();
    struct uuid task;

    uuid_generate(&task);
    xenapi_set_add(&params, ref_to(self));
    if (also) {
        xenapi_set_add(&params, ref_to(also));
    }
    while (params.set.n < verbs[verb].n_parameters) {
        xenapi_set_add(&params, xenapi_bool(false));
    }
    world->is_answered = false;
    toolstack_call(world->toolstack, &verbs[verb], &params, &task, take_answer, world);
    xenapi_value_destroy(&params);
    return task;
}

static bool
is_answered(const struct world *world)
{
    return world->is_answered;
}

/* The answer to a verb of the VM. */
static const char *
carry_out(struct world *world, enum verb_id verb)
{
    call(world, verb, &world->vm, NULL);
    turn_until(world, is_answered);
    return world->answer;
}

static const char *
carry_out_on_vif(struct world *world, enum verb_id verb, size_t i, const struct uuid *also)
{
    call(world, verb, &world->vifs[i], also);
    turn_until(world, is_answered);
    return world->answer;
}

static bool
has_operations(const struct world *world)
{
    return poolrec_operation_first(pool_idl(world->pool));
}

/* Nothing is left of a VM that is halted. */
static bool
is_halted(const struct world *world)
{
    const struct poolrec_vm *vm = vm_row(world);
    bool is = !strcmp(power_state(world), "Halted") && !vm->n_domid && !vm->resident_on && !vm->scheduled_to_be_resident_on
              && !has_operations(world) && !ground_count(&world->ground);

    for (size_t i = 0; i < N_VIFS; i++) {
        const struct poolrec_vif *vif = vif_row(world, i);

        is = is && !vif->currently_attached && !vif->host && strlen(vif->interface) == UUID_LEN && !*vif->wire_state;
    }
    return is;
}

static bool
has_no_port(const struct world *world)
{
    return sset_is_empty(&world->agent.ports);
}

static bool
is_halted_without_port(const struct world *world)
{
    return is_halted(world) && has_no_port(world);
}

/* Record, domain and ports of a VM that runs all say so. */
static bool
is_running(const struct world *world)
{
    const struct poolrec_vm *vm = vm_row(world);
    const struct domain *domain = domains_find(world->domains, &world->vm);
    bool is = !strcmp(power_state(world), "Running") && vm->resident_on && vm->n_domid && !has_operations(world) && domain
              && domain_state(domain) == DOMAIN_RUNNING && domain_domid(domain) == vm->domid[0];

    for (size_t i = 0; is && i < N_VIFS; i++) {
        const struct poolrec_vif *vif = vif_row(world, i);

        is = vif->currently_attached && !strcmp(vif->wire_state, "wired") && sset_contains(&world->agent.ports, vif->interface);
    }
    return is;
}

static void
a_started_vm_is_cabled_when_its_client_hears_of_it(void **state)
{
    struct world *world = *state;

    assert_string_equal(carry_out(world, VERB_VM_start), "");
    assert_true(is_running(world));
}

static void
nothing_is_left_of_a_vm_that_is_shut_down(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_string_equal(carry_out(world, VERB_VM_hard_shutdown), "");
    assert_true(is_halted(world));
    assert_true(has_no_port(world));
}

static void
a_vm_starts_again_with_another_domid(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    int64_t first = vm_row(world)->domid[0];
    carry_out(world, VERB_VM_hard_shutdown);
    assert_string_equal(carry_out(world, VERB_VM_start), "");
    assert_true(vm_row(world)->domid[0] != first);
}

static void
a_clean_shutdown_waits_for_the_guest(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_string_equal(carry_out(world, VERB_VM_clean_shutdown), "");
    assert_true(is_halted(world));
}

static void
a_hard_shutdown_breaks_a_clean_one_off(void **state)
{
    struct world *world = *state;
    char expected[128];

    carry_out(world, VERB_VM_start);
    world->ground.is_deaf = true;
    struct uuid task = call(world, VERB_VM_clean_shutdown, &world->vm, NULL);
    turn_until(world, has_operations);
    struct world other = *world;        /* a second client's answer */
    struct xenapi_value params = xenapi_set_create();
    struct uuid hard;

    uuid_generate(&hard);
    xenapi_set_add(&params, ref_to(&world->vm));
    other.is_answered = false;
    toolstack_call(world->toolstack, &verbs[VERB_VM_hard_shutdown], &params, &hard, take_answer, &other);
    xenapi_value_destroy(&params);
    turn_until(world, is_answered);
    snprintf(expected, sizeof expected, "TASK_CANCELLED OpaqueRef:"UUID_FMT, UUID_ARGS(&task));
    assert_string_equal(world->answer, expected);
    turn_until(world, is_halted);
    assert_true(other.is_answered);
    assert_string_equal(other.answer, "");
}

static void
a_reboot_keeps_ports_and_domid(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    int64_t domid = vm_row(world)->domid[0];
    assert_string_equal(carry_out(world, VERB_VM_clean_reboot), "");
    assert_true(is_running(world));
    assert_string_equal(carry_out(world, VERB_VM_hard_reboot), "");
    assert_true(is_running(world));
    assert_int_equal(vm_row(world)->domid[0], domid);
}

static void
a_vm_is_paused_and_unpaused(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_string_equal(carry_out(world, VERB_VM_pause), "");
    assert_string_equal(power_state(world), "Paused");
    assert_string_equal(carry_out(world, VERB_VM_unpause), "");
    assert_true(is_running(world));
}

static void
a_vm_whose_vif_cannot_be_wired_is_not_left_half_started(void **state)
{
    struct world *world = *state;

    world->agent.refuses = "the bridge is not there";
    const char *answer = carry_out(world, VERB_VM_start);
    assert_non_null(strstr(answer, "the bridge is not there"));
    assert_non_null(strstr(answer, "vif"));
    assert_true(is_halted(world));
}

static void
a_vm_whose_domain_cannot_be_begun_is_not_left_half_started(void **state)
{
    struct world *world = *state;

    world->ground.refuses = "there is no such kernel";
    assert_non_null(strstr(carry_out(world, VERB_VM_start), "there is no such kernel"));
    assert_true(is_halted(world));
}

static void
a_start_that_nobody_wires_ends_at_its_deadline(void **state)
{
    struct world *world = *state;

    kill_program(world);
    world->wire_ms = 300;
    begin(world);
    turn_until(world, is_ready);
    world->agent.sleeps = true;
    assert_non_null(strstr(carry_out(world, VERB_VM_start), "is not wired"));
    assert_true(is_halted(world));
}

static bool
has_domain(const struct world *world)
{
    return ground_count(&world->ground);
}

static void
a_start_that_is_cancelled_is_taken_back(void **state)
{
    struct world *world = *state;

    world->agent.sleeps = true;
    struct uuid task = call(world, VERB_VM_start, &world->vm, NULL);
    turn_until(world, has_domain);
    assert_true(toolstack_cancel(world->toolstack, &task));
    world->agent.sleeps = false;
    turn_until(world, is_answered);
    assert_non_null(strstr(world->answer, "TASK_CANCELLED"));
    assert_true(is_halted(world));
}

static void
a_second_start_is_refused_while_the_first_is_under_way(void **state)
{
    struct world *world = *state;
    struct world other = { .folder = "" };
    struct xenapi_value params = xenapi_set_create();
    struct uuid second;

    call(world, VERB_VM_start, &world->vm, NULL);
    uuid_generate(&second);
    xenapi_set_add(&params, ref_to(&world->vm));
    xenapi_set_add(&params, xenapi_bool(false));
    xenapi_set_add(&params, xenapi_bool(false));
    toolstack_call(world->toolstack, &verbs[VERB_VM_start], &params, &second, take_answer, &other);
    xenapi_value_destroy(&params);
    turn_until(world, is_answered);
    assert_string_equal(world->answer, "");
    assert_true(other.is_answered);
    assert_true(!strncmp(other.answer, "OTHER_OPERATION_IN_PROGRESS VM", 30));
}

static void
a_vm_is_destroyed_with_its_vifs(void **state)
{
    struct world *world = *state;

    assert_string_equal(carry_out(world, VERB_VM_destroy), "");
    assert_null(vm_row(world));
    assert_null(vif_row(world, 0));
}

static void
a_vm_that_runs_is_not_destroyed(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_true(!strncmp(carry_out(world, VERB_VM_destroy), "VM_BAD_POWER_STATE", 18));
    assert_true(is_running(world));
}

static void
a_vif_is_unplugged_and_plugged_while_the_guest_runs(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_string_equal(carry_out_on_vif(world, VERB_VIF_unplug, 1, NULL), "");
    assert_false(vif_row(world, 1)->currently_attached);
    assert_int_equal(sset_count(&world->agent.ports), 1);
    assert_string_equal(carry_out_on_vif(world, VERB_VIF_plug, 1, NULL), "");
    assert_true(is_running(world));
}

static void
a_vif_that_cannot_be_wired_is_not_left_plugged(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    carry_out_on_vif(world, VERB_VIF_unplug, 1, NULL);
    world->agent.refuses = "no room";
    assert_non_null(strstr(carry_out_on_vif(world, VERB_VIF_plug, 1, NULL), "no room"));
    assert_false(vif_row(world, 1)->currently_attached);
    assert_false(domain_has_vif(domains_find(world->domains, &world->vm), 1));
}

static void
a_vif_goes_over_to_another_network_while_the_guest_runs(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    assert_string_equal(carry_out_on_vif(world, VERB_VIF_move, 0, &world->other_network), "");
    assert_true(uuid_equals(&vif_row(world, 0)->network->header_.uuid, &world->other_network));
    assert_true(is_running(world));
}

static void
a_vif_that_cannot_be_moved_stays_where_it_was(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    world->agent.refuses = "no such bridge";
    assert_non_null(strstr(carry_out_on_vif(world, VERB_VIF_move, 0, &world->other_network), "no such bridge"));
    assert_true(uuid_equals(&vif_row(world, 0)->network->header_.uuid, &world->network));
}

static void
a_guest_that_switches_itself_off_is_halted(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_STOPPED);
    turn_until(world, is_halted_without_port);
}

static void
a_guest_that_reboots_runs_again(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_REBOOTING);
    run(world);
    turn_until(world, is_running);
}

static bool
has_crashed(const struct world *world)
{
    return smap_get(&vm_row(world)->other_config, "cabled-last-crash");
}

static bool
has_crashed_and_runs(const struct world *world)
{
    return has_crashed(world) && is_running(world);
}

static void
a_guest_that_crashes_is_noted_and_begun_anew(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    ground_turn(&world->ground, &world->vm, DOMAIN_CRASHED);
    turn_until(world, has_crashed_and_runs);
}

static void
a_guest_that_crashes_all_the_time_is_halted_at_last(void **state)
{
    struct world *world = *state;
    int n;

    carry_out(world, VERB_VM_start);
    for (n = 0; n < 20 && ground_count(&world->ground); n++) {
        ground_turn(&world->ground, &world->vm, DOMAIN_CRASHED);
        run(world);
        for (int i = 0; i < 1000 && !is_running(world) && !is_halted(world); i++) {
            block(world, time_msec() + DEADLINE_MS);
            run(world);
        }
    }
    assert_int_equal(n, 6);
    assert_true(is_halted(world));
}

static void
a_vm_whose_domain_was_killed_is_started_again(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    int64_t domid = vm_row(world)->domid[0];
    ground_turn(&world->ground, &world->vm, DOMAIN_GONE);
    run(world);
    turn_until(world, is_running);
    assert_true(vm_row(world)->domid[0] != domid);
}

static void
a_vm_whose_domain_went_while_nobody_looked_is_halted(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    kill_program(world);
    ground_destroy(&world->ground);
    ground_init(&world->ground);
    begin(world);
    turn_until(world, is_ready);
    turn_until(world, is_halted_without_port);
}

static struct error *
delete_vm(struct pool *pool, struct ovsdb_idl_txn *txn, void *world_)
{
    struct world *world = world_;

    for (size_t i = 0; i < N_VIFS; i++) {
        poolrec_vif_delete(poolrec_vif_get_for_uuid(pool_idl(pool), &world->vifs[i]));
    }
    poolrec_vm_delete(poolrec_vm_get_for_uuid(pool_idl(pool), &world->vm));
    return NULL;
}

static bool
has_no_domain(const struct world *world)
{
    return !has_domain(world);
}

static void
a_domain_without_a_record_is_destroyed(void **state)
{
    struct world *world = *state;

    carry_out(world, VERB_VM_start);
    change(world, delete_vm);
    turn_until(world, has_no_domain);
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
    assert_non_null(vm_row(world)->metrics);
}

static bool
is_at_rest(const struct world *world)
{
    return is_ready(world) && (is_halted_without_port(world) || is_running(world));
}

/* Kills the program in turn 'n' of a verb. True if the verb was over before. */
static bool
is_killed_in_turn(struct world *world, enum verb_id verb, int n)
{
    call(world, verb, &world->vm, NULL);
    for (int i = 0; i < n && !world->is_answered; i++) {
        run(world);
        if (i + 1 < n && !world->is_answered) {
            block(world, time_msec() + DEADLINE_MS);
        }
    }
    bool is_over = world->is_answered;

    kill_program(world);
    begin(world);
    turn_until(world, is_ready);
    turn_until(world, is_at_rest);
    return is_over;
}

static void
a_start_that_is_broken_off_anywhere_is_finished_or_taken_back(void **state)
{
    struct world *world = *state;
    int n_running = 0, n;

    for (n = 1; !is_killed_in_turn(world, VERB_VM_start, n); n++) {
        n_running += !strcmp(power_state(world), "Running");
        if (is_running(world)) {
            carry_out(world, VERB_VM_hard_shutdown);
        }
        assert_true(is_halted(world));
    }
    assert_true(n > 5);
    assert_true(n_running > 1);
}

static void
a_shutdown_that_is_broken_off_anywhere_is_finished_or_never_begun(void **state)
{
    struct world *world = *state;
    int n_halted = 0, n;

    carry_out(world, VERB_VM_start);
    for (n = 1; !is_killed_in_turn(world, VERB_VM_hard_shutdown, n); n++) {
        n_halted += !strcmp(power_state(world), "Halted");
        if (is_halted(world)) {
            assert_string_equal(carry_out(world, VERB_VM_start), "");
        }
        assert_true(is_running(world));
    }
    assert_true(n > 3);
    assert_true(n_halted > 1);
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
    long long int deadline = time_msec() + DEADLINE_MS;

    xenapi_map_put(&record, "VM", ref_to(&world->vm));
    xenapi_map_put(&record, "network", ref_to(&world->network));
    xenapi_map_put(&record, "device", xenapi_string("7"));
    xenapi_map_put(&record, "MAC", xenapi_string("02:00:00:00:00:07"));
    xenapi_set_add(&params, record);
    toolstack_call(world->toolstack, &verbs[VERB_VIF_create], &params, &task, count_answer, &answers);
    toolstack_call(world->toolstack, &verbs[VERB_VIF_create], &params, &task, count_answer, &answers);
    xenapi_value_destroy(&params);
    while (answers.n < 2) {
        assert_true(time_msec() < deadline);
        block(world, deadline);
        run(world);
    }
    assert_int_equal(answers.n_refused, 1);
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_client_finds_a_pool_with_a_master_and_a_control_domain),
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
        TEST(a_second_start_is_refused_while_the_first_is_under_way),
        TEST(a_vm_is_destroyed_with_its_vifs),
        TEST(a_vm_that_runs_is_not_destroyed),
        TEST(a_vif_is_unplugged_and_plugged_while_the_guest_runs),
        TEST(a_vif_that_cannot_be_wired_is_not_left_plugged),
        TEST(a_vif_goes_over_to_another_network_while_the_guest_runs),
        TEST(a_vif_that_cannot_be_moved_stays_where_it_was),
        TEST(a_guest_that_switches_itself_off_is_halted),
        TEST(a_guest_that_reboots_runs_again),
        TEST(a_guest_that_crashes_is_noted_and_begun_anew),
        TEST(a_guest_that_crashes_all_the_time_is_halted_at_last),
        TEST(a_vm_whose_domain_was_killed_is_started_again),
        TEST(a_vm_whose_domain_went_while_nobody_looked_is_halted),
        TEST(a_domain_without_a_record_is_destroyed),
        TEST(a_start_that_is_broken_off_anywhere_is_finished_or_taken_back),
        TEST(a_shutdown_that_is_broken_off_anywhere_is_finished_or_never_begun),
    };

    assert_int_equal(argc, 2);
    schema = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
