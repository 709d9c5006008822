/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/wire.h"

#include <openvswitch/dynamic-string.h>

#include "base/error.h"
#include "base/limits.h"
#include "xenapi/call.h"
#include "xenapi/json_reader.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/xmlrpc.h"

static const struct {
    const char *name, *path, *content_type;
} wires[] = {
    [XAPI_JSON] = { "JSON-RPC", "/jsonrpc", "application/json" },
    [XAPI_XML] = { "XML-RPC", "/", "text/xml" },
};

const char *
xapi_wire_name(enum xapi_wire wire)
{
    return wires[wire].name;
}

const char *
xapi_wire_path(enum xapi_wire wire)
{
    return wires[wire].path;
}

const char *
xapi_wire_content_type(enum xapi_wire wire)
{
    return wires[wire].content_type;
}

void
xapi_wire_encode(enum xapi_wire wire, const struct xenapi_call *call, struct ds *out)
{
    /* A connection carries one call at a time, so that its reply needs no id to be known by. */
    static const struct xenapi_jsonrpc_id id = { XENAPI_JSONRPC_2, { .type = XENAPI_INT } };

    if (wire == XAPI_JSON) {
        xenapi_jsonrpc_encode_call(call, &id, out);
    } else {
        xenapi_xmlrpc_encode_call(call, out);
    }
}

struct error *
xapi_wire_decode(enum xapi_wire wire, const char *text, size_t n, struct xenapi_reply *reply)
{
    struct xenapi_jsonrpc_id id;

    if (wire == XAPI_XML) {
        return xenapi_xmlrpc_decode_reply(text, n, reply);
    }
    struct error *error = xenapi_jsonrpc_decode_reply(text, n, reply, &id);
    if (!error) {
        xenapi_jsonrpc_id_destroy(&id);
    }
    return error;
}

/* As a message of its own: a bare reply (xenapi/xmlrpc.h), which is a set, because a struct would be taken for a reply with its Status. */
static struct error *
xml_value_decode(const char *text, size_t n, struct xenapi_value *value)
{
    struct ds message = DS_EMPTY_INITIALIZER;
    struct xenapi_reply reply;
    struct error *error;

    ds_put_cstr(&message, "<methodResponse><params><param><value><array><data>");
    ds_put_buffer(&message, text, n);
    ds_put_cstr(&message, "</data></array></value></param></params></methodResponse>");
    error = xenapi_xmlrpc_decode_reply(message.string, message.length, &reply);
    ds_destroy(&message);
    if (error) {
        return error;
    } else if (reply.value.type != XENAPI_SET || reply.value.set.n != 1) {
        xenapi_reply_destroy(&reply);
        return error_new(ERROR_INVALID, "XML-RPC reply: what stands inside of it is not one value");
    }
    *value = reply.value.set.elements[0];
    reply.value.set.elements[0] = xenapi_void();
    xenapi_reply_destroy(&reply);
    return NULL;
}

struct error *
xapi_wire_decode_value(enum xapi_wire wire, const char *text, size_t n, struct xenapi_value *value)
{
    return wire == XAPI_XML ? xml_value_decode(text, n, value) : xenapi_json_read(text, n, LIMIT_XENAPI_DEPTH, value);
}
