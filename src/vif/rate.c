/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "vif/rate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <util.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/quote.h"

enum {
    DEFAULT_BURST_KBYTES_MIN = 128,
    DEFAULT_BURSTS_PER_S = 10,
    BITS_PER_KBYTE = 8 * 1024,
};

BUILD_ASSERT_DECL((int) DEFAULT_BURST_KBYTES_MIN >= (int) LIMIT_BURST_KBYTES_MIN);
BUILD_ASSERT_DECL((uint64_t) LIMIT_RATE_KBYTES * BITS_PER_KBYTE / 1000 <= UINT32_MAX);
BUILD_ASSERT_DECL((LIMIT_RATE_KBYTES + UINT64_C(1)) * BITS_PER_KBYTE / 1000 > UINT32_MAX);

static struct error *
number_parse(const char *what, const char *text, uint32_t min, uint32_t *number)
{
    long long int value;

    if (!*text || text[strspn(text, "0123456789")]) {
        return error_new(ERROR_INVALID, "%s %s is not a number: write kilobytes in decimal, %"PRIu32" to %d", what, quote(text).text,
                         min, LIMIT_RATE_KBYTES);
    } else if (!str_to_llong(text, 10, &value) || value < min || value > LIMIT_RATE_KBYTES) {
        return error_new(ERROR_INVALID, "%s %s is out of range: write %"PRIu32" to %d kilobytes", what, quote(text).text, min,
                         LIMIT_RATE_KBYTES);
    }
    *number = value;
    return NULL;
}

static struct error *
ratelimit_parse(const struct vif_rate_words *words, struct vif_rate *rate)
{
    struct vif_rate parsed;
    struct error *error;

    if (!words->kbps) {
        return error_new(ERROR_INVALID, "the algorithm is 'ratelimit', but no rate is given: write kilobytes a second as `kbps`");
    }
    error = number_parse("rate", words->kbps, 1, &parsed.kbytes_per_s);
    if (!error && words->burst) {
        error = number_parse("burst", words->burst, LIMIT_BURST_KBYTES_MIN, &parsed.burst_kbytes);
    } else if (!error) {
        parsed.burst_kbytes = vif_rate_default_burst(parsed.kbytes_per_s);
    }
    if (!error) {
        *rate = parsed;
    }
    return error;
}

struct error *
vif_rate_parse(const struct vif_rate_words *words, struct vif_rate *rate)
{
    if (!*words->algorithm) {
        *rate = (struct vif_rate) { 0, 0 };
        return NULL;
    } else if (!strcmp(words->algorithm, "ratelimit")) {
        return ratelimit_parse(words, rate);
    }
    return error_new(ERROR_INVALID, "algorithm %s is not known: 'ratelimit' limits what the guest sends, '' does not",
                     quote(words->algorithm).text);
}

uint32_t
vif_rate_default_burst(uint32_t kbytes_per_s)
{
    return MAX(kbytes_per_s / DEFAULT_BURSTS_PER_S, DEFAULT_BURST_KBYTES_MIN);
}

uint32_t
vif_rate_kbits(uint32_t kbytes)
{
    return (uint64_t) kbytes * BITS_PER_KBYTE / 1000;
}

bool
vif_rate_equals(const struct vif_rate *a, const struct vif_rate *b)
{
    return a->kbytes_per_s == b->kbytes_per_s && a->burst_kbytes == b->burst_kbytes;
}

char *
vif_rate_describe(const struct vif_rate *rate)
{
    return !rate->kbytes_per_s ? xstrdup("")
        : xasprintf("at most %"PRIu32" KiB/s, in bursts of up to %"PRIu32" KiB", rate->kbytes_per_s, rate->burst_kbytes);
}
