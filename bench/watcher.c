/* SPDX-License-Identifier: Apache-2.0
 *
 * watcher: one pair of eyes for all that is compared, so that all are timed alike. It listens to the pool database, the switch's
 * database, the switch's flow table and the kernel's links, and writes a line "NANOSECONDS EVENT NAME [VALUE]" (CLOCK_MONOTONIC) for what
 * it hears:
 *
 *     wanted DEVICE            a VIF row came, changed or went in the pool database
 *     told DEVICE STATE        the agent has written the VIF's state there
 *     row DEVICE, unrow DEVICE an Interface row came, went
 *     ofport DEVICE NUMBER     ovs-vswitchd has given it that number
 *     rules NUMBER COOKIE      the flow that admits that port is there, came or has changed: its bundle is in force
 *     unrules NUMBER           it went
 *     settings DEVICE          the link has the backend's MAC address
 *     up DEVICE, down DEVICE   the link was raised, lowered
 *     lost rtnetlink           the kernel had more to tell than there was room for
 *
 *     watcher POOL-DATABASE SWITCH-DATABASE OPENFLOW-TARGET
 *
 * It says "watching" when nothing will be missed, and ends when its standard input does. Of the flow table it hears the table of
 * admission only, which has one flow for each port: the switch has little to do for it.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <byte-order.h>
#include <fatal-signal.h>
#include <jsonrpc.h>
#include <netlink-socket.h>
#include <netlink.h>
#include <openvswitch/json.h>
#include <openvswitch/match.h>
#include <openvswitch/ofp-monitor.h>
#include <openvswitch/ofp-msgs.h>
#include <openvswitch/ofp-protocol.h>
#include <openvswitch/poll-loop.h>
#include <openvswitch/shash.h>
#include <openvswitch/vlog.h>
#include <socket-util.h>
#include <stream.h>
#include <util.h>

#include "openflow.h"

enum { ADMISSION_TABLE = 199 };

static const uint8_t backend_mac[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

static void
say(const char *event, const char *name, const char *value)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%"PRId64" %s %s %s\n", (int64_t) now.tv_sec * 1000000000 + now.tv_nsec, event, name, value);
}

/* Databases */

struct monitor {
    struct jsonrpc *rpc;
    void (*hear)(const struct json *old, const struct json *new);
};

static const struct json *
column(const struct json *row, const char *name)
{
    return row ? shash_find_data(json_object(row), name) : NULL;
}

static const char *
text(const struct json *row, const char *name)
{
    const struct json *value = column(row, name);

    return value && value->type == JSON_STRING ? json_string(value) : "";
}

static void
hear_vif(const struct json *old, const struct json *new)
{
    if (!new || !old) {
        say("wanted", text(new ? new : old, "interface"), "");
    } else if (new && (column(old, "wire_state") || column(old, "wire_policy"))) {
        say("told", text(new, "interface"), text(new, "wire_state"));
    } else if (new && (column(old, "ipv4_allowed") || column(old, "locking_mode"))) {
        say("wanted", text(new, "interface"), "");
    }
}

static void
hear_interface(const struct json *old, const struct json *new)
{
    const struct json *ofport = column(new, "ofport");

    if (!new) {
        say("unrow", text(old, "name"), "");
        return;
    }
    if (!old) {
        say("row", text(new, "name"), "");
    }
    if (ofport && ofport->type == JSON_INTEGER && ofport->integer > 0 && (!old || column(old, "ofport"))) {
        char number[INT_STRLEN(int64_t) + 1];

        snprintf(number, sizeof number, "%lld", ofport->integer);
        say("ofport", text(new, "name"), number);
    }
}

/* Tables' rows, each a pair of old and new. */
static void
hear_tables(const struct monitor *monitor, const struct json *tables)
{
    struct shash_node *table, *row;

    SHASH_FOR_EACH (table, json_object(tables)) {
        SHASH_FOR_EACH (row, json_object((struct json *) table->data)) {
            monitor->hear(column(row->data, "old"), column(row->data, "new"));
        }
    }
}

