/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/test_world.h"

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

#include "base/error.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/toolstack.h"
#include "xenapi/ref.h"

const char *world_schema;

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
void
world_begin(struct world *world)
{
    struct toolstack_config config = { .storage = world->folder, .wire_ms = world->wire_ms };

    world->pool = pool_open_whole(world->remote);
    world->objects = objects_create(world->pool, time_wall_msec());
    world->domains = test_domains_open(&world->ground);
    world->toolstack = toolstack_create(world->pool, world->objects, world->domains, &config);
}

/* And ends, without a word: what was asked for or sent a moment ago may be done or not. */
void
world_kill(struct world *world)
{
    toolstack_destroy(world->toolstack);
    domains_close(world->domains);
    objects_destroy(world->objects);
    pool_close(world->pool);
}

void
world_run(struct world *world)
{
    pool_run(world->pool);
    objects_run(world->objects);
    domains_run(world->domains);
    toolstack_run(world->toolstack);
    test_agent_run(&world->agent);
}

void
world_block(struct world *world, long long int deadline)
{
    pool_wait(world->pool);
    domains_wait(world->domains);
    toolstack_wait(world->toolstack);
    test_agent_wait(&world->agent);
    poll_timer_wait_until(deadline);
    poll_block();
}

void
world_turn_until(struct world *world, world_condition_fn *is_so)
{
    long long int deadline = time_msec() + WORLD_DEADLINE_MS;

    for (;;) {
        world_run(world);
        if (is_so(world)) {
            return;
        }
        if (time_msec() >= deadline) {
            fail_msg("waited in vain; the last answer was %s", world->is_answered ? world->answer : "none");
        }
        world_block(world, deadline);
    }
}

const struct poolrec_vm *
world_vm_row(const struct world *world)
{
    return poolrec_vm_get_for_uuid(pool_idl(world->pool), &world->vm);
}

const struct poolrec_vif *
world_vif_row(const struct world *world, size_t i)
{
    return poolrec_vif_get_for_uuid(pool_idl(world->pool), &world->vifs[i]);
}

