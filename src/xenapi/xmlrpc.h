/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls and replies of the XenAPI as XML-RPC: from clients and to them, and, for a client of our own, to a server and from it.
 *
 * A reply is one struct, `Status` and `Value` or `ErrorDescription`; a <fault> is never one of ours. There is not one byte of white space
 * that is not content, because npm's xen-api takes it for a value, and ints are text, because they have 64 bits and XML-RPC's have 32.
 *
 * What is read may be in any form that XML-RPC has. Ours are read back as they were, but ints and counts as strings and ints, void as "".
 */
#ifndef XENAPI_XMLRPC_H
#define XENAPI_XMLRPC_H

#include <stddef.h>

struct ds;
struct error;
struct xenapi_call;
struct xenapi_reply;
struct xenapi_value;

/* Reads a call of 'n' bytes. On success '*call' is the caller's to destroy. ERROR_LIMIT if it is larger, deeper or has more
 * parameters than base/limits.h allows, ERROR_INVALID if it is no call; '*call' is untouched then. */
struct error *xenapi_xmlrpc_decode_call(const char *text, size_t n, struct xenapi_call *call);

/* Appends the reply. */
void xenapi_xmlrpc_encode_reply(const struct xenapi_reply *, struct ds *);

/* Appends a reply that is 'result' alone, without Status: the way XAPI answers system.listMethods. */
void xenapi_xmlrpc_encode_bare_reply(const struct xenapi_value *result, struct ds *);

/* Appends the call. */
void xenapi_xmlrpc_encode_call(const struct xenapi_call *, struct ds *);

/* Reads a reply of 'n' bytes, a bare one too. On success '*reply' is the caller's to destroy; otherwise it is untouched. The errors are
 * those of a call, and ERROR_REFUSED if it is a <fault>. */
struct error *xenapi_xmlrpc_decode_reply(const char *text, size_t n, struct xenapi_reply *reply);

#endif
