/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs that are one change, against a real pool database: what each replies, and what a client reads afterwards. Usage: with the schema and
 * test_pool.json, see objects/test_world.h.
 */
#include <config.h>

#include "toolstack/simple.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <openvswitch/dynamic-string.h>
#include <openvswitch/poll-loop.h>
#include <timeval.h>
#include <util.h>
#include <uuid.h>

#include "base/error.h"
#include "objects/test_world.h"
#include "objects/typed.h"
#include "pool/commit.h"
#include "xenapi/json_reader.h"
#include "xenapi/ref.h"
#include "xenapi/test_show.h"

enum { DEADLINE_MS = 10000 };

#define NO_REF "OpaqueRef:70000000-dead-4000-8000-000000000000"

/* A call and its reply, in the notation of xenapi/test_show.h. In both, $ is the reference that was made last; a reply "made" is one that is new.
 * What ends with * is the beginning of what is wanted. */
struct exchange {
    const char *method, *params, *reply;
};

struct desk {
    struct world *world;
    char made[XENAPI_REF_SIZE];
};

static char *
with_made(const struct desk *desk, const char *text)
{
    struct ds result = DS_EMPTY_INITIALIZER;

    for (; *text; text++) {
        if (*text == '$') {
            ds_put_cstr(&result, desk->made);
        } else {
            ds_put_char(&result, *text);
        }
    }
    return ds_steal_cstr(&result);
}

/* As the server hands it over: typed, but for a constructor's record. */
static struct xenapi_value
params_of(const struct verb *verb, const char *text)
{
    struct xenapi_value said, params = xenapi_set_create();
    struct error *error = xenapi_json_read(text, strlen(text), 16, &said);

    assert_null(error);
    assert_int_equal(said.set.n, verb->n_parameters);
    for (size_t i = 0; i < said.set.n; i++) {
        const struct verb_parameter *parameter = &verb->parameters[i];
        struct xenapi_value typed = xenapi_void();
        struct xenapi_reply failure;

        if (parameter->kind == VERB_PARAMETER_RECORD) {
            typed = xenapi_value_clone(&said.set.elements[i]);
        } else if (!typed_value(parameter->name, &parameter->type, &said.set.elements[i], &typed, &failure)) {
            fail_msg("%s %s", verb->method, text);
        }
        xenapi_set_add(&params, typed);
    }
    xenapi_value_destroy(&said);
    return params;
}

static void
turn(struct world *world)
{
    pool_run(world->pool);
    objects_run(world->objects);
}

static struct error *
carry_out(struct world *world, struct simple_call *call)
{
    struct pool_commit *commit;
    struct error *error;

    if (!simple_call_writes(call)) {
        return simple_call_change(world->pool, NULL, call);
    }
    commit = pool_commit_begin(world->pool, simple_call_change, call, DEADLINE_MS);
    while (!pool_commit_run(commit, &error)) {
        pool_wait(world->pool);
        pool_commit_wait(commit);
        poll_block();
        turn(world);
    }
    return error;
}

static struct xenapi_reply
call_verb(struct world *world, const struct verb *verb, const char *text)
{
    struct uuid host;
    const struct simple_context context = { .pool = world->pool, .objects = world->objects, .host = &host, .storage = world->folder };
    struct xenapi_value params = params_of(verb, text);
    struct simple_call *call = simple_call_create(&context, verb, &params);
    long long int deadline = time_msec() + DEADLINE_MS;
    struct error *error;

    assert_true(xenapi_ref_parse(HOST, &host));
    xenapi_value_destroy(&params);
    error = carry_out(world, call);
    while (!error && !simple_call_run(call)) {
        assert_true(time_msec() < deadline);
        simple_call_wait(call);
        poll_block();
    }
    turn(world);
    return simple_call_finish(call, error);
}

static char *
reply_of(struct desk *desk, const char *method, const char *params)
{
    const struct verb *verb = verb_find(method);
    struct xenapi_reply reply;
    char *text;

    if (!verb) {
        return xstrdup(world_call(desk->world, method, params));
    }
    reply = call_verb(desk->world, verb, params);
    text = show_reply(&reply);
    if (!reply.is_failure && reply.value.type == XENAPI_STRING && strlen(reply.value.string) == XENAPI_REF_SIZE - 1) {
        ovs_strlcpy(desk->made, reply.value.string, sizeof desk->made);
        free(text);
        text = xstrdup("made");
    }
    xenapi_reply_destroy(&reply);
    return text;
}

static bool
is_wanted(const char *text, const char *wanted)
{
    size_t n = strlen(wanted);

    return n && wanted[n - 1] == '*' ? !strncmp(text, wanted, n - 1) : !strcmp(text, wanted);
}

static void
converse(void **state, const struct exchange *exchanges, size_t n)
{
    struct desk desk = { .world = *state };

    for (size_t i = 0; i < n; i++) {
        char *params = with_made(&desk, exchanges[i].params), *wanted = with_made(&desk, exchanges[i].reply);
        char *reply = reply_of(&desk, exchanges[i].method, params);

        if (!is_wanted(reply, wanted)) {
            fail_msg("%s%s: %s instead of %s", exchanges[i].method, params, reply, wanted);
        }
        free(params);
        free(wanted);
        free(reply);
    }
}