static void
monitor_open(struct monitor *monitor, const char *remote, const char *request)
{
    struct jsonrpc_msg *reply;
    struct stream *stream;
    int error = stream_open_block(jsonrpc_stream_open(remote, &stream, DSCP_DEFAULT), -1, &stream);

    if (error) {
        ovs_fatal(error, "%s", remote);
    }
    monitor->rpc = jsonrpc_open(stream);
    error = jsonrpc_transact_block(monitor->rpc, jsonrpc_create_request("monitor", json_from_string(request), NULL), &reply);
    if (error || reply->type != JSONRPC_REPLY) {
        ovs_fatal(error, "%s: monitor", remote);
    }
    jsonrpc_msg_destroy(reply);
}

static void
monitor_run(struct monitor *monitor)
{
    struct jsonrpc_msg *message;

    jsonrpc_run(monitor->rpc);
    while (!jsonrpc_recv(monitor->rpc, &message)) {
        if (message->type == JSONRPC_NOTIFY) {
            hear_tables(monitor, json_array(message->params)->elems[1]);
        } else if (message->type == JSONRPC_REQUEST) {
            jsonrpc_send(monitor->rpc, jsonrpc_create_reply(json_clone(message->params), message->id));
        }
        jsonrpc_msg_destroy(message);
    }
    if (jsonrpc_get_status(monitor->rpc)) {
        ovs_fatal(jsonrpc_get_status(monitor->rpc), "a database");
    }
    jsonrpc_wait(monitor->rpc);
    jsonrpc_recv_wait(monitor->rpc);
}

/* Flows */

static void
watch_flows(struct openflow *openflow)
{
    const struct ofputil_flow_monitor_request request = {
        .id = 1, .command = OFPFMC_ADD, .flags = OFPFMF_INITIAL | OFPFMF_ADD | OFPFMF_REMOVED | OFPFMF_MODIFY,
        .out_port = OFPP_ANY, .out_group = OFPG_ANY, .table_id = ADMISSION_TABLE, .match = MATCH_CATCHALL_INITIALIZER,
    };
    struct ofpbuf message;

    ofpbuf_init(&message, 0);
    ofputil_append_flow_monitor_request(&request, &message, OFPUTIL_P_OF14_OXM);
    ofpmsg_update_length(&message);
    openflow_send(openflow, &message);
    ofpbuf_uninit(&message);
}

static void
hear_flow(const struct ofputil_flow_update *update)
{
    char number[INT_STRLEN(uint32_t) + 1], cookie[32];

    if (update->event == OFPFME_PAUSED) {
        ovs_fatal(0, "the switch has more to tell of its flows than it will");
    }
    if (update->event != OFPFME_INITIAL && update->event != OFPFME_ADDED && update->event != OFPFME_MODIFIED
        && update->event != OFPFME_REMOVED) {
        return;                 /* what is about the watcher's own messages */
    }
    snprintf(number, sizeof number, "%"PRIu32, (OVS_FORCE uint32_t) update->match.flow.in_port.ofp_port);
    snprintf(cookie, sizeof cookie, "%#"PRIx64, ntohll(update->cookie));
    say(update->event == OFPFME_REMOVED ? "unrules" : "rules", number, cookie);
}

static void
flows_run(struct openflow *openflow)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf actions = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_update update;
    struct ofpbuf message;
    enum ofptype type;

    openflow_run(openflow);
    while (openflow_next(openflow, &message)) {
        if (ofptype_decode(&type, message.data) || type != OFPTYPE_FLOW_MONITOR_STATS_REPLY) {
            continue;
        }
        while (!ofputil_decode_flow_update(&update, &message, &actions)) {
            hear_flow(&update);
        }
    }
    ofpbuf_uninit(&actions);
    openflow_wait(openflow);
}

/* Links */

struct link {
    bool up;
    bool settled;
};

