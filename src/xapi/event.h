/* SPDX-License-Identifier: Apache-2.0
 *
 * What is taken from an event of event.from, and from a map `other_config`: the fields and keys that directory/directory.h needs, and no
 * others. Records are large and grow with each release.
 *
 * Source: XenAPI event.from: `class`, `operation`, `ref`, `snapshot`, which is the whole record and missing in a `del`.
 */
#ifndef XAPI_EVENT_H
#define XAPI_EVENT_H

#include <uuid.h>

#include <smap.h>

struct error;
struct xenapi_value;

enum xapi_kind { XAPI_POOL, XAPI_NETWORK, XAPI_VIF, XAPI_VM, XAPI_OTHER };

struct xapi_event {
    enum xapi_kind kind;        /* XAPI_OTHER: nothing else of it is read */
    bool is_gone;               /* the object is; what follows the reference is empty then */
    char *ref;
    char uuid[UUID_LEN + 1];    /* lower case */
    char *bridge;               /* of a network, else NULL */
    struct smap other_config;   /* the keys that are kept */
};

/* The class as the methods' names have it: "VIF". */
const char *xapi_kind_name(enum xapi_kind);

/* Reads an event. On success '*event' is the caller's to destroy; otherwise it is untouched. Refused is what is no event, and, with
 * ERROR_LIMIT, what is larger than base/limits.h lets the field be. */
struct error *xapi_event_read(const struct xenapi_value *, struct xapi_event *event);
void xapi_event_destroy(struct xapi_event *);

/* Makes 'config', which is initialised, of the `other_config` of an object of that kind. Refused if that is no map from text to text. */
struct error *xapi_config_read(enum xapi_kind, const struct xenapi_value *, struct smap *config);

#endif
