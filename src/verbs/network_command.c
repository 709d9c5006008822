/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "verbs/network_command.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "vif/device.h"
#include "xenapi/map.h"
#include "xenapi/value.h"

enum argument_kind {
    DEVICE,                     /* a device's or bridge's name */
    STATE,                      /* "up" or "down" */
    SWITCH,                     /* "on" or "off"; 1 or 0 for a program that wants a number */
    SECONDS,                    /* digits; in hundredths where a program wants them */
    WORD,                       /* a uuid, a MAC, a state: letters, digits, and ":-._" */
};

struct argument {
    const char *name;
    enum argument_kind kind;
};

/* In 'words', $1 is the first argument; two $ stand for the number of a switch or for hundredths of a second. */
static const struct command {
    const char *name;
    struct argument arguments[5];
    const char *words;
} commands[] = {
    { "ip_link_get_dev", { { "device_name", DEVICE } }, "ip link show dev $1" },
    { "ip_link_del_dev", { { "device_name", DEVICE } }, "ip link delete dev $1" },
    { "ip_link_add_veth_pair", { { "dev1_name", DEVICE }, { "dev2_name", DEVICE } }, "ip link add $1 type veth peer name $2" },
    { "ip_link_set_dev", { { "device_name", DEVICE }, { "option", STATE } }, "ip link set dev $1 $2" },
    { "ip_link_set_promisc", { { "device_name", DEVICE }, { "option", SWITCH } }, "ip link set dev $1 promisc $2" },
    { "brctl_add_br", { { "bridge_name", DEVICE } }, "ip link add name $1 type bridge" },
    { "brctl_del_br", { { "bridge_name", DEVICE } }, "ip link delete dev $1 type bridge" },
    { "brctl_set_fd", { { "bridge_name", DEVICE }, { "fd", SECONDS } }, "ip link set dev $1 type bridge forward_delay $$2" },
    { "brctl_set_stp", { { "bridge_name", DEVICE }, { "option", SWITCH } }, "ip link set dev $1 type bridge stp_state $$2" },
    { "brctl_add_if", { { "bridge_name", DEVICE }, { "interface_name", DEVICE } }, "ip link set dev $2 master $1" },
    { "brctl_del_if", { { "bridge_name", DEVICE }, { "interface_name", DEVICE } }, "ip link set dev $2 nomaster" },
    { "ovs_add_port", { { "bridge_name", DEVICE }, { "port_name", DEVICE } },
      "ovs-vsctl --timeout=10 -- --if-exists del-port $2 -- add-port $1 $2" },
    { "ovs_del_port", { { "bridge_name", DEVICE }, { "port_name", DEVICE } }, "ovs-vsctl --timeout=10 -- --if-exists del-port $1 $2" },
    { "ovs_del_br", { { "bridge_name", DEVICE } }, "ovs-vsctl --timeout=10 -- --if-exists del-br $1" },
    { "ovs_create_port",
      { { "bridge", DEVICE }, { "port", DEVICE }, { "iface-id", WORD }, { "status", WORD }, { "mac", WORD } },
      "ovs-vsctl --timeout=10 -- --if-exists del-port $2 -- add-port $1 $2 -- set Interface $2"
      " external_ids:iface-id=\"$3\" external_ids:iface-status=\"$4\" external_ids:attached-mac=\"$5\" external_ids:xs-vif-uuid=\"$3\"" },
};

static const struct command *
find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (!strcmp(commands[i].name, name)) {
            return &commands[i];
        }
    }
    return NULL;
}

static bool
is_of(const char *text, const char *characters)
{
    return *text && strspn(text, characters) == strlen(text);
}

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A name that begins with '-' is an option to any program, and a quote is one to ovs-vsctl. */
static bool
is_kind(const char *text, enum argument_kind kind)
{
    switch (kind) {
    case DEVICE: {
        OWN_ERROR struct error *error = device_name_check("device", text);

        return !error && is_of(text, LETTERS DIGITS "_.-") && *text != '-';
    }
    case STATE: return !strcmp(text, "up") || !strcmp(text, "down");
    case SWITCH: return !strcmp(text, "on") || !strcmp(text, "off");
    case SECONDS: return is_of(text, DIGITS) && strlen(text) <= 3;
    case WORD: return is_of(text, LETTERS DIGITS ":-._") && strlen(text) <= 255;
    }
    OVS_NOT_REACHED();
}

static const char *
text_of(const struct xenapi_value *map, const char *key)
{
    const struct xenapi_value *value = map && map->type == XENAPI_MAP ? xenapi_map_get(map, key) : NULL;

    return value && value->type == XENAPI_STRING ? value->string : NULL;
}

static struct error *
read_arguments(const struct command *command, const struct xenapi_value *args, const char *values[])
{
    for (size_t i = 0; i < ARRAY_SIZE(command->arguments) && command->arguments[i].name; i++) {
        const struct argument *argument = &command->arguments[i];

        values[i] = text_of(args, argument->name);
        if (!values[i]) {
            return error_new(ERROR_INVALID, "Argument '%s' is required", argument->name);
        }
        if (!is_kind(values[i], argument->kind)) {
            return error_new(ERROR_INVALID, "Argument '%s' cannot be %s", argument->name, quote(values[i]).text);
        }
    }
    return NULL;
}

/* "on" is 1; seconds are hundredths. */
static void
put_number(const char *value, enum argument_kind kind, struct ds *word)
{
    if (kind == SWITCH) {
        ds_put_char(word, strcmp(value, "on") ? '0' : '1');
    } else {
        ds_put_format(word, "%d", atoi(value) * 100);
    }
}

/* The word from 'at' to the next blank, with the arguments in it; returns where it ends. */
static const char *
put_word(const struct command *command, const char *at, const char *values[], struct ds *word)
{
    while (*at && *at != ' ') {
        if (*at != '$') {
            ds_put_char(word, *at++);
        } else if (at[1] == '$') {
            put_number(values[at[2] - '1'], command->arguments[at[2] - '1'].kind, word);
            at += 3;
        } else {
            ds_put_cstr(word, values[at[1] - '1']);
            at += 2;
        }
    }
    return at;
}

static void
put_words(const struct command *command, const char *values[], struct svec *argv)
{
    for (const char *at = command->words; *at; at += *at == ' ') {
        struct ds word = DS_EMPTY_INITIALIZER;

        at = put_word(command, at, values, &word);
        svec_add_nocopy(argv, ds_steal_cstr(&word));
    }
}

struct error *
network_command_make(const struct xenapi_value *call, struct svec *argv)
{
    const char *name = text_of(call, "cmd"), *values[ARRAY_SIZE(commands[0].arguments)];
    const struct command *command = name ? find(name) : NULL;
    struct error *error;

    svec_init(argv);
    if (!name) {
        return error_new(ERROR_INVALID, "Argument 'cmd' is required");
    }
    if (!command) {
        return error_new(ERROR_REFUSED, "Dom0 execution of %s is not permitted", quote(name).text);
    }
    error = read_arguments(command, xenapi_map_get(call, "args"), values);
    if (!error) {
        put_words(command, values, argv);
    }
    return error;
}
