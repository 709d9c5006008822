/* SPDX-License-Identifier: Apache-2.0
 *
 * The comparison behind wiring/vif.h: wish and look alone say what must be done. Nothing is remembered here, and nothing held back.
 */
#ifndef WIRING_VIF_PLAN_H
#define WIRING_VIF_PLAN_H

#include "wiring/vif.h"

struct wiring_vif_plan {
    enum wiring_vif_state state;
    unsigned int steps;         /* enum wiring_vif_step */
    enum wiring_vif_wait waits_for;
    char *reason;               /* in words, for FAILED, WAITING and NO_DEVICE; owned by the caller; or NULL */
};

struct wiring_vif_plan wiring_vif_plan(const struct vif_wish *wish, const struct wiring_vif_seen *seen);

/* What there is of a port that this VIF says is its own. */
enum wiring_port_health wiring_port_health(const struct wiring_vif_seen *seen);

/* True if a VIF without a number has the one that its port asks for: an agent that starts finds it there. A port that must go has none to
 * give: its row is seen for a while after the number was given up, which may be another's. */
bool wiring_vif_keeps_number(const struct vif_wish *wish, const struct wiring_vif_seen *seen);

#endif
