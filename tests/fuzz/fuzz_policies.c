/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdlib.h>

#include "check.h"
#include "cli/policies.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);
    struct policies policies;
    struct error *error = policies_parse(text, &policies);

    if (!error) {
        for (size_t i = 0; i < policies.n; i++) {
            check_policy(&policies.entries[i].policy);
        }
        policies_destroy(&policies);
    }
    check_error(error);
    free(text);
    return 0;
}
