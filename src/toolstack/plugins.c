/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "toolstack/plugins.h"

#include <stdlib.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <svec.h>
#include <util.h>

#include "base/error.h"
#include "objects/objects.h"
#include "pool/replica.h"
#include "toolstack/child.h"
#include "toolstack/placement.h"
#include "toolstack/simple.h"
#include "verbs/network_command.h"
#include "verbs/pickle.h"
#include "xenapi/json_writer.h"
#include "xenapi/map.h"
#include "xenapi/number.h"
#include "xenapi/ref.h"

/* Nova's plugins, whose interface this is. */
#define PLUGINS_VERSION "2.1"

/* Begins a function. Each gives the call a result, a failure or a process. */
typedef bool plugin_fn(struct simple_call *, const struct xenapi_value *args);

struct plugin_run {
    struct child *child;
};

/* How XAPI tells of a plugin that raised an exception. */
static bool
raise(struct simple_call *call, const char *text)
{
    return simple_fail(call, xenapi_failure("XENAPI_PLUGIN_FAILURE", "non-zero exit", "PluginError", text, NULL));
}

static bool
raise_error(struct simple_call *call, struct error *error)
{
    raise(call, error->text);
    error_free(error);
    return false;
}

static bool
return_pickled(struct simple_call *call, const char *text)
{
    call->result = xenapi_string_nocopy(pickle_of_text(text));
    return true;
}

static bool
get_version(struct simple_call *call, const struct xenapi_value *args)
{
    return return_pickled(call, PLUGINS_VERSION);
}

static void
put_map(struct xenapi_value *map, const char *name, const struct smap *smap)
{
    struct xenapi_value value = xenapi_map_create();
    const struct smap_node *node;

    SMAP_FOR_EACH (node, smap) {
        int64_t number;

        xenapi_map_put(&value, node->key, !strcmp(name, "host_cpu_info") && xenapi_int_parse(node->value, &number)
                                              ? xenapi_int(number) : xenapi_string(node->value));
    }
    xenapi_map_put(map, name, value);
}

static void
put_memory(struct simple_call *call, struct xenapi_value *map, const struct poolrec_host *host)
{
    struct xenapi_value memory = xenapi_map_create();

    xenapi_map_put(&memory, "total", xenapi_int(host->metrics ? host->metrics->memory_total : 0));
    xenapi_map_put(&memory, "overhead", xenapi_int(host->memory_overhead));
    xenapi_map_put(&memory, "free", xenapi_int(host->metrics ? host->metrics->memory_free : 0));
    xenapi_map_put(&memory, "free-computed", xenapi_int(placement_free_memory(call->context->pool, host)));
    xenapi_map_put(map, "host_memory", memory);
}

static struct xenapi_value
host_data_of(struct simple_call *call, const struct poolrec_host *host)
{
    struct xenapi_value data = xenapi_map_create(), capabilities = xenapi_set_create();

    for (size_t i = 0; i < host->n_capabilities; i++) {
        xenapi_set_add(&capabilities, xenapi_string(host->capabilities[i]));
    }
    xenapi_map_put(&data, "host_capabilities", capabilities);
    xenapi_map_put(&data, "enabled", xenapi_string(!host->n_enabled || *host->enabled ? "true" : "false"));
    xenapi_map_put(&data, "host_uuid", xenapi_string_nocopy(xasprintf(UUID_FMT, UUID_ARGS(&host->header_.uuid))));
    xenapi_map_put(&data, "host_name-label", xenapi_string(host->name_label));
    xenapi_map_put(&data, "host_name-description", xenapi_string(host->name_description));
    xenapi_map_put(&data, "host_hostname", xenapi_string(host->hostname));
    xenapi_map_put(&data, "host_ip_address", xenapi_string(host->address));
    put_map(&data, "host_other-config", &host->other_config);
    put_map(&data, "host_cpu_info", &host->cpu_info);
    put_memory(call, &data, host);
    return data;
}

/* JSON, and not pickled. */
static bool
host_data(struct simple_call *call, const struct xenapi_value *args)
{
    const struct object *object = simple_object(call, 0);
    const struct poolrec_host *host = object ? poolrec_host_get_for_uuid(pool_idl(call->context->pool), object_uuid(object)) : NULL;
    struct ds json = DS_EMPTY_INITIALIZER;
    struct xenapi_value data;

    if (!host) {
        return false;
    }
    data = host_data_of(call, host);
    xenapi_json_put_value(&data, &json);
    xenapi_value_destroy(&data);
    call->result = xenapi_string_nocopy(ds_steal_cstr(&json));
    return true;
}

