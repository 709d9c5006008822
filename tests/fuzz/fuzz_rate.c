/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is algorithm, kbps and burst, a line each; a line that is missing is a key that is not there.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/limits.h"
#include "check.h"
#include "vif/rate.h"

static void
check_rate(const struct vif_rate *rate)
{
    char kbps[12], burst[12];
    struct vif_rate again;

    ovs_assert(rate->kbytes_per_s <= LIMIT_RATE_KBYTES && rate->burst_kbytes <= LIMIT_RATE_KBYTES);
    ovs_assert(!rate->kbytes_per_s == !rate->burst_kbytes);
    free(vif_rate_describe(rate));
    if (rate->kbytes_per_s) {
        snprintf(kbps, sizeof kbps, "%"PRIu32, rate->kbytes_per_s);
        snprintf(burst, sizeof burst, "%"PRIu32, rate->burst_kbytes);
        ovs_assert(!vif_rate_parse(&(struct vif_rate_words) { "ratelimit", kbps, burst }, &again));
        ovs_assert(vif_rate_equals(rate, &again));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = check_string(bytes, n), *rest = text;
    struct vif_rate_words words = { .algorithm = strsep(&rest, "\n") };
    struct vif_rate rate;
    struct error *error;

    words.kbps = strsep(&rest, "\n");
    words.burst = strsep(&rest, "\n");
    error = vif_rate_parse(&words, &rate);
    if (!error) {
        check_rate(&rate);
    }
    check_error(error);
    free(text);
    return 0;
}
