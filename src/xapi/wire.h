/* SPDX-License-Identifier: Apache-2.0
 *
 * The two wires over which a XenAPI server is asked: JSON-RPC 2.0, and XML-RPC for servers that know no other. What stands where on them
 * is xenapi/jsonrpc.h's and xenapi/xmlrpc.h's business; here they are one table.
 *
 * Source: XAPI's endpoints: POST /jsonrpc is JSON-RPC, POST to any other path is XML-RPC.
 */
#ifndef XAPI_WIRE_H
#define XAPI_WIRE_H

#include <stddef.h>

struct ds;
struct error;
struct xenapi_call;
struct xenapi_reply;
struct xenapi_value;

enum xapi_wire { XAPI_JSON, XAPI_XML };

const char *xapi_wire_name(enum xapi_wire);             /* "JSON-RPC" */
const char *xapi_wire_path(enum xapi_wire);             /* of the URL */
const char *xapi_wire_content_type(enum xapi_wire);

/* Appends the call. */
void xapi_wire_encode(enum xapi_wire, const struct xenapi_call *, struct ds *);

/* Reads a reply. On success '*reply' is the caller's to destroy; otherwise it is untouched. */
struct error *xapi_wire_decode(enum xapi_wire, const char *text, size_t n, struct xenapi_reply *reply);

/* Reads one value that stood inside a reply (xapi/splitter.h). On success '*value' is the caller's to destroy; otherwise it is
 * untouched. */
struct error *xapi_wire_decode_value(enum xapi_wire, const char *text, size_t n, struct xenapi_value *value);

#endif
