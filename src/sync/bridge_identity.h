/* SPDX-License-Identifier: Apache-2.0
 *
 * A bridge's `bridge-id`, `fail_mode` and `disable-in-band`, as the toolstack wants them:
 *
 *     fail_mode         the network's vswitch-controller-fail-mode; if it has none, that of the only pool; `standalone` or `secure`, and
 *                       `standalone` for any other word and for none
 *     disable-in-band   the network's vswitch-disable-in-band: `true`, `false`, or not there if it has none; any other word changes nothing
 *     bridge-id         the network's nicira-bridge-id; else the one uuid of xs-network-uuids; else, of several, that of the network which
 *                       has this bridge; else none
 *
 * A bridge that no network has keeps its fail_mode and disable-in-band; its bridge-id follows from xs-network-uuids alone. What is not known
 * now changes nothing. A guarded bridge keeps fail_mode and disable-in-band: guarding needs `secure` and `true`, whatever is wanted.
 */
#ifndef SYNC_BRIDGE_IDENTITY_H
#define SYNC_BRIDGE_IDENTITY_H

#include <stdbool.h>

#include "sync/identity.h"

struct bridge_facts {
    const char *network_uuids;  /* external_ids:xs-network-uuids, with semicolons between them; NULL: none */
    bool guarded;
    struct identity_source network; /* that has this bridge */
    struct identity_source pool;
};

struct bridge_identity {
    struct identity_value fail_mode, in_band, id;
    const char *strange_in_band; /* the word of vswitch-disable-in-band that is neither true nor false, or NULL */

    /* What is said in so many words and cannot be done, because the bridge is guarded; NULL: nothing. A default is no word. */
    const char *withheld_fail_mode, *withheld_in_band;
};

struct bridge_identity bridge_identity_decide(const struct bridge_facts *);

#endif
