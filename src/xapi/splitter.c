/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/splitter.h"

#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"

enum {
    /* JSON: the call's object, the result's, the array. */
    JSON_EVENT_DEPTH = 3,

    /* XML: methodResponse, params, param, value, struct, member, value (the result), struct, member, value, array, data. */
    XML_EVENT_DEPTH = 12,
};

void
xapi_splitter_init(struct xapi_splitter *splitter, enum xapi_wire wire, xapi_splitter_event *event, void *aux)
{
    *splitter = (struct xapi_splitter) {
        .wire = wire, .event = event, .aux = aux, .rest = DS_EMPTY_INITIALIZER, .element = DS_EMPTY_INITIALIZER,
    };
}

void
xapi_splitter_destroy(struct xapi_splitter *splitter)
{
    ds_destroy(&splitter->rest);
    ds_destroy(&splitter->element);
}

/* Puts bytes where they belong. */
static struct error *
put(struct xapi_splitter *splitter, const char *bytes, size_t n)
{
    struct ds *sink = splitter->is_inside ? &splitter->element : &splitter->rest;

    if (sink->length + n > LIMIT_XAPI_REPLY_BYTES) {
        return error_new(ERROR_LIMIT, "%s has more than %d bytes", splitter->is_inside ? "a record" : "a reply", LIMIT_XAPI_REPLY_BYTES);
    }
    ds_put_buffer(sink, bytes, n);
    return NULL;
}

/* An event has ended. */
static struct error *
hand_on(struct xapi_splitter *splitter)
{
    struct error *error = splitter->event(ds_cstr(&splitter->element), splitter->element.length, splitter->aux);

    ds_clear(&splitter->element);
    splitter->is_inside = false;
    splitter->is_behind = true;
    return error;
}

static bool
is_event_place(const struct xapi_splitter *splitter)
{
    return splitter->event && !splitter->is_inside && splitter->depth == JSON_EVENT_DEPTH && !memcmp(splitter->open, "{{[", 3);
}

static void
json_open(struct xapi_splitter *splitter, char bracket)
{
    if (splitter->depth < sizeof splitter->open) {
        splitter->open[splitter->depth] = bracket;
    }
    splitter->depth++;
}

/* A byte that is not in a string. '*ends' is set if it is the last one of an event; false if it is left out. */
static bool
json_step(struct xapi_splitter *splitter, char byte, bool *ends)
{
    *ends = false;
    if (byte == '"') {
        splitter->is_string = true;
    } else if (byte == '{' || byte == '[') {
        json_open(splitter, byte);
    } else if ((byte == '}' || byte == ']') && splitter->depth) {
        splitter->depth--;
        *ends = splitter->is_inside && splitter->depth == JSON_EVENT_DEPTH;
    } else if (byte == ',' && splitter->is_behind) {
        splitter->is_behind = false;
        return false;                           /* it stood between events */
    }
    splitter->is_behind = splitter->is_behind && strchr(" \t\r\n", byte);
    return true;
}

static void
json_string_step(struct xapi_splitter *splitter, char byte)
{
    if (splitter->is_escaped) {
        splitter->is_escaped = false;
    } else if (byte == '\\') {
        splitter->is_escaped = true;
    } else if (byte == '"') {
        splitter->is_string = false;
    }
}

static struct error *
json_feed(struct xapi_splitter *splitter, const char *bytes, size_t n)
{
    const char *begin = bytes, *const end = bytes + n;
    struct error *error = NULL;

    for (const char *at = bytes; at < end && !error; at++) {
        bool ends;

        if (splitter->is_string) {
            json_string_step(splitter, *at);
        } else if (*at == '{' && is_event_place(splitter)) {
            error = put(splitter, begin, at - begin);
            begin = at;
            splitter->is_inside = true;
            json_open(splitter, *at);
        } else if (!json_step(splitter, *at, &ends)) {
            error = put(splitter, begin, at - begin);
            begin = at + 1;
        } else if (ends) {
            error = put(splitter, begin, at + 1 - begin);
            begin = at + 1;
            error = error ? error : hand_on(splitter);
        }
    }
    return error ? error : put(splitter, begin, end - begin);
}

static bool
tag_is(const struct xapi_splitter *splitter, const char *word)
{
    const size_t n = strlen(word);

    return splitter->n_tag > n + 1 && !memcmp(splitter->tag + 1, word, n) && strchr("> \t\r\n/", splitter->tag[n + 1]);
}

/* A tag has come in whole: what it opens or closes. */
static struct error *
tag_take(struct xapi_splitter *splitter)
{
    const char *tag = splitter->tag;
    const size_t n = splitter->n_tag;
    const bool closes = tag[1] == '/', is_empty = tag[n - 2] == '/', is_prologue = tag[1] == '?';
    struct error *error;

    if (tag[1] == '!') {
        return error_new(ERROR_INVALID, "there is XML in it that no XenAPI server writes");
    }
    if (!closes && !is_prologue) {
        if (splitter->depth == XML_EVENT_DEPTH - 1) {
            splitter->is_data = tag_is(splitter, "data");
        } else if (splitter->event && splitter->depth == XML_EVENT_DEPTH && splitter->is_data && tag_is(splitter, "value")) {
            splitter->is_inside = true;
        }
    }
    error = put(splitter, tag, n);
    splitter->n_tag = 0;
    if (is_prologue) {
        return error;
    }
    splitter->depth += closes ? 0 : 1;
    if ((closes || is_empty) && splitter->depth) {
        splitter->depth--;
        if (!error && splitter->is_inside && splitter->depth == XML_EVENT_DEPTH) {
            error = hand_on(splitter);
        }
    }
    return error;
}

static struct error *
xml_feed(struct xapi_splitter *splitter, const char *bytes, size_t n)
{
    const char *at = bytes, *const end = bytes + n;
    struct error *error = NULL;

    while (at < end && !error) {
        const bool is_tag = splitter->n_tag || *at == '<';
        const char *stop = memchr(at, is_tag ? '>' : '<', end - at);
        const char *until = stop ? stop + (is_tag ? 1 : 0) : end;

        if (!is_tag) {
            error = put(splitter, at, until - at);
        } else if (splitter->n_tag + (until - at) > sizeof splitter->tag) {
            error = error_new(ERROR_INVALID, "there is a tag in it that is none of XML-RPC's");
        } else {
            memcpy(splitter->tag + splitter->n_tag, at, until - at);
            splitter->n_tag += until - at;
            error = stop ? tag_take(splitter) : NULL;
        }
        at = until;
    }
    return error;
}

struct error *
xapi_splitter_feed(struct xapi_splitter *splitter, const char *bytes, size_t n)
{
    return splitter->wire == XAPI_JSON ? json_feed(splitter, bytes, n) : xml_feed(splitter, bytes, n);
}
