/* SPDX-License-Identifier: Apache-2.0
 *
 * A bridge's management socket (<rundir>/<bridge>.mgmt), for a program that has one thing to say and waits for the answer. What goes on
 * for longer is a session (switch/session.h).
 */
#ifndef SWITCH_MANAGEMENT_H
#define SWITCH_MANAGEMENT_H

#include <stdbool.h>

struct error;

/* True if ovs-vswitchd runs, as its pidfile or this bridge's socket tells. */
bool management_is_there(const char *bridge);

/* Takes every flow of ours from the bridge, in one step, and gives the bridge the usual fragment mode. Returns when the switch has done
 * so. 'deadline' is a time_msec(). */
struct error *management_clear(const char *bridge, long long int deadline);

#endif
