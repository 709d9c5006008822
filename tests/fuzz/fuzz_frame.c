/* SPDX-License-Identifier: Apache-2.0
 *
 * What a guest sends, as the watch of its first frames reads it.
 */
#include <config.h>

#include "check.h"
#include "timeline/frame.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    frame_kind(bytes, n);
    return 0;
}
