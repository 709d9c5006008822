/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/vlog.h>
#include <util.h>

#include "check.h"
#include "pool/remote.h"

/* A cluster of a remote with itself is as good or bad as the remote alone. */
static void
check_twice(const char *text, const struct error *error)
{
    char *twice = xasprintf("%s,%s", text, text);
    struct error *again = pool_remote_check(twice);

    ovs_assert(!error == !again);
    check_error(again);
    free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);

    struct error *error = pool_remote_check(text);
    check_twice(text, error);
    check_error(error);
    free(text);
    return 0;
}
