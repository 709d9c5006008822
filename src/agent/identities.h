/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent's part in the identities that the switch's database has for other programs (sync/sync.h): whom they follow, and when they are
 * written.
 */
#ifndef AGENT_IDENTITIES_H
#define AGENT_IDENTITIES_H

struct agent;
struct agent_vif;
struct json;
struct switch_vif_row;

/* Registers the control socket's command. */
void identities_create(struct agent *);
void identities_destroy(struct agent *);

/* Whom to follow, by the settings as they are now and the source that they led to. */
void identities_follow(struct agent *);

/* Nobody is followed until identities_follow(): before the source goes. */
void identities_let_go(struct agent *);

/* In each turn, before anything else is written: the rows that it writes to are there then. */
void identities_run(struct agent *);
void identities_wait(const struct agent *);

/* The ids that the VIF's port has from its first moment on. */
void identities_set_first(const struct agent_vif *, struct switch_vif_row *row);

/* Who is followed, since when he answers or does not, and what he asks of guarded bridges that is not done. The caller's. */
struct json *identities_json(const struct agent *);

#endif
