/* SPDX-License-Identifier: Apache-2.0
 *
 * The small words of the XenAPI: event tokens, subscriptions, references, datetimes, numbers and base64. What can be read is written and
 * read back as the same.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>
#include <uuid.h>

#include "check.h"
#include "xenapi/base64.h"
#include "xenapi/datetime.h"
#include "xenapi/event_token.h"
#include "xenapi/number.h"
#include "xenapi/ref.h"
#include "xenapi/subscription.h"

static void
check_event_token(const char *text)
{
    struct xenapi_event_token token, again;
    char written[XENAPI_EVENT_TOKEN_SIZE];

    if (xenapi_event_token_parse(text, &token)) {
        xenapi_event_token_format(&token, written);
        ovs_assert(xenapi_event_token_parse(written, &again));
        ovs_assert(token.database == again.database && token.message == again.message);
    }
}

static void
check_subscription(const char *text)
{
    struct xenapi_subscription subscription;

    if (xenapi_subscription_parse(text, &subscription)) {
        ovs_assert(xenapi_subscription_matches(&subscription, subscription.class ? subscription.class : "vm",
                                               subscription.ref ? subscription.ref : XENAPI_REF_NULL));
        xenapi_subscription_destroy(&subscription);
    }
}

static void
check_ref(const char *text)
{
    char written[XENAPI_REF_SIZE];
    struct uuid uuid;

    if (xenapi_ref_parse(text, &uuid)) {
        xenapi_ref_format(&uuid, written);
        ovs_assert(!strcmp(text, written) && !xenapi_ref_is_null(text));
    }
}

static void
check_datetime(const char *text)
{
    char written[XENAPI_DATETIME_SIZE];
    int64_t seconds, again;

    if (xenapi_datetime_parse(text, &seconds)) {
        xenapi_datetime_format(seconds, written);
        ovs_assert(xenapi_datetime_parse(written, &again) && seconds == again);
    }
}

static void
check_double(const char *text)
{
    char written[XENAPI_DOUBLE_SIZE];
    double real, again;

    if (xenapi_double_parse(text, &real)) {
        xenapi_double_format(real, written);
        ovs_assert(strchr(written, '.') && xenapi_double_parse(written, &again) && real == again);
    }
}

static void
check_base64(const char *text)
{
    struct ds written = DS_EMPTY_INITIALIZER;
    uint8_t *data, *again;
    size_t n, n_again;

    if (xenapi_base64_decode(text, &data, &n)) {
        xenapi_base64_encode(data, n, &written);
        ovs_assert(xenapi_base64_decode(ds_cstr(&written), &again, &n_again) && n == n_again && !memcmp(data, again, n));
        ds_destroy(&written);
        free(data);
        free(again);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n);

    check_event_token(text);
    check_subscription(text);
    check_ref(text);
    check_datetime(text);
    check_double(text);
    check_base64(text);
    free(text);
    return 0;
}
