/* SPDX-License-Identifier: Apache-2.0
 *
 * XML documents read with expat, from whoever sends them: without document types, and so without entities of their own, which could stand for
 * gigabytes or for this host's files.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stddef.h>

struct error;

/* Each returns NULL, or an error that ends the reading. */
struct xml_events {
    struct error *(*begin)(void *aux, const char *name, const char **attributes, size_t line);
    struct error *(*end)(void *aux);
    struct error *(*text)(void *aux, const char *text, size_t n);       /* as many pieces as it likes; not terminated */
    const char *use;            /* what has no use for a document type, in words for its error */
    char separator;             /* stands between a namespace and a name; 0: namespaces are not looked at */
};

/* Reads the 'n' bytes of 'text', at most INT32_MAX, and calls 'events' with 'aux'. Returns NULL, or the first error, the caller's, which begins with the number
 * of its line: an event's own, or ERROR_INVALID. */
struct error *xml_read(const char *text, size_t n, const struct xml_events *events, void *aux);

#endif
