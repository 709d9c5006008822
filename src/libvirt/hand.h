/* SPDX-License-Identifier: Apache-2.0
 *
 * How a port that libvirt puts on no bridge is handed to the agent: the text of the control command vif/hand (cabled(8)).
 */
#ifndef LIBVIRT_HAND_H
#define LIBVIRT_HAND_H

struct libvirt_port;

/* The text for a port that is handed and described. 'vm' is the domain's uuid; the agent answers within 'timeout_ms'. The string is the
 * caller's. */
char *libvirt_hand(const struct libvirt_port *port, const char *vm, long long int timeout_ms);

#endif
