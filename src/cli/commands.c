/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "cli/command.h"

#include <util.h>

#include "cli/nouns.h"

static const char *const default_modes[] = { "unlocked", "disabled", NULL };
static const char *const modes[] = { "locked", "unlocked", "disabled", "network_default", NULL };
static const char *const domains[] = { "qemu", "netns", NULL };
static const char *const variants[] = { "strict", "split", "xenserver-compat", NULL };
const char *const command_foreign_ports[] = { "accept", "dark", NULL };
static const char *const shells[] = { "bash", NULL };
static const char *const colours[] = { "auto", "always", "never", NULL };

/* "gone", and what wiring/vif.h says of a VIF. */
const char *const command_wait_states[] = {
    "wired", "gone", "detached", "disabled", "no-device", "waiting", "failed", "plugging", "unplugging", "updating", NULL,
};

static const struct command_argument no_arguments[] = { { NULL } };
static const struct command_argument new_network[] = { { "NAME", COMMAND_TEXT }, { NULL } };
static const struct command_argument a_network[] = { { "NETWORK", COMMAND_NETWORK }, { NULL } };
static const struct command_argument new_device[] = { { "DEVICE", COMMAND_TEXT }, { NULL } };
static const struct command_argument a_vif[] = { { "DEVICE", COMMAND_VIF }, { NULL } };
static const struct command_argument a_vm[] = { { "VM", COMMAND_VM }, { NULL } };
static const struct command_argument new_vm[] = { { "NAME", COMMAND_TEXT }, { NULL } };
static const struct command_argument maybe_new_vm[] = { { "NAME", COMMAND_TEXT, .optional = true }, { NULL } };
static const struct command_argument a_bridge[] = { { "BRIDGE", COMMAND_BRIDGE }, { NULL } };
static const struct command_argument a_shell[] = { { "SHELL", COMMAND_WORD, shells }, { NULL } };
static const struct command_argument words_of_command[] = {
    { "COMMAND", COMMAND_WORDS_OF_COMMAND, .optional = true, .repeated = true }, { NULL },
};
static const struct command_argument typed_words[] = { { "WORD", COMMAND_TEXT, .optional = true, .repeated = true }, { NULL } };

static const struct command_option no_options[] = { { NULL } };

/* DEFAULT(TEXT) is for what holds where an option is left out of `create`. */
#define TOLD(TEXT) TEXT
#define UNTOLD(TEXT)

#define NETWORK_OPTIONS(DEFAULT) \
    { "bridge", "BRIDGE", "the bridge behind it" DEFAULT("; by default the next free xapi<N>"), COMMAND_TEXT }, \
    { "uplink", "DEVICE", "the device by which the bridge leads out of the host; '' for none" \
      DEFAULT("; by default that of the networks that share the bridge"), COMMAND_TEXT }, \
    { "vlan", "N", "VLAN (1 to 4094) that its VIFs are on in the bridge, and on which their frames leave by the uplink; 0 for " \
      "none" DEFAULT(", which is so if nothing is said"), COMMAND_NUMBER }, \
    { "mtu", "N", "MTU of its VIFs, 68 to 65521" DEFAULT("; 1500 if nothing is said"), COMMAND_NUMBER }, \
    { "default-locking-mode", "MODE", "what VIFs may send whose mode is network_default: unlocked (everything) or disabled " \
      "(nothing)" DEFAULT("; unlocked if nothing is said"), COMMAND_WORD, default_modes }, \
    { "description", "TEXT", "a note for people", COMMAND_TEXT }, \
    { "unmanaged", NULL, "the bridge is somebody else's and must exist; Cabled does not create it", COMMAND_TEXT }

static const struct command_option network_create_options[] = { NETWORK_OPTIONS(TOLD), { NULL } };
static const struct command_option network_set_options[] = {
    { "name", "NAME", "another name", COMMAND_TEXT },
    NETWORK_OPTIONS(UNTOLD),
    { "managed", NULL, "Cabled creates the bridge", COMMAND_TEXT },
    { NULL },
};

