/* SPDX-License-Identifier: Apache-2.0
 *
 * What a VIF may send: the validated form of XenAPI's VIF.MAC, locking_mode, ipv4_allowed, ipv6_allowed and trunks together
 * with its network's default_locking_mode. Everything behind this header works on validated values only.
 */
#ifndef VIF_POLICY_H
#define VIF_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vif/mac.h"
#include "vif/prefix.h"

struct error;

/* The effective mode. XenAPI's `network_default` is resolved by vif_mode_resolve() before. */
enum vif_mode {
    VIF_MODE_LOCKED,            /* only what the address lists allow */
    VIF_MODE_UNLOCKED,          /* everything */
    VIF_MODE_DISABLED,          /* nothing, in either direction */
};

struct vif_policy {
    enum vif_mode mode;
    struct mac mac;
    struct prefix4 *ipv4;       /* no doubles */
    size_t n_ipv4;
    struct prefix6 *ipv6;       /* no doubles; without the automatic link-local address */
    size_t n_ipv6;
    bool auto_lla;              /* adds the MAC's EUI-64 link-local address if 'n_ipv6' > 0 */
    uint16_t *vlans;            /* VIDs 1 to 4094 of a trunk VIF, ascending, no doubles */
    size_t n_vlans;             /* 0: untagged frames only */
};

/* The same as words, as a database or file has them. NULL-terminated lists; NULL is an empty list. */
struct vif_policy_words {
    const char *mode;           /* "locked", "unlocked", "disabled" or "network_default" */
    const char *network_default; /* "unlocked" or "disabled"; NULL stands for "unlocked" */
    const char *mac;
    const char *const *ipv4;
    const char *const *ipv6;
    bool auto_lla;
    const int64_t *vlans;
    size_t n_vlans;
};

/* Builds '*policy' from 'words'. Every value is checked, whatever the mode; doubles (also in another spelling) are refused, as is
 * more than base/limits.h allows. On failure '*policy' is untouched. */
struct error *vif_policy_parse(const struct vif_policy_words *words, struct vif_policy *policy);

/* The effective mode of XenAPI (contract D.3). */
struct error *vif_mode_resolve(const char *locking_mode, const char *network_default, enum vif_mode *mode);

const char *vif_mode_name(enum vif_mode mode);

/* 'copy' owns its lists afterwards. */
void vif_policy_clone(struct vif_policy *copy, const struct vif_policy *policy);

bool vif_policy_equals(const struct vif_policy *, const struct vif_policy *);

/* True if 'policy' adds the automatic link-local address to its list, which is then in '*address'. False, and '*address' untouched,
 * if it does not, or if the list has that very address already. */
bool vif_policy_link_local(const struct vif_policy *policy, struct prefix6 *address);

/* Returns a sentence a person can read: "locked to 02:00:00:00:01:02, 10.0.0.5, 2001:db8::5 and fe80::ff:fe00:102". The string is the
 * caller's. */
char *vif_policy_describe(const struct vif_policy *policy);

/* Frees the lists, not 'policy' itself. */
void vif_policy_destroy(struct vif_policy *policy);

#endif
