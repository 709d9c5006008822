/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an SDN controller can be (XenAPI SDN_controller.introduce): `ssl` goes to an IPv4 address and a port, 6632 if none is said; `pssl`
 * waits for one and so has neither.
 */
#ifndef VERBS_SDN_ADDRESS_H
#define VERBS_SDN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "xenapi/call.h"

/* True, and the port in '*port', if it can be there. Otherwise '*failure' says INVALID_VALUE. */
bool sdn_address_check(const char *protocol, const char *address, int64_t given_port, int64_t *port, struct xenapi_reply *failure);

#endif
