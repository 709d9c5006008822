/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <openvswitch/json.h>
#include <openvswitch/list.h>
#include <openvswitch/poll-loop.h>
#include <util.h>

#include "base/error.h"
#include "domain/qmp_message.h"

/* Messages that are taken in one turn: a process that sends without end must not keep the others waiting. */
enum { MESSAGES_PER_TURN = 64 };

struct qmp {
    int fd;
    struct qmp_events events;
    struct qmp_lines lines;
    struct ovs_list commands;   /* struct command, in the order of their ids: to be sent, being sent, sent and not answered */
    struct command *sending;    /* the first that is not sent as a whole, or NULL */
    int64_t next_id;
    bool is_ready;
    bool has_more;              /* messages that were left to the next turn */
    char *error;
};

struct command {
    struct ovs_list node;
    int64_t id;
    char *text;                 /* with its end of line */
    size_t size, sent;
    int fd;                     /* goes with the first byte; -1 without */
    qmp_done_fn *done;
    unsigned int tag;
};

static void
command_free(struct command *command)
{
    ovs_list_remove(&command->node);
    if (command->fd >= 0) {
        close(command->fd);
    }
    free(command->text);
    free(command);
}

struct error *
qmp_connect(const char *path, const struct qmp_events *events, struct qmp **qmpp)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ovs_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address)) {
        struct error *error = error_new(ERROR_UNREACHABLE, "%s: cannot connect: %s", path, ovs_strerror(errno));

        if (fd >= 0) {
            close(fd);
        }
        return error;
    }
    struct qmp *qmp = *qmpp = xzalloc(sizeof *qmp);
    qmp->fd = fd;
    qmp->events = *events;
    ovs_list_init(&qmp->commands);
    qmp_lines_init(&qmp->lines);
    return NULL;
}

void
qmp_close(struct qmp *qmp)
{
    struct command *command;

    if (!qmp) {
        return;
    }
    LIST_FOR_EACH_SAFE (command, node, &qmp->commands) {
        command_free(command);
    }
    close(qmp->fd);
    qmp_lines_uninit(&qmp->lines);
    free(qmp->error);
    free(qmp);
}

const char *
qmp_error(const struct qmp *qmp)
{
    return qmp->error;
}

int
qmp_fd(const struct qmp *qmp)
{
    return qmp->fd;
}

bool
qmp_is_quiet(const struct qmp *qmp)
{
    return !qmp->error && !qmp->has_more && !(qmp->is_ready && qmp->sending);
}

static void
fail(struct qmp *qmp, char *error)
{
    if (qmp->error) {
        free(error);
    } else {
        qmp->error = error;
    }
}

static struct command *
command_create(struct qmp *qmp, const struct qmp_command *given)
{
    struct command *command = xmalloc(sizeof *command);
    struct json *json = json_object_create();

    *command = (struct command) { .id = qmp->next_id++, .fd = given->fd, .done = given->done, .tag = given->tag };
    json_object_put_string(json, "execute", given->name);
    json_object_put(json, "id", json_integer_create(command->id));
    if (given->arguments) {
        json_object_put(json, "arguments", given->arguments);
    }
    char *text = json_to_string(json, 0);
    command->text = xasprintf("%s\n", text);
    command->size = strlen(command->text);
    free(text);
    json_destroy(json);
    return command;
}

void
qmp_command(struct qmp *qmp, const struct qmp_command *given)
{
    struct command *command = command_create(qmp, given);

    ovs_list_push_back(&qmp->commands, &command->node);
    if (!qmp->sending) {
        qmp->sending = command;
    }
}

/* Before the greeting is answered nothing but its answer may be sent, and nothing before it: it goes to the head of the queue. */
static void
greeted(struct qmp *qmp)
{
    struct command *command = command_create(qmp, &(struct qmp_command) { .name = "qmp_capabilities", .fd = -1 });

    ovs_list_push_front(&qmp->commands, &command->node);
    qmp->sending = command;
    qmp->is_ready = true;
}