#define CONVERSE(EXCHANGES) converse(state, EXCHANGES, ARRAY_SIZE(EXCHANGES))

#define VIF(MORE) "[{\"VM\": \"" DB "\", \"network\": \"" LAN "\", \"MTU\": \"1500\", \"other_config\": {}, " \
    "\"qos_algorithm_type\": \"\", \"qos_algorithm_params\": {}, " MORE "}]"

static void
a_vif_is_created_as_xapi_does_it(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.create", VIF("\"device\": \"1\", \"MAC\": \"AA:bb:CC:00:00:01\""), "made" },
        { "VIF.get_MAC", "[\"$\"]", "success \"AA:bb:CC:00:00:01\"" },
        { "VIF.get_MAC_autogenerated", "[\"$\"]", "success false" },
        { "VIF.get_MTU", "[\"$\"]", "success 1500" },
        { "VIF.get_locking_mode", "[\"$\"]", "success \"network_default\"" },
        { "VIF.get_currently_attached", "[\"$\"]", "success false" },
        { "VIF.get_VM", "[\"$\"]", "success \"" DB "\"" },
        { "VIF.get_allowed_operations", "[\"$\"]", "success [\"attach\"]" },
        { "VM.get_allowed_VIF_devices", "[\"" DB "\"]",
          "success [\"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", \"11\", \"12\", \"13\", \"14\", \"15\"]" },
        { "VIF.create", VIF("\"device\": \"1\", \"MAC\": \"02:00:00:00:00:01\""), "failure [\"DEVICE_ALREADY_EXISTS\", \"1\"]" },
        { "VIF.create", VIF("\"device\": \"01\", \"MAC\": \"02:00:00:00:00:01\""), "failure [\"DEVICE_ALREADY_EXISTS\", \"1\"]" },
        { "VIF.create", VIF("\"device\": \"x\", \"MAC\": \"\""), "failure [\"INVALID_DEVICE\", \"x\"]" },
        { "VIF.create", VIF("\"device\": \"0\", \"MAC\": \"nonsense\""), "failure [\"MAC_INVALID\", \"nonsense\"]" },
        { "VIF.create", VIF("\"device\": \"2\", \"MAC\": \"\""), "failure [\"MAC_INVALID\", \"\"]" },       /* this VM has no seed */
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"" LAN "\", \"device\": \"2\", \"MAC\": \"02:00:00:00:00:01\", \"MTU\": 5}]",
          "failure [\"INVALID_VALUE\", \"MTU\", \"5\"]" },
        { "VIF.create", "[{\"VM\": \"" NO_REF "\", \"network\": \"" LAN "\"}]", "failure [\"HANDLE_INVALID\", \"VM\", \"" NO_REF "\"]" },
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"" NO_REF "\"}]", "failure [\"HANDLE_INVALID\", \"network\", \"" NO_REF "\"]" },
        { "VIF.create", "[{}]", "failure [\"HANDLE_INVALID\", \"VM\", \"\"]" },
        { "VIF.create", "[{\"VM\": \"" WEB "\", \"network\": \"" LAN "\", \"device\": \"1\", \"MAC\": \"\"}]", "made" },
        { "VIF.get_MAC_autogenerated", "[\"$\"]", "success true" },
        { "VIF.get_MAC", "[\"$\"]", "success \"ee:ce:60:c9:09:aa\"" },
    };

    CONVERSE(exchanges);
}

static void
a_vif_is_destroyed_when_no_guest_has_it(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.destroy", "[\"" WEB_VIF "\"]", "failure [\"OPERATION_NOT_ALLOWED\", \"VIF currently attached to a running VM\"]" },
        { "VIF.destroy", "[\"" DB_VIF "\"]", "success void" },
        { "VM.get_VIFs", "[\"" DB "\"]", "success []" },
        { "VIF.destroy", "[\"" DB_VIF "\"]", "failure [\"HANDLE_INVALID\", \"VIF\", \"" DB_VIF "\"]" },
    };

    CONVERSE(exchanges);
}

