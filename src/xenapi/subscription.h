/* SPDX-License-Identifier: Apache-2.0
 *
 * What a client wants events of: "*" for everything, "VM" for a class, "VM/OpaqueRef:..." for an object. Upper and lower case are the
 * same: clients write the class as the API does, and events carry it in lower case.
 */
#ifndef XENAPI_SUBSCRIPTION_H
#define XENAPI_SUBSCRIPTION_H

#include <stdbool.h>

struct xenapi_subscription {
    char *class;                /* NULL: of every class */
    char *ref;                  /* NULL: of every object of the class */
};

/* False, and '*subscription' untouched, if 'text' is none of the three; the call fails with EVENT_SUBSCRIPTION_PARSE_FAILURE then. A class
 * that does not exist is one without events. On success the caller destroys '*subscription'. */
bool xenapi_subscription_parse(const char *text, struct xenapi_subscription *subscription);

bool xenapi_subscription_matches(const struct xenapi_subscription *, const char *class, const char *ref);

void xenapi_subscription_destroy(struct xenapi_subscription *);

#endif
