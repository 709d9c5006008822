/* SPDX-License-Identifier: Apache-2.0
 *
 * A program for tests of the XenAPI's client (tests/e2e/directory_shell.py). It is installed nowhere.
 *
 * usage: directory-shell [--login=FILE] [--ca=FILE] [--trusted] CONTROL-SOCKET ADDRESS
 *
 * Follows the server at ADDRESS. The control socket's commands, which answer with JSON:
 *     directory/network BRIDGE, directory/pool, directory/vif UUID, directory/vm UUID
 *                             the answer, with the record
 *     directory/changes       what was told since this was asked last, in its order
 *     directory/status        the follower's, how often the loop has turned, and for how long the follower has kept the processor
 *                             in one turn at most since this was asked last, in microseconds
 *     directory/flush         nothing
 */
#include <config.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dummy.h>
#include <fatal-signal.h>
#include <openvswitch/json.h>
#include <openvswitch/vlog.h>
#include <smap.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "base/error.h"
#include "bin/loop.h"
#include "directory/directory.h"
#include "xapi/follower.h"

struct shell {
    struct directory *directory;
    struct json *changes;
    unsigned int n_turns;
    long long int longest_us;
};

static void
reply(struct unixctl_conn *conn, struct json *json)
{
    char *text = json_to_string(json, JSSF_SORT);

    unixctl_command_reply(conn, text);
    free(text);
    json_destroy(json);
}

static void
reply_answer(struct unixctl_conn *conn, enum directory_answer answer, const struct directory_record *record)
{
    static const char *const words[] = {
        [DIRECTORY_KNOWN] = "known", [DIRECTORY_UNKNOWN] = "unknown", [DIRECTORY_UNREACHABLE] = "unreachable",
    };
    struct json *json = json_object_create();

    json_object_put_string(json, "answer", words[answer]);
    if (answer == DIRECTORY_KNOWN) {
        json_object_put_string(json, "uuid", record->uuid);
        json_object_put(json, "other_config", smap_to_json(record->other_config));
    }
    reply(conn, json);
}

static void
request_pool(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *shell_)
{
    struct directory *directory = ((struct shell *) shell_)->directory;
    struct directory_record record;
    const enum directory_answer answer = directory->class->pool(directory, &record);

    reply_answer(conn, answer, &record);
}

#define QUESTION(NAME)                                                                                      \
    static void                                                                                             \
    request_##NAME(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[], void *shell_)        \
    {                                                                                                       \
        struct directory *directory = ((struct shell *) shell_)->directory;                                 \
        struct directory_record record;                                                                     \
        const enum directory_answer answer = directory->class->NAME(directory, argv[1], &record);           \
                                                                                                            \
        reply_answer(conn, answer, &record);                                                                \
    }
QUESTION(network)
QUESTION(vif)
QUESTION(vm)

static void
note(struct shell *shell, const char *what, const char *name)
{
    json_array_add(shell->changes, json_array_create_2(json_string_create(what), json_string_create(name)));
}

static void
bridge_changed(const char *bridge, void *shell)
{
    note(shell, "bridge", bridge);
}

static void
vif_changed(const char *uuid, void *shell)
{
    note(shell, "vif", uuid);
}

static void
vm_changed(const char *uuid, void *shell)
{
    note(shell, "vm", uuid);
}

static void
pool_changed(void *shell)
{
    note(shell, "pool", "");
}

static void
all_changed(void *shell)
{
    note(shell, "all", "");
}

static void
request_changes(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *shell_)
{
    struct shell *shell = shell_;
    struct json *changes = shell->changes;

    shell->changes = json_array_create_empty();
    reply(conn, changes);
}

static void
request_status(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *shell_)
{
    struct shell *shell = shell_;
    struct json *json = json_object_create();
    struct directory_status status;

    shell->directory->class->status(shell->directory, &status);
    json_object_put_string(json, "toolstack", status.toolstack);
    json_object_put(json, "reachable", json_boolean_create(status.is_reachable));
    json_object_put(json, "since", json_integer_create(status.since_msec));
    json_object_put_string(json, "error", status.error ? status.error : "");
    json_object_put(json, "turns", json_integer_create(shell->n_turns));
    json_object_put(json, "longest", json_integer_create(shell->longest_us));
    shell->longest_us = 0;
    reply(conn, json);
}

static void
request_flush(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *shell_)
{
    struct shell *shell = shell_;

    shell->directory->class->flush(shell->directory);
    unixctl_command_reply(conn, NULL);
}

static long long int
processor_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void
run(void *shell_)
{
    struct shell *shell = shell_;
    const struct directory_events events = { bridge_changed, vif_changed, vm_changed, pool_changed, all_changed, shell };
    const long long int begin = processor_us();

    shell->directory->class->run(shell->directory, &events);
    shell->longest_us = MAX(shell->longest_us, processor_us() - begin);
    shell->n_turns++;
}

static void
wait_for_more(void *shell_)
{
    struct shell *shell = shell_;

    shell->directory->class->wait(shell->directory);
}

/* Returns the index of the first argument. */
static int
parse_options(int argc, char *argv[], struct xapi_follower_config *config)
{
    static const struct option options[] = {
        { "login", required_argument, NULL, 'l' },
        { "ca", required_argument, NULL, 'c' },
        { "trusted", no_argument, NULL, 't' },
        { NULL, 0, NULL, 0 },
    };

    for (;;) {
        switch (getopt_long(argc, argv, "", options, NULL)) {
        case 'l':
            config->login = optarg;
            break;
        case 'c':
            config->ca = optarg;
            break;
        case 't':
            config->is_trusted = true;
            break;
        case -1:
            return optind;
        default:
            exit(2);
        }
    }
}

static void
register_commands(struct shell *shell)
{
    unixctl_command_register("directory/network", "BRIDGE", 1, 1, request_network, shell);
    unixctl_command_register("directory/pool", "", 0, 0, request_pool, shell);
    unixctl_command_register("directory/vif", "UUID", 1, 1, request_vif, shell);
    unixctl_command_register("directory/vm", "UUID", 1, 1, request_vm, shell);
    unixctl_command_register("directory/changes", "", 0, 0, request_changes, shell);
    unixctl_command_register("directory/status", "", 0, 0, request_status, shell);
    unixctl_command_register("directory/flush", "", 0, 0, request_flush, shell);
    timeval_dummy_register();
}

int
main(int argc, char *argv[])
{
    struct xapi_follower_config config = { .login = NULL };
    struct shell shell = { .changes = json_array_create_empty() };
    struct error *error;

    set_program_name(argv[0]);
    fatal_ignore_sigpipe();
    const int first = parse_options(argc, argv, &config);
    if (argc - first != 2) {
        ovs_fatal(0, "name a control socket and an address");
    }
    config.address = argv[first + 1];
    error = xapi_follower_open(&config, &shell.directory);
    if (error) {
        ovs_fatal(0, "%s: %s", error_code_name(error->code), error->text);
    }
    register_commands(&shell);

    struct loop *loop = loop_open(argv[first]);

    loop_run(loop, &(struct loop_work) { run, wait_for_more, &shell });

    shell.directory->class->destroy(shell.directory);
    loop_close(loop);
    json_destroy(shell.changes);
    return EXIT_SUCCESS;
}
