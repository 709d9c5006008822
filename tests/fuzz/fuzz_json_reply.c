/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check.h"
#include "check_xenapi.h"
#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenapi_reply reply;
    struct xenapi_jsonrpc_id id;
    struct error *error = xenapi_jsonrpc_decode_reply((const char *) bytes, n, &reply, &id);

    if (!error) {
        check_reply(&reply, true);
        xenapi_reply_destroy(&reply);
        xenapi_jsonrpc_id_destroy(&id);
    }
    check_error(error);
    return 0;
}
