/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes the reply of event.from apart while it comes in, so that its size does not matter: each event is handed on by itself as soon as its
 * last byte is there, and what is left, the reply without its events, is small. A record of a VM has 20 KB, and a reply may tell of all VMs
 * of a pool; as one value it would take many times its size, and reading it would stop the program's loop meanwhile.
 *
 * Only as much of the syntax is known here as it takes to find where an event begins and ends; whether it is well-formed is the codecs'
 * business, who read the events and what is left. An event is, in JSON, an object that stands as an element of an array that is a
 * member of the result; in XML, the same: a <value> in the <data> at that depth. No other reply has anything there.
 */
#ifndef XAPI_SPLITTER_H
#define XAPI_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

#include <openvswitch/dynamic-string.h>

#include "xapi/wire.h"

struct error;

/* An event, which the receiver reads with xapi_wire_decode_value(). An error ends the reading. */
typedef struct error *xapi_splitter_event(const char *text, size_t n, void *aux);

enum { XAPI_TAG_BYTES = 64 };   /* of XML-RPC, the longest has 18 */

struct xapi_splitter {
    enum xapi_wire wire;
    xapi_splitter_event *event;
    void *aux;
    struct ds rest;             /* the reply without its events */
    struct ds element;          /* the event that is coming in */
    bool is_inside;             /* an event */
    bool is_behind;             /* JSON: nothing but blanks has come since the end of one */
    size_t depth;
    char open[4];               /* JSON: the outermost brackets that are open */
    bool is_string, is_escaped; /* JSON */
    bool is_data;               /* XML: the <value>s that come now are events */
    char tag[XAPI_TAG_BYTES];   /* XML: the tag that is coming in, from its '<' */
    size_t n_tag;
};

/* With 'event' NULL nothing is taken out. */
void xapi_splitter_init(struct xapi_splitter *, enum xapi_wire, xapi_splitter_event *event, void *aux);
void xapi_splitter_destroy(struct xapi_splitter *);

/* The next bytes of a reply. ERROR_LIMIT if an event or what is left is larger than LIMIT_XAPI_REPLY_BYTES; ERROR_INVALID for XML
 * that no XenAPI server writes; otherwise what 'event' says. After an error there is nothing left to be done but to destroy it. */
struct error *xapi_splitter_feed(struct xapi_splitter *, const char *bytes, size_t n);

#endif