#define VIF_OPTIONS(REQUIRED, DEFAULT) \
    { "network", "NETWORK", "name or uuid of the network that it is on", COMMAND_NETWORK, .required = (REQUIRED) }, \
    { "mac", "MAC", "the guest's Ethernet address", COMMAND_TEXT, .required = (REQUIRED) }, \
    { "mode", "MODE", "locked (only what the address lists allow), unlocked (everything), disabled (nothing) or " \
      "network_default" DEFAULT("; network_default if nothing is said"), COMMAND_WORD, modes }, \
    { "ipv4", "LIST", "IPv4 addresses and prefixes that a locked VIF may use, with commas between them", COMMAND_LIST }, \
    { "ipv6", "LIST", "IPv6 addresses and prefixes that a locked VIF may use, with commas between them", COMMAND_LIST }, \
    { "trunks", "LIST", "VLANs (1 to 4094) that pass tagged, which makes it a trunk VIF; only on a network " \
      "without a VLAN", COMMAND_LIST }, \
    { "rate", "KBYTES_PER_S", "how much the guest may send, in kilobytes (of 1024 bytes) a second; 0 for no limit" \
      DEFAULT(", which is so if nothing is said"), COMMAND_NUMBER }, \
    { "burst", "KBYTES", "how much of that at once, 64 kilobytes or more; 0 for a tenth of a second's, and at least 128" \
      DEFAULT(", which is so if nothing is said"), COMMAND_NUMBER }, \
    { "mtu", "N", "MTU, 68 to 65521; 0 for that of the network", COMMAND_NUMBER }, \
    { "vm", "VM", "name or uuid of the VM that it belongs to; a VM of a new name is made; '' for none", COMMAND_VM }, \
    { "host", "HOST", "name or uuid of the host that wires it" \
      DEFAULT("; by default this machine's host, or the only one of the pool"), COMMAND_HOST }, \
    { "no-link-local", NULL, "do not allow the link-local address that the MAC makes by EUI-64 together with other IPv6 " \
      "addresses", COMMAND_TEXT }

static const struct command_option vif_create_options[] = {
    VIF_OPTIONS(true, TOLD),
    { "unplugged", NULL, "only describe it; `cable vif plug` plugs it", COMMAND_TEXT },
    { NULL },
};
static const struct command_option vif_set_options[] = {
    VIF_OPTIONS(false, UNTOLD),
    { "link-local", NULL, "allow the link-local address again", COMMAND_TEXT },
    { "add-ipv4", "LIST", "allow these as well", COMMAND_LIST },
    { "remove-ipv4", "LIST", "allow these no more", COMMAND_LIST },
    { "add-ipv6", "LIST", "allow these as well", COMMAND_LIST },
    { "remove-ipv6", "LIST", "allow these no more", COMMAND_LIST },
    { NULL },
};
static const struct command_option vif_list_options[] = {
    { "network", "NETWORK", "only those on this network", COMMAND_NETWORK },
    { NULL },
};
static const struct command_option vif_wait_options[] = {
    { "state", "STATE", "what to wait for, wired if nothing is said; gone means that there is no such VIF any more", COMMAND_WORD,
      command_wait_states },
    { NULL },
};
#define VM_OPTIONS \
    { "memory", "SIZE", "the guest's memory, like 512M or 2G; 256M if nothing is said", COMMAND_TEXT }, \
    { "vcpus", "N", "virtual CPUs; 1 if nothing is said", COMMAND_NUMBER }, \
    { "kernel", "FILE", "the kernel that it boots; of a netns domain the program that runs in it", COMMAND_FILE }, \
    { "ramdisk", "FILE", "the kernel's initramfs", COMMAND_FILE }, \
    { "args", "TEXT", "the kernel's command line; of a netns domain the program's arguments", COMMAND_TEXT }, \
    { "disk", "DISK", "a size, like 2G, for a new disk, or the file name, name or uuid of an image in cabled-xapi's storage; may be given " \
      "several times", COMMAND_TEXT, .repeated = true }, \
    { "vif", "WORDS", "a VIF: network=NETWORK and what else is to be said of mac=, ipv4=, ipv6= (each may stand there several times) and " \
      "mode=, with commas between them; may be given several times. Without mac= cabled-xapi chooses one; with addresses the mode is " \
      "locked if nothing is said", COMMAND_TEXT, .repeated = true }, \
    { "domain", "KIND", "qemu (a machine; if nothing is said) or netns (a program in a network namespace)", COMMAND_WORD, domains }

