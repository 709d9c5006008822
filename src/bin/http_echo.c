/* SPDX-License-Identifier: Apache-2.0
 *
 * A program for tests of the HTTP server's room (tests/e2e/http_echo.py). It is installed nowhere.
 *
 * usage: http-echo [--certificate=FILE --key=FILE] [--mode=OCTAL] CONTROL-SOCKET LISTENER...
 *
 * Paths that it knows; what it answers:
 *     /echo               what was sent, with its own content type
 *     /peer               who asks, as JSON
 *     /hold               what was sent, when somebody asks for /release, or never
 *     /release            nothing
 *     /after/N            nothing, after N milliseconds
 *     /bytes/N            N bytes
 *     /broken             500 in HTML, and the connection ends
 * The control socket's command http/show tells counts as JSON.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dummy.h>
#include <openvswitch/json.h>
#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <unixctl.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "bin/loop.h"
#include "http/request.h"
#include "http/server.h"

struct echo {
    struct http_server *server;
    size_t n_listeners;
    struct ovs_list held;       /* struct held by 'node' */
    unsigned int n_asked, n_gone, n_turns;
};

/* A request that is answered later. */
struct held {
    struct ovs_list node;
    struct http_request *request;
    long long int when;
};

static char *
copy(const char *bytes, size_t size)
{
    return size ? xmemdup(bytes, size) : NULL;
}

static void
respond(struct http_request *request, const char *content_type, const char *bytes, size_t size)
{
    static const struct http_header headers[] = { { "Cache-Control", "no-cache, no-store" }, { "X-Echo", "yes" } };

    http_request_respond(request, &(struct http_response) {
        .status = 200, .content_type = content_type, .body = copy(bytes, size), .body_size = size, .headers = headers,
        .n_headers = ARRAY_SIZE(headers),
    });
}

static void
respond_broken(struct http_request *request)
{
    static const struct http_header close = { "Connection", "close" };

    http_request_respond(request, &(struct http_response) {
        .status = 500, .content_type = "text/html", .body = xstrdup("<html>broken</html>"), .body_size = 19, .headers = &close, .n_headers = 1,
    });
}

static void
respond_json(struct http_request *request, struct json *json)
{
    char *text = json_to_string(json, JSSF_SORT);

    respond(request, "application/json", text, strlen(text));
    free(text);
    json_destroy(json);
}

static void
respond_bytes(struct http_request *request, size_t n)
{
    char *bytes = xmalloc(n);

    memset(bytes, 'x', n);
    http_request_respond(request, &(struct http_response) { .status = 200, .body = bytes, .body_size = n });
}

static struct json *
peer_json(const struct http_peer *peer)
{
    static const char *const transports[] = { [HTTP_UNIX] = "unix", [HTTP_TCP] = "tcp", [HTTP_TLS] = "tls" };
    struct json *json = json_object_create();

    json_object_put_string(json, "transport", transports[peer->transport]);
    json_object_put_string(json, "listener", http_address_text(&peer->listener).text);
    json_object_put_string(json, "address", peer->address);
    json_object_put(json, "pid", json_integer_create(peer->pid));
    json_object_put(json, "uid", json_integer_create(peer->uid));
    json_object_put(json, "gid", json_integer_create(peer->gid));
    return json;
}

static void
held_answer(struct held *held)
{
    ovs_list_remove(&held->node);
    respond(held->request, held->request->content_type, held->request->body, held->request->body_size);
    free(held);
}

/* Those that 'now' is late enough for. */
static void
answer_all(struct echo *echo, long long int now)
{
    struct held *held;

    LIST_FOR_EACH_SAFE (held, node, &echo->held) {
        if (now >= held->when) {
            held_answer(held);
        }
    }
}

static void
hold(struct echo *echo, struct http_request *request, long long int when)
{
    struct held *held = xmalloc(sizeof *held);

    *held = (struct held) { .request = request, .when = when };
    request->owner = held;
    ovs_list_push_back(&echo->held, &held->node);
}

