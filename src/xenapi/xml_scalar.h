/* SPDX-License-Identifier: Apache-2.0
 *
 * The elements of XML-RPC that hold a scalar as text: `<i4>`, `<string>`, `<dateTime.iso8601>` and so on.
 */
#ifndef XENAPI_XML_SCALAR_H
#define XENAPI_XML_SCALAR_H

#include <stdbool.h>

struct error;
struct xenapi_value;

struct xenapi_xml_scalar {
    const char *element;
    const char *what;           /* what its text must be, in words */
    bool (*read)(const char *text, struct xenapi_value *value);
};

/* The row of 'element', NULL if no scalar is in an element of that name. */
const struct xenapi_xml_scalar *xenapi_xml_scalar_find(const char *element);

/* Makes '*value' of the element's text. White space around it belongs to a string and to nothing else. On failure '*value' is
 * untouched. */
struct error *xenapi_xml_scalar_read(const struct xenapi_xml_scalar *, const char *text, struct xenapi_value *value);

/* True if 'text' is white space and nothing else. */
bool xenapi_xml_is_blank(const char *text);

#endif
