/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/jsonrpc.h"

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenapi/call.h"
#include "xenapi/json_reader.h"
#include "xenapi/json_writer.h"
#include "xenapi/map.h"

/* Arrays and objects around a parameter (the call and its parameters) and around a result. */
enum { AROUND_PARAM = 2, AROUND_RESULT = 1 };

void
xenapi_jsonrpc_id_destroy(struct xenapi_jsonrpc_id *id)
{
    xenapi_value_destroy(&id->id);
}

/* Reads 'text', which must be an object of at most 'max' bytes; 'around' objects and arrays may be around what is limited in its depth. */
static struct error *
message_read(const char *text, size_t n, size_t max, size_t around, struct xenapi_value *message)
{
    struct error *error;

    if (n > max) {
        return error_new(ERROR_LIMIT, "it has %"PRIuSIZE" bytes, more than %"PRIuSIZE, n, max);
    }
    error = xenapi_json_read(text, n, LIMIT_XENAPI_DEPTH + around, message);
    if (!error && message->type != XENAPI_MAP) {
        error = message->type == XENAPI_SET ? error_new(ERROR_INVALID, "it is an array: batches are not taken, only single messages")
            : error_new(ERROR_INVALID, "it is no object");
        xenapi_value_destroy(message);
    }
    return error;
}

static struct error *
version_take(struct xenapi_value *message, enum xenapi_jsonrpc_version *version)
{
    const struct xenapi_value *member = xenapi_map_get(message, "jsonrpc");

    if (member && (member->type != XENAPI_STRING || strcmp(member->string, "2.0"))) {
        return error_new(ERROR_INVALID, "its version is not known: `jsonrpc` must be \"2.0\", or missing, which stands for 1.0");
    }
    *version = member ? XENAPI_JSONRPC_2 : XENAPI_JSONRPC_1;
    return NULL;
}

static struct error *
id_check(const struct xenapi_value *id)
{
    if (id->type == XENAPI_STRING && strlen(id->string) > LIMIT_XENAPI_ID_BYTES) {
        return error_new(ERROR_LIMIT, "its id is longer than %d bytes", LIMIT_XENAPI_ID_BYTES);
    }
    return id->type == XENAPI_STRING || id->type == XENAPI_INT || id->type == XENAPI_DOUBLE ? NULL
        : error_new(ERROR_INVALID, "its id is neither a string nor a number");
}

/* Takes `id`; '*id' is nil if there is none. */
static struct error *
id_take(struct xenapi_value *message, struct xenapi_value *id)
{
    *id = xenapi_nil();
    return xenapi_map_take(message, "id", id) && id->type != XENAPI_NIL ? id_check(id) : NULL;
}

static struct error *
call_id_take(struct xenapi_value *message, struct xenapi_value *id)
{
    struct error *error = id_take(message, id);

    return error || id->type != XENAPI_NIL ? error
        : error_new(ERROR_INVALID, "it has no id: notifications are not taken, because nobody would be told what became of them");
}

static struct error *
method_take(struct xenapi_value *message, struct xenapi_call *call)
{
    const struct xenapi_value *method = xenapi_map_get(message, "method");

    if (!method || method->type != XENAPI_STRING) {
        return error_new(ERROR_INVALID, "it has no `method` that is a string");
    }
    struct error *error = xenapi_method_check(method->string);
    if (!error) {
        call->method = xstrdup(method->string);
    }
    return error;
}

static struct error *
params_take(struct xenapi_value *message, struct xenapi_call *call)
{
    call->params = xenapi_set_create();
    xenapi_map_take(message, "params", &call->params);
    if (call->params.type != XENAPI_SET) {
        return error_new(ERROR_INVALID, "its `params` are no array: parameters are told by their place, not by name");
    } else if (call->params.set.n > LIMIT_XENAPI_PARAMS) {
        return error_new(ERROR_LIMIT, "there are more than %d parameters", LIMIT_XENAPI_PARAMS);
    }
    return NULL;
}

struct error *
xenapi_jsonrpc_decode_call(const char *text, size_t n, struct xenapi_call *call, struct xenapi_jsonrpc_id *id)
{
    struct xenapi_value message = xenapi_void();
    struct xenapi_jsonrpc_id read_id = { .id = xenapi_void() };
    struct xenapi_call read = { .params = xenapi_void() };

    struct error *error = message_read(text, n, LIMIT_XENAPI_CALL_BYTES, AROUND_PARAM, &message);
    error = error ? error : version_take(&message, &read_id.version);
    error = error ? error : call_id_take(&message, &read_id.id);
    error = error ? error : method_take(&message, &read);
    error = error ? error : params_take(&message, &read);
    xenapi_value_destroy(&message);
    if (error) {
        xenapi_jsonrpc_id_destroy(&read_id);
        xenapi_call_destroy(&read);
        return error_prefix(error, "JSON-RPC call");
    }
    *call = read;
    *id = read_id;
    return NULL;
}

