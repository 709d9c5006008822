/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool's objects as rows. A cell has the name of the option that sets it, or of the XenAPI field.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include <stdbool.h>

struct json;
struct pool;
struct poolrec_host;
struct poolrec_network;
struct poolrec_vif;
struct poolrec_vm;
struct row;
struct rows;

void record_network(struct pool *, const struct poolrec_network *, struct row *);
void record_vif(const struct poolrec_vif *, struct row *);
void record_host(struct pool *, const struct poolrec_host *, struct row *);
void record_vm(struct pool *, const struct poolrec_vm *, struct row *);

/* What the agent's answer to vif/show says: what leads on from the VIF's state, NULL for an agent that does not say; its rules with
 * their counts, false and nothing if it knows of none. */
void record_agent_wait(const struct json *reply, struct row *);
bool record_agent_rules(const struct json *reply, struct row *);

/* Orders rows by the text of the cell 'column', numbers in it by value: vif1.2 before vif1.10. */
void records_sort(struct rows *, const char *column);

#endif
