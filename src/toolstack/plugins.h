/* SPDX-License-Identifier: Apache-2.0
 *
 * host.call_plugin: the functions of XAPI's plugins that clients of ours call. A simple verb (toolstack/simple.h), which may begin processes.
 *
 *   dom0_plugin_version.py  get_version                   which version of Nova's plugins this is
 *   xenhost.py              host_data, get_pci_device_details, network_config
 *   openvswitch-config-update, openvswitch-cfg-update     update: nothing is left to do here, the agent follows the database
 */
#ifndef TOOLSTACK_PLUGINS_H
#define TOOLSTACK_PLUGINS_H

#include <stdbool.h>

struct ovsdb_idl_txn;
struct simple_call;

bool plugins_call(struct simple_call *, struct ovsdb_idl_txn *);

/* Of a call that has begun a process: true when it has ended, and the call has its result or failure. */
bool plugins_run(struct simple_call *);
void plugins_wait(const struct simple_call *);

/* Ends what is still there. */
void plugins_forget(struct simple_call *);

#endif