static ssize_t
send_some(struct qmp *qmp, struct command *command)
{
    struct iovec iov = { .iov_base = command->text + command->sent, .iov_len = command->size - command->sent };
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .bytes = "" };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

    if (command->fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        control.header = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
        memcpy(CMSG_DATA(&control.header), &command->fd, sizeof(int));
    }
    return sendmsg(qmp->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static struct command *
next_of(const struct qmp *qmp, const struct command *command)
{
    return command->node.next == &qmp->commands ? NULL : CONTAINER_OF(command->node.next, struct command, node);
}

static void
send_all(struct qmp *qmp)
{
    while (qmp->is_ready && qmp->sending && !qmp->error) {
        struct command *command = qmp->sending;
        ssize_t n = send_some(qmp, command);

        if (n < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                fail(qmp, xasprintf("cannot send: %s", ovs_strerror(errno)));
            }
            return;
        }
        if (command->fd >= 0) {
            close(command->fd);
            command->fd = -1;
        }
        command->sent += n;
        if (command->sent == command->size) {
            qmp->sending = next_of(qmp, command);
        }
    }
}

/* A reply without the id of a command that has been sent is the answer to none, and not listened to. */
static void
answered(struct qmp *qmp, const struct qmp_message *message)
{
    struct command *command;

    LIST_FOR_EACH (command, node, &qmp->commands) {
        if (command == qmp->sending) {
            return;
        }
        if (message->has_id && command->id == message->id) {
            qmp_done_fn *done = command->done;
            const unsigned int tag = command->tag;

            command_free(command);
            if (done) {
                done(message->content, message->name, tag, qmp->events.aux);
            }
            return;
        }
    }
}

static void
take(struct qmp *qmp, const struct qmp_message *message)
{
    switch (message->kind) {
    case QMP_GREETING:
        if (!qmp->is_ready) {
            greeted(qmp);
            qmp->events.ready(qmp->events.aux);
        }
        break;
    case QMP_RESULT:
    case QMP_REFUSAL:
        answered(qmp, message);
        break;
    case QMP_EVENT:
        qmp->events.event(message->name, message->content, qmp->events.aux);
        break;
    case QMP_COMMAND:
        break;
    }
}

/* False if there is no whole line. */
static bool
take_line(struct qmp *qmp)
{
    const char *line = qmp_lines_next(&qmp->lines);
    struct qmp_message message;

    if (!line) {
        return false;
    }
    struct error *error = qmp_message_parse(line, &message);
    if (error) {
        fail(qmp, xstrdup(error->text));
        error_free(error);
        return false;
    }
    take(qmp, &message);
    qmp_message_uninit(&message);
    return true;
}

static bool
receive(struct qmp *qmp)
{
    size_t room;
    char *bytes = qmp_lines_room(&qmp->lines, &room);

    if (!bytes) {
        fail(qmp, xstrdup("a line of QMP is too long"));
        return false;
    }
    ssize_t n = recv(qmp->fd, bytes, room, MSG_DONTWAIT);
    if (n > 0) {
        qmp_lines_came(&qmp->lines, n);
    } else if (!n) {
        fail(qmp, xstrdup("the connection has ended"));
    } else if (errno != EAGAIN && errno != EINTR) {
        fail(qmp, xasprintf("cannot receive: %s", ovs_strerror(errno)));
    }
    return n > 0;
}

bool
qmp_run(struct qmp *qmp)
{
    int n = 0;

    do {
        while (n < MESSAGES_PER_TURN && !qmp->error && take_line(qmp)) {
            n++;
        }
    } while (n < MESSAGES_PER_TURN && !qmp->error && receive(qmp));
    qmp->has_more = n == MESSAGES_PER_TURN;
    send_all(qmp);
    return !qmp->error;
}

void
qmp_wait(struct qmp *qmp)
{
    if (qmp->error || qmp->has_more) {
        poll_immediate_wake();
    } else {
        poll_fd_wait(qmp->fd, qmp->is_ready && qmp->sending ? POLLIN | POLLOUT : POLLIN);
    }
}
