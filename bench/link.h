/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plug does to a device, in as few questions to the kernel as can be: one for MTU, ARP and MAC address, one to raise it.
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H 1

#include <stdbool.h>

void bench_link_configure(int ifindex, int mtu);
void bench_link_set_up(int ifindex, bool up);

#endif