static const struct command_option vm_create_options[] = { VM_OPTIONS, { NULL } };
static const struct command_option vm_start_options[] = {
    { "paused", NULL, "wired and built, but not let run before `cable vm unpause`", COMMAND_TEXT },
    { NULL },
};
static const struct command_option vm_force_options[] = {
    { "force", NULL, "at once, without asking the guest", COMMAND_TEXT },
    { NULL },
};
static const struct command_option host_guard_options[] = {
    { "foreign-ports", "WHICH", "what ports on it that are nobody's VIF may send: accept (everything) or dark (nothing); as the host's "
      "setting says if nothing is said", COMMAND_WORD, command_foreign_ports },
    { NULL },
};
static const struct command_option host_takeover_options[] = {
    { "dry-run", NULL, "only tell what would be done", COMMAND_TEXT },
    { "force", NULL, "take over what can be described, and leave other VIFs as ports of nobody", COMMAND_TEXT },
    { "back", NULL, "give the bridges that were taken over back to the scripts", COMMAND_TEXT },
    { NULL },
};
static const struct command_option host_unguard_options[] = {
    { "unplug", NULL, "take the VIFs' ports off it, and the bridge from a network that it was made for", COMMAND_TEXT },
    { NULL },
};
static const struct command_option rules_compile_options[] = {
    { "policies", "FILE", "JSON array of policies; - is standard input", COMMAND_FILE, .required = true },
    { "variant", "VARIANT", "strict (default), split or xenserver-compat", COMMAND_WORD, variants },
    { "base", NULL, "the bridge's own flows as well: hook, default drop, NORMAL", COMMAND_TEXT },
    { NULL },
};

const struct command_option command_globals[] = {
    { "pool", "REMOTE", "where the pool database is: unix:PATH, tcp:ADDRESS:PORT or ssl:ADDRESS:PORT, several with commas for "
      "a cluster", COMMAND_TEXT },
    { "agent", "SOCKET", "control socket of the agent; by default cabled's pidfile leads to it", COMMAND_FILE },
    { "xapi", "ADDRESS", "where cabled-xapi is: unix:PATH, tcp:ADDRESS:PORT or tls:ADDRESS:PORT", COMMAND_TEXT },
    { "xapi-login", "FILE", "for tcp: and tls: addresses of cabled-xapi: its first line is user:password", COMMAND_FILE },
    { "xapi-ca", "FILE", "for tls: addresses of cabled-xapi: what its certificate is signed by", COMMAND_FILE },
    { "timeout", "SECONDS", "how long to wait for an answer (5), or for a state (30)", COMMAND_NUMBER },
    { "json", NULL, "for programs: JSON instead of tables", COMMAND_TEXT },
    { "color", "WHEN", "auto (default: on a terminal), always or never", COMMAND_WORD, colours },
    { "private-key", "FILE", "for ssl: remotes", COMMAND_FILE },
    { "certificate", "FILE", "for ssl: remotes", COMMAND_FILE },
    { "ca-cert", "FILE", "for ssl: remotes", COMMAND_FILE },
    { "help", NULL, "this help (-h)", COMMAND_TEXT },
    { "version", NULL, "the version (-V)", COMMAND_TEXT },
    { NULL },
};