/* No device is passed through to a guest here, so none is offered. */
static bool
get_pci_device_details(struct simple_call *call, const struct xenapi_value *args)
{
    return return_pickled(call, "");
}

/* The first positional argument of a call that os_xenapi has pickled: {"args": (ARGUMENT,), "kwargs": {}}. */
static bool
read_pickled(const struct xenapi_value *args, struct xenapi_value *argument)
{
    const struct xenapi_value *params = xenapi_map_get(args, "params"), *list;
    struct xenapi_value call;
    bool ok;

    ok = params && (params->type == XENAPI_BYTES ? pickle_read(params->bytes.data, params->bytes.n, &call)
                    : params->type == XENAPI_STRING && pickle_read(params->string, strlen(params->string), &call));
    if (!ok) {
        return false;
    }
    list = call.type == XENAPI_MAP ? xenapi_map_get(&call, "args") : NULL;
    ok = list && list->type == XENAPI_SET && list->set.n == 1 && list->set.elements[0].type == XENAPI_MAP;
    if (ok) {
        *argument = xenapi_value_clone(&list->set.elements[0]);
    }
    xenapi_value_destroy(&call);
    return ok;
}

static bool
network_config(struct simple_call *call, const struct xenapi_value *args)
{
    struct xenapi_value argument;
    struct child *child = NULL;
    struct error *error;
    struct svec argv;
    struct uuid host;

    if (!xenapi_ref_parse(simple_text(call, 0), &host) || !uuid_equals(&host, call->context->host)) {
        return raise(call, "only the host itself sets up its network: ask its own server");
    }
    if (!read_pickled(args, &argument)) {
        return raise(call, "the parameters are not a pickled call");
    }
    error = network_command_make(&argument, &argv);
    xenapi_value_destroy(&argument);
    if (!error) {
        svec_terminate(&argv);
        error = child_begin(argv.names, &child);
    }
    svec_destroy(&argv);
    if (error) {
        return raise_error(call, error);
    }
    call->plugin = xmalloc(sizeof *call->plugin);
    call->plugin->child = child;
    return true;
}

static bool
update(struct simple_call *call, const struct xenapi_value *args)
{
    call->result = xenapi_string("No change to configuration");
    return true;
}

static const struct plugin_function {
    const char *plugin, *name;
    plugin_fn *begin;
} functions[] = {
    { "dom0_plugin_version.py", "get_version", get_version },
    { "xenhost.py", "host_data", host_data },
    { "xenhost.py", "get_pci_device_details", get_pci_device_details },
    { "xenhost.py", "network_config", network_config },
    { "openvswitch-config-update", "update", update },
    { "openvswitch-cfg-update", "update", update },
};

bool
plugins_call(struct simple_call *call, struct ovsdb_idl_txn *txn)
{
    const char *plugin = simple_text(call, 1), *name = simple_text(call, 2);
    bool is_known = false;

    if (!simple_object(call, 0)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        if (!strcmp(functions[i].plugin, plugin)) {
            is_known = true;
            if (!strcmp(functions[i].name, name)) {
                return functions[i].begin(call, &call->params.set.elements[3]);
            }
        }
    }
    return simple_fail(call, is_known ? xenapi_failure("UNKNOWN_XENAPI_PLUGIN_FUNCTION", name, NULL)
                                      : xenapi_failure("XENAPI_MISSING_PLUGIN", plugin, NULL));
}

bool
plugins_run(struct simple_call *call)
{
    struct child *child = call->plugin->child;

    if (!child_run(child)) {
        return false;
    }
    if (call->result.type == XENAPI_VOID && !call->has_failure) {
        if (child_succeeded(child)) {
            return_pickled(call, child_output(child));
        } else {
            raise(call, child_output(child));
        }
    }
    return true;
}

void
plugins_wait(const struct simple_call *call)
{
    child_wait(call->plugin->child);
}

void
plugins_forget(struct simple_call *call)
{
    child_destroy(call->plugin->child);
    free(call->plugin);
    call->plugin = NULL;
}
