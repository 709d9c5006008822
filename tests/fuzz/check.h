/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold for every input, whichever fuzz target it came through.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct vif_policy;

/* libFuzzer's entry point: each target defines it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The input as a string, cut at the first null byte, owned by the caller. */
char *check_string(const uint8_t *bytes, size_t n);

/* An error is of readable size and without raw control characters, or there is none. Frees it. */
void check_error(struct error *error);

/* 'policy' formats and parses back to the same, and compiles in every variant to flows that format. */
void check_policy(const struct vif_policy *policy);

#endif
