/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "check.h"
#include "check_xenapi.h"
#include "xenapi/call.h"
#include "xenapi/xmlrpc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct xenapi_reply reply;
    struct error *error = xenapi_xmlrpc_decode_reply((const char *) bytes, n, &reply);

    if (!error) {
        check_reply(&reply, false);
        xenapi_reply_destroy(&reply);
    }
    check_error(error);
    return 0;
}
