/* SPDX-License-Identifier: Apache-2.0
 *
 * How much a guest may send (XenAPI VIF.qos_algorithm_type and qos_algorithm_params): a token bucket, as a switch has it.
 * What a guest gets is not limited.
 *
 * A kilobyte is 1024 bytes here, as XAPI counts `kbps`, which are kilobytes and not kilobits.
 */
#ifndef VIF_RATE_H
#define VIF_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct error;

struct vif_rate {
    uint32_t kbytes_per_s;      /* 0: no limit */
    uint32_t burst_kbytes;      /* 0 without a limit */
};

/* The values of qos_algorithm_type and of the keys of qos_algorithm_params; NULL for a key that is not there. Other keys mean
 * nothing here, as in XenAPI. */
struct vif_rate_words {
    const char *algorithm;      /* "" or "ratelimit" */
    const char *kbps;           /* kilobytes a second */
    const char *burst;          /* kilobytes; ours */
};

/* Both numbers are decimal, a rate from 1 and a burst from LIMIT_BURST_KBYTES_MIN, to LIMIT_RATE_KBYTES. Without an algorithm there is
 * no limit, whatever the keys say. On failure '*rate' is untouched. */
struct error *vif_rate_parse(const struct vif_rate_words *words, struct vif_rate *rate);

/* The burst of a rate for which none is said: what passes in a tenth of a second, so that a TCP connection over a path of up to
 * 100 ms gets through with the window that fills it, and never less than 128, two of the largest packets that a guest hands over
 * in one piece (segmentation offload, 64 kilobytes). */
uint32_t vif_rate_default_burst(uint32_t kbytes_per_s);

/* The same in the unit of OpenFlow meters and of Interface.ingress_policing_rate, 1000 bits, rounded down. */
uint32_t vif_rate_kbits(uint32_t kbytes);

bool vif_rate_equals(const struct vif_rate *, const struct vif_rate *);

/* Returns a phrase that a policy's sentence can go on with: "at most 1000 KiB/s, in bursts of up to 128 KiB", "" without a limit. The
 * string is the caller's. */
char *vif_rate_describe(const struct vif_rate *);

#endif
