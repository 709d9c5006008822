/* SPDX-License-Identifier: Apache-2.0
 *
 * What Nova asks of the plugin xenhost.py/network_config: to set up bridges and veth pairs on the host, a step at a time. Each command is a
 * program and its arguments; no shell reads them, and nothing of a client's is in them but names of devices, numbers and words that were looked at.
 *
 * Commands of brctl(8) are carried out by ip(8), which every host has.
 */
#ifndef VERBS_NETWORK_COMMAND_H
#define VERBS_NETWORK_COMMAND_H

struct error;
struct svec;
struct xenapi_value;

/* The program and its arguments, in '*argv', for 'call': a map with `cmd` and `args`. On failure '*argv' is empty. */
struct error *network_command_make(const struct xenapi_value *call, struct svec *argv);

#endif
