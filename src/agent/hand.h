/* SPDX-License-Identifier: Apache-2.0
 *
 * Control commands by which a program hands VIFs to the agent and takes them back (cabled(8)):
 *
 *     vif/hand JSON        (vif/hand.h has what is in it.) Port and Interface are made, rules first, or changed, or moved to another
 *                          bridge; the rows then describe the VIF (vif/description.h), so that it outlives the agent. Answered when
 *                          that is done:
 *                          {"device": "vif1.0", "uuid": "...", "state": "wired" or "disabled", "bridge": "xenbr0",
 *                          "ofport": 32768, "ifindex": 12}. An error says why it failed, or what is still waited for when the time is
 *                          over; the agent goes on trying until the VIF is unhanded.
 *     vif/unhand DEVICE [TIMEOUT_MS]
 *                          The port of a VIF that was handed, or that its row describes, is deleted, whoever had made it, and its
 *                          rules with it. Answered when the switch has let go of it, also if there was none:
 *                          {"device": "vif1.0", "state": "gone"}
 *
 * A device that the pool database names is refused. A port of the device that is on the wanted bridge already is taken over as it is,
 * and ours from then on; one on another bridge that nobody handed or described is an error, also for vif/unhand. What is asked last of
 * a device counts, and whoever waits for something else is told so.
 */
#ifndef AGENT_HAND_H
#define AGENT_HAND_H

#include <stdbool.h>

struct agent;

void hand_register(struct agent *);

/* True while somebody waits for that port to have gone: it must not be taken for a foreign one meanwhile. */
bool hand_takes_off(const struct agent *, const char *port);

/* Deletes what unhanding leaves to be deleted. Within a turn. */
void hand_carry_out(struct agent *);

/* Answers those whose VIF has come so far, or who have waited long enough. After the VIFs have taken their turn; 'acts': they have. */
void hand_answer(struct agent *, bool acts);
void hand_wait(const struct agent *);
void hand_destroy(struct agent *);

#endif
