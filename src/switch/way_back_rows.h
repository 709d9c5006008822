/* SPDX-License-Identifier: Apache-2.0
 *
 * The way back's changes of the switch's rows, each a visit_change whose argument is the struct way_back. Inside of the room.
 */
#ifndef SWITCH_WAY_BACK_ROWS_H
#define SWITCH_WAY_BACK_ROWS_H

#include <stdbool.h>

struct error;
struct switch_db;
struct switchrec_bridge;
struct switchrec_port;
struct way_back;

/* The bridge's row; an error if it has gone. */
struct error *way_back_find(const struct switch_db *, const struct way_back *, const struct switchrec_bridge **row);

/* True if the port is one of those that stay: its row describes it. */
bool way_back_concerns(const struct switchrec_port *);

/* The agent lets go of the bridge, and the ports are nobody's as far as it goes. What describes them stays, so that a call which is broken off
 * can go on. */
struct error *way_back_let_go(struct switch_db *, void *back);

/* No room for another flow in table 0; those that are there stay. Somebody else's settings stay too, which 'was_open' tells. */
struct error *way_back_fill_table_0(struct switch_db *, void *back);

/* fail_mode and in-band control as they were, and room in table 0. */
struct error *way_back_restore_mode(struct switch_db *, void *back);

/* All else, and descriptions and marks go. */
struct error *way_back_restore_rest(struct switch_db *, void *back);

#endif
