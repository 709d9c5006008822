/* SPDX-License-Identifier: Apache-2.0
 *
 * XML-RPC messages, taken apart. All forms are read that XML-RPC clients and servers write; what is no such message is refused,
 * with the line in which it stops being one. There are no document types and so no entities but XML's own five.
 */
#ifndef XENAPI_XML_READER_H
#define XENAPI_XML_READER_H

#include <stddef.h>

#include "xenapi/xml_element.h"

struct error;

/* Reads a message of 'n' bytes, at most INT_MAX, whose sets and maps may stand 'max_depth' deep within each other. On success
 * '*document' is the caller's to destroy, on failure untouched. */
struct error *xenapi_xml_read(const char *text, size_t n, size_t max_depth, struct xenapi_xml_element *document);

#endif
