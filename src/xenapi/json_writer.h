/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as JSON, as XAPI writes them: void is "", a datetime is a string, bytes are a string of base64, and an int is a number,
 * because clients compare it with one.
 */
#ifndef XENAPI_JSON_WRITER_H
#define XENAPI_JSON_WRITER_H

struct ds;
struct xenapi_value;

void xenapi_json_put_value(const struct xenapi_value *, struct ds *);

/* Appends 'text' as a string. What is not well-formed UTF-8 becomes U+FFFD, a byte at a time. */
void xenapi_json_put_string(const char *text, struct ds *);

#endif
