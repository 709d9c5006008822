/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool source against a real ovsdb-server. Argument: the pool database's schema.
 */
#include <config.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fatal-signal.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "source/pool.h"
#include "source/source.h"
#include "vif/wish.h"

enum { DEADLINE_MS = 10000 };

#define HOST "be62737d-b9ef-4b11-930f-b6046440715a"

static const char *schema;

struct fixture {
    char folder[32];
    struct source *source;
    struct vif_wish *wish;      /* the last one */
    int n_wished;
};

/* Runs a command line of the shell, in which %s is the folder. */
static void OVS_PRINTF_FORMAT(2, 3)
run(const struct fixture *fixture, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = xvasprintf(format, args);
    char *line = xasprintf("cd %s && PATH=$PATH:/usr/sbin && export OVS_RUNDIR=$PWD OVS_LOGDIR=$PWD && { %s; } >out 2>&1",
                           fixture->folder, command);

    va_end(args);
    assert_int_equal(system(line), 0);
    free(line);
    free(command);
}

static void
transact(const struct fixture *fixture, const char *operations)
{
    run(fixture, "ovsdb-client transact unix:sock '[\"Cabled\",%s]' >answer && ! grep '\"error\"' answer", operations);
}

static void
wished(struct vif_wish *wish, void *fixture_)
{
    struct fixture *fixture = fixture_;

    if (fixture->wish) {
        vif_wish_destroy(fixture->wish);
        free(fixture->wish);
    }
    fixture->wish = wish;
    fixture->n_wished++;
}

static void
withdrawn(const char *uuid OVS_UNUSED, void *fixture OVS_UNUSED)
{
}

