/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "domain/qmp_message.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/json.h>
#include <openvswitch/shash.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

static const struct json *
member(const struct json *json, const char *name, enum json_type type)
{
    const struct json *found = json && json->type == JSON_OBJECT ? shash_find_data(json_object(json), name) : NULL;

    return found && found->type == type ? found : NULL;
}

const char *
qmp_text(const struct json *json, const char *name)
{
    const struct json *found = member(json, name, JSON_STRING);

    return found ? json_string(found) : NULL;
}

int64_t
qmp_number(const struct json *json, const char *name, int64_t otherwise)
{
    const struct json *found = member(json, name, JSON_INTEGER);

    return found ? json_integer(found) : otherwise;
}

const struct json *
qmp_object(const struct json *json, const char *name)
{
    return member(json, name, JSON_OBJECT);
}

static bool
has(const struct json *json, const char *name)
{
    return shash_find(json_object(json), name);
}

/* What makes 'whole' a message of one kind or another is which member it has. */
static bool
classify(struct qmp_message *message)
{
    const struct json *whole = message->whole;

    if (has(whole, "QMP")) {
        message->kind = QMP_GREETING;
        message->content = qmp_object(whole, "QMP");
        return message->content;
    } else if (has(whole, "return")) {
        message->kind = QMP_RESULT;
        message->content = shash_find_data(json_object(whole), "return");
        return true;
    } else if (has(whole, "error")) {
        message->kind = QMP_REFUSAL;
        message->name = qmp_text(qmp_object(whole, "error"), "desc");
    } else if (has(whole, "event")) {
        message->kind = QMP_EVENT;
        message->name = qmp_text(whole, "event");
        message->content = qmp_object(whole, "data");
    } else {
        message->kind = QMP_COMMAND;
        message->name = qmp_text(whole, "execute");
        message->content = qmp_object(whole, "arguments");
    }
    return message->name;
}

struct error *
qmp_message_parse(const char *line, struct qmp_message *message)
{
    *message = (struct qmp_message) { .whole = json_from_string(line) };

    const struct json *whole = message->whole;
    struct error *error = NULL;
    if (whole->type == JSON_STRING) {
        error = error_new(ERROR_INVALID, "a line of QMP is not JSON: %s", quote(json_string(whole)).text);
    } else if (whole->type != JSON_OBJECT || !classify(message)) {
        error = error_new(ERROR_INVALID, "a line of QMP is no message: %s", quote(line).text);
    }
    if (error) {
        qmp_message_uninit(message);
        return error;
    }
    const struct json *id = member(whole, "id", JSON_INTEGER);
    message->has_id = id;
    message->id = id ? json_integer(id) : 0;
    return NULL;
}

void
qmp_message_uninit(struct qmp_message *message)
{
    json_destroy(message->whole);
    *message = (struct qmp_message) { .whole = NULL };
}

void
qmp_lines_init(struct qmp_lines *lines)
{
    *lines = (struct qmp_lines) { .bytes = NULL };
}

void
qmp_lines_uninit(struct qmp_lines *lines)
{
    free(lines->bytes);
}

/* The buffer has its whole size from the first byte on: a domain has one, and QMP's lines are of very different lengths. */
char *
qmp_lines_room(struct qmp_lines *lines, size_t *n)
{
    if (!lines->bytes) {
        lines->bytes = xmalloc(LIMIT_QMP_LINE_BYTES);
    }
    lines->n -= lines->begin;
    memmove(lines->bytes, lines->bytes + lines->begin, lines->n);
    lines->begin = 0;
    *n = LIMIT_QMP_LINE_BYTES - lines->n;
    return *n ? lines->bytes + lines->n : NULL;
}

void
qmp_lines_came(struct qmp_lines *lines, size_t n)
{
    lines->n += n;
}

const char *
qmp_lines_next(struct qmp_lines *lines)
{
    while (lines->begin < lines->n) {
        char *line = lines->bytes + lines->begin;
        char *end = memchr(line, '\n', lines->n - lines->begin);

        if (!end) {
            return NULL;
        }
        *end = '\0';
        lines->begin = end + 1 - lines->bytes;
        if (line[strspn(line, " \t\r")]) {
            return line;
        }
    }
    return NULL;
}
