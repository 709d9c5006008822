/* SPDX-License-Identifier: Apache-2.0
 *
 * The elements of XML-RPC: which may stand in which, and what each makes of its text and of the elements inside it.
 */
#ifndef XENAPI_XML_ELEMENT_H
#define XENAPI_XML_ELEMENT_H

#include <stdbool.h>

#include "xenapi/value.h"

struct error;
struct xenapi_xml_scalar;

enum xenapi_xml_kind {
    XENAPI_XML_DOCUMENT,        /* what holds the message; no element */
    XENAPI_XML_METHOD_CALL,
    XENAPI_XML_METHOD_RESPONSE,
    XENAPI_XML_METHOD_NAME,
    XENAPI_XML_FAULT,
    XENAPI_XML_PARAMS,
    XENAPI_XML_PARAM,
    XENAPI_XML_VALUE,
    XENAPI_XML_ARRAY,
    XENAPI_XML_DATA,
    XENAPI_XML_STRUCT,
    XENAPI_XML_MEMBER,
    XENAPI_XML_NAME,
    XENAPI_XML_SCALAR,          /* those of xenapi/xml_scalar.h */
};

struct xenapi_xml_tag {
    const char *name;
    enum xenapi_xml_kind kind;
    unsigned int parents;       /* 1 << kind of each element that it may stand in */
};

/* An element between its two tags, and what it was given so far. */
struct xenapi_xml_element {
    const struct xenapi_xml_tag *tag;
    const struct xenapi_xml_scalar *scalar;     /* of a XENAPI_XML_SCALAR */
    bool has_value;
    struct xenapi_value value;
    char *name;                                 /* a member's, or the method's; NULL until it was given */
    bool is_fault;
};

/* An element that may hold one message. At its end, 'value' is the set of its parameters or what its fault holds. */
struct xenapi_xml_element xenapi_xml_document(void);

/* Begins the element 'name' inside 'parent'. Refused, and '*element' untouched, if it has no place there. */
struct error *xenapi_xml_element_begin(const struct xenapi_xml_element *parent, const char *name, struct xenapi_xml_element *element);

/* Ends 'element', whose text after its last inner tag is 'text', and gives 'parent' what it stands for. Destroys 'element' whether it
 * succeeds or not. */
struct error *xenapi_xml_element_end(struct xenapi_xml_element *element, struct xenapi_xml_element *parent, const char *text);

/* Refuses 'text' between the elements inside 'element', unless it is white space. */
struct error *xenapi_xml_element_text(const struct xenapi_xml_element *element, const char *text);

void xenapi_xml_element_destroy(struct xenapi_xml_element *);

#endif
