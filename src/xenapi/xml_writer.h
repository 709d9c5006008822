/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as XML-RPC spells them in the XenAPI's own dialect: no white space between elements, ints as bare text. Clients break on
 * anything else.
 */
#ifndef XENAPI_XML_WRITER_H
#define XENAPI_XML_WRITER_H

struct ds;
struct xenapi_value;

/* Appends `<value>...</value>`. That is also the text in which a task keeps its result. */
void xenapi_xml_put_value(const struct xenapi_value *, struct ds *);

/* Appends 'text' as the content of an element: what would be markup is escaped, characters that XML cannot carry (most control
 * characters) are dropped, and what is not well-formed UTF-8 becomes U+FFFD, a byte at a time. */
void xenapi_xml_put_text(const char *text, struct ds *);

#endif
