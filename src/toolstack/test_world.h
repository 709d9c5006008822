/* SPDX-License-Identifier: Apache-2.0
 *
 * A host for tests: a real ovsdb-server with the pool database, the toolstack, domains and an agent that are none, and a VM with two VIFs. The
 * toolstack's program can be killed and begun again; what is outside of it stays.
 */
#ifndef TOOLSTACK_TEST_WORLD_H
#define TOOLSTACK_TEST_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include <uuid.h>

#include "pool/change.h"
#include "toolstack/test_agent.h"
#include "toolstack/test_domains.h"
#include "verbs/verb.h"
#include "xenapi/call.h"

enum { WORLD_VIFS = 2, WORLD_DEADLINE_MS = 10000 };

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

    struct uuid host, vm, network, other_network, vifs[WORLD_VIFS];

    bool is_answered;           /* the last verb */
    char answer[256];           /* "" or the failure's code and parameters */
};

/* From the command line. */
extern const char *world_schema;

/* For cmocka: '*state' is a world whose toolstack is ready. */
int world_setup(void **state);
int world_teardown(void **state);

/* The program begins; and ends, without a word: what was asked for or sent a moment ago may be done or not. */
void world_begin(struct world *world);
void world_kill(struct world *world);

/* One turn of all; and waiting for the next. */
void world_run(struct world *world);
void world_block(struct world *world, long long int deadline);

/* Turns until 'is_so', which fails the test after a while. */
typedef bool world_condition_fn(const struct world *);
void world_turn_until(struct world *world, world_condition_fn *is_so);

/* The rows of the VM and of its VIFs; NULL if they are gone. */
const struct poolrec_vm *world_vm_row(const struct world *world);
const struct poolrec_vif *world_vif_row(const struct world *world, size_t i);
const char *world_power_state(const struct world *world);

/* Writes to the database as somebody else does; 'write' gets the world. */
void world_change(struct world *world, pool_change_fn *write);

/* Calls a verb, with 'also' as its second parameter if it is not NULL, and false for the rest. Returns its task. */
struct uuid world_call(struct world *world, enum verb_id verb, const struct uuid *self, const struct uuid *also);
void world_take_answer(struct xenapi_reply reply, void *world_);
struct xenapi_value world_ref_to(const struct uuid *uuid);

/* The answer to a verb of the VM, or of a VIF. */
const char *world_carry_out(struct world *world, enum verb_id verb);
const char *world_carry_out_on_vif(struct world *world, enum verb_id verb, size_t i, const struct uuid *also);

/* Conditions. Of a VM that is halted nothing is left; of one that runs, record, domain and ports say so. */
bool world_is_ready(const struct world *world);
bool world_is_answered(const struct world *world);
bool world_has_operations(const struct world *world);
bool world_has_domain(const struct world *world);
bool world_has_no_port(const struct world *world);
bool world_is_halted(const struct world *world);
bool world_is_halted_without_port(const struct world *world);
bool world_is_running(const struct world *world);

#endif
