/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of the QEMU machine protocol (qmp_message.h) on a unix socket: commands are sent at once, or when the greeting has been answered,
 * and what they returned is told in order. Nothing blocks.
 */
#ifndef DOMAIN_QMP_H
#define DOMAIN_QMP_H

#include <stdbool.h>

struct error;
struct json;
struct qmp;

struct qmp_events {
    /* The greeting has been answered: commands are carried out from now on. */
    void (*ready)(void *aux);
    void (*event)(const char *name, const struct json *data, void *aux);     /* 'data' may be NULL */
    void *aux;
};

/* What became of a command: 'result', or why it was refused. 'aux' is that of the events. */
typedef void qmp_done_fn(const struct json *result, const char *refusal, unsigned int tag, void *aux);

/* Connects to the socket 'path', on which somebody listens. */
struct error *qmp_connect(const char *path, const struct qmp_events *, struct qmp **);

/* May be NULL. No 'done' of a command that is not answered is called any more. */
void qmp_close(struct qmp *);

/* Calls back. False once the connection has ended; qmp_error() says why. */
bool qmp_run(struct qmp *);
void qmp_wait(struct qmp *);
const char *qmp_error(const struct qmp *);

/* What it hears by, which is the qmp's; and whether it has nothing to do until something comes there. */
int qmp_fd(const struct qmp *);
bool qmp_is_quiet(const struct qmp *);

struct qmp_command {
    const char *name;
    struct json *arguments;     /* consumed; NULL is none */
    int fd;                     /* goes along (SCM_RIGHTS) and is closed; -1: none */
    qmp_done_fn *done;          /* NULL: nobody wants to know */
    unsigned int tag;           /* of 'done' */
};
void qmp_command(struct qmp *, const struct qmp_command *);

#endif