/* Opens a message, up to where its first own member begins. */
static void
put_begin(const struct xenapi_jsonrpc_id *id, struct ds *out)
{
    ds_put_cstr(out, id->version == XENAPI_JSONRPC_2 ? "{\"jsonrpc\":\"2.0\"," : "{");
}

static void
put_end(const struct xenapi_jsonrpc_id *id, struct ds *out)
{
    ds_put_cstr(out, ",\"id\":");
    xenapi_json_put_value(&id->id, out);
    ds_put_char(out, '}');
}

/* The code goes where version 2.0 has a text, because it wants a number where the code would go; XAPI's is always 1. */
static void
put_failure_2(const struct xenapi_set *description, struct ds *out)
{
    ds_put_cstr(out, "\"error\":{\"code\":1,\"message\":");
    xenapi_json_put_value(&description->elements[0], out);
    ds_put_cstr(out, ",\"data\":[");
    for (size_t i = 1; i < description->n; i++) {
        ds_put_cstr(out, i > 1 ? "," : "");
        xenapi_json_put_value(&description->elements[i], out);
    }
    ds_put_cstr(out, "]}");
}

void
xenapi_jsonrpc_encode_reply(const struct xenapi_reply *reply, const struct xenapi_jsonrpc_id *id, struct ds *out)
{
    put_begin(id, out);
    if (reply->is_failure && id->version == XENAPI_JSONRPC_2) {
        put_failure_2(&reply->value.set, out);
    } else {
        ds_put_cstr(out, reply->is_failure ? "\"result\":null,\"error\":" : "\"result\":");
        xenapi_json_put_value(&reply->value, out);
        ds_put_cstr(out, !reply->is_failure && id->version == XENAPI_JSONRPC_1 ? ",\"error\":null" : "");
    }
    put_end(id, out);
}

void
xenapi_jsonrpc_encode_call(const struct xenapi_call *call, const struct xenapi_jsonrpc_id *id, struct ds *out)
{
    put_begin(id, out);
    ds_put_cstr(out, "\"method\":");
    xenapi_json_put_string(call->method, out);
    ds_put_cstr(out, ",\"params\":");
    xenapi_json_put_value(&call->params, out);
    put_end(id, out);
}

/* Makes '*description' the code and parameters of the `error` of version 2.0, which is an object. */
static void
description_take(struct xenapi_value *error, struct xenapi_value *description)
{
    struct xenapi_value code = xenapi_void(), params = xenapi_void();

    *description = xenapi_set_create();
    xenapi_map_take(error, "message", &code);
    xenapi_set_add(description, code);
    xenapi_map_take(error, "data", &params);
    for (size_t i = 0; params.type == XENAPI_SET && i < params.set.n; i++) {
        xenapi_set_add(description, params.set.elements[i]);
        params.set.elements[i] = xenapi_void();
    }
    xenapi_value_destroy(&params);
}

/* Makes '*reply' of `error`, which is destroyed. */
static struct error *
failure_take(struct xenapi_value error, enum xenapi_jsonrpc_version version, struct xenapi_reply *reply)
{
    struct xenapi_value description = xenapi_void();
    struct error *refused;

    if (version == XENAPI_JSONRPC_1) {
        refused = xenapi_failure_take(&error, reply);
    } else if (error.type != XENAPI_MAP) {
        refused = error_new(ERROR_INVALID, "its `error` is no object");
    } else {
        description_take(&error, &description);
        refused = xenapi_failure_take(&description, reply);
    }
    xenapi_value_destroy(&description);
    xenapi_value_destroy(&error);
    return refused;
}

static struct error *
reply_take(struct xenapi_value *message, const struct xenapi_jsonrpc_id *id, struct xenapi_reply *reply)
{
    struct xenapi_value error = xenapi_nil();

    if (xenapi_map_take(message, "error", &error) && error.type != XENAPI_NIL) {
        return failure_take(error, id->version, reply);
    } else if (id->id.type == XENAPI_NIL) {
        return error_new(ERROR_INVALID, "it has no id");
    } else if (!xenapi_map_take(message, "result", &reply->value)) {
        return error_new(ERROR_INVALID, "it has neither a `result` nor an `error`");
    }
    return NULL;
}

struct error *
xenapi_jsonrpc_decode_reply(const char *text, size_t n, struct xenapi_reply *reply, struct xenapi_jsonrpc_id *id)
{
    struct xenapi_value message = xenapi_void();
    struct xenapi_jsonrpc_id read_id = { .id = xenapi_void() };
    struct xenapi_reply read = xenapi_success(xenapi_void());

    struct error *error = message_read(text, n, LIMIT_XENAPI_REPLY_BYTES, AROUND_RESULT, &message);
    error = error ? error : version_take(&message, &read_id.version);
    error = error ? error : id_take(&message, &read_id.id);
    error = error ? error : reply_take(&message, &read_id, &read);
    xenapi_value_destroy(&message);
    if (error) {
        xenapi_jsonrpc_id_destroy(&read_id);
        return error_prefix(error, "JSON-RPC reply");
    }
    *reply = read;
    *id = read_id;
    return NULL;
}
