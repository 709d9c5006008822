/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "check.h"
#include "vif/device.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct error *error = device_name_check("device", text);

    ovs_assert(error || (strlen(text) < DEVICE_NAME_SIZE && !strpbrk(text, "/:% \t\n")));
    check_error(error);
    free(text);
    return 0;
}