static void
allow_lists_take_addresses_of_their_family(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.set_ipv4_allowed", "[\"" DB_VIF "\", [\"192.0.2.1\", \"198.51.100.0/24\", \"192.0.2.1\"]]", "success void" },
        { "VIF.get_ipv4_allowed", "[\"" DB_VIF "\"]", "success [\"192.0.2.1\", \"198.51.100.0/24\"]" },
        { "VIF.add_ipv4_allowed", "[\"" DB_VIF "\", \"192.0.2.9\"]", "success void" },
        { "VIF.add_ipv4_allowed", "[\"" DB_VIF "\", \"192.0.2.9\"]", "success void" },
        { "VIF.remove_ipv4_allowed", "[\"" DB_VIF "\", \"192.0.2.1\"]", "success void" },
        { "VIF.remove_ipv4_allowed", "[\"" DB_VIF "\", \"203.0.113.1\"]", "success void" },
        { "VIF.get_ipv4_allowed", "[\"" DB_VIF "\"]", "success [\"192.0.2.9\", \"198.51.100.0/24\"]" },
        { "VIF.add_ipv4_allowed", "[\"" DB_VIF "\", \"2001:db8::1\"]", "failure [\"INVALID_IP_ADDRESS_SPECIFIED\", \"ipv4_allowed\"]" },
        { "VIF.set_ipv4_allowed", "[\"" DB_VIF "\", [\"192.0.2.1\", \"x\"]]", "failure [\"INVALID_IP_ADDRESS_SPECIFIED\", \"ipv4_allowed\"]" },
        { "VIF.set_ipv6_allowed", "[\"" DB_VIF "\", [\"2001:db8::1\"]]", "success void" },
        { "VIF.add_ipv6_allowed", "[\"" DB_VIF "\", \"2001:db8:1::/48\"]", "success void" },
        { "VIF.remove_ipv6_allowed", "[\"" DB_VIF "\", \"2001:db8::1\"]", "success void" },
        { "VIF.get_ipv6_allowed", "[\"" DB_VIF "\"]", "success [\"2001:db8:1::/48\"]" },
        { "VIF.set_ipv6_allowed", "[\"" DB_VIF "\", [\"192.0.2.1\"]]", "failure [\"INVALID_IP_ADDRESS_SPECIFIED\", \"ipv6_allowed\"]" },
    };

    CONVERSE(exchanges);
}

static void
an_sdn_controller_goes_before_locking(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.set_locking_mode", "[\"" DB_VIF "\", \"locked\"]", "failure [\"OPERATION_NOT_ALLOWED\", \"A vswitch controller is active\"]" },
        { "VIF.set_locking_mode", "[\"" DB_VIF "\", \"disabled\"]", "success void" },
        { "VIF.get_locking_mode", "[\"" DB_VIF "\"]", "success \"disabled\"" },
        { "SDN_controller.introduce", "[\"pssl\", \"\", 0]",
          "failure [\"OPERATION_NOT_ALLOWED\", \"SDN controller has been configured. Please forget it first.\"]" },
        { "SDN_controller.forget", "[\"" CONTROLLER "\"]", "success void" },
        { "VIF.set_locking_mode", "[\"" DB_VIF "\", \"locked\"]", "success void" },
        { "SDN_controller.introduce", "[\"ssl\", \"somewhere\", 0]", "failure [\"INVALID_VALUE\", \"address\", \"somewhere\"]" },
        { "SDN_controller.introduce", "[\"pssl\", \"\", 6640]", "failure [\"INVALID_VALUE\", \"port\", \"6640\"]" },
        { "SDN_controller.introduce", "[\"ssl\", \"192.0.2.1\", 0]", "made" },
        { "SDN_controller.get_port", "[\"$\"]", "success 6632" },
        { "SDN_controller.get_protocol", "[\"$\"]", "success \"ssl\"" },
        { "pool.get_vswitch_controller", "[\"" POOL "\"]", "success \"192.0.2.1\"" },
        { "pool.set_vswitch_controller", "[\"192.0.2.2\"]", "success void" },
        { "pool.get_vswitch_controller", "[\"" POOL "\"]", "success \"192.0.2.2\"" },
        { "pool.set_vswitch_controller", "[\"elsewhere\"]", "failure [\"INVALID_VALUE\", \"address\", \"elsewhere\"]" },
        { "pool.set_vswitch_controller", "[\"\"]", "success void" },
        { "SDN_controller.get_all", "[]", "success []" },
    };

    CONVERSE(exchanges);
}

static void
a_network_gets_a_bridge_of_its_own(void **state)
{
    static const struct exchange exchanges[] = {
        { "network.create", "[{\"name_label\": \"net-1\", \"other_config\": {\"assume_network_is_shared\": \"true\"}}]", "made" },
        { "network.get_bridge", "[\"$\"]", "success \"xapi1\"" },
        { "network.get_MTU", "[\"$\"]", "success 1500" },
        { "network.get_managed", "[\"$\"]", "success true" },
        { "network.get_default_locking_mode", "[\"$\"]", "success \"unlocked\"" },
        { "network.get_other_config", "[\"$\"]", "success {\"assume_network_is_shared\": \"true\"}" },
        { "network.create", "[{\"other_config\": {}, \"MTU\": \"-1\", \"bridge\": \"br7\"}]", "made" },
        { "network.get_MTU", "[\"$\"]", "success 1500" },
        { "network.get_bridge", "[\"$\"]", "success \"br7\"" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"br7\"}]", "failure [\"BRIDGE_NAME_EXISTS\", \"br7\"]" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"xenbr7\"}]", "failure [\"INVALID_VALUE\", \"bridge\", \"xenbr7\"]" },
        { "network.create", "[{\"other_config\": {}, \"bridge\": \"sixteen-letters.\"}]",
          "failure [\"INVALID_VALUE\", \"bridge\", \"sixteen-letters.\"]" },
        { "network.create", "[{\"other_config\": {}, \"MTU\": 70000}]", "failure [\"INVALID_VALUE\", \"MTU\", \"70000\"]" },
    };

    CONVERSE(exchanges);
}