static struct link *
link_of(struct shash *links, const char *name)
{
    struct link *link = shash_find_data(links, name);

    if (!link) {
        link = xzalloc(sizeof *link);
        shash_add(links, name, link);
    }
    return link;
}

static void
hear_link(struct shash *links, struct ofpbuf *message)
{
    const struct ifinfomsg *header = ofpbuf_at(message, NLMSG_HDRLEN, sizeof *header);
    const size_t attributes = NLMSG_HDRLEN + sizeof *header;
    const struct nlattr *name = header ? nl_attr_find(message, attributes, IFLA_IFNAME) : NULL;
    const struct nlattr *mac = header ? nl_attr_find(message, attributes, IFLA_ADDRESS) : NULL;

    if (!name) {
        return;
    }

    const char *device = nl_attr_get_string(name);
    if (nl_msg_nlmsghdr(message)->nlmsg_type == RTM_DELLINK) {
        free(shash_find_and_delete(links, device));
        return;
    }

    struct link *link = link_of(links, device);
    const bool up = header->ifi_flags & IFF_UP;
    const bool settled = mac && nl_attr_get_size(mac) == sizeof backend_mac && !memcmp(nl_attr_get(mac), backend_mac, sizeof backend_mac);
    if (settled && !link->settled) {
        say("settings", device, "");
    }
    if (up != link->up) {
        say(up ? "up" : "down", device, "");
    }
    *link = (struct link) { .up = up, .settled = settled };
}

static struct nl_sock *
watch_links(void)
{
    struct nl_sock *sock;
    int error = nl_sock_create(NETLINK_ROUTE, &sock);

    if (!error) {
        error = nl_sock_join_mcgroup(sock, RTNLGRP_LINK);
    }
    if (error) {
        ovs_fatal(error, "rtnetlink");
    }
    return sock;
}

static void
links_run(struct nl_sock *sock, struct shash *links)
{
    uint64_t stub[8192 / 8];
    struct ofpbuf message = OFPBUF_STUB_INITIALIZER(stub);
    int error;

    while (!(error = nl_sock_recv(sock, &message, NULL, false))) {
        hear_link(links, &message);
    }
    ofpbuf_uninit(&message);
    if (error == ENOBUFS) {
        say("lost", "rtnetlink", "");
    } else if (error != EAGAIN) {
        ovs_fatal(error, "rtnetlink");
    }
    nl_sock_wait(sock, POLLIN);
}

int
main(int argc, char *argv[])
{
    struct monitor pool = { .hear = hear_vif }, switch_db = { .hear = hear_interface };
    struct shash links = SHASH_INITIALIZER(&links);
    struct openflow openflow;
    struct nl_sock *sock;
    struct pollfd input = { .events = POLLIN };
    char end;

    if (argc != 4) {
        ovs_fatal(0, "usage: watcher POOL-DATABASE SWITCH-DATABASE OPENFLOW-TARGET");
    }
    set_program_name(argv[0]);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    monitor_open(&pool, argv[1], "[\"Cabled\",null,{\"VIF\":{\"columns\":"
                 "[\"interface\",\"ipv4_allowed\",\"locking_mode\",\"wire_policy\",\"wire_state\"]}}]");
    monitor_open(&switch_db, argv[2], "[\"Open_vSwitch\",null,{\"Interface\":{\"columns\":[\"name\",\"ofport\"]}}]");
    openflow_open(&openflow, argv[3]);
    watch_flows(&openflow);
    sock = watch_links();
    input.fd = dup(STDIN_FILENO);       /* to libopenvswitch's poll loop 0 is none */
    puts("watching");
    for (;;) {
        monitor_run(&pool);
        monitor_run(&switch_db);
        flows_run(&openflow);
        links_run(sock, &links);
        fflush(stdout);
        poll_fd_wait(input.fd, POLLIN);
        poll_block();
        if (poll(&input, 1, 0) > 0 && read(input.fd, &end, 1) <= 0) {
            return 0;
        }
    }
}
