/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/xapi_failure.h"

#include <ctype.h>
#include <string.h>

#include <openvswitch/dynamic-string.h>
#include <util.h>

#include "base/error.h"
#include "base/quote.h"
#include "xenapi/value.h"

/* Codes of XAPI's ocaml/idl/datamodel_errors.ml. "$1" is the first parameter, quoted; "%1" the same as it is, if it can only be one of the server's
 * own words. References are not shown: nobody has ever seen them. */
static const struct sentence {
    const char *code;
    enum error_code meaning;
    const char *text;
} sentences[] = {
    { "SESSION_AUTHENTICATION_FAILED", ERROR_REFUSED,
      "cabled-xapi does not let $1 in: --xapi-login (or CABLED_XAPI_LOGIN) names the file with user and password" },
    { "SESSION_INVALID", ERROR_REFUSED, "cabled-xapi has ended the session: has it been restarted? Try again" },
    { "SESSION_NOT_REGISTERED", ERROR_REFUSED, "cabled-xapi has ended the session: has it been restarted? Try again" },
    { "RBAC_PERMISSION_DENIED", ERROR_REFUSED, "this user may not do that ($1): log in as one with another role" },
    { "PERMISSION_DENIED", ERROR_REFUSED, "this user may not do that: log in as one with another role" },
    { "HOST_STILL_BOOTING", ERROR_UNREACHABLE,
      "cabled-xapi is not ready yet: it waits for the pool database and for the agent to say which host this is (`cable status`)" },
    { "HOST_IS_SLAVE", ERROR_REFUSED, "that host serves no clients: ask the one at $1 (--xapi)" },
    { "HOST_DISABLED", ERROR_REFUSED, "the host is disabled: no VM is started there" },
    { "HOST_OFFLINE", ERROR_UNREACHABLE, "the VM's host does not answer: is cabled-xapi running there?" },
    { "HOST_NOT_ENOUGH_FREE_MEMORY", ERROR_REFUSED,
      "the host has not enough free memory: needed %1 bytes, free %2: shut another VM down, or create this one with less --memory" },
    { "NO_HOSTS_AVAILABLE", ERROR_REFUSED, "no host can run it: each has too little free memory, or is disabled" },
    { "HANDLE_INVALID", ERROR_NOT_FOUND, "there is no such %1 any more: somebody has destroyed it meanwhile" },
    { "UUID_INVALID", ERROR_NOT_FOUND, "there is no %1 with the uuid $2" },
    { "VM_BAD_POWER_STATE", ERROR_REFUSED, "the VM is %3, and must be %2 for that" },
    { "OTHER_OPERATION_IN_PROGRESS", ERROR_IN_USE,
      "something else is being done with the %1: `cable vm show` says what; try again when it is done" },
    { "OPERATION_NOT_ALLOWED", ERROR_REFUSED, "that is not allowed: %1" },
    { "OPERATION_BLOCKED", ERROR_REFUSED, "somebody has blocked that operation ($2): it stands in VM.blocked_operations" },
    { "OPERATION_CANNOT_BE_CANCELLED", ERROR_REFUSED, "that cannot be taken back any more" },
    { "VM_IS_TEMPLATE", ERROR_REFUSED, "it is a template: only VMs can be started" },
    { "VM_IS_PROTECTED", ERROR_REFUSED, "the VM is the host itself" },
    { "VM_SHUTDOWN_TIMEOUT", ERROR_TIMEOUT,
      "the guest has not shut down within %2 s: `cable vm shutdown --force` switches it off" },
    { "VM_CRASHED", ERROR_REFUSED, "the guest has crashed: `cable vm console` or its log tells more" },
    { "VM_HALTED", ERROR_REFUSED, "the guest has shut down by itself" },
    { "VM_REBOOTED", ERROR_REFUSED, "the guest has rebooted by itself" },
    { "VM_NO_VCPUS", ERROR_INVALID, "a VM needs one virtual CPU or more: --vcpus" },
    { "VM_UNSAFE_BOOT", ERROR_REFUSED, "the VM has nothing to boot from: --kernel or --disk" },
    { "DEVICE_ALREADY_EXISTS", ERROR_EXISTS, "the VM has a device of the number $1 already" },
    { "DEVICE_ALREADY_ATTACHED", ERROR_EXISTS, "it is plugged already" },
    { "DEVICE_ALREADY_DETACHED", ERROR_REFUSED, "it is not plugged" },
    { "DEVICE_ATTACH_TIMEOUT", ERROR_TIMEOUT,
      "%1 was not wired in time: `cable vif list` shows why, `cable status` whether the agent runs" },
    { "DEVICE_DETACH_TIMEOUT", ERROR_TIMEOUT, "%1 was not unplugged in time: `cable status` shows whether the agent runs" },
    { "DEVICE_DETACH_REJECTED", ERROR_REFUSED, "the guest does not let go of the device: %3" },
    { "MAC_INVALID", ERROR_INVALID, "$1 is no MAC address that a guest can have: write it like 02:00:00:00:01:02" },
    { "MAC_DUPLICATE", ERROR_EXISTS, "another VIF has the MAC address $1" },
    { "DUPLICATE_MAC_SEED", ERROR_EXISTS, "another VM has the same seed for MAC addresses" },
    { "NETWORK_CONTAINS_VIF", ERROR_IN_USE, "VIFs are on the network: destroy them first" },
    { "NETWORK_CONTAINS_PIF", ERROR_IN_USE, "the network has an uplink" },
    { "INVALID_VALUE", ERROR_INVALID, "$2 cannot be the value of %1" },
    { "INVALID_DEVICE", ERROR_INVALID, "$1 is no number of a device" },
    { "INVALID_IP_ADDRESS_SPECIFIED", ERROR_INVALID, "$1 is no IP address" },
    { "FIELD_TYPE_ERROR", ERROR_INVALID, "the value of %1 is of another type than cabled-xapi wants: are both of one version?" },
    { "VALUE_NOT_SUPPORTED", ERROR_INVALID, "$2 cannot be the value of %1: %3" },
    { "MEMORY_CONSTRAINT_VIOLATION", ERROR_INVALID, "the VM cannot have that much memory: %1" },
    { "SR_FULL", ERROR_REFUSED, "the storage is full" },
    { "SR_NOT_EMPTY", ERROR_IN_USE, "there are disks on the storage" },
    { "VDI_IN_USE", ERROR_IN_USE, "the disk is in use" },
    { "VDI_MISSING", ERROR_NOT_FOUND, "the disk's file is not there" },
    { "VDI_NOT_AVAILABLE", ERROR_NOT_FOUND, "the disk's file cannot be read" },
    { "DISK_VBD_MUST_BE_READWRITE_FOR_HVM", ERROR_INVALID, "a disk must be writable" },
    { "TASK_CANCELLED", ERROR_REFUSED, "somebody has cancelled it" },
    { "MESSAGE_METHOD_UNKNOWN", ERROR_REFUSED, "the server has no method %1: is it a cabled-xapi of this version?" },
    { "MESSAGE_PARAMETER_COUNT_MISMATCH", ERROR_REFUSED,
      "the server's method %1 has other parameters: is it a cabled-xapi of this version?" },
    { "NOT_IMPLEMENTED", ERROR_REFUSED, "cabled-xapi cannot do that (%1)" },
    { "INTERNAL_ERROR", ERROR_REFUSED, "%1" },
    { "XENAPI_PLUGIN_FAILURE", ERROR_REFUSED, "a plugin has failed: %3" },
    { "SR_BACKEND_FAILURE", ERROR_REFUSED, "the storage has failed: %3" },
};

