/* SPDX-License-Identifier: Apache-2.0
 *
 * Has the agent guard the ports of a libvirt domain. What is said of ports that libvirt has added goes into their rows in the switch's
 * database, in one transaction; ports that are on no bridge are handed to the agent on its control socket.
 */
#ifndef LIBVIRT_GUARD_H
#define LIBVIRT_GUARD_H

#include <stdbool.h>

struct error;
struct libvirt_ports;

struct libvirt_guard {
    const struct libvirt_ports *ports;
    const char *vm;             /* the domain's uuid, or "" */
    const char *agent;          /* its control socket; NULL: where cabled.pid says */
    long long int timeout_ms;
    bool await;                 /* until each port that is described is wired, or disabled as its description says */
};

/* Returns when that is so, or with the reason why it is not, after 'timeout_ms' at the latest. A port that is missing is an error before
 * anything was written. What was written stays, whatever happens then: a port of which something is said is never open. */
struct error *libvirt_guard(const struct libvirt_guard *);

/* Takes back what was handed to the agent for this domain. */
struct error *libvirt_unguard(const struct libvirt_guard *);

#endif
