/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xapi/call.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "xapi/splitter.h"
#include "xapi/transport.h"
#include "xenapi/call.h"

struct xapi_call {
    struct xapi_call_config config;     /* without 'method' and 'params' */
    struct xapi_exchange *exchange;
    struct xapi_splitter splitter;
};

static void
destroy(struct xapi_call *call)
{
    xapi_splitter_destroy(&call->splitter);
    free(call);
}

static struct error *
take_event(const char *text, size_t n, void *call_)
{
    struct xapi_call *call = call_;
    struct xenapi_value event;
    struct error *error = xapi_wire_decode_value(call->config.wire, text, n, &event);

    if (!error) {
        error = call->config.event(&event, call->config.aux);
        xenapi_value_destroy(&event);
    }
    return error;
}

static struct error *
take_bytes(const char *bytes, size_t n, void *call_)
{
    struct xapi_call *call = call_;

    return xapi_splitter_feed(&call->splitter, bytes, n);
}

static void
done(struct error *error, void *call_)
{
    struct xapi_call *call = call_;
    const struct xapi_call_config config = call->config;
    struct xenapi_reply reply = xenapi_success(xenapi_void());

    if (!error) {
        const struct ds *rest = &call->splitter.rest;

        error = xapi_wire_decode(config.wire, rest->string ? rest->string : "", rest->length, &reply);
    }
    destroy(call);
    config.done(error ? NULL : &reply, error, config.aux);
}

struct xapi_call *
xapi_call_begin(struct xapi_transport *transport, struct xapi_call_config *config)
{
    struct xapi_call *call = xzalloc(sizeof *call);
    struct xenapi_call what = xenapi_call_create(config->method);
    struct ds body = DS_EMPTY_INITIALIZER;
    struct xapi_post post = { .sink = take_bytes, .done = done, .aux = call, .timeout_ms = config->timeout_ms };

    xenapi_value_destroy(&what.params);
    what.params = config->params;
    xapi_wire_encode(config->wire, &what, &body);
    xenapi_call_destroy(&what);
    call->config = *config;
    call->config.method = NULL;
    call->config.params = xenapi_void();
    xapi_splitter_init(&call->splitter, config->wire, config->event ? take_event : NULL, call);
    post.path = xapi_wire_path(config->wire);
    post.content_type = xapi_wire_content_type(config->wire);
    post.n_body = body.length;
    post.body = ds_steal_cstr(&body);
    call->exchange = xapi_transport_post(transport, &post);
    return call;
}

void
xapi_call_cancel(struct xapi_call *call)
{
    xapi_exchange_cancel(call->exchange);
    destroy(call);
}
