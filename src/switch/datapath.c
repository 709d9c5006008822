/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/datapath.h"

#include <stdbool.h>
#include <stddef.h>

#include <linux/genetlink.h>
#include <netlink-socket.h>

#include "switch/db.h"

/* ovs-vswitchd lists "system" whenever it was built for Linux, module or not (3.1.0), so the kernel is asked what ovs-vswitchd itself
 * asks it: the generic netlink family of <linux/openvswitch.h>. The question loads the module where there is one. */
static bool
kernel_has_datapath(void)
{
    int family = 0;

    return !nl_lookup_genl_family("ovs_datapath", &family);
}

const char *
datapath_choose(const struct switch_db *db)
{
    if (switch_db_has_datapath_type(db, "system") && kernel_has_datapath()) {
        return "system";
    }
    return switch_db_has_datapath_type(db, "netdev") ? "netdev" : NULL;
}