static const struct sentence *
find_sentence(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(sentences); i++) {
        if (!strcmp(sentences[i].code, code)) {
            return &sentences[i];
        }
    }
    return NULL;
}

static const char *
parameter(const struct xenapi_set *description, size_t i)
{
    return i < description->n && description->elements[i].type == XENAPI_STRING ? description->elements[i].string : "?";
}

static char *
fill_in(const char *text, const struct xenapi_set *description)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    for (const char *p = text; *p; p++) {
        if ((*p == '$' || *p == '%') && isdigit((unsigned char) p[1])) {
            const char *value = parameter(description, p[1] - '0');

            ds_put_cstr(&ds, *p == '$' ? quote(value).text : value);
            p++;
        } else {
            ds_put_char(&ds, *p);
        }
    }
    return ds_steal_cstr(&ds);
}

static struct error *
unknown_failure(const struct xenapi_set *description)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    for (size_t i = 1; i < description->n; i++) {
        ds_put_format(&ds, "%s%s", i > 1 ? ", " : ": ", quote(parameter(description, i)).text);
    }
    struct error *error = error_new(ERROR_REFUSED, "the server says %s%s", quote(parameter(description, 0)).text,
                                    ds_cstr(&ds));
    ds_destroy(&ds);
    return error;
}

struct error *
xapi_failure(const struct xenapi_value *description)
{
    const struct sentence *sentence = find_sentence(parameter(&description->set, 0));

    if (!sentence) {
        return unknown_failure(&description->set);
    }

    char *text = fill_in(sentence->text, &description->set);
    struct error *error = error_new(sentence->meaning, "%s", text);

    free(text);
    return error;
}