/* Turns the loop until 'seen' is true. */
static void
loop_until(struct fixture *fixture, bool (*seen)(struct fixture *))
{
    const struct source_events events = { wished, withdrawn, fixture };
    long long int deadline = time_msec() + DEADLINE_MS;

    for (;;) {
        fixture->source->class->run(fixture->source, &events);
        if (seen(fixture)) {
            return;
        }
        assert_true(time_msec() < deadline);
        fixture->source->class->wait(fixture->source);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

static bool
is_wished(struct fixture *fixture)
{
    return fixture->wish;
}

static int
setup(void **state)
{
    struct fixture *fixture = xzalloc(sizeof *fixture);
    struct uuid host;
    char *remote;

    strcpy(fixture->folder, "/tmp/test-source-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    run(fixture, "ovsdb-tool create db %s && ovsdb-server --remote=punix:sock --unixctl=$PWD/ctl --pidfile --detach --no-chdir db", schema);
    transact(fixture, "{\"op\":\"insert\",\"table\":\"Host\",\"uuid\":\"" HOST "\",\"row\":{\"hostname\":\"h\"}},"
             "{\"op\":\"insert\",\"table\":\"Network\",\"uuid-name\":\"n\",\"row\":{\"bridge\":\"xapi0\",\"MTU\":1500,"
             "\"default_locking_mode\":\"unlocked\"}},"
             "{\"op\":\"insert\",\"table\":\"VIF\",\"row\":{\"network\":[\"named-uuid\",\"n\"],\"host\":[\"uuid\",\"" HOST "\"],"
             "\"interface\":\"vif1.0\",\"MAC\":\"02:00:00:00:01:00\",\"locking_mode\":\"locked\","
             "\"rule_packets\":[\"map\",[[\"allow-ipv4\",7],[\"of-tomorrow\",8],[\"ipv4-spoof\",-9]]],"
             "\"rule_bytes_base\":[\"map\",[[\"arp-request\",42]]]}}");
    assert_true(uuid_from_string(&host, HOST));
    remote = xasprintf("unix:%s/sock", fixture->folder);
    fixture->source = source_pool_open(remote, &host);
    free(remote);
    loop_until(fixture, is_wished);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;

    fixture->source->class->destroy(fixture->source);
    vif_wish_destroy(fixture->wish);
    free(fixture->wish);
    run(fixture, "[ ! -e ctl ] || ovs-appctl -t $PWD/ctl exit");
    run(fixture, "rm -r $PWD");
    free(fixture);
    return 0;
}

static size_t
rule(const char *name)
{
    return rules_by_name(name) - rules_table;
}

static struct source_counts
load(struct fixture *fixture)
{
    struct source_counts counts;

    assert_true(fixture->source->class->load_counts(fixture->source, fixture->wish->uuid, &counts));
    return counts;
}

/* What the tests store: all but one of what was there, and more. */
static struct source_counts
some_counts(void)
{
    struct source_counts counts = { .total = { { 0, 0 } } };

    counts.total[rule("allow-ipv4")] = (struct rules_count) { 17, 1700 };
    counts.total[rule("nd-other")] = (struct rules_count) { 1, UINT64_C(1) << 40 };
    counts.base[rule("allow-ipv4")] = (struct rules_count) { 5, 500 };
    return counts;
}

static bool
is_stored(struct fixture *fixture)
{
    const struct source_counts wanted = some_counts(), stored = load(fixture);

    return fixture->source->class->store_counts(fixture->source, fixture->wish->uuid, &wanted)
           && !memcmp(&stored, &wanted, sizeof stored);
}

static void
counts_are_read_by_rule_and_what_cannot_be_is_ignored(void **state)
{
    const struct source_counts counts = load(*state);

    for (size_t i = 0; i < RULES_N; i++) {
        assert_int_equal(counts.total[i].packets, i == rule("allow-ipv4") ? 7 : 0);
        assert_int_equal(counts.base[i].bytes, i == rule("arp-request") ? 42 : 0);
        assert_int_equal(counts.total[i].bytes + counts.base[i].packets, 0);
    }
}

static void
counts_of_an_unknown_vif_are_not_known_and_not_kept(void **state)
{
    struct fixture *fixture = *state;
    struct source_counts counts = some_counts();

    assert_false(fixture->source->class->load_counts(fixture->source, HOST, &counts));
    assert_false(fixture->source->class->load_counts(fixture->source, "nonsense", &counts));
    assert_true(fixture->source->class->store_counts(fixture->source, HOST, &counts));
}

static void
stored_counts_come_back_and_are_no_new_wish(void **state)
{
    struct fixture *fixture = *state;

    loop_until(fixture, is_stored);
    assert_int_equal(fixture->n_wished, 1);
    run(fixture, "ovsdb-client dump unix:sock VIF rule_bytes rule_bytes_base rule_packets rule_packets_base -f csv >dump && grep -F '"
        "\"{allow-ipv4=1700, nd-other=1099511627776}\",{allow-ipv4=500},"
        "\"{allow-ipv4=17, ipv4-spoof=-9, nd-other=1, of-tomorrow=8}\",{allow-ipv4=5}' dump");
}

static bool
is_cut_off(struct fixture *fixture)
{
    return !fixture->source->class->is_connected(fixture->source);
}

static void
only_other_counts_have_to_come_again_without_a_database(void **state)
{
    struct fixture *fixture = *state;
    const struct source_counts there = load(fixture), others = some_counts();

    run(fixture, "ovs-appctl -t $PWD/ctl exit");
    loop_until(fixture, is_cut_off);
    assert_true(fixture->source->class->store_counts(fixture->source, fixture->wish->uuid, &there));
    assert_false(fixture->source->class->store_counts(fixture->source, fixture->wish->uuid, &others));
}

int
main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_are_read_by_rule_and_what_cannot_be_is_ignored, setup, teardown),
        cmocka_unit_test_setup_teardown(counts_of_an_unknown_vif_are_not_known_and_not_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(stored_counts_come_back_and_are_no_new_wish, setup, teardown),
        cmocka_unit_test_setup_teardown(only_other_counts_have_to_come_again_without_a_database, setup, teardown),
    };

    fatal_ignore_sigpipe();
    schema = argc > 1 ? argv[1] : "";
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
