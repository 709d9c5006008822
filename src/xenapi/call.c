/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/call.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

struct xenapi_call
xenapi_call_create(const char *method)
{
    return (struct xenapi_call) { .method = xstrdup(method), .params = xenapi_set_create() };
}

void
xenapi_call_destroy(struct xenapi_call *call)
{
    free(call->method);
    call->method = NULL;
    xenapi_value_destroy(&call->params);
}

struct error *
xenapi_method_check(const char *method)
{
    if (!*method) {
        return error_new(ERROR_INVALID, "the method name is empty: write Class.method");
    } else if (strlen(method) > LIMIT_XENAPI_METHOD_BYTES) {
        return error_new(ERROR_LIMIT, "method name %s is longer than %d bytes", quote(method).text, LIMIT_XENAPI_METHOD_BYTES);
    }
    return NULL;
}

struct xenapi_reply
xenapi_success(struct xenapi_value result)
{
    return (struct xenapi_reply) { .is_failure = false, .value = result };
}

struct xenapi_reply
xenapi_failure(const char *code, ...)
{
    struct xenapi_value description = xenapi_set_create();
    va_list params;

    va_start(params, code);
    for (const char *text = code; text; text = va_arg(params, const char *)) {
        xenapi_set_add(&description, xenapi_string(text));
    }
    va_end(params);
    return (struct xenapi_reply) { .is_failure = true, .value = description };
}

struct error *
xenapi_failure_take(struct xenapi_value *description, struct xenapi_reply *reply)
{
    bool is_failure = description->type == XENAPI_SET && description->set.n;

    for (size_t i = 0; is_failure && i < description->set.n; i++) {
        is_failure = description->set.elements[i].type == XENAPI_STRING;
    }
    if (!is_failure) {
        return error_new(ERROR_INVALID, "the failure is described by something else than a code and its parameters, all strings");
    }
    *reply = (struct xenapi_reply) { .is_failure = true, .value = *description };
    *description = xenapi_void();
    return NULL;
}

const char *
xenapi_failure_code(const struct xenapi_reply *reply)
{
    ovs_assert(reply->is_failure);
    return reply->value.set.elements[0].string;
}

void
xenapi_reply_destroy(struct xenapi_reply *reply)
{
    xenapi_value_destroy(&reply->value);
}
