/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as text that tells every type from every other, so that a test's table can hold them.
 */
#ifndef XENAPI_TEST_SHOW_H
#define XENAPI_TEST_SHOW_H

struct xenapi_call;
struct xenapi_reply;
struct xenapi_value;

/* JSON's notation: "text", 5, 5.0, true, [1, 2], {"key": 1}, and beside it void, nil, count(5), bytes(00ff) and
 * datetime(20260821T16:34:00Z). Control characters are \NN. The text is the caller's. */
char *show_value(const struct xenapi_value *);

/* "VM.start[...]". */
char *show_call(const struct xenapi_call *);

/* "success ..." or "failure [...]". */
char *show_reply(const struct xenapi_reply *);

#endif
