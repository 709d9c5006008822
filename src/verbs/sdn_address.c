/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/sdn_address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <packets.h>

#include "verbs/failure.h"

enum { DEFAULT_PORT = 6632 };

bool
sdn_address_check(const char *protocol, const char *address, int64_t given_port, int64_t *port, struct xenapi_reply *failure)
{
    bool waits = !strcmp(protocol, "pssl");
    ovs_be32 ip;
    char text[24];

    if (waits ? *address != '\0' : !ip_parse(address, &ip)) {
        *failure = failure_value("address", address);
        return false;
    }
    if (waits ? given_port != 0 : given_port < 0 || given_port > UINT16_MAX) {
        snprintf(text, sizeof text, "%"PRId64, given_port);
        *failure = failure_value("port", text);
        return false;
    }
    *port = !waits && !given_port ? DEFAULT_PORT : given_port;
    return true;
}
