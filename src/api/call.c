/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/call.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "api/response.h"
#include "base/error.h"
#include "http/request.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/xmlrpc.h"

/* A call with what only this file needs. */
struct wired_call {
    struct call up;
    struct http_request *request;
    bool is_json;
    struct xenapi_jsonrpc_id id;        /* of JSON-RPC */
};

static struct wired_call *
wired_call_cast(const struct call *call)
{
    return CONTAINER_OF(call, struct wired_call, up);
}

/* XAPI knows JSON by the path, and takes everything else for XML-RPC. */
static bool
speaks_json(const struct http_request *request)
{
    return !strcmp(request->path, "/jsonrpc");
}

struct error *
call_read(struct http_request *request, struct call **callp)
{
    struct wired_call *call = xzalloc(sizeof *call);

    call->is_json = speaks_json(request);
    struct error *error = call->is_json
        ? xenapi_jsonrpc_decode_call(request->body, request->body_size, &call->up.up, &call->id)
        : xenapi_xmlrpc_decode_call(request->body, request->body_size, &call->up.up);
    if (error) {
        free(call);
        return error;
    }
    call->request = request;
    call->up.request = request;
    request->owner = &call->up;
    *callp = &call->up;
    return NULL;
}

void
call_destroy(struct call *call_)
{
    struct wired_call *call = wired_call_cast(call_);

    xenapi_call_destroy(&call->up.up);
    if (call->is_json) {
        xenapi_jsonrpc_id_destroy(&call->id);
    }
    free(call);
}

static void
send_and_destroy(struct call *call, struct ds *body)
{
    struct wired_call *wired = wired_call_cast(call);

    const size_t n = body->length;

    response_send_rpc(wired->request, wired->is_json ? "application/json" : "text/xml", ds_steal_cstr(body), n);
    call_destroy(call);
}

void
call_answer(struct call *call, struct xenapi_reply reply)
{
    const struct wired_call *wired = wired_call_cast(call);
    struct ds body = DS_EMPTY_INITIALIZER;

    if (!call->request) {
        call_destroy(call);
    } else {
        if (wired->is_json) {
            xenapi_jsonrpc_encode_reply(&reply, &wired->id, &body);
        } else {
            xenapi_xmlrpc_encode_reply(&reply, &body);
        }
        send_and_destroy(call, &body);
    }
    xenapi_reply_destroy(&reply);
}

void
call_answer_bare(struct call *call, struct xenapi_value result)
{
    if (!call->request || wired_call_cast(call)->is_json) {
        call_answer(call, xenapi_success(result));
        return;
    }
    struct ds body = DS_EMPTY_INITIALIZER;
    xenapi_xmlrpc_encode_bare_reply(&result, &body);
    send_and_destroy(call, &body);
    xenapi_value_destroy(&result);
}

void
call_client_gone(struct http_request *request)
{
    struct call *call = request->owner;

    wired_call_cast(call)->request = NULL;
    call->request = NULL;
    if (call->gone) {
        call->gone(call, call->aux);
    }
}

const char *
call_text(const struct call *call, size_t i)
{
    const struct xenapi_set *params = &call->up.params.set;

    return i < params->n && params->elements[i].type == XENAPI_STRING ? params->elements[i].string : NULL;
}
