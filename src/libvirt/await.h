/* SPDX-License-Identifier: Apache-2.0
 *
 * Waits until what is said of a libvirt domain's ports in their rows is in force. The row tells what became of the port; the agent on its
 * control socket tells by which policy, because a row may yet tell of the policy of before.
 */
#ifndef LIBVIRT_AWAIT_H
#define LIBVIRT_AWAIT_H

#include <stdbool.h>

struct error;
struct libvirt_ports;
struct switch_db;
struct visit;

/* The ports of which the rows say already, before they are changed, that they cannot be guarded: of these that is no news. By the port's
 * place in 'ports'; the caller's to free. */
bool *libvirt_await_prepare(const struct switch_db *, const struct libvirt_ports *ports);

/* Of those ports that are described and not handed. 'agent' is its control socket, or NULL for where cabled.pid says. Returns the reason if
 * one cannot be guarded or is not in time. */
struct error *libvirt_await(struct visit *, const char *agent, const struct libvirt_ports *ports, const bool *had_failed);

#endif
