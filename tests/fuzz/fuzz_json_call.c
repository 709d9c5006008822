/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check.h"
#include "check_xenapi.h"
#include "xenapi/call.h"
#include "xenapi/jsonrpc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenapi_call call;
    struct xenapi_jsonrpc_id id;
    struct error *error = xenapi_jsonrpc_decode_call((const char *) bytes, n, &call, &id);

    if (!error) {
        check_call(&call, true);
        xenapi_call_destroy(&call);
        xenapi_jsonrpc_id_destroy(&id);
    }
    check_error(error);
    return 0;
}
