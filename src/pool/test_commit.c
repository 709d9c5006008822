/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes that nobody waits for, on a real ovsdb-server. Argument: the pool database's schema.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fatal-signal.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>

#include "base/error.h"
#include "pool/commit.h"
#include "pool/replica.h"

enum { DEADLINE_MS = 10000 };

#define SERVE "ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile=$PWD/pid --detach --no-chdir db"

static const char *schema;

struct fixture {
    char folder[32];
    struct pool *pool;
};

/* A network to be added, or renamed. */
struct order {
    const struct fixture *fixture;
    const char *bridge, *name;
    int n_attempts;
    void (*before_commit)(const struct fixture *);      /* called in the first attempt */
};

static void
run(const struct fixture *fixture, const char *command)
{
    char *line = xasprintf("cd %s && PATH=$PATH:/usr/sbin && export OVS_RUNDIR=$PWD OVS_LOGDIR=$PWD SCHEMA=%s && { %s; } >out 2>&1",
                           fixture->folder, schema, command);

    if (system(line)) {
        fail_msg("%s", line);
    }
    free(line);
}

static int
setup(void **state)
{
    struct fixture *fixture = xzalloc(sizeof *fixture);
    struct error *error;
    char *remote;

    strcpy(fixture->folder, "/tmp/test-commit-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    run(fixture, "ovsdb-tool create db $SCHEMA && " SERVE);
    remote = xasprintf("unix:%s/sock", fixture->folder);
    fixture->pool = pool_open_whole(remote);
    error = pool_sync(fixture->pool, DEADLINE_MS);
    assert_null(error);
    free(remote);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;

    pool_close(fixture->pool);
    run(fixture, "[ ! -e ctl ] || ovs-appctl -t $PWD/ctl exit");
    run(fixture, "rm -r $PWD");
    free(fixture);
    return 0;
}

static const struct poolrec_network *
find(const struct fixture *fixture, const char *bridge)
{
    const struct poolrec_network *network;

    POOLREC_NETWORK_FOR_EACH (network, pool_idl(fixture->pool)) {
        if (!strcmp(network->bridge, bridge)) {
            return network;
        }
    }
    return NULL;
}

static void
attempted(struct order *order)
{
    if (!order->n_attempts++ && order->before_commit) {
        order->before_commit(order->fixture);
    }
}

static struct error *
add(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;

    if (find(order->fixture, order->bridge)) {
        return error_new(ERROR_EXISTS, "there is a bridge %s already", order->bridge);
    }
    const struct poolrec_network *network = poolrec_network_insert(txn);
    poolrec_network_set_bridge(network, order->bridge);
    poolrec_network_set_name_label(network, order->name);
    poolrec_network_set_MTU(network, 1500);
    poolrec_network_set_default_locking_mode(network, "unlocked");
    attempted(order);
    return NULL;
}

/* Writes behind its name what is to come. */
static struct error *
rename_it(struct pool *pool, struct ovsdb_idl_txn *txn, void *order_)
{
    struct order *order = order_;
    const struct poolrec_network *network = find(order->fixture, order->bridge);
    char *name = xasprintf("%s%s", network->name_label, order->name);

    poolrec_network_verify_name_label(network);
    poolrec_network_set_name_label(network, name);
    free(name);
    attempted(order);
    return NULL;
}

static struct error *
finish(struct fixture *fixture, struct pool_commit *commit)
{
    struct error *error;

    while (!pool_commit_run(commit, &error)) {
        pool_wait(fixture->pool);
        pool_commit_wait(commit);
        poll_block();
        pool_run(fixture->pool);
    }
    return error;
}

static struct error *
carry_out(struct fixture *fixture, pool_change_fn *change, struct order *order, long long int timeout_ms)
{
    order->fixture = fixture;
    return finish(fixture, pool_commit_begin(fixture->pool, change, order, timeout_ms));
}

static void
assert_no_error(struct error *error)
{
    if (error) {
        fail_msg("%s", error->text);
    }
}

static void
add_network(struct fixture *fixture, const char *bridge, const char *name)
{
    struct order order = { .bridge = bridge, .name = name };

    assert_no_error(carry_out(fixture, add, &order, DEADLINE_MS));
}

static void
assert_error(struct error *error, enum error_code code, const char *text)
{
    assert_non_null(error);
    assert_string_equal(error->text, text);
    assert_int_equal(error->code, code);
    error_free(error);
}

static void
replica_shows_a_change_that_is_done(void **state)
{
    add_network(*state, "xapi0", "lan");
    assert_string_equal(find(*state, "xapi0")->name_label, "lan");
}

static void
what_the_check_refuses_is_told_and_not_sent(void **state)
{
    struct order order = { .bridge = "xapi0", .name = "other" };

    add_network(*state, "xapi0", "lan");
    assert_error(carry_out(*state, add, &order, DEADLINE_MS), ERROR_EXISTS, "there is a bridge xapi0 already");
    assert_int_equal(order.n_attempts, 0);
}

static void
several_are_under_way_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct order orders[3] = { { .bridge = "xapi0", .name = "0" }, { .bridge = "xapi1", .name = "1" }, { .bridge = "xapi2", .name = "2" } };
    struct pool_commit *commits[3];

    for (int i = 0; i < 3; i++) {
        orders[i].fixture = fixture;
        commits[i] = pool_commit_begin(fixture->pool, add, &orders[i], DEADLINE_MS);
    }
    for (int i = 0; i < 3; i++) {
        assert_no_error(finish(fixture, commits[i]));
        assert_string_equal(find(fixture, orders[i].bridge)->name_label, orders[i].name);
    }
}

