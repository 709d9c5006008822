/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check_xenapi.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"
#include "xenapi/scalar.h"
#include "xenapi/xmlrpc.h"

static const struct xenapi_jsonrpc_id an_id = { XENAPI_JSONRPC_2, { .type = XENAPI_INT, .integer = 0 } };

static void
check_value(const struct xenapi_value *value)
{
    struct xenapi_value clone = xenapi_value_clone(value);

    ovs_assert(xenapi_value_equals(&clone, value));
    xenapi_value_destroy(&clone);
    free(xenapi_value_to_text(value));
}

static void
check_same(struct ds *before, struct ds *after)
{
    ovs_assert(before->length == after->length && !memcmp(before->string, after->string, before->length));
    ds_destroy(before);
    ds_destroy(after);
}

static void
check_json_call(const struct xenapi_call *call)
{
    struct ds before = DS_EMPTY_INITIALIZER, after = DS_EMPTY_INITIALIZER;
    struct xenapi_jsonrpc_id id;
    struct xenapi_call again;

    xenapi_jsonrpc_encode_call(call, &an_id, &before);
    ovs_assert(!xenapi_jsonrpc_decode_call(before.string, before.length, &again, &id));
    ovs_assert(xenapi_value_equals(&id.id, &an_id.id) && id.version == an_id.version);
    xenapi_jsonrpc_encode_call(&again, &id, &after);
    xenapi_call_destroy(&again);
    xenapi_jsonrpc_id_destroy(&id);
    check_same(&before, &after);
}

static void
check_xml_call(const struct xenapi_call *call)
{
    struct ds before = DS_EMPTY_INITIALIZER, after = DS_EMPTY_INITIALIZER;
    struct xenapi_call again;

    xenapi_xmlrpc_encode_call(call, &before);
    ovs_assert(!xenapi_xmlrpc_decode_call(before.string, before.length, &again));
    xenapi_xmlrpc_encode_call(&again, &after);
    xenapi_call_destroy(&again);
    check_same(&before, &after);
}

void
check_call(const struct xenapi_call *call, bool is_json)
{
    check_value(&call->params);
    check_json_call(call);
    if (!is_json) {
        check_xml_call(call);
    }
}

static void
check_json_reply(const struct xenapi_reply *reply)
{
    struct ds before = DS_EMPTY_INITIALIZER, after = DS_EMPTY_INITIALIZER;
    struct xenapi_jsonrpc_id id;
    struct xenapi_reply again;

    xenapi_jsonrpc_encode_reply(reply, &an_id, &before);
    ovs_assert(!xenapi_jsonrpc_decode_reply(before.string, before.length, &again, &id));
    xenapi_jsonrpc_encode_reply(&again, &id, &after);
    ovs_assert(again.is_failure == reply->is_failure);
    xenapi_reply_destroy(&again);
    xenapi_jsonrpc_id_destroy(&id);
    check_same(&before, &after);
}

static void
check_xml_reply(const struct xenapi_reply *reply)
{
    struct ds before = DS_EMPTY_INITIALIZER, after = DS_EMPTY_INITIALIZER;
    struct xenapi_reply again;

    xenapi_xmlrpc_encode_reply(reply, &before);
    ovs_assert(!xenapi_xmlrpc_decode_reply(before.string, before.length, &again));
    xenapi_xmlrpc_encode_reply(&again, &after);
    ovs_assert(again.is_failure == reply->is_failure);
    xenapi_reply_destroy(&again);
    check_same(&before, &after);
}

void
check_reply(const struct xenapi_reply *reply, bool is_json)
{
    check_value(&reply->value);
    check_json_reply(reply);
    if (!is_json) {
        check_xml_reply(reply);
    }
}