static void
a_network_that_is_used_stays(void **state)
{
    static const struct exchange exchanges[] = {
        { "network.destroy", "[\"" LAN "\"]", "failure [\"NETWORK_CONTAINS_VIF\", \"" WEB_VIF "\"]" },
        { "network.destroy", "[\"" WAN "\"]", "failure [\"NETWORK_CONTAINS_PIF\", \"" ETH0 "\"]" },
        { "network.set_default_locking_mode", "[\"" LAN "\", \"disabled\"]", "failure [\"VIF_IN_USE\", \"" LAN "\", \"" WEB_VIF "\"]" },
        { "network.set_default_locking_mode", "[\"" WAN "\", \"unlocked\"]", "success void" },
        { "network.get_default_locking_mode", "[\"" WAN "\"]", "success \"unlocked\"" },
        { "network.create", "[{\"other_config\": {}}]", "made" },
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"$\", \"device\": \"3\", \"MAC\": \"02:00:00:00:00:03\"}]", "made" },
        { "VM.get_VIFs", "[\"" DB "\"]", "success [*" },
        { "VIF.get_network", "[\"$\"]", "success*" },
    };

    CONVERSE(exchanges);
}

static void
a_networks_detached_vifs_go_with_it(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.destroy", "[\"" DB_VIF "\"]", "success void" },
        { "network.create", "[{\"other_config\": {}}]", "made" },
        { "VIF.create", "[{\"VM\": \"" DB "\", \"network\": \"$\", \"device\": \"3\", \"MAC\": \"02:00:00:00:00:03\"}]", "made" },
        { "network.get_by_name_label", "[\"\"]", "success [\"*" },
    };
    struct desk desk = { .world = *state };
    char *network, *params;

    CONVERSE(exchanges);
    network = xstrdup(world_call(desk.world, "network.get_by_name_label", "[\"\"]") + strlen("success "));
    params = network;
    free(reply_of(&desk, "network.destroy", params));
    assert_string_equal(world_call(desk.world, "network.get_by_name_label", "[\"\"]"), "success []");
    assert_string_equal(world_call(desk.world, "VM.get_VIFs", "[\"" DB "\"]"), "success []");
    free(network);
}

/* What Nova sends (contract of its driver): ints as text, enums in lower case, "" for no host, members that nobody knows. */
#define NOVA_VM "{\"name_label\": \"instance-1\", \"name_description\": \"\", \"is_a_template\": false, \"affinity\": \"\", " \
    "\"memory_static_min\": \"0\", \"memory_static_max\": \"536870912\", \"memory_dynamic_min\": \"536870912\", " \
    "\"memory_dynamic_max\": \"536870912\", \"VCPUs_max\": \"2\", \"VCPUs_at_startup\": \"2\", \"VCPUs_params\": {}, " \
    "\"actions_after_shutdown\": \"destroy\", \"actions_after_reboot\": \"restart\", \"actions_after_crash\": \"destroy\", " \
    "\"PV_kernel\": \"/boot/vmlinuz\", \"other_config\": {\"nova_uuid\": \"n\"}, \"user_version\": \"0\", \"unknown\": 1, " \
    "\"ha_always_run\": false, \"memory_target\": \"0\"}"

static void
a_vm_is_made_from_what_nova_sends(void **state)
{
    static const struct exchange exchanges[] = {
        { "VM.create", "[" NOVA_VM "]", "made" },
        { "VM.get_power_state", "[\"$\"]", "success \"Halted\"" },
        { "VM.get_domid", "[\"$\"]", "success -1" },
        { "VM.get_VCPUs_max", "[\"$\"]", "success 2" },
        { "VM.get_affinity", "[\"$\"]", "success \"OpaqueRef:NULL\"" },
        { "VM.get_other_config", "[\"$\"]", "success {\"mac_seed\": \"*" },
        { "VM.get_metrics", "[\"$\"]", "success \"OpaqueRef:*" },
        { "VIF.create", "[{\"VM\": \"$\", \"network\": \"" LAN "\", \"device\": \"0\", \"MAC\": \"\"}]", "made" },
        { "VIF.get_MAC_autogenerated", "[\"$\"]", "success true" },
        { "VM.create", "[{\"memory_static_max\": -1}]", "failure [\"INVALID_VALUE\", \"memory_static_max\", \"-1\"]" },
        { "VM.create", "[{\"other_config\": {\"mac_seed\": \"mine\"}}]", "made" },
        { "VM.get_other_config", "[\"$\"]", "success {\"mac_seed\": \"mine\"}" },
    };

    CONVERSE(exchanges);
}

