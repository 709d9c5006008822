/* SPDX-License-Identifier: Apache-2.0
 *
 * The host agent: it feeds what the edges see (switch database, flow tables, devices, sources) into wiring and carries out its steps. One
 * turn of the loop takes in everything that has come, makes a plan for each VIF that it touches, and sends one transaction and one bundle per
 * bridge.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

struct agent;
struct error;

/* 'remote' is that of the switch's own database. Registers the control socket's commands (cabled(8)). */
struct error *agent_create(const char *remote, struct agent **agent);

/* Leaves ports, rules and links as they are: a guest must not notice that the agent stops. */
void agent_destroy(struct agent *);

/* XAPI's files are below that folder, and its cookie is awaited wherever XAPI is. */
void agent_set_root_prefix(struct agent *, const char *prefix);

void agent_run(struct agent *);
void agent_wait(struct agent *);

#endif
