/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold for every call and reply of the XenAPI, whichever wire it came over.
 */
#ifndef FUZZ_CHECK_XENAPI_H
#define FUZZ_CHECK_XENAPI_H

#include <stdbool.h>

struct xenapi_call;
struct xenapi_reply;

/* A clone is equal. What is written and read back is written again as before: as JSON, and as XML unless the message came as
 * JSON (XML cannot carry all control characters, and two keys may be the same without them). */
void check_call(const struct xenapi_call *, bool is_json);
void check_reply(const struct xenapi_reply *, bool is_json);

#endif