static void
a_vm_that_runs_keeps_its_record(void **state)
{
    static const struct exchange exchanges[] = {
        { "VM.destroy", "[\"" WEB "\"]", "failure [\"VM_BAD_POWER_STATE\", \"" WEB "\", \"halted, suspended\", \"running\"]" },
        { "VM.clone", "[\"" WEB "\", \"w\"]", "failure [\"VM_BAD_POWER_STATE\", \"" WEB "\", \"halted\", \"running\"]" },
        { "VM.set_VCPUs_max", "[\"" WEB "\", 2]", "failure [\"VM_BAD_POWER_STATE\", \"" WEB "\", \"halted\", \"running\"]" },
        { "VM.set_memory_limits", "[\"" WEB "\", 1, 1, 1, 1]", "failure [\"VM_BAD_POWER_STATE\", \"" WEB "\", \"halted\", \"running\"]" },
        { "VM.provision", "[\"" DB "\"]", "failure [\"ONLY_PROVISION_TEMPLATE\"]" },
        { "VM.assert_operation_valid", "[\"" WEB "\", \"start\"]", "failure [\"VM_BAD_POWER_STATE\", \"" WEB "\", \"halted\", \"running\"]" },
        { "VM.assert_operation_valid", "[\"" WEB "\", \"pause\"]", "success void" },
        { "VM.update_allowed_operations", "[\"" WEB "\"]", "success void" },
        { "VM.destroy", "[\"" DB "\"]", "success void" },
        { "VM.get_by_name_label", "[\"db\"]", "success []" },
        { "VIF.get_by_uuid", "[\"" UUID(5, 1) "\"]", "failure [\"UUID_INVALID\", \"VIF\", \"" UUID(5, 1) "\"]" },
    };

    CONVERSE(exchanges);
}

static void
a_vm_has_a_size_that_a_guest_can_have(void **state)
{
    static const struct exchange exchanges[] = {
        { "VM.set_memory_limits", "[\"" DB "\", 2, 1, 1, 1]", "failure [\"MEMORY_CONSTRAINT_VIOLATION\", *" },
        { "VM.set_memory_limits", "[\"" DB "\", \"1\", 4, 2, 3]", "success void" },
        { "VM.get_memory_static_max", "[\"" DB "\"]", "success 4" },
        { "VM.get_memory_dynamic_min", "[\"" DB "\"]", "success 2" },
        { "VM.get_memory_dynamic_max", "[\"" DB "\"]", "success 3" },
        { "VM.set_VCPUs_max", "[\"" DB "\", 0]", "failure [\"INVALID_VALUE\", \"VCPUs_max\", \"0\"]" },
        { "VM.set_VCPUs_max", "[\"" DB "\", 2]", "failure [\"INVALID_VALUE\", \"VCPUs_at_startup\", \"0\"]" },
    };

    CONVERSE(exchanges);
}

static void
a_template_is_cloned_and_provisioned(void **state)
{
    static const struct exchange exchanges[] = {
        { "VM.set_is_a_template", "[\"" DB "\", true]", "success void" },
        { "VM.provision", "[\"" DB "\"]", "success void" },
        { "VM.get_is_a_template", "[\"" DB "\"]", "success false" },
        { "VM.set_is_a_template", "[\"" DB "\", true]", "success void" },
        { "VM.set_other_config", "[\"" DB "\", {\"mac_seed\": \"theirs\", \"disks\": \"<provision/>\"}]", "success void" },
        { "VM.provision", "[\"" DB "\"]", "failure [\"INVALID_VALUE\", \"other_config:disks\", *" },
        { "VM.clone", "[\"" DB "\", \"copy\"]", "made" },
        { "VM.get_name_label", "[\"$\"]", "success \"copy\"" },
        { "VM.get_is_a_template", "[\"$\"]", "success true" },
        { "VM.get_power_state", "[\"$\"]", "success \"Halted\"" },
        { "VM.remove_from_other_config", "[\"$\", \"disks\"]", "success void" },
        { "VM.provision", "[\"$\"]", "success void" },
        { "VM.get_is_a_template", "[\"$\"]", "success false" },
        { "VM.get_VIFs", "[\"$\"]", "success [\"OpaqueRef:*" },
        { "VM.get_other_config", "[\"" DB "\"]", "success {\"disks\": \"<provision/>\", \"mac_seed\": \"theirs\"}" },
    };

    CONVERSE(exchanges);
}

