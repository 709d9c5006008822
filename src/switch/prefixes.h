/* SPDX-License-Identifier: Apache-2.0
 *
 * Prefix tries of the rules' tables in which IPv6 sources are matched (ovs-vswitchd.conf.db(5), Flow_Table.prefixes). With them a frame that
 * is dropped for its address leaves a datapath flow for all addresses that differ from the allowed ones in the same bit, and not one for
 * itself alone. Open vSwitch 3.1 has them for IPv4 by default; a flood of IPv6 sources would fill the datapath. No other table gets any:
 * ovs-vswitchd 3.1 logs a line for each table that has some whenever anything of the switch is changed. Inside of the room.
 */
#ifndef SWITCH_PREFIXES_H
#define SWITCH_PREFIXES_H

#include <stdbool.h>
#include <stdint.h>

struct ovsdb_idl_txn;
struct switchrec_bridge;

/* True if somebody has said something of each of those tables: we, or who knows better. The rules' first table is 'first'. */
bool prefixes_are_set(const struct switchrec_bridge *, uint8_t first);

/* Sets those of which nobody has said anything, with our mark. */
void prefixes_set(struct ovsdb_idl_txn *, const struct switchrec_bridge *, uint8_t first);

/* Takes back what we have set. */
void prefixes_forget(const struct switchrec_bridge *);

#endif
