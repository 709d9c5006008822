/* SPDX-License-Identifier: Apache-2.0
 *
 * The flows that XenServer's own script, setup-vif-rules, puts for a locked VIF: for a host that is given back to its scripts. They have the
 * script's cookie, so that it takes them for its own.
 */
#ifndef XENVIF_OLD_RULES_H
#define XENVIF_OLD_RULES_H

#include <stdint.h>

struct svec;
struct vif_policy;

/* The cookie of the script's flows. */
enum { XENVIF_OLD_COOKIE = 1 };

/* Appends the flows of a VIF whose port is 'ofport', as ovs-ofctl(8) reads them. An unlocked VIF has none, and NORMAL passes all of its frames; a
 * disabled one is on no bridge there, so that here one flow drops everything. */
void xenvif_old_rules(const struct vif_policy *policy, uint32_t ofport, struct svec *flows);

#endif
