/* SPDX-License-Identifier: Apache-2.0
 *
 * What a failure of the XenAPI (a code and parameters) means to the person who typed the command, and the way out. Pure.
 */
#ifndef CLI_XAPI_FAILURE_H
#define CLI_XAPI_FAILURE_H

struct error;
struct xenapi_value;

/* 'description' is a set of strings, the code first. */
struct error *xapi_failure(const struct xenapi_value *description);

#endif