/* The clone's VIF is on the same network with the same rules, but with a MAC of its own. */
static void
a_clone_has_vifs_of_its_own(void **state)
{
    static const struct exchange exchanges[] = {
        { "VIF.set_ipv4_allowed", "[\"" DB_VIF "\", [\"192.0.2.5\"]]", "success void" },
        { "VM.clone", "[\"" DB "\", \"copy\"]", "made" },
        { "VM.get_all_records_where", "[\"field \\\"name__label\\\" = \\\"copy\\\"\"]", "success {\"$\": *" },
        { "VM.get_VIFs", "[\"" DB "\"]", "success [\"" DB_VIF "\"]" },
    };
    struct world *world = *state;
    struct xenapi_value vms, vifs;
    char *params;

    CONVERSE(exchanges);
    vms = world_value(world, "VM.get_by_name_label", "[\"copy\"]");
    params = xasprintf("[\"%s\"]", vms.set.elements[0].string);
    vifs = world_value(world, "VM.get_VIFs", params);
    assert_int_equal(vifs.set.n, 1);
    free(params);
    params = xasprintf("[\"%s\"]", vifs.set.elements[0].string);
    assert_string_equal(world_call(world, "VIF.get_network", params), "success \"" LAN "\"");
    assert_string_equal(world_call(world, "VIF.get_device", params), "success \"0\"");
    assert_string_equal(world_call(world, "VIF.get_ipv4_allowed", params), "success [\"192.0.2.5\"]");
    assert_string_equal(world_call(world, "VIF.get_MAC_autogenerated", params), "success true");
    assert_string_not_equal(world_call(world, "VIF.get_MAC", params), "success \"02:00:00:00:00:02\"");
    free(params);
    xenapi_value_destroy(&vms);
    xenapi_value_destroy(&vifs);
}

static void
a_host_says_what_it_has(void **state)
{
    static const struct exchange exchanges[] = {
        { "host.compute_free_memory", "[\"" HOST "\"]", "success 8321499136" },        /* 8 GiB without the 256 MiB of `web` */
        { "host.get_servertime", "[\"" HOST "\"]", "success datetime(20*" },
        { "VM.get_possible_hosts", "[\"" DB "\"]", "success [\"" HOST "\"]" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]", "success void" },
        { "host.disable", "[\"" HOST "\"]", "success void" },
        { "host.get_enabled", "[\"" HOST "\"]", "success false" },
        { "VM.get_possible_hosts", "[\"" DB "\"]", "success []" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]", "failure [\"HOST_DISABLED\", \"" HOST "\"]" },
        { "host.enable", "[\"" HOST "\"]", "success void" },
        { "host.get_enabled", "[\"" HOST "\"]", "success true" },
        { "VM.set_memory_limits", "[\"" DB "\", 0, 9000000000, 0, 9000000000]", "success void" },
        { "VM.assert_can_boot_here", "[\"" DB "\", \"" HOST "\"]",
          "failure [\"HOST_NOT_ENOUGH_FREE_MEMORY\", \"9000000000\", \"8321499136\"]" },
    };

    CONVERSE(exchanges);
}

#define PLUGIN(PLUGIN, FN, ARGS) "[\"" HOST "\", \"" PLUGIN "\", \"" FN "\", " ARGS "]"

/* {'args': ({'cmd': CMD, 'args': {NAME: VALUE}},), 'kwargs': {}}, as Python 2 pickles it. */
#define NETWORK_CONFIG(CMD, NAME, VALUE) \
    PLUGIN("xenhost.py", "network_config", "{\"params\": \"(dp0\\nS'args'\\np1\\n((dp2\\nS'cmd'\\np3\\nS'" CMD "'\\np4\\nsg1\\n(dp5\\n" \
           "S'" NAME "'\\np6\\nS'" VALUE "'\\np7\\nsstp8\\nsS'kwargs'\\np9\\n(dp10\\ns.\"}")