const struct command commands[] = {
    { "network", "create", "make a network",
      "VIFs are plugged into networks. Each has a bridge on every host that needs it: one of its own, or one that it shares with "
      "networks of other VLANs, if --bridge names theirs. Networks that share a bridge have the same uplink.",
      new_network, network_create_options, .run = network_create },
    { "network", "set", "change a network",
      "The bridge can only be changed while no VIF is plugged into the network. Another VLAN takes effect in one step; no VIF is "
      "plugged anew.",
      a_network, network_set_options, .wants_option = true, .run = network_set },
    { "network", "list", "all networks", NULL, no_arguments, no_options, .run = network_list },
    { "network", "show", "everything about a network", NULL, a_network, no_options, .run = network_show },
    { "network", "destroy", "remove a network that no VIF is on", NULL, a_network, no_options, .run = network_destroy },

    { "vif", "create", "make a VIF",
      "DEVICE is the backend on the host: vif<domid>.<devid>, or the name of any device that is to be plugged. The VIF is "
      "plugged as soon as the device is there.",
      new_device, vif_create_options, .run = vif_create },
    { "vif", "set", "change a VIF",
      "A list replaces the one before; '' empties it. Another policy takes effect in one step, without a lost packet; another "
      "MAC, or a network on another bridge, plugs the VIF anew.",
      a_vif, vif_set_options, .wants_option = true, .run = vif_set },
    { "vif", "list", "all VIFs", NULL, no_arguments, vif_list_options, .run = vif_list },
    { "vif", "show", "everything about a VIF, with the packets that each rule has decided", NULL,
      a_vif, no_options, .run = vif_show },
    { "vif", "destroy", "unplug and remove a VIF", NULL, a_vif, no_options, .run = vif_destroy },
    { "vif", "plug", "have a VIF plugged", NULL, a_vif, no_options, .run = vif_plug },
    { "vif", "unplug", "have a VIF unplugged, and keep it", NULL, a_vif, no_options, .run = vif_unplug },
    { "vif", "wait", "wait until a VIF is wired, or in another state", NULL, a_vif, vif_wait_options, .run = vif_wait },

    { "vm", "create", "make a VM",
      "In cabled-xapi, as any client of the XenAPI does. Files are those of the VM's host.",
      new_vm, vm_create_options, .run = vm_create },
    { "vm", "start", "start a VM, with its VIFs wired before it runs", NULL, a_vm, vm_start_options, .run = vm_start },
    { "vm", "shutdown", "have a VM's guest shut down, or switch it off",
      "Waits until it has. A guest that does not heed its power button can be switched off with --force.",
      a_vm, vm_force_options, .run = vm_shutdown },
    { "vm", "reboot", "have a VM's guest reboot, or begin it anew", NULL, a_vm, vm_force_options, .run = vm_reboot },
    { "vm", "pause", "let a VM's guest stand still", NULL, a_vm, no_options, .run = vm_pause },
    { "vm", "unpause", "let a VM's guest run on", NULL, a_vm, no_options, .run = vm_unpause },
    { "vm", "console", "connect to the console of a VM's guest",
      "Ctrl-] leaves it. Works on the host that the VM runs on, as root.", a_vm, no_options, .run = vm_console },
    { "vm", "run", "make a VM, start it, show its console, and remove it when it has ended",
      "Also removes it when the command itself is ended, as by Ctrl-] on the console. Without NAME one is chosen.",
      maybe_new_vm, vm_create_options, .run = vm_run },
    { "vm", "list", "all VMs", "From the pool database, as networks and VIFs are: cabled-xapi need not run.",
      no_arguments, no_options, .run = vm_list },
    { "vm", "show", "everything about a VM, with its VIFs and disks", NULL, a_vm, no_options, .run = vm_show },
    { "vm", "destroy", "remove a VM that is not running",
      "By cabled-xapi, where it runs, and with its VIFs; its disks stay in the storage. Without cabled-xapi a VM that has neither VIFs nor "
      "disks is removed from the pool database.",
      a_vm, no_options, .run = vm_destroy },
    { "timeline", NULL, "how long each stage of a VM's last start took",
      "From VM.start's call to the guest's first words on the wire: what the toolstack and the agent have written into the pool "
      "database.",
      a_vm, no_options, .run = timeline_show },
    { "host", "list", "all hosts that wire VIFs", NULL, no_arguments, no_options, .run = host_list },
    { "host", "status", "this host's switch: its bridges, whose ports are on them, and what other hands did to them",
      "Asks the switch database and, if one runs, the agent. The pool database need not be there.",
      no_arguments, no_options, .run = host_status },
    { "host", "guard", "have a bridge of this host's switch guarded",
      "The agent guards it even if no VIF is on it, until `cable host unguard`. Nothing passes it then without being admitted, so that "
      "a port's rules are there before its first frame. Waits until that is so. Without an agent it takes effect when one starts.",
      a_bridge, host_guard_options, .run = host_guard },
    { "host", "unguard", "give a bridge back to the host as it was before it was guarded",
      "Needs no daemon but the switch's database. First the VIFs' ports go, and only then is fail_mode set back, so that no frame of "
      "a VIF passes without its rules. VIFs that are wanted on it fail until `cable host guard`.",
      a_bridge, host_unguard_options, .run = host_unguard },
    { "host", "takeover", "take over the VIFs of a running XenServer or XCP-ng host, or give them back",
      "Describes each port of a VIF by what xenopsd has written of it in xenstore and in its file, and has the agent guard the bridges. "
      "The ports stay as they are, under their numbers; the scripts' flows are replaced by the agent's rules in one step; no frame is lost, and "
      "none passes that the scripts would not have let pass. Nothing is changed if a VIF cannot be described, or no agent runs.",
      no_arguments, host_takeover_options, .run = host_takeover },

    { "status", NULL, "is everything in order?",
      "Shows the pool database, the agent and the switch of this machine, its bridges, and the VIFs that are to be plugged but "
      "are not wired. Exit status 1 if the pool database or the agent does not answer.",
      no_arguments, no_options, .run = status_show },
    { "rules", "list", "the named rules that decide what a locked VIF may send", NULL,
      no_arguments, no_options, .run = rules_list },
    { "rules", "compile", "print the flows of policies",
      "In ovs-ofctl's syntax. The first policy of the file gets in_port 1, the second 2, and so on.",
      no_arguments, rules_compile_options, .run = rules_compile },
    { "watch", NULL, "changes of networks and VIFs as they happen", "One line each, with --json one object a line.",
      no_arguments, no_options, .run = watch_run },
    { "completion", NULL, "print what a shell needs to complete cable's words",
      "For the running shell: source <(cable completion bash)",
      a_shell, no_options, .run = completion_show },
    { "complete", NULL, "candidates for the last WORD", NULL,
      typed_words, no_options, .hidden = true, .run = completion_run },
    { "help", NULL, "all commands, or one of them", NULL, words_of_command, no_options, .run = help_show },
};
const size_t commands_n = ARRAY_SIZE(commands);

const struct command_note command_environment[] = {
    { "CABLED_POOL", "where the pool database is, unless --pool says it" },
    { "CABLED_AGENT", "control socket of the agent, unless --agent says it" },
    { "CABLED_XAPI", "where cabled-xapi is, unless --xapi says it; unix:/run/cabled/xapi if nobody does" },
    { "CABLED_XAPI_LOGIN", "file with user and password, unless --xapi-login says it" },
    { "CABLED_XAPI_CA", "file with certificates, unless --xapi-ca says it" },
    { "CABLED_GUESTS", "folder with the guests' consoles; /run/cabled/guests if nothing is said" },
    { "OVS_RUNDIR", "where the pidfile of cabled and the socket of the switch database are" },
    { "NO_COLOR", "no colour, whatever the terminal can" },
    { NULL },
};

const struct command_note command_statuses[] = {
    { "0", "done" },
    { "1", "refused or failed; nothing was changed, unless the message says otherwise" },
    { "2", "the command line is wrong" },
    { NULL },
};
