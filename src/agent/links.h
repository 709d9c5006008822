/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel is to be told of VIFs' links in this turn, collected: one system call tells of many. Links go up and down before the turn's
 * transaction is sent, for a guest that waits; the settings come after it, while the switch is at work. What the kernel refuses,
 * wiring hears of (wiring_vif_refused()), and the VIF takes another turn.
 */
#ifndef AGENT_LINKS_H
#define AGENT_LINKS_H

struct agent;
struct agent_vif;

/* 'steps' are some of WIRING_LINK_STEPS. The VIF stays until the turn has ended. */
void links_add(struct agent_vif *, unsigned int steps);

void links_set_up(struct agent *);
void links_configure(struct agent *);

#endif
