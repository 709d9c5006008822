/* SPDX-License-Identifier: Apache-2.0
 *
 * cabled-xapi(8): parses arguments, builds what serves the XenAPI, runs the loop.
 */
#include <config.h>

#include <stdlib.h>

#include <command-line.h>
#include <daemon.h>
#include <dummy.h>
#include <fatal-signal.h>
#include <openvswitch/json.h>
#include <openvswitch/vlog.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "api/api.h"
#include "base/error.h"
#include "bin/loop.h"
#include "bin/xapi_options.h"
#include "domain/domain.h"
#include "http/address.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/stop.h"
#include "toolstack/toolstack.h"

VLOG_DEFINE_THIS_MODULE(cabled_xapi);

/* All that is built of them. */
struct program {
    struct pool *pool;
    struct objects *objects;
    struct domains *domains;
    struct toolstack *toolstack;
    struct api *api;
    size_t n_listeners;
};

static void
stop_if(struct error *error)
{
    if (error) {
        ovs_error(0, "%s", error->text);
        error_free(error);
        exit(EXIT_FAILURE);
    }
}

/* Building. */

static void
program_build(const struct xapi_options *options, struct program *program)
{
    const struct toolstack_config toolstack = {
        .host = options->has_host ? &options->host : NULL, .storage = options->storage, .wire_ms = options->wire_seconds * 1000LL,
    };
    const struct api_config api = { .listeners = options->listeners, .n_listeners = options->n_listeners, .users = options->users };

    program->n_listeners = options->n_listeners;
    program->pool = pool_open(options->pool, NULL);
    program->objects = objects_create(program->pool, time_wall_msec());
    stop_if(domains_open(&options->domains, &program->domains));
    program->toolstack = toolstack_create(program->pool, program->objects, program->domains, &toolstack);
    stop_if(api_open(program->pool, program->objects, program->toolstack, &api, &program->api));
}

/* Guests live on. */
static void
program_destroy(struct program *program)
{
    toolstack_destroy(program->toolstack);
    api_close(program->api);
    domains_close(program->domains);
    objects_destroy(program->objects);
    pool_close(program->pool);
}

/* The control socket. */

static void
show_status(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *program_)
{
    const struct program *program = program_;
    const char *not_ready = toolstack_is_not_ready(program->toolstack);
    struct json *json = json_object_create(), *listeners = json_array_create_empty();

    for (size_t i = 0; i < program->n_listeners; i++) {
        json_array_add(listeners, json_string_create(http_address_text(api_address(program->api, i)).text));
    }
    json_object_put_string(json, "version", CABLED_VERSION);
    json_object_put(json, "listeners", listeners);
    json_object_put(json, "pool_connected", json_boolean_create(pool_is_connected(program->pool)));
    json_object_put(json, "ready", json_boolean_create(!not_ready));
    json_object_put_string(json, "not_ready", not_ready ? not_ready : "");
    json_object_put(json, "waiting_for_events", json_integer_create(api_n_event_calls(program->api)));

    char *text = json_to_string(json, JSSF_SORT);
    unixctl_command_reply(conn, text);
    free(text);
    json_destroy(json);
}

/* The loop. */

static void
run(void *program_)
{
    struct program *program = program_;

    pool_run(program->pool);
    objects_run(program->objects);
    domains_run(program->domains);
    toolstack_run(program->toolstack);
    api_run(program->api);
}

static void
wait_for_more(void *program_)
{
    struct program *program = program_;

    pool_wait(program->pool);
    domains_wait(program->domains);
    toolstack_wait(program->toolstack);
    api_wait(program->api);
}

int
main(int argc, char *argv[])
{
    struct xapi_options options;
    struct program program = { .pool = NULL };

    ovs_cmdl_proctitle_init(argc, argv);
    set_program_name(argv[0]);
    xapi_options_parse(argc, argv, &options);
    fatal_ignore_sigpipe();

    daemonize_start(false);
    struct loop *loop = loop_open(options.control);
    unixctl_command_register("status", "", 0, 0, show_status, &program);
    toolstack_stop_register();
    if (options.has_test_clock) {
        timeval_dummy_register();
    }
    program_build(&options, &program);
    daemonize_complete();
    VLOG_INFO("cabled-xapi %s is running", CABLED_VERSION);

    loop_run(loop, &(struct loop_work) { run, wait_for_more, &program });

    program_destroy(&program);
    loop_close(loop);
    service_stop();
    return EXIT_SUCCESS;
}
