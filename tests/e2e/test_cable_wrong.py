# SPDX-License-Identifier: Apache-2.0
"""What a person types wrongly is refused with the object and the way out, and changes nothing."""

import json
import subprocess

import pytest
from cable_pool import MAC, OTHER_MAC, STRANGER, empty_pool, pool, still_pool, wait_for_file  # noqa: F401 (fixtures)


WRONG_MACS = {
    "": "six two-digit hex groups",
    "02:00:00:00:01": "six two-digit hex groups",
    "02:00:00:00:01:02:03": "six two-digit hex groups",
    "02-00-00-00-01-02": "six two-digit hex groups",
    "02:00:00:00:01:0g": "six two-digit hex groups",
    "0" * 5000: "5000 bytes",
    "03:00:00:00:01:02": "write 02:00:00:00:01:02",
    "ff:ff:ff:ff:ff:ff": "broadcast",
    "00:00:00:00:00:00": "is no address",
    "fe:ff:ff:ff:ff:ff": "every backend device",
    "02:00:00:00:01:02\n": "\\x0a",
    MAC: "that of vif1.0 on network 'lan' already",
    MAC.upper(): "that of vif1.0",
}


@pytest.mark.parametrize("mac", WRONG_MACS, ids=lambda mac: repr(mac[:20]))
def test_wrong_mac_is_refused(pool, mac):
    error = pool.refused("vif", "create", "vif2.0", "--network", "lan", "--mac", mac)
    assert "'vif2.0'" in error and "MAC address" in error and WRONG_MACS[mac] in error
    pool.cable("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC)
    assert WRONG_MACS[mac] in pool.refused("vif", "set", "vif2.0", "--mac", mac)


WRONG_ADDRESSES = [
    ("--ipv4", "10.0.0.300", "no IPv4 address or prefix"),
    ("--ipv4", "10.0.0", "no IPv4 address or prefix"),
    ("--ipv4", "10.0.0.5 10.0.0.6", "no IPv4 address or prefix"),
    ("--ipv4", "10.0.0.5/33", "1 to 32"),
    ("--ipv4", "10.0.0.5/0", "is every address"),
    ("--ipv4", "10.0.0.5/24", "write 10.0.0.0/24"),
    ("--ipv4", "224.0.0.1", "multicast"),
    ("--ipv4", "127.0.0.1", "loopback"),
    ("--ipv4", "255.255.255.255", "broadcast"),
    ("--ipv4", "0.0.0.0", "no guest may send"),
    ("--ipv4", "2001:db8::1", "list of IPv6 addresses"),
    ("--ipv4", "10.0.0.5,10.0.0.6,10.0.0.5", "twice"),
    ("--ipv4", "10.0.0.5,10.0.0.5/32", "twice"),
    ("--ipv4", "10.0.0.5,", "''"),
    ("--ipv4", ",", "''"),
    ("--ipv4", "1" * 3000, "3000 bytes"),
    ("--ipv4", ",".join(f"10.0.{n}.1" for n in range(201)), "more than the 200"),
    ("--ipv6", "10.0.0.5", "list of IPv4 addresses"),
    ("--ipv6", "2001:db8::g", "no IPv6 address or prefix"),
    ("--ipv6", "2001:db8::1/129", "1 to 128"),
    ("--ipv6", "2001:db8::1/64", "write 2001:db8::/64"),
    ("--ipv6", "ff02::1", "multicast"),
    ("--ipv6", "::1", "loopback"),
    ("--ipv6", "::", "unspecified"),
    ("--ipv6", "2001:db8::1,2001:DB8:0::1", "twice"),
]


@pytest.mark.parametrize("option, value, wanted", WRONG_ADDRESSES, ids=lambda text: repr(text[:30]))
def test_wrong_address_is_refused(still_pool, option, value, wanted):
    error = still_pool.refused("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC, option, value, "--vm", "new")
    assert "VIF 'vif2.0': " in error and wanted in error
    assert wanted in still_pool.refused("vif", "set", "vif1.0", option, value)


def test_wrong_changes_of_an_address_list_are_refused(still_pool):
    assert "twice" in still_pool.refused("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.5")
    assert "the list is 10.0.0.5" in still_pool.refused("vif", "set", "vif1.0", "--remove-ipv4", "10.0.0.6")
    assert "no IPv4 address" in still_pool.refused("vif", "set", "vif1.0", "--remove-ipv4", "10.0.0")
    assert "the list is empty" in still_pool.refused("vif", "set", "vif1.0", "--remove-ipv6", "2001:db8::1")
    assert "no IPv6 address" in still_pool.refused("vif", "set", "vif1.0", "--remove-ipv6", "x")


WRONG_DEVICES = {
    "": "device name is empty",
    "a" * 16: "longer than the 15 characters",
    "a" * 3000: "3000 bytes",
    "a b": "printable ASCII",
    "vif/1": "printable ASCII",
    "vif:1": "printable ASCII",
    "vif%d": "printable ASCII",
    "büro": "printable ASCII",
    "a\033[31m": "\\x1b",
    ".": "a folder in /sys",
    "..": "a folder in /sys",
    "lo": "belongs to the system",
    "ovs-system": "belongs to the system",
    "vif1.0": "belongs to another VIF on host 'node1' already",
    "xapi0": "bridge of network 'lan'",
    "eth1": "uplink of network 'wan'",
}


@pytest.mark.parametrize("device", WRONG_DEVICES, ids=lambda device: repr(device[:20]))
def test_wrong_device_is_refused(still_pool, device):
    error = still_pool.refused("vif", "create", device, "--network", "lan", "--mac", OTHER_MAC, "--vm", "new")
    assert WRONG_DEVICES[device] in error


WRONG_VIF_OPTIONS = [
    ("--mode", "lockd", "write locked, unlocked, disabled or network_default"),
    ("--mode", "", "write locked"),
    ("--rate", "-1", "rate '-1' is not a number"),
    ("--rate", "fast", "rate 'fast' is not a number"),
    ("--rate", "", "rate '' is not a number"),
    ("--rate", "524288000", "1 to 524287999"),
    ("--burst", "100", "it has no rate, so it cannot have a burst: give a rate with --rate"),
    ("--trunks", "0", "VLAN 0 is out of range"),
    ("--trunks", "4095", "1 to 4094"),
    ("--trunks", "-1", "1 to 4094"),
    ("--trunks", "100,100", "twice"),
    ("--trunks", "abc", "not a number"),
    ("--trunks", "+5", "not a number"),
    ("--trunks", "100-200", "not a number"),
    ("--trunks", "100,", "not a number"),
    ("--trunks", ",".join(map(str, range(1, 66))), "more than the 64"),
    ("--mtu", "67", "68 to 65521"),
    ("--mtu", "65522", "68 to 65521"),
    ("--mtu", "-1", "68 to 65521"),
    ("--mtu", "1500x", "'1500x'"),
    ("--mtu", " 1500", "' 1500'"),
    ("--mtu", "+1500", "'+1500'"),
    ("--mtu", "-", "'-'"),
    ("--mtu", "", "''"),
    ("--mtu", "9" * 30, "9999"),
    ("--network", "lna", "did you mean 'lan'"),
    ("--network", "banana", "`cable network create` makes one"),
    ("--network", "", "no network ''"),
    ("--network", STRANGER, "`cable network list`"),
    ("--host", "nod1", "did you mean 'node1'"),
    ("--host", "banana", "cabled registers the one that it runs on"),
    ("--vm", "a\nb", "\\x0a"),
    ("--vm", " web", "blank"),
    ("--vm", "x" * 256, "longer than 255"),
    ("--vm", STRANGER, "`cable vm list`"),
]


@pytest.mark.parametrize("option, value, wanted", WRONG_VIF_OPTIONS, ids=lambda text: repr(text[:30]))
def test_wrong_option_of_a_vif_is_refused(still_pool, option, value, wanted):
    words = {"--network": "lan", "--mac": OTHER_MAC} | {option: value}
    error = still_pool.refused("vif", "create", "vif2.0", *[word for pair in words.items() for word in pair])
    assert "VIF 'vif2.0': " in error and wanted in error
    error = still_pool.refused("vif", "set", "vif1.0", option, value)
    assert "VIF 'vif1.0': " in error and wanted in error


@pytest.mark.parametrize("rate, burst, wanted", [
    ("100", "63", "burst '63' is out of range: write 64 to 524287999 kilobytes"), ("100", "much", "burst 'much' is not a number"),
    ("0", "100", "it has no rate")])
def test_wrong_burst_is_refused(still_pool, rate, burst, wanted):
    words = ("--rate", rate, "--burst", burst)
    assert wanted in still_pool.refused("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC, *words)
    assert wanted in still_pool.refused("vif", "set", "vif1.0", *words)


WRONG_NETWORKS = [
    (["lan"], "a network 'lan' exists already"),
    ([""], "is empty"),
    (["x" * 256], "longer than 255 bytes"),
    (["a\tb"], "\\x09"),
    (["x\x1b[31m"], "\\x1b"),
    (["x\x7f"], "\\x7f"),
    (["lan "], "blank"),
    ([STRANGER], "reads as a uuid"),
    (["new", "--bridge", ""], "bridge name is empty"),
    (["new", "--bridge", "b" * 16], "longer than the 15 characters"),
    (["new", "--bridge", "a/b"], "printable ASCII"),
    (["new", "--bridge", "lo"], "belongs to the system"),
    (["new", "--bridge", "xapi0"], "belongs to network 'lan' already"),
    (["new", "--bridge", "eth1"], "the uplink of network 'wan'"),
    (["new", "--bridge", "vif1.0"], "form of a guest's device"),
    (["new", "--bridge", "tap7.1"], "form of a guest's device"),
    (["new", "--uplink", "b" * 16], "longer than the 15 characters"),
    (["new", "--uplink", "lo"], "belongs to the system"),
    (["new", "--uplink", "eth1"], "belongs to network 'wan' already"),
    (["new", "--uplink", "xapi0"], "is a network's bridge"),
    (["new", "--uplink", "br9", "--bridge", "br9"], "is a network's bridge"),
    (["new", "--uplink", "vif1.0"], "is a VIF's device"),
    (["new", "--mtu", "67"], "68 to 65521"),
    (["new", "--mtu", "65522"], "68 to 65521"),
    (["new", "--mtu", "0"], "68 to 65521"),
    (["new", "--mtu", "big"], "'big'"),
    (["new", "--vlan", "4095"], "1 to 4094"),
    (["new", "--vlan", "-1"], "1 to 4094"),
    (["new", "--vlan", "blue"], "'blue'"),
    (["new", "--vlan", ""], "''"),
    (["new", "--bridge", "xenbr1", "--uplink", "eth1"], "bridge 'xenbr1' belongs to network 'wan' already"),
    (["new", "--bridge", "xenbr1", "--vlan", "7", "--uplink", "eth2"], "network 'wan' has 'eth1' and this one 'eth2'"),
    (["new", "--bridge", "xenbr1", "--vlan", "7", "--uplink", ""], "network 'wan' has 'eth1' and this one none"),
    (["new", "--bridge", "xenbr1", "--vlan", "7", "--uplink", "eth1", "--unmanaged"],
     "network 'wan' is managed and this one is not"),
    (["new", "--vlan", "7", "--uplink", "eth1"], "belongs to network 'wan' already: a device can be in one bridge only"),
    (["new", "--default-locking-mode", "locked"], "write 'unlocked' or 'disabled'"),
    (["new", "--description", "x" * 4097], "4096 is the limit"),
    (["new", "--description", "\x07"], "control characters"),
]


@pytest.mark.parametrize("words, wanted", WRONG_NETWORKS, ids=lambda words: repr(words)[:40])
def test_wrong_network_is_refused(still_pool, words, wanted):
    error = still_pool.refused("network", "create", *words)
    assert wanted in error and "network" in error
    if len(words) > 1:
        assert wanted in still_pool.refused("network", "set", "third", *words[1:])


def test_network_in_use_is_not_destroyed(pool):
    for n in range(1, 11):
        pool.cable("vif", "create", f"vif2.{n}", "--network", "lan", "--mac", f"02:00:00:00:02:{n:02x}")
    error = pool.refused("network", "destroy", "lan")
    assert "network 'lan' has VIFs: " in error and "and 3 more" in error and "`cable vif destroy`" in error


def test_bridge_of_plugged_vifs_is_not_changed(pool):
    assert "plugged VIFs: vif1.0" in pool.refused("network", "set", "lan", "--bridge", "br9")
    assert "plugged VIFs: vif1.0" in pool.refused("network", "set", "lan", "--unmanaged")
    pool.cable("network", "set", "lan", "--bridge", "xapi0", "--managed")
    pool.cable("vif", "unplug", "vif1.0")
    pool.cable("network", "set", "lan", "--bridge", "br9")


def test_network_does_not_part_with_those_that_share_its_bridge(pool):
    pool.cable("network", "create", "wan20", "--bridge", "xenbr1", "--vlan", "20")
    for network, other in (("wan", "wan20"), ("wan20", "wan")):
        assert f"network '{other}' has 'eth1' and this one 'eth2'" in pool.refused("network", "set", network, "--uplink", "eth2")
        assert f"network '{other}' is managed and this one is not" in pool.refused("network", "set", network, "--unmanaged")
    assert "bridge 'xenbr1' belongs to network 'wan' already" in pool.refused("network", "set", "wan20", "--vlan", "0")
    assert "VLAN 20 of bridge 'xenbr1' belongs to network 'wan20' already" in pool.refused("network", "set", "wan", "--vlan", "20")
    assert "a device can be in one bridge only" in pool.refused("network", "set", "wan20", "--bridge", "br9")
    pool.cable("network", "set", "wan20", "--bridge", "br9", "--uplink", "")


def test_trunks_and_a_vlan_exclude_each_other(pool):
    pool.cable("network", "create", "lan20", "--bridge", "xapi0", "--vlan", "20")
    create = ("vif", "create", "vif2.0", "--mac", OTHER_MAC, "--trunks", "7", "--network")
    assert "cannot have trunks on network 'lan20', whose frames are all on VLAN 20" in pool.refused(*create, "lan20")
    pool.cable(*create, "lan")
    assert "cannot have trunks on network 'lan20'" in pool.refused("vif", "set", "vif2.0", "--network", "lan20")
    assert "it has trunk VIFs, whose frames carry tags of their own: vif2.0" in pool.refused("network", "set", "lan", "--vlan", "7")
    pool.cable("vif", "set", "vif2.0", "--network", "lan20", "--trunks", "")
    assert "cannot have trunks on network 'lan20'" in pool.refused("vif", "set", "vif2.0", "--trunks", "7")


def test_vm_with_vifs_is_not_destroyed(still_pool):
    assert "VM 'web' has VIFs: vif1.0" in still_pool.refused("vm", "destroy", "web")


@pytest.mark.parametrize("words", [
    ["network", "show"], ["network", "destroy"], ["network", "set", "--mtu", "1400"], ["vif", "show"], ["vif", "destroy"],
    ["vif", "plug"], ["vif", "unplug"], ["vif", "wait"], ["vif", "set", "--mtu", "1400"], ["vm", "destroy"]], ids=" ".join)
def test_unknown_object_is_refused_with_the_nearest_name(still_pool, words):
    near, name = {"network": ("la", "lan"), "vif": ("vfi1.0", "vif1.0"), "vm": ("wbe", "web")}[words[0]]
    assert f"did you mean '{name}'" in still_pool.refused(*words, near)
    assert f"`cable {words[0]} list` shows" in still_pool.refused(*words, "something-else")
    assert f"`cable {words[0]} list` shows" in still_pool.refused(*words, STRANGER)


def test_mac_may_be_used_on_two_networks_but_not_moved_onto_itself(pool):
    pool.cable("vif", "create", "vif2.0", "--network", "wan", "--mac", MAC)
    assert "that of vif1.0 on network 'lan' already" in pool.refused("vif", "set", "vif2.0", "--network", "lan")
    pool.cable("vif", "set", "vif1.0", "--mac", MAC, "--network", "lan")


def test_ambiguous_network_name_wants_a_uuid(pool):
    pool.transact({"op": "insert", "table": "Network", "row": {"name_label": "lan", "bridge": "br9", "MTU": 1500,
                                                              "default_locking_mode": "unlocked"}})
    uuids = {network["uuid"] for network in pool.json("network", "list") if network["name"] == "lan"}
    error = pool.refused("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC)
    assert "ambiguous" in error and all(text in error for text in uuids) and "br9" in error and "xapi0" in error
    for text in uuids:
        assert pool.json("network", "show", text)["uuid"] == text


def test_pool_without_hosts_says_how_to_get_one(empty_pool):
    empty_pool.cable("network", "create", "lan")
    assert "start cabled" in empty_pool.refused("vif", "create", "vif1.0", "--network", "lan", "--mac", MAC)


def test_pool_with_two_hosts_wants_one_named(pool):
    pool.add_host("node2")
    error = pool.refused("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC)
    assert "2 hosts" in error and "'node1'" in error and "'node2'" in error and "--host" in error
    pool.cable("vif", "create", "vif1.0", "--network", "lan", "--mac", OTHER_MAC, "--host", "node2")
    error = pool.refused("vif", "show", "vif1.0")
    assert "ambiguous" in error and "node1" in error and "node2" in error
    first = next(vif for vif in pool.json("vif", "list") if vif["host"] == "node1")
    assert "belongs to another VIF on host 'node2'" in pool.refused("vif", "set", first["uuid"], "--host", "node2")


def test_this_machine_s_host_is_the_one_that_wires(pool):
    node2 = pool.add_host("node2")
    schema = "/usr/share/openvswitch/vswitch.ovsschema"
    pool.tool("ovsdb-tool", "create", pool.folder / "conf.db", schema)
    with subprocess.Popen(["ovsdb-server", f"--remote=punix:{pool.folder}/db.sock", f"--unixctl={pool.folder}/conf.ctl",
                           "-vconsole:off", f"{pool.folder}/conf.db"], env=pool.environment) as server:
        try:
            wait_for_file(pool.folder / "db.sock")
            row = {"external_ids": ["map", [["cabled-host", node2]]]}
            pool.tool("ovsdb-client", "transact", f"unix:{pool.folder}/db.sock", json.dumps(
                ["Open_vSwitch", {"op": "insert", "table": "Open_vSwitch", "row": row}]))
            assert pool.json("vif", "create", "vif1.0", "--network", "lan", "--mac", OTHER_MAC)["host"] == "node2"
            assert pool.json("vif", "show", "vif1.0")["mac"] == OTHER_MAC
        finally:
            server.terminate()


WRONG_USAGE = [
    ([], "`cable help`"),
    (["vfi", "list"], "did you mean 'vif'"),
    (["vif"], "create, set, list"),
    (["vif", "lst"], "did you mean 'list'"),
    (["vif", "add"], "did you mean 'create'"),
    (["list", "vif"], "`cable vif list`"),
    (["vif", "create"], "DEVICE is missing"),
    (["vif", "create", "vif2.0", "--network", "lan"], "--mac MAC is missing"),
    (["vif", "create", "vif2.0", "--netwrok", "lan"], "did you mean --network"),
    (["vif", "create", "vif2.0", "--mac"], "needs a value"),
    (["vif", "create", "vif2.0", "--mac", "--network", "lan"], "needs a value"),
    (["vif", "create", "vif2.0", "--mac", MAC, "--mac", MAC, "--network", "lan"], "twice"),
    (["vif", "show", "vif1.0", "vif1.1"], "one argument too many"),
    (["vif", "set", "vif1.0"], "nothing to change"),
    (["vif", "set", "vif1.0", "--link-local", "--no-link-local"], "exclude each other"),
    (["vif", "list", "--mac", MAC], "belongs to `cable vif create`"),
    (["network", "set", "lan", "--managed", "--unmanaged"], "exclude each other"),
    (["vif", "list", "--json=yes"], "takes no value"),
    (["vif", "list", "--color", "purple"], "auto, always or never"),
    (["vif", "list", "--timeout", "soon"], "number of seconds"),
    (["vif", "list", "--timeout", "0"], "above 0"),
    (["vif", "list", "--timeout", "nan"], "above 0"),
    (["vif", "list", "--pool", ""], "--pool is empty"),
    (["vif", "list", "--pool", "nonsense"], "write the address like unix:PATH"),
    (["vif", "list", "--pool", "ptcp:6641"], "write the address like unix:PATH"),
    (["vif", "list", "--pool", "unix:/pool.sock,tcp:192.0.2.1"], "'tcp:192.0.2.1'"),
    (["vif", "list", "--pool", "tcp:pool.example:6641"], "no host name"),
    (["vif", "show", "vif1.0", "--agent", ""], "--agent is empty"),
    (["vif", "list", "-v"], "no option '-v'"),
    (["--nope"], "no option '--nope'"),
    (["help", "vfi"], "did you mean 'vif'"),
    (["completion", "zsh"], "bash"),
    (["rules", "compile"], "--policies FILE is missing"),
]


@pytest.mark.parametrize("words, wanted", WRONG_USAGE, ids=lambda words: repr(words)[:40])
def test_wrong_usage_is_status_2(still_pool, words, wanted):
    assert wanted in still_pool.refused(*words, status=2)


def test_bridge_left_out_is_offered_for_a_new_network_only(still_pool):
    assert "leave --bridge out" in still_pool.refused("network", "create", "new", "--bridge", "xapi0")
    assert "leave" not in still_pool.refused("network", "set", "third", "--bridge", "xapi0")


def test_very_long_word_gets_no_guess(still_pool):
    assert "did you mean" not in still_pool.refused("vif", "show", "x" * 5000)
    assert "did you mean" not in still_pool.refused("vif", "list", "--network", "x" * 5000)


@pytest.mark.parametrize("words", [
    ["vif", "show", "\033[31m"], ["--pool", "unix:/\033[31m", "vif", "list"], ["--color", "\033[31m", "vif", "list"],
    ["--pool", "\033[31m", "vif", "list"], ["vif", "list", "--network", "--\033[31m"]], ids=repr)
def test_error_repeats_nothing_that_a_terminal_would_obey(still_pool, words):
    error = still_pool.cable(*words, check=False).stderr
    assert "\033" not in error and "\\x1b" in error


def test_errors_are_text_for_programs_as_well(still_pool):
    assert "did you mean 'lan'" in still_pool.refused("network", "show", "lam", "--json")
