/* SPDX-License-Identifier: Apache-2.0
 *
 * The QEMU machine protocol (QEMU's docs/interop/qmp-spec): lines of JSON. Who sends them may be a process that its guest has taken over, so
 * nothing of them is believed: a line has a greatest length (LIMIT_QMP_LINE_BYTES), and what is no message is an error.
 */
#ifndef DOMAIN_QMP_MESSAGE_H
#define DOMAIN_QMP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct json;

enum qmp_kind {
    QMP_GREETING,
    QMP_RESULT,                 /* 'content' is what the command returned */
    QMP_REFUSAL,                /* 'name' is the description, 'content' NULL */
    QMP_EVENT,                  /* 'name', and 'content' its data or NULL */
    QMP_COMMAND,                /* 'name', and 'content' its arguments or NULL */
};

struct qmp_message {
    enum qmp_kind kind;
    bool has_id;
    int64_t id;                 /* of results, refusals and commands */
    const char *name;           /* inside 'whole', like 'content' */
    const struct json *content;
    struct json *whole;         /* owned */
};

/* Reads a line. On failure there is nothing in 'message' to be freed. */
struct error *qmp_message_parse(const char *line, struct qmp_message *message);
void qmp_message_uninit(struct qmp_message *);

/* The member 'name' of 'json', which may be NULL or no object: a text, a whole number, an object; NULL, or 'otherwise', if it is not such. */
const char *qmp_text(const struct json *json, const char *name);
int64_t qmp_number(const struct json *json, const char *name, int64_t otherwise);
const struct json *qmp_object(const struct json *json, const char *name);

/* Bytes that come, line by line. */
struct qmp_lines {
    char *bytes;
    size_t n, begin;            /* what is there; where the line begins that is next */
};

void qmp_lines_init(struct qmp_lines *);
void qmp_lines_uninit(struct qmp_lines *);

/* Room for at least '*n' more bytes, to be followed by qmp_lines_came(). NULL if the line that is being read is too long. */
char *qmp_lines_room(struct qmp_lines *, size_t *n);
void qmp_lines_came(struct qmp_lines *, size_t n);

/* The next whole line that is not empty, without its end; NULL if there is none. Valid until more comes. */
const char *qmp_lines_next(struct qmp_lines *);

#endif
