/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "switch/watch.h"

#include <stdint.h>

#include <byte-order.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-monitor.h>
#include <openvswitch/ofpbuf.h>
#include <util.h>

#include "rules/compile.h"
#include "rules/cookie.h"

/* Admission and the six tables after it (rules/compile.h). */
enum { N_TABLES = 7 };

struct ofpbuf *
watch_encode_begin(void)
{
    const struct ofputil_flow_monitor_request request = {
        .id = 1,
        .command = OFPFMC_ADD,
        .flags = OFPFMF_ADD | OFPFMF_REMOVED | OFPFMF_MODIFY,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = OFPTT_ALL,
        .match = MATCH_CATCHALL_INITIALIZER,
    };
    struct ofpbuf *message = ofpbuf_new(0);

    ofputil_append_flow_monitor_request(&request, message, OFPUTIL_P_OF14_OXM);
    return message;
}

static bool
is_in_our_place(const struct ofputil_flow_update *update, const struct rules_layout *layout)
{
    if (update->table_id == 0) {
        return update->priority == layout->hook_priority || update->priority == 0;
    }
    return update->table_id >= layout->first_table && update->table_id < layout->first_table + N_TABLES;
}

static bool
is_trouble(const struct ofputil_flow_update *update, const struct rules_layout *layout)
{
    struct cookie cookie;

    switch (update->event) {
    case OFPFME_ADDED:
    case OFPFME_REMOVED:
    case OFPFME_MODIFIED:
        return cookie_unpack(ntohll(update->cookie), &cookie) || is_in_our_place(update, layout);
    case OFPFME_PAUSED:
        return true;
    case OFPFME_INITIAL:
    case OFPFME_ABBREV:         /* our own */
    case OFPFME_RESUMED:
        return false;
    }
    return true;
}

bool
watch_hears_trouble(struct ofpbuf *reply, const struct rules_layout *layout)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_update update;
    bool trouble = false;
    int error;

    while (!(error = ofputil_decode_flow_update(&update, reply, &actions))) {
        trouble = trouble || is_trouble(&update, layout);
    }
    ofpbuf_uninit(&actions);
    return trouble || error != EOF;
}
