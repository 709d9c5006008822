/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "api/subscriptions.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <util.h>

#include "base/limits.h"
#include "verbs/failure.h"
#include "xenapi/subscription.h"

static void
add(struct subscriptions *subscriptions, struct xenapi_subscription one)
{
    if (subscriptions->n >= subscriptions->allocated) {
        subscriptions->all = x2nrealloc(subscriptions->all, &subscriptions->allocated, sizeof *subscriptions->all);
    }
    subscriptions->all[subscriptions->n++] = one;
}

static bool
read_set(const struct xenapi_value *set, struct subscriptions *read, struct xenapi_reply *failure)
{
    if (set->type != XENAPI_SET) {
        *failure = xenapi_failure("EVENT_SUBSCRIPTION_PARSE_FAILURE", set->type == XENAPI_STRING ? set->string : "", NULL);
        return false;
    }
    for (size_t i = 0; i < set->set.n; i++) {
        const struct xenapi_value *element = &set->set.elements[i];
        const char *text = element->type == XENAPI_STRING ? element->string : "";
        struct xenapi_subscription one;

        if (!xenapi_subscription_parse(text, &one)) {
            *failure = xenapi_failure("EVENT_SUBSCRIPTION_PARSE_FAILURE", text, NULL);
            return false;
        }
        add(read, one);
    }
    return true;
}

void
subscriptions_destroy(struct subscriptions *subscriptions)
{
    for (size_t i = 0; i < subscriptions->n; i++) {
        xenapi_subscription_destroy(&subscriptions->all[i]);
    }
    free(subscriptions->all);
    *subscriptions = (struct subscriptions) { .all = NULL };
}

bool
subscriptions_add(struct subscriptions *subscriptions, const struct xenapi_value *set, struct xenapi_reply *failure)
{
    struct subscriptions read = { .all = NULL };

    if (!read_set(set, &read, failure)) {
        subscriptions_destroy(&read);
        return false;
    }
    if (subscriptions->n + read.n > LIMIT_EVENT_SUBSCRIPTIONS) {
        *failure = failure_value("classes", "too many subscriptions");
        subscriptions_destroy(&read);
        return false;
    }
    for (size_t i = 0; i < read.n; i++) {
        add(subscriptions, read.all[i]);
    }
    free(read.all);
    return true;
}

static bool
is_same_text(const char *a, const char *b)
{
    return a && b ? !strcasecmp(a, b) : a == b;
}

static void
remove_one(struct subscriptions *subscriptions, const struct xenapi_subscription *gone)
{
    for (size_t i = 0; i < subscriptions->n; ) {
        struct xenapi_subscription *one = &subscriptions->all[i];

        if (is_same_text(one->class, gone->class) && is_same_text(one->ref, gone->ref)) {
            xenapi_subscription_destroy(one);
            *one = subscriptions->all[--subscriptions->n];
        } else {
            i++;
        }
    }
}

bool
subscriptions_remove(struct subscriptions *subscriptions, const struct xenapi_value *set, struct xenapi_reply *failure)
{
    struct subscriptions read = { .all = NULL };
    const bool is_good = read_set(set, &read, failure);

    for (size_t i = 0; is_good && i < read.n; i++) {
        remove_one(subscriptions, &read.all[i]);
    }
    subscriptions_destroy(&read);
    return is_good;
}

bool
subscriptions_match(const struct subscriptions *subscriptions, const char *class, const char *ref)
{
    for (size_t i = 0; i < subscriptions->n; i++) {
        if (xenapi_subscription_matches(&subscriptions->all[i], class, ref)) {
            return true;
        }
    }
    return false;
}

bool
subscriptions_are_of_tasks(const struct subscriptions *subscriptions)
{
    for (size_t i = 0; i < subscriptions->n; i++) {
        if (!subscriptions->all[i].class || strcasecmp(subscriptions->all[i].class, "task")) {
            return false;
        }
    }
    return true;
}