/* Both change what they have read. */
static void
two_of_one_server_do_not_undo_each_other(void **state)
{
    struct fixture *fixture = *state;
    struct order orders[2] = { { fixture, "xapi0", "b" }, { fixture, "xapi0", "c" } };
    struct pool_commit *commits[2];

    add_network(fixture, "xapi0", "a");
    for (int i = 0; i < 2; i++) {
        commits[i] = pool_commit_begin(fixture->pool, rename_it, &orders[i], DEADLINE_MS);
    }
    assert_no_error(finish(fixture, commits[0]));
    assert_no_error(finish(fixture, commits[1]));
    assert_string_equal(find(fixture, "xapi0")->name_label, "abc");
    assert_int_equal(orders[1].n_attempts, 2);
}

static void
let_somebody_else_be_first(const struct fixture *fixture)
{
    run(fixture, "ovsdb-client transact unix:sock '[\"Cabled\",{\"op\":\"insert\",\"table\":\"Network\",\"row\":{\"bridge\":\"xapi0\","
        "\"MTU\":1500,\"default_locking_mode\":\"unlocked\"}}]' >answer && ! grep '\"error\"' answer");
}

static void
race_that_is_lost_is_seen_by_the_check(void **state)
{
    struct order order = { .bridge = "xapi0", .name = "lan", .before_commit = let_somebody_else_be_first };

    assert_error(carry_out(*state, add, &order, DEADLINE_MS), ERROR_EXISTS, "there is a bridge xapi0 already");
    assert_int_equal(order.n_attempts, 1);
    assert_string_equal(find(*state, "xapi0")->name_label, "");
}

static struct error *
write_nonsense(struct pool *pool, struct ovsdb_idl_txn *txn, void *order)
{
    poolrec_network_set_MTU(poolrec_network_insert(txn), 1);
    return NULL;
}

static void
what_the_database_refuses_for_good_is_told(void **state)
{
    struct order order = { .bridge = "" };

    assert_error(carry_out(*state, write_nonsense, &order, DEADLINE_MS), ERROR_REFUSED,
                 "the pool database refused the change (constraint violation): 1 is not in the valid range 68 to 65521 (inclusive)");
}

static void
database_that_hangs_leaves_it_open(void **state)
{
    struct fixture *fixture = *state;
    struct order order = { .bridge = "xapi0", .name = "lan" };

    run(fixture, "kill -STOP $(cat pid)");
    assert_error(carry_out(fixture, add, &order, 200), ERROR_TIMEOUT,
                 "the pool database did not answer in time: whether the change was made is not known");
    run(fixture, "kill -CONT $(cat pid)");
}

static void
stop_database(struct fixture *fixture)
{
    long long int deadline = time_msec() + DEADLINE_MS;

    run(fixture, "ovs-appctl -t $PWD/ctl exit");
    while (pool_is_connected(fixture->pool)) {
        assert_true(time_msec() < deadline);
        pool_wait(fixture->pool);
        poll_timer_wait_until(deadline);
        poll_block();
        pool_run(fixture->pool);
    }
}

static void
without_a_database_it_is_unreachable(void **state)
{
    struct order order = { .bridge = "xapi0", .name = "lan" };

    stop_database(*state);
    assert_error(carry_out(*state, add, &order, 200), ERROR_UNREACHABLE, "the pool database does not answer");
}

static void
database_that_comes_back_in_time_gets_it(void **state)
{
    struct fixture *fixture = *state;
    struct order order = { .fixture = fixture, .bridge = "xapi0", .name = "lan" };
    struct pool_commit *commit;

    stop_database(fixture);
    commit = pool_commit_begin(fixture->pool, add, &order, DEADLINE_MS);
    run(fixture, SERVE);
    assert_no_error(finish(fixture, commit));
    assert_string_equal(find(fixture, "xapi0")->name_label, "lan");
}

static void
one_that_is_given_up_disturbs_no_other(void **state)
{
    struct fixture *fixture = *state;
    struct order order = { .fixture = fixture, .bridge = "xapi0", .name = "lan" };

    pool_commit_destroy(pool_commit_begin(fixture->pool, add, &order, DEADLINE_MS));
    pool_commit_destroy(NULL);
    add_network(fixture, "xapi1", "wan");
    assert_non_null(find(fixture, "xapi1"));
}

int
main(int argc, char *argv[])
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(replica_shows_a_change_that_is_done),
        TEST(what_the_check_refuses_is_told_and_not_sent),
        TEST(several_are_under_way_at_once),
        TEST(two_of_one_server_do_not_undo_each_other),
        TEST(race_that_is_lost_is_seen_by_the_check),
        TEST(what_the_database_refuses_for_good_is_told),
        TEST(database_that_hangs_leaves_it_open),
        TEST(without_a_database_it_is_unreachable),
        TEST(database_that_comes_back_in_time_gets_it),
        TEST(one_that_is_given_up_disturbs_no_other),
    };

    if (argc != 2) {
        return 2;
    }
    schema = argv[1];
    fatal_ignore_sigpipe();
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
