/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "xenapi/subscription.h"

#include <stdlib.h>
#include <string.h>

#include <util.h>

bool
xenapi_subscription_parse(const char *text, struct xenapi_subscription *subscription)
{
    size_t n = strcspn(text, "/");
    const char *ref = text[n] ? text + n + 1 : NULL;

    if (!strcmp(text, "*")) {
        *subscription = (struct xenapi_subscription) { NULL, NULL };
        return true;
    } else if (!n || (ref && (!*ref || strchr(ref, '/')))) {
        return false;
    }
    *subscription = (struct xenapi_subscription) { .class = xmemdup0(text, n), .ref = nullable_xstrdup(ref) };
    return true;
}

bool
xenapi_subscription_matches(const struct xenapi_subscription *subscription, const char *class, const char *ref)
{
    return (!subscription->class || !strcasecmp(subscription->class, class))
        && (!subscription->ref || !strcasecmp(subscription->ref, ref));
}

void
xenapi_subscription_destroy(struct xenapi_subscription *subscription)
{
    free(subscription->class);
    free(subscription->ref);
    *subscription = (struct xenapi_subscription) { NULL, NULL };
}