static void
asked(struct http_request *request, void *echo_)
{
    struct echo *echo = echo_;
    unsigned int n;

    echo->n_asked++;
    if (!strcmp(request->path, "/hold")) {
        hold(echo, request, LLONG_MAX);
    } else if (ovs_scan(request->path, "/after/%u", &n)) {
        hold(echo, request, time_msec() + n);
    } else if (ovs_scan(request->path, "/bytes/%u", &n)) {
        respond_bytes(request, n);
    } else if (!strcmp(request->path, "/release")) {
        answer_all(echo, LLONG_MAX);
        respond(request, NULL, NULL, 0);
    } else if (!strcmp(request->path, "/peer")) {
        respond_json(request, peer_json(request->peer));
    } else if (!strcmp(request->path, "/broken")) {
        respond_broken(request);
    } else {
        respond(request, request->content_type, request->body, request->body_size);
    }
}

static void
gone(struct http_request *request, void *echo_)
{
    struct echo *echo = echo_;
    struct held *held = request->owner;

    echo->n_gone++;
    ovs_list_remove(&held->node);
    free(held);
}

static void
show(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[] OVS_UNUSED, void *echo_)
{
    const struct echo *echo = echo_;
    struct json *json = json_object_create(), *listeners = json_array_create_empty();

    for (size_t i = 0; i < echo->n_listeners; i++) {
        json_array_add(listeners, json_string_create(http_address_text(http_server_address(echo->server, i)).text));
    }
    json_object_put(json, "listeners", listeners);
    json_object_put(json, "connections", json_integer_create(http_server_n_connections(echo->server)));
    json_object_put(json, "asked", json_integer_create(echo->n_asked));
    json_object_put(json, "gone", json_integer_create(echo->n_gone));
    json_object_put(json, "held", json_integer_create(ovs_list_size(&echo->held)));
    json_object_put(json, "turns", json_integer_create(echo->n_turns));

    char *text = json_to_string(json, JSSF_SORT);
    unixctl_command_reply(conn, text);
    free(text);
    json_destroy(json);
}

static void
held_wait(const struct echo *echo)
{
    const struct held *held;

    LIST_FOR_EACH (held, node, &echo->held) {
        if (held->when != LLONG_MAX) {
            poll_timer_wait_until(held->when);
        }
    }
}

static void
run(void *echo_)
{
    struct echo *echo = echo_;

    answer_all(echo, time_msec());
    http_server_run(echo->server);
    echo->n_turns++;
}

static void
wait_for_more(void *echo_)
{
    struct echo *echo = echo_;

    http_server_wait(echo->server);
    held_wait(echo);
}

/* Options that every listener gets; returns the index of the first argument. */
static int
parse_options(int argc, char *argv[], struct http_listener *listener)
{
    static const struct option options[] = {
        { "certificate", required_argument, NULL, 'c' },
        { "key", required_argument, NULL, 'k' },
        { "mode", required_argument, NULL, 'm' },
        { NULL, 0, NULL, 0 },
    };

    for (;;) {
        switch (getopt_long(argc, argv, "", options, NULL)) {
        case 'c':
            listener->certificate = optarg;
            break;
        case 'k':
            listener->key = optarg;
            break;
        case 'm':
            listener->mode = strtoul(optarg, NULL, 8);
            break;
        case -1:
            return optind;
        default:
            exit(2);
        }
    }
}

static void
stop_if(struct error *error)
{
    if (error) {
        ovs_fatal(0, "%s: %s", error_code_name(error->code), error->text);
    }
}

int
main(int argc, char *argv[])
{
    struct http_listener listeners[LIMIT_HTTP_LISTENERS + 1] = { { .mode = 0 } };
    struct echo echo = { .held = OVS_LIST_INITIALIZER(&echo.held) };
    const struct http_handler handler = { asked, gone, &echo };

    set_program_name(argv[0]);
    const int first = parse_options(argc, argv, &listeners[0]);
    echo.n_listeners = MAX(argc - first - 1, 0);
    if (argc - first < 1 || echo.n_listeners > ARRAY_SIZE(listeners)) {
        ovs_fatal(0, "name a control socket and listeners");
    }
    for (size_t i = 0; i < echo.n_listeners; i++) {
        listeners[i] = listeners[0];
        stop_if(http_address_parse(argv[first + 1 + i], &listeners[i].address));
    }
    stop_if(http_server_open(listeners, echo.n_listeners, &handler, &echo.server));
    unixctl_command_register("http/show", "", 0, 0, show, &echo);
    timeval_dummy_register();

    struct loop *loop = loop_open(argv[first]);

    loop_run(loop, &(struct loop_work) { run, wait_for_more, &echo });

    http_server_close(echo.server);
    ovs_assert(ovs_list_is_empty(&echo.held));
    loop_close(loop);
    return EXIT_SUCCESS;
}
