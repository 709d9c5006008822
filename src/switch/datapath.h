/* SPDX-License-Identifier: Apache-2.0
 *
 * Which datapath a new bridge gets.
 */
#ifndef SWITCH_DATAPATH_H
#define SWITCH_DATAPATH_H

struct switch_db;

/* "system" if ovs-vswitchd offers the kernel datapath and this kernel has it (or can load it), else "netdev" if ovs-vswitchd offers the
 * userspace one, else NULL. A bridge's Bridge.datapath_type takes it as it is. */
const char *datapath_choose(const struct switch_db *);

#endif
