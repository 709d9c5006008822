/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's side of the QEMU machine protocol (qmp_message.h): one client at a time is served, others wait, as with QEMU.
 */
#ifndef DOMAIN_MONITOR_H
#define DOMAIN_MONITOR_H

struct json;
struct monitor;

/* Carries out a command: what it returns, or NULL with '*refusal', a text of the monitor's, as the reason. 'arguments' may be NULL. */
typedef struct json *monitor_command_fn(const char *name, const struct json *arguments, char **refusal, void *aux);

/* 'listener' stays the caller's, and does not block. */
struct monitor *monitor_create(int listener, monitor_command_fn *, void *aux);
void monitor_destroy(struct monitor *);
void monitor_run(struct monitor *);
void monitor_wait(const struct monitor *);

/* Tells the client, if there is one that has answered the greeting. 'data' is consumed. */
void monitor_tell(struct monitor *, const char *event, struct json *data);

#endif
