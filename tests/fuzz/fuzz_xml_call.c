/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check.h"
#include "check_xenapi.h"
#include "xenapi/call.h"
#include "xenapi/xmlrpc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenapi_call call;
    struct error *error = xenapi_xmlrpc_decode_call((const char *) bytes, n, &call);

    if (!error) {
        check_call(&call, false);
        xenapi_call_destroy(&call);
    }
    check_error(error);
    return 0;
}
