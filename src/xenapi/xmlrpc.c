/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/xmlrpc.h"

#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"
#include "xenapi/call.h"
#include "xenapi/map.h"
#include "xenapi/xml_reader.h"
#include "xenapi/xml_writer.h"

#define PROLOGUE "<?xml version=\"1.0\"?>"
#define RESPONSE_BEGIN PROLOGUE "<methodResponse><params><param>"
#define RESPONSE_END "</param></params></methodResponse>"

static struct error *
call_take(struct xenapi_xml_element *document, struct xenapi_call *call)
{
    struct error *error = document->name ? xenapi_method_check(document->name)
        : error_new(ERROR_INVALID, "a <methodResponse> is no call");

    if (!error) {
        *call = (struct xenapi_call) { document->name, document->value };
        document->name = NULL;
        document->value = xenapi_void();
    }
    return error;
}

struct error *
xenapi_xmlrpc_decode_call(const char *text, size_t n, struct xenapi_call *call)
{
    struct xenapi_xml_element document;
    struct error *error;

    if (n > LIMIT_XENAPI_CALL_BYTES) {
        return error_new(ERROR_LIMIT, "XML-RPC call: it has %"PRIuSIZE" bytes, more than %d", n, LIMIT_XENAPI_CALL_BYTES);
    }
    error = xenapi_xml_read(text, n, LIMIT_XENAPI_DEPTH, &document);
    if (!error) {
        error = call_take(&document, call);
        xenapi_xml_element_destroy(&document);
    }
    return error ? error_prefix(error, "XML-RPC call") : NULL;
}

void
xenapi_xmlrpc_encode_bare_reply(const struct xenapi_value *result, struct ds *out)
{
    ds_put_cstr(out, RESPONSE_BEGIN);
    xenapi_xml_put_value(result, out);
    ds_put_cstr(out, RESPONSE_END);
}

void
xenapi_xmlrpc_encode_reply(const struct xenapi_reply *reply, struct ds *out)
{
    ds_put_format(out, RESPONSE_BEGIN "<value><struct><member><name>Status</name><value>%s</value></member><member><name>%s</name>",
                  reply->is_failure ? "Failure" : "Success", reply->is_failure ? "ErrorDescription" : "Value");
    xenapi_xml_put_value(&reply->value, out);
    ds_put_cstr(out, "</member></struct></value>" RESPONSE_END);
}

void
xenapi_xmlrpc_encode_call(const struct xenapi_call *call, struct ds *out)
{
    ds_put_cstr(out, PROLOGUE "<methodCall><methodName>");
    xenapi_xml_put_text(call->method, out);
    ds_put_cstr(out, "</methodName><params>");
    for (size_t i = 0; i < call->params.set.n; i++) {
        ds_put_cstr(out, "<param>");
        xenapi_xml_put_value(&call->params.set.elements[i], out);
        ds_put_cstr(out, "</param>");
    }
    ds_put_cstr(out, "</params></methodCall>");
}

/* The text of the string 'key' in 'map', "" if there is none. */
static const char *
text_of(const struct xenapi_value *map, const char *key)
{
    const struct xenapi_value *value = map->type == XENAPI_MAP ? xenapi_map_get(map, key) : NULL;

    return value && value->type == XENAPI_STRING ? value->string : "";
}

/* Makes '*reply' of the struct that is all of an answer. */
static struct error *
envelope_take(struct xenapi_value *envelope, struct xenapi_reply *reply)
{
    const char *status = text_of(envelope, "Status");
    struct xenapi_value value = xenapi_void();
    struct error *error = NULL;

    if (!strcmp(status, "Success") && xenapi_map_take(envelope, "Value", &value)) {
        *reply = xenapi_success(value);
    } else if (!strcmp(status, "Failure") && xenapi_map_take(envelope, "ErrorDescription", &value)) {
        error = xenapi_failure_take(&value, reply);
        xenapi_value_destroy(&value);
    } else {
        error = error_new(ERROR_INVALID, "its struct has neither Status 'Success' and a Value nor Status 'Failure' and an "
                          "ErrorDescription");
    }
    return error;
}

static struct error *
reply_take(struct xenapi_xml_element *document, struct xenapi_reply *reply)
{
    struct xenapi_set *params = &document->value.set;

    if (document->name) {
        return error_new(ERROR_INVALID, "a <methodCall> is no reply");
    } else if (document->is_fault) {
        return error_new(ERROR_REFUSED, "the server answered with the fault %s",
                         quote(text_of(&document->value, "faultString")).text);
    } else if (params->n != 1) {
        return error_new(ERROR_INVALID, "it has %"PRIuSIZE" values, not one", params->n);
    } else if (params->elements[0].type == XENAPI_MAP) {
        return envelope_take(&params->elements[0], reply);
    } else if (xenapi_value_depth(&params->elements[0]) > LIMIT_XENAPI_DEPTH) {
        return error_new(ERROR_LIMIT, "arrays and structs stand more than %d deep within each other", LIMIT_XENAPI_DEPTH);
    }
    *reply = xenapi_success(params->elements[0]);
    params->elements[0] = xenapi_void();
    return NULL;
}

struct error *
xenapi_xmlrpc_decode_reply(const char *text, size_t n, struct xenapi_reply *reply)
{
    struct xenapi_xml_element document;
    struct error *error;

    if (n > LIMIT_XENAPI_REPLY_BYTES) {
        return error_new(ERROR_LIMIT, "XML-RPC reply: it has %"PRIuSIZE" bytes, more than %d", n, LIMIT_XENAPI_REPLY_BYTES);
    }
    /* One more than a result may have: the struct around it. */
    error = xenapi_xml_read(text, n, LIMIT_XENAPI_DEPTH + 1, &document);
    if (!error) {
        error = reply_take(&document, reply);
        xenapi_xml_element_destroy(&document);
    }
    return error ? error_prefix(error, "XML-RPC reply") : NULL;
}