const char *
world_power_state(const struct world *world)
{
    const struct poolrec_vm *vm = world_vm_row(world);

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
    poolrec_network_set_managed(network, true);
    poolrec_network_set_default_locking_mode(network, "unlocked");
    poolrec_network_set_bridge(other, "xapi1");
    poolrec_network_set_MTU(other, 1500);
    poolrec_network_set_managed(other, true);
    poolrec_network_set_default_locking_mode(other, "unlocked");
    poolrec_vm_set_name_label(vm, "web");
    poolrec_vm_set_memory_static_max(vm, 64 << 20);
    for (size_t i = 0; i < WORLD_VIFS; i++) {
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
void
world_change(struct world *world, pool_change_fn *write)
{
    struct error *error = pool_change(world->agent.pool, write, world, WORLD_DEADLINE_MS);

    if (error) {
        fail_msg("%s", error->text);
    }
}

bool
world_is_ready(const struct world *world)
{
    return !toolstack_is_not_ready(world->toolstack) && world_vm_row(world);
}

int
world_setup(void **state)
{
    struct world *world = xzalloc(sizeof *world);
    char *command;

    fatal_ignore_sigpipe();
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, getenv("TEST_VERBOSE") ? VLL_DBG : VLL_OFF);
    strcpy(world->folder, "/tmp/test-toolstack-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    command = xasprintf("ovsdb-tool create db %s && ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db",
                        world_schema);
    shell(world, command);
    free(command);
    world->remote = xasprintf("unix:%s/sock", world->folder);
    world->wire_ms = WORLD_DEADLINE_MS;
    uuid_generate(&world->host);
    uuid_generate(&world->vm);
    uuid_generate(&world->network);
    uuid_generate(&world->other_network);
    for (size_t i = 0; i < WORLD_VIFS; i++) {
        uuid_generate(&world->vifs[i]);
    }
    ground_init(&world->ground);
    test_agent_open(&world->agent, world->remote, &world->ground);
    struct error *error = pool_sync(world->agent.pool, WORLD_DEADLINE_MS);
    assert_null(error);
    world_change(world, make_rows);
    world_begin(world);
    world_turn_until(world, world_is_ready);
    *state = world;
    return 0;
}

int
world_teardown(void **state)
{
    struct world *world = *state;

    world_kill(world);
    test_agent_close(&world->agent);
    ground_destroy(&world->ground);
    shell(world, "ovs-appctl -t $PWD/ctl exit");
    shell(world, "rm -r $PWD");
    free(world->remote);
    free(world);
    return 0;
}

void
world_take_answer(struct xenapi_reply reply, void *world_)
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

struct xenapi_value
world_ref_to(const struct uuid *uuid)
{
    char ref[XENAPI_REF_SIZE];

    xenapi_ref_format(uuid, ref);
    return xenapi_string(ref);
}

struct uuid
world_call(struct world *world, enum verb_id verb, const struct uuid *self, const struct uuid *also)
{
    struct xenapi_value params = xenapi_set_create();
    struct uuid task;

    uuid_generate(&task);
    xenapi_set_add(&params, world_ref_to(self));
    if (also) {
        xenapi_set_add(&params, world_ref_to(also));
    }
    while (params.set.n < verbs[verb].n_parameters) {
        xenapi_set_add(&params, xenapi_bool(false));
    }
    world->is_answered = false;
    toolstack_call(world->toolstack, &verbs[verb], &params, &task, world_take_answer, world);
    xenapi_value_destroy(&params);
    return task;
}

bool
world_is_answered(const struct world *world)
{
    return world->is_answered;
}

/* The answer to a verb of the VM. */
const char *
world_carry_out(struct world *world, enum verb_id verb)
{
    world_call(world, verb, &world->vm, NULL);
    world_turn_until(world, world_is_answered);
    return world->answer;
}

const char *
world_carry_out_on_vif(struct world *world, enum verb_id verb, size_t i, const struct uuid *also)
{
    world_call(world, verb, &world->vifs[i], also);
    world_turn_until(world, world_is_answered);
    return world->answer;
}

bool
world_has_operations(const struct world *world)
{
    return poolrec_operation_first(pool_idl(world->pool));
}

/* Nothing is left of a VM that is halted. */
bool
world_is_halted(const struct world *world)
{
    const struct poolrec_vm *vm = world_vm_row(world);
    bool is = !strcmp(world_power_state(world), "Halted") && !vm->n_domid && !vm->resident_on && !vm->scheduled_to_be_resident_on
              && !world_has_operations(world) && !ground_count(&world->ground);

    for (size_t i = 0; i < WORLD_VIFS; i++) {
        const struct poolrec_vif *vif = world_vif_row(world, i);

        is = is && !vif->currently_attached && !vif->host && strlen(vif->interface) == UUID_LEN && !*vif->wire_state;
    }
    return is;
}

bool
world_has_no_port(const struct world *world)
{
    return sset_is_empty(&world->agent.ports);
}

bool
world_is_halted_without_port(const struct world *world)
{
    return world_is_halted(world) && world_has_no_port(world);
}

/* Record, domain and ports of a VM that runs all say so. */
bool
world_is_running(const struct world *world)
{
    const struct poolrec_vm *vm = world_vm_row(world);
    const struct domain *domain = domains_find(world->domains, &world->vm);
    bool is = !strcmp(world_power_state(world), "Running") && vm->resident_on && vm->n_domid && !world_has_operations(world) && domain
              && domain_state(domain) == DOMAIN_RUNNING && domain_domid(domain) == vm->domid[0];

    for (size_t i = 0; is && i < WORLD_VIFS; i++) {
        const struct poolrec_vif *vif = world_vif_row(world, i);

        is = vif->currently_attached && !strcmp(vif->wire_state, "wired") && sset_contains(&world->agent.ports, vif->interface);
    }
    return is;
}

bool
world_has_domain(const struct world *world)
{
    return ground_count(&world->ground);
}
