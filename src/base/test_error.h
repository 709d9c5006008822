/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests ask of an error.
 */
#ifndef BASE_TEST_ERROR_H
#define BASE_TEST_ERROR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/error.h"

/* 'input' was refused: with 'code', and in words that hold 'part'. */
static inline void
assert_error(const struct error *error, enum error_code code, const char *part, const char *input)
{
    if (!error) {
        fail_msg("\"%.200s\" was taken", input);
    } else if (!strstr(error->text, part)) {
        fail_msg("\"%s\" does not say \"%s\"", error->text, part);
    }
    assert_int_equal(error->code, code);
}

#endif
