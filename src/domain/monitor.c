/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/monitor.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openvswitch/dynamic-string.h>
#include <openvswitch/json.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "domain/qmp_message.h"

struct monitor {
    int listener, client;       /* client: -1 is none */
    bool has_answered;          /* the greeting */
    struct qmp_lines lines;
    struct ds unsent;
    monitor_command_fn *command;
    void *aux;
};

struct monitor *
monitor_create(int listener, monitor_command_fn *command, void *aux)
{
    struct monitor *monitor = xmalloc(sizeof *monitor);

    *monitor = (struct monitor) { .listener = listener, .client = -1, .command = command, .aux = aux, .unsent = DS_EMPTY_INITIALIZER };
    return monitor;
}

static void
hang_up(struct monitor *monitor)
{
    if (monitor->client >= 0) {
        close(monitor->client);
        monitor->client = -1;
        qmp_lines_uninit(&monitor->lines);
        ds_clear(&monitor->unsent);
    }
}

void
monitor_destroy(struct monitor *monitor)
{
    hang_up(monitor);
    ds_destroy(&monitor->unsent);
    free(monitor);
}

static void
flush(struct monitor *monitor)
{
    ssize_t n = send(monitor->client, monitor->unsent.string, monitor->unsent.length, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n > 0) {
        monitor->unsent.length -= n;
        memmove(monitor->unsent.string, monitor->unsent.string + n, monitor->unsent.length);
    } else if (errno != EAGAIN && errno != EINTR) {
        hang_up(monitor);
    }
}

static void
put(struct monitor *monitor, struct json *json)
{
    json_to_ds(json, 0, &monitor->unsent);
    ds_put_cstr(&monitor->unsent, "\r\n");
    json_destroy(json);
    flush(monitor);
    if (monitor->client >= 0 && monitor->unsent.length > LIMIT_QMP_UNREAD_BYTES) {
        hang_up(monitor);
    }
}

void
monitor_tell(struct monitor *monitor, const char *event, struct json *data)
{
    if (monitor->client < 0 || !monitor->has_answered) {
        json_destroy(data);
        return;
    }
    struct json *json = json_object_create();
    json_object_put_string(json, "event", event);
    json_object_put(json, "data", data);
    put(monitor, json);
}

static void
greet(struct monitor *monitor)
{
    struct json *json = json_object_create(), *greeting = json_object_create();

    json_object_put(greeting, "version", json_object_create());
    json_object_put(greeting, "capabilities", json_array_create_empty());
    json_object_put(json, "QMP", greeting);
    monitor->has_answered = false;
    qmp_lines_init(&monitor->lines);
    put(monitor, json);
}

static struct json *
carry_out(struct monitor *monitor, const struct qmp_message *message, char **refusal)
{
    if (message->kind != QMP_COMMAND) {
        *refusal = xstrdup("this is no command");
    } else if (!strcmp(message->name, "qmp_capabilities")) {
        monitor->has_answered = true;
        return json_object_create();
    } else if (!monitor->has_answered) {
        *refusal = xstrdup("qmp_capabilities must come first");
    } else {
        return monitor->command(message->name, message->content, refusal, monitor->aux);
    }
    return NULL;
}

static struct json *
refusal_json(const char *refusal)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "class", "GenericError");
    json_object_put_string(json, "desc", refusal);
    return json;
}

static void
answer(struct monitor *monitor, const struct qmp_message *message)
{
    struct json *json = json_object_create();
    char *refusal = NULL;
    struct json *result = carry_out(monitor, message, &refusal);

    if (result) {
        json_object_put(json, "return", result);
    } else {
        json_object_put(json, "error", refusal_json(refusal));
    }
    if (message->has_id) {
        json_object_put(json, "id", json_integer_create(message->id));
    }
    free(refusal);
    put(monitor, json);
}

/* False if there is no whole line, or no client any more. */
static bool
take_line(struct monitor *monitor)
{
    const char *line = monitor->client < 0 ? NULL : qmp_lines_next(&monitor->lines);
    struct qmp_message message;

    if (!line) {
        return false;
    }
    struct error *error = qmp_message_parse(line, &message);
    if (error) {
        error_free(error);
        hang_up(monitor);
        return false;
    }
    answer(monitor, &message);
    qmp_message_uninit(&message);
    return true;
}

static void
receive(struct monitor *monitor)
{
    size_t room;
    char *bytes = qmp_lines_room(&monitor->lines, &room);
    ssize_t n = bytes ? recv(monitor->client, bytes, room, MSG_DONTWAIT) : 0;

    if (n > 0) {
        qmp_lines_came(&monitor->lines, n);
        while (take_line(monitor)) {
            continue;
        }
    } else if (!n || (errno != EAGAIN && errno != EINTR)) {
        hang_up(monitor);
    }
}

void
monitor_run(struct monitor *monitor)
{
    if (monitor->client < 0) {
        monitor->client = accept4(monitor->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (monitor->client >= 0) {
            greet(monitor);
        }
    }
    if (monitor->client >= 0) {
        receive(monitor);
    }
    if (monitor->client >= 0 && monitor->unsent.length) {
        flush(monitor);
    }
}

void
monitor_wait(const struct monitor *monitor)
{
    if (monitor->client < 0) {
        poll_fd_wait(monitor->listener, POLLIN);
    } else {
        poll_fd_wait(monitor->client, monitor->unsent.length ? POLLIN | POLLOUT : POLLIN);
    }
}
