/* SPDX-License-Identifier: Apache-2.0
 *
 * A failure as a line of text, so that a test's table can hold it: "CODE param|param".
 */
#ifndef VERBS_TEST_FAILURE_TEXT_H
#define VERBS_TEST_FAILURE_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openvswitch/dynamic-string.h>

#include "xenapi/call.h"

/* 'failure' is destroyed. 'wanted' is "" for what must be legal. */
static inline void
assert_failure(bool is_legal, struct xenapi_reply *failure, const char *wanted, const char *what)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; !is_legal && i < failure->value.set.n; i++) {
        ds_put_format(&text, "%s%s", i == 0 ? "" : i == 1 ? " " : "|", failure->value.set.elements[i].string);
    }
    if (strcmp(ds_cstr(&text), wanted)) {
        fail_msg("%s: \"%s\" instead of \"%s\"", what, ds_cstr(&text), wanted);
    }
    ds_destroy(&text);
    if (!is_legal) {
        xenapi_reply_destroy(failure);
    }
}

#endif