static void
plugins_answer_as_dom0_does(void **state)
{
    static const struct exchange exchanges[] = {
        { "host.call_plugin", PLUGIN("dom0_plugin_version.py", "get_version", "{}"), "success \"S'2.1'\\0ap0\\0a.\"" },
        { "host.call_plugin", PLUGIN("xenhost.py", "get_pci_device_details", "{}"), "success \"S''\\0ap0\\0a.\"" },
        { "host.call_plugin", PLUGIN("xenhost.py", "host_data", "{\"host_uuid\": \"" UUID(2, 0) "\"}"), "success \"{*" },
        { "host.call_plugin", PLUGIN("openvswitch-config-update", "update", "{}"), "success \"No change to configuration\"" },
        { "host.call_plugin", PLUGIN("openvswitch-cfg-update", "update", "{}"), "success \"No change to configuration\"" },
        { "host.call_plugin", PLUGIN("nowhere", "f", "{}"), "failure [\"XENAPI_MISSING_PLUGIN\", \"nowhere\"]" },
        { "host.call_plugin", PLUGIN("xenhost.py", "f", "{}"), "failure [\"UNKNOWN_XENAPI_PLUGIN_FUNCTION\", \"f\"]" },
        { "host.call_plugin", PLUGIN("xenhost.py", "network_config", "{}"), "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", *" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "qvo1"), "success \"S'link show dev qvo1'\\0ap0\\0a.\"" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "no-such-dev"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"there is no no-such-dev\"]" },
        { "host.call_plugin", NETWORK_CONFIG("ip_link_get_dev", "device_name", "a;b"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"Argument 'device_name' cannot be 'a;b'\"]" },
        { "host.call_plugin", NETWORK_CONFIG("reboot", "device_name", "a"),
          "failure [\"XENAPI_PLUGIN_FAILURE\", \"non-zero exit\", \"PluginError\", \"Dom0 execution of 'reboot' is not permitted\"]" },
    };

    CONVERSE(exchanges);
}

/* With an ip(8) that knows one device. */
static int
setup_programs(void **state)
{
    int failed = world_setup(state);
    struct world *world = *state;
    char *path = xasprintf("%s:%s", world->folder, getenv("PATH"));

    world_shell(world, "printf '#!/bin/sh\\n[ $4 = qvo1 ] && printf %%%%s \"$*\" || { printf %%%%s \"there is no $4\" >&2; exit 1; }' >ip && chmod +x ip");
    setenv("PATH", path, 1);
    free(path);
    return failed;
}

static int
teardown_programs(void **state)
{
    setenv("PATH", strchr(getenv("PATH"), ':') + 1, 1);
    return world_teardown(state);
}

/* The SR is the world's folder here. */
static int
setup_storage(void **state)
{
    int failed = world_setup(state);
    struct world *world = *state;
    char *operation = xasprintf("{\"op\": \"update\", \"table\": \"PBD\", \"where\": [], \"row\": {\"device_config\": [\"map\", [[\"location\", "
                                "\"%s\"]]]}}", world->folder);

    world_transact(world, operation);
    free(operation);
    return failed;
}

static off_t
size_of_made(const struct world *world, const char *ref)
{
    char *path = xasprintf("%s/%s.raw", world->folder, ref + strlen(XENAPI_REF_PREFIX));
    struct stat s;
    off_t size = stat(path, &s) ? -1 : s.st_size;

    free(path);
    return size;
}

#define VDI(SIZE) "[{\"SR\": \"" STORE "\", \"virtual_size\": \"" SIZE "\", \"type\": \"User\", \"name_label\": \"v\"}]"

static void
a_disk_is_a_file_as_long_as_it_has_a_row(void **state)
{
    struct desk desk = { .world = *state };
    char *made = reply_of(&desk, "VDI.create", VDI("5000000"));

    assert_string_equal(made, "made");
    free(made);
    assert_int_equal(size_of_made(desk.world, desk.made), 5001216);
    char *params = with_made(&desk, "[\"$\"]");
    assert_string_equal(world_call(desk.world, "VDI.get_virtual_size", params), "success 5001216");
    assert_string_equal(world_call(desk.world, "VDI.get_type", params), "success \"user\"");
    char *reply = reply_of(&desk, "VDI.destroy", params);
    assert_string_equal(reply, "success void");
    assert_int_equal(size_of_made(desk.world, desk.made), -1);
    free(reply);
    free(params);
}

static void
a_disk_that_is_refused_leaves_no_file(void **state)
{
    static const struct exchange exchanges[] = {
        { "VDI.create", VDI("0"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"0\"]" },
        { "VDI.create", VDI("-1"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"-1\"]" },
        { "VDI.create", VDI("much"), "failure [\"INVALID_VALUE\", \"virtual_size\", \"much\"]" },
        { "VDI.create", "[{\"SR\": \"" NO_REF "\", \"virtual_size\": 1}]", "failure [\"HANDLE_INVALID\", \"SR\", \"" NO_REF "\"]" },
        { "VDI.create", "[{\"SR\": \"" STORE "\", \"virtual_size\": 1, \"type\": \"odd\"}]", "failure [\"INVALID_VALUE\", \"type\", \"odd\"]" },
        { "VDI.create", "[{\"SR\": \"" STORE "\", \"virtual_size\": 1, \"sm_config\": {\"format\": \"qcow2\"}}]",
          "failure [\"INVALID_VALUE\", \"sm_config:format\", *" },
        { "VDI.destroy", "[\"" DISK "\"]", "failure [\"VDI_IN_USE\", \"" DISK "\", \"destroy\"]" },
    };

    CONVERSE(exchanges);
    world_shell(*state, "! ls *.raw");
}

static void
a_scan_finds_what_is_there(void **state)
{
    static const struct exchange exchanges[] = {
        { "SR.scan", "[\"" STORE "\"]", "success void" },
        { "VDI.get_missing", "[\"" DISK "\"]", "success true" },
        { "VDI.get_by_name_label", "[\"ubuntu\"]", "success [\"OpaqueRef:*" },
        { "VDI.get_by_name_label", "[\"image\"]", "success [\"OpaqueRef:*" },
        { "VDI.get_by_name_label", "[\"link\"]", "success []" },
        { "VDI.get_by_name_label", "[\"notes\"]", "success []" },
        { "VDI.get_all_records_where", "[\"field \\\"virtual_size\\\" = \\\"1048576\\\"\"]", "success {\"OpaqueRef:*" },
        { "SR.scan", "[\"" STORE "\"]", "success void" },
        { "VDI.get_by_name_label", "[\"ubuntu\"]", "success [\"OpaqueRef:*" },
    };
    struct world *world = *state;

    world_shell(world, "truncate -s 1M ubuntu.raw && printf 'QFI\\373\\0\\0\\0\\003\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\020\\0\\0\\0\\0\\0\\020\\0\\0' "
                "> image.qcow2 && touch notes.txt && ln -s ubuntu.raw link.raw && printf x > bad.qcow2");
    CONVERSE(exchanges);

    struct xenapi_value vdis = world_value(world, "VDI.get_all", "[]");
    assert_int_equal(vdis.set.n, 3);                    /* the one of before, ubuntu and image */
    xenapi_value_destroy(&vdis);
}

static void
drives_have_media(void **state)
{
    static const struct exchange exchanges[] = {
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"0\", \"bootable\": true, \"mode\": \"RW\", "
          "\"type\": \"disk\", \"empty\": false, \"other_config\": {}, \"qos_supported_algorithms\": []}]", "made" },
        { "VBD.get_type", "[\"$\"]", "success \"Disk\"" },
        { "VBD.plug", "[\"$\"]", "failure [\"VM_BAD_POWER_STATE\", \"" DB "\", \"running\", \"halted\"]" },
        { "VBD.unplug", "[\"" DISK_VBD "\"]", "failure [\"OPERATION_NOT_ALLOWED\", *" },
        { "VBD.eject", "[\"$\"]", "failure [\"VBD_NOT_REMOVABLE_MEDIA\", \"$\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"0\"}]", "failure [\"DEVICE_ALREADY_EXISTS\", \"0\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" NO_REF "\", \"userdevice\": \"1\"}]",
          "failure [\"HANDLE_INVALID\", \"VDI\", \"" NO_REF "\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"" DISK "\", \"userdevice\": \"first\"}]", "failure [\"INVALID_DEVICE\", \"first\"]" },
        { "VBD.create", "[{\"VM\": \"" DB "\", \"VDI\": \"\", \"empty\": true, \"type\": \"CD\", \"mode\": \"RO\", "
          "\"userdevice\": \"autodetect\"}]", "made" },
        { "VBD.get_userdevice", "[\"$\"]", "success \"1\"" },
        { "VBD.get_VDI", "[\"$\"]", "success \"OpaqueRef:NULL\"" },
        { "VBD.eject", "[\"$\"]", "failure [\"VBD_IS_EMPTY\", \"$\"]" },
        { "VBD.insert", "[\"$\", \"" DISK "\"]", "success void" },
        { "VBD.get_VDI", "[\"$\"]", "success \"" DISK "\"" },
        { "VBD.get_empty", "[\"$\"]", "success false" },
        { "VBD.insert", "[\"$\", \"" DISK "\"]", "failure [\"VBD_NOT_EMPTY\", \"$\"]" },
        { "VBD.eject", "[\"$\"]", "success void" },
        { "VBD.get_empty", "[\"$\"]", "success true" },
        { "VBD.destroy", "[\"" DISK_VBD "\"]", "failure [\"OPERATION_NOT_ALLOWED\", \"VBD '" DISK_VBD "' still attached to '" WEB "'\"]" },
        { "VBD.destroy", "[\"$\"]", "success void" },
        { "VM.get_allowed_VBD_devices", "[\"" DB "\"]", "success [\"1\", *" },
        { "VM.clone", "[\"" DB "\", \"d\"]", "failure [\"SR_OPERATION_NOT_SUPPORTED\", \"" STORE "\"]" },
    };

    CONVERSE(exchanges);
}

int
main(int argc, char *argv[])
{
#define IN_WORLD(TEST) cmocka_unit_test_setup_teardown(TEST, world_setup, world_teardown)
#define IN_STORAGE(TEST) cmocka_unit_test_setup_teardown(TEST, setup_storage, world_teardown)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_vif_is_created_as_xapi_does_it),
        IN_WORLD(a_vif_is_destroyed_when_no_guest_has_it),
        IN_WORLD(allow_lists_take_addresses_of_their_family),
        IN_WORLD(an_sdn_controller_goes_before_locking),
        IN_WORLD(a_network_gets_a_bridge_of_its_own),
        IN_WORLD(a_network_that_is_used_stays),
        IN_WORLD(a_networks_detached_vifs_go_with_it),
        IN_WORLD(a_vm_is_made_from_what_nova_sends),
        IN_WORLD(a_vm_that_runs_keeps_its_record),
        IN_WORLD(a_vm_has_a_size_that_a_guest_can_have),
        IN_WORLD(a_template_is_cloned_and_provisioned),
        IN_WORLD(a_clone_has_vifs_of_its_own),
        IN_WORLD(a_host_says_what_it_has),
        cmocka_unit_test_setup_teardown(plugins_answer_as_dom0_does, setup_programs, teardown_programs),
        IN_STORAGE(a_disk_is_a_file_as_long_as_it_has_a_row),
        IN_STORAGE(a_disk_that_is_refused_leaves_no_file),
        IN_STORAGE(a_scan_finds_what_is_there),
        IN_STORAGE(drives_have_media),
    };

    world_schema = argv[1];
    world_rows = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
