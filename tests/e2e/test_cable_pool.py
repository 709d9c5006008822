# SPDX-License-Identifier: Apache-2.0
"""What `cable` does with the pool database, also while others write to it."""

import json
import os
import select

from cable_pool import DEADLINE_S, MAC, OTHER_MAC, Screen, cells, empty_pool, pool  # noqa: F401 (fixtures)


def test_network_is_created_with_the_next_free_bridge(empty_pool):
    assert empty_pool.cable("network", "create", "a").stdout == "network a created: bridge xapi0\n"
    record = empty_pool.json("network", "create", "b")
    assert cells(record, "name", "bridge", "mtu", "managed") == ("b", "xapi1", 1500, True)
    assert cells(record, "default_locking_mode", "uplink", "vifs") == ("unlocked", None, 0)
    empty_pool.cable("network", "destroy", "a")
    assert empty_pool.json("network", "create", "c")["bridge"] == "xapi0"


def test_network_is_what_was_said(empty_pool):
    empty_pool.cable("network", "create", "Büro 7", "--bridge=br7", "--uplink", "eth7", "--mtu=9000",
                     "--default-locking-mode", "disabled", "--description", "the 7th", "--unmanaged")
    record = empty_pool.json("network", "show", "Büro 7")
    assert record == {
        "name": "Büro 7", "uuid": record["uuid"], "description": "the 7th", "bridge": "br7", "vlan": None, "managed": False,
        "uplink": "eth7", "mtu": 9000, "default_locking_mode": "disabled", "vifs": 0, "devices": []}


def test_changing_a_network_changes_what_was_said(empty_pool):
    uuid = empty_pool.json("network", "create", "net", "--uplink", "eth7", "--unmanaged", "--description", "old")["uuid"]
    empty_pool.cable("network", "set", uuid, "--name", "office")
    assert cells(empty_pool.json("network", "show", "office"), "uuid", "uplink", "managed") == (uuid, "eth7", False)
    empty_pool.cable("network", "set", "office", "--uplink", "", "--mtu", "1400", "--managed", "--bridge", "br8",
                     "--default-locking-mode", "disabled", "--description", "")
    assert empty_pool.json("network", "show", "office") == {
        "name": "office", "uuid": uuid, "description": None, "bridge": "br8", "vlan": None, "managed": True, "uplink": None,
        "mtu": 1400,
        "default_locking_mode": "disabled", "vifs": 0, "devices": []}


def test_networks_of_different_vlans_share_a_bridge(pool):
    pool.cable("network", "create", "wan20", "--bridge", "xenbr1", "--vlan", "20")
    record = pool.json("network", "show", "wan20")
    assert cells(record, "bridge", "vlan", "uplink", "managed") == ("xenbr1", 20, "eth1", True)     # as on network wan
    pool.cable("network", "create", "theirs", "--bridge", "br9", "--unmanaged")
    pool.cable("network", "create", "theirs20", "--bridge", "br9", "--vlan", "20")
    assert pool.json("network", "show", "theirs20")["managed"] is False
    assert pool.json("vif", "create", "tap0", "--network", "wan20", "--mac", OTHER_MAC)["vlan"] == 20
    pool.cable("network", "set", "wan20", "--vlan", "30")
    assert [cells(network, "name", "vlan") for network in pool.json("network", "list")] == [
        ("lan", None), ("theirs", None), ("theirs20", 20), ("third", None), ("wan", None), ("wan20", 30)]
    assert any(line.split()[:4] == ["wan20", "xenbr1", "30", "eth1"] for line in pool.cable("network", "list").stdout.splitlines())
    pool.cable("network", "set", "lan", "--vlan", "7")
    pool.cable("network", "set", "lan", "--vlan", "0")
    assert pool.json("vif", "show", "vif1.0")["vlan"] is None


def test_vif_is_what_was_said(pool):
    made = pool.json("vif", "create", "vif12.3", "--network", "wan", "--mac", "02:00:00:00:AB:CD", "--mode=locked",
                     "--ipv4", "10.0.0.6,10.1.0.0/16", "--ipv4", "10.0.0.7", "--ipv6", "2001:DB8:0::5", "--mtu", "1400",
                     "--trunks", "200,100", "--vm", "mail", "--host", "node1", "--no-link-local", "--unplugged")
    record = pool.json("vif", "show", "vif12.3")
    assert cells(record, "mac", "mode", "ipv6", "trunks") == ("02:00:00:00:ab:cd", "locked", ["2001:db8::5"], [100, 200])
    assert set(record["ipv4"]) == {"10.0.0.6", "10.0.0.7", "10.1.0.0/16"}
    assert cells(record, "mtu", "vm", "host", "network", "bridge") == (1400, "mail", "node1", "wan", "xenbr1")
    assert cells(record, "link_local", "plugged") == (False, False)
    assert cells(made, "uuid", "vm_created") == (record["uuid"], True)


def test_rate_is_what_was_said(pool):
    def rate():
        return cells(pool.json("vif", "show", "vif1.0"), "rate_kib_per_s", "burst_kib")

    assert rate() == (None, None)
    assert "RATE" not in pool.cable("vif", "list").stdout
    for words, expected in (
            (["--rate", "100000"], (100000, 10000)), (["--rate", "100"], (100, 128)), (["--burst", "500"], (100, 500)),
            (["--rate", "200"], (200, 500)), (["--burst", "0"], (200, 128)), (["--rate", "300", "--burst", "64"], (300, 64)),
            (["--mtu", "1400"], (300, 64)), (["--rate", "0"], (None, None)), (["--rate", "100"], (100, 128))):
        pool.cable("vif", "set", "vif1.0", *words)
        assert rate() == expected, words
    assert "RATE KIB PER S" in pool.cable("vif", "list").stdout
    made = pool.json("vif", "create", "vif2.0", "--network", "lan", "--mac", OTHER_MAC, "--rate", "12500", "--burst", "1000")
    assert cells(made, "rate_kib_per_s", "burst_kib") == (12500, 1000)


def test_rate_stands_in_xenapi_s_columns_and_leaves_other_keys_alone(pool):
    def columns():
        return json.loads(pool.tool("ovsdb-client", "--format=json", "dump", pool.remote, "Cabled", "VIF", "qos_algorithm_params",
                                    "qos_algorithm_type"))["data"][0]

    pool.update_vif("vif1.0", qos_algorithm_params=["map", [["timeslice_us", "50000"]]])
    pool.cable("vif", "set", "vif1.0", "--rate", "0100", "--burst", "0200")
    assert columns() == [["map", [["burst", "200"], ["kbps", "100"], ["timeslice_us", "50000"]]], "ratelimit"]
    pool.cable("vif", "set", "vif1.0", "--rate", "0")
    assert columns() == [["map", [["timeslice_us", "50000"]]], ""]


def test_vif_with_a_broken_rate_can_be_shown_and_repaired(pool):
    pool.update_vif("vif1.0", qos_algorithm_type="shaping", qos_algorithm_params=["map", [["kbps", "100"]]])
    assert "algorithm 'shaping' is not known" in pool.json("vif", "show", "vif1.0")["policy"]
    assert "algorithm 'shaping' is not known" in pool.refused("vif", "set", "vif1.0", "--burst", "100")
    pool.cable("vif", "set", "vif1.0", "--rate", "100")
    assert pool.json("vif", "show", "vif1.0")["policy"] == (
        "locked to 02:00:00:00:01:02 and 10.0.0.5, at most 100 KiB/s, in bursts of up to 128 KiB")


def test_xenapi_s_device_is_the_devid(pool):
    for n, device in enumerate(("vif12.34", "tap0", "vif1.2x")):
        pool.cable("vif", "create", device, "--network", "wan", "--mac", f"02:00:00:00:02:{n:02x}")
    dump = json.loads(pool.tool("ovsdb-client", "--format=json", "dump", pool.remote, "Cabled", "VIF", "interface", "device"))
    rows = [dict(zip(dump["headings"], row)) for row in dump["data"]]
    assert {row["interface"]: row["device"] for row in rows} == {"vif1.0": "0", "vif12.34": "34", "tap0": "0", "vif1.2x": "0"}


def test_vif_takes_the_network_s_mtu_and_is_plugged_if_nothing_is_said(pool):
    record = pool.json("vif", "create", "tap0", "--network", "wan", "--mac", OTHER_MAC)
    assert cells(record, "mtu", "plugged", "mode", "link_local") == (9000, True, "network_default", True)
    assert cells(record, "vm", "vm_created") == (None, False)


def test_changing_a_vif_changes_what_was_said_and_nothing_else(pool):
    before = pool.json("vif", "show", "vif1.0")
    pool.cable("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.6,10.0.0.7", "--remove-ipv4", "10.0.0.5/32")
    after = pool.json("vif", "show", "vif1.0")
    assert set(after["ipv4"]) == {"10.0.0.6", "10.0.0.7"}
    assert {name for name in before if before[name] != after[name]} == {"ipv4", "policy"}


def test_every_value_of_a_vif_can_be_changed_and_changed_back(pool):
    shown = ("ipv4", "ipv6", "trunks", "link_local", "vm", "mode", "mac", "network", "mtu")
    before = cells(pool.json("vif", "show", "vif1.0"), *shown)
    pool.cable("vif", "set", "vif1.0", "--ipv4", "", "--add-ipv6", "2001:db8::5", "--trunks", "7", "--no-link-local", "--vm", "",
               "--mode", "unlocked", "--mac", OTHER_MAC, "--network", "wan", "--mtu", "1400")
    after = cells(pool.json("vif", "show", "vif1.0"), *shown)
    assert after == ([], ["2001:db8::5"], [7], False, None, "unlocked", OTHER_MAC, "wan", 1400)
    pool.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.5", "--remove-ipv6", "2001:DB8:0:0::5", "--trunks", "", "--link-local",
               "--vm", "web", "--mode", "locked", "--mac", MAC, "--network", "lan", "--mtu", "0")
    assert cells(pool.json("vif", "show", "vif1.0"), *shown) == before


def test_vm_of_a_new_name_is_made_and_said(pool):
    assert "the VM db, which is new" in pool.cable("vif", "set", "vif1.0", "--vm", "db").stdout
    assert "new" not in pool.cable("vif", "set", "vif1.0", "--vm", "web").stdout
    assert [vm["name"] for vm in pool.json("vm", "list")] == ["db", "web"]
    pool.cable("vm", "destroy", "db")
    assert [vm["name"] for vm in pool.json("vm", "list")] == ["web"]


def test_plug_and_unplug_are_wishes(pool):
    pool.cable("vif", "unplug", "vif1.0")
    assert pool.json("vif", "show", "vif1.0")["plugged"] is False
    pool.cable("vif", "plug", "vif1.0")
    assert pool.json("vif", "show", "vif1.0")["plugged"] is True


def test_vif_with_a_broken_policy_can_be_unplugged_shown_and_repaired(pool):
    pool.update_vif("vif1.0", ipv4_allowed="10.0.0.300")
    assert "10.0.0.300" in pool.json("vif", "show", "vif1.0")["policy"]
    assert "10.0.0.300" in pool.refused("vif", "set", "vif1.0", "--add-ipv4", "10.0.0.6")
    pool.cable("vif", "unplug", "vif1.0")
    pool.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.3")
    assert pool.json("vif", "show", "vif1.0")["ipv4"] == ["10.0.0.3"]


def test_everything_can_be_removed_again(pool):
    pool.cable("vif", "destroy", "vif1.0")
    pool.cable("vm", "destroy", "web")
    for network in ("lan", "third", "wan"):
        pool.cable("network", "destroy", network)
    assert pool.json("vif", "list") == pool.json("network", "list") == pool.json("vm", "list") == []


def test_lists_are_sorted_as_people_count(pool):
    for n, device in enumerate(("vif1.10", "vif1.9", "vif10.0", "vif2.0")):
        pool.cable("vif", "create", device, "--network", "wan", "--mac", f"02:00:00:00:02:{n:02x}")
    assert [vif["device"] for vif in pool.json("vif", "list")] == ["vif1.0", "vif1.9", "vif1.10", "vif2.0", "vif10.0"]
    assert [vif["device"] for vif in pool.json("vif", "list", "--network", "lan")] == ["vif1.0"]


# Others write at the same time


def test_of_two_who_create_a_device_one_gets_a_readable_error(pool):
    for n in range(10):
        create = ("vif", "create", f"vif7.{n}", "--network", "wan", "--mac")
        error, = pool.at_once((*create, f"02:00:00:00:03:{n:02x}"), (*create, f"02:00:00:00:04:{n:02x}"))
        assert f"VIF 'vif7.{n}': the device belongs to another VIF on host 'node1' already" in error
    assert len(pool.json("vif", "list")) == 11


def test_many_who_create_networks_get_a_bridge_each(empty_pool):
    assert empty_pool.at_once(*(("network", "create", f"net{n}") for n in range(8))) == []
    assert sorted(network["bridge"] for network in empty_pool.json("network", "list")) == [f"xapi{n}" for n in range(8)]


def test_of_two_who_take_a_vlan_of_a_bridge_one_gets_a_readable_error(pool):
    for n in range(1, 6):
        create = ("--bridge", "br9", "--vlan", str(n))
        error, = pool.at_once(("network", "create", f"a{n}", *create), ("network", "create", f"b{n}", *create))
        assert f"VLAN {n} of bridge 'br9' belongs to network " in error


def test_network_gets_no_vlan_while_a_vif_gets_trunks(pool):
    orders = [("network", "set", "lan", "--vlan", "20"), ("vif", "set", "vif1.0", "--trunks", "7")]
    for n in range(10):
        errors = pool.at_once(*orders[::-1 if n % 2 else 1])
        assert len(errors) == 1
        assert "it has trunk VIFs" in errors[0] or "it cannot have trunks on network 'lan'" in errors[0]
        pool.cable("network", "set", "lan", "--vlan", "0")
        pool.cable("vif", "set", "vif1.0", "--trunks", "")


def test_addresses_that_many_add_are_all_there(pool):
    assert pool.at_once(*(("vif", "set", "vif1.0", "--add-ipv4", f"10.0.1.{n}") for n in range(1, 9))) == []
    assert len(pool.json("vif", "show", "vif1.0")["ipv4"]) == 9


def test_network_is_not_destroyed_under_a_vif(pool):
    for n in range(10):
        pool.cable("network", "create", "brief")
        errors = pool.at_once(("network", "destroy", "brief"),
                              ("vif", "create", "tap0", "--network", "brief", "--mac", OTHER_MAC))
        assert len(errors) == 1
        assert "network 'brief' has VIFs: tap0" in errors[0] or "there is no network 'brief'" in errors[0]
        if pool.json("vif", "list", "--network", "lan") != pool.json("vif", "list"):
            pool.cable("vif", "destroy", "tap0")
            pool.cable("network", "destroy", "brief")


# Waiting and watching


def test_wait_returns_when_the_vif_is_wired(pool):
    waiting = pool.spawn("vif", "wait", "vif1.0")
    pool.update_vif("vif1.0", wire_state="plugging")
    pool.wire("vif1.0", ofport=32768)
    assert waiting.communicate(timeout=DEADLINE_S) == ("VIF vif1.0 is wired\n", "")
    assert waiting.returncode == 0


def test_wait_for_gone_returns_when_the_vif_is_destroyed(pool):
    waiting = pool.spawn("vif", "wait", "vif1.0", "--state", "gone", "--json")
    pool.cable("vif", "destroy", "vif1.0")
    assert json.loads(waiting.communicate(timeout=DEADLINE_S)[0]) == {"device": "vif1.0", "state": "gone"}
    assert pool.cable("vif", "wait", "vif1.0", "--state", "gone").stdout == "VIF vif1.0 is gone\n"


def test_wait_does_not_take_the_state_of_before_a_change(pool):
    pool.wire("vif1.0")
    pool.cable("vif", "set", "vif1.0", "--ipv4", "10.0.0.6")
    error = pool.refused("vif", "wait", "vif1.0", "--timeout", "0.1")
    assert "its rules are still those of before (locked to 02:00:00:00:01:02 and 10.0.0.5)" in error
    pool.wire("vif1.0")
    assert pool.cable("vif", "wait", "vif1.0").stdout == "VIF vif1.0 is wired\n"


def test_wait_tells_why_it_ended(pool):
    wait = ("vif", "wait", "vif1.0", "--timeout", "0.1")
    assert "not wired after 0.1 s: no agent has reported on it: is cabled running on host 'node1'" in pool.refused(*wait)
    pool.update_vif("vif1.0", wire_state="no-device")
    assert "its state is no-device: its host has no such device yet" in pool.refused(*wait)
    pool.update_vif("vif1.0", wire_state="waiting")
    assert "its state is waiting: `cable status` on its host" in pool.refused(*wait)
    pool.update_vif("vif1.0", wire_state="failed", wire_error="bridge br0 is missing")
    assert "its state is failed: bridge br0 is missing" in pool.refused(*wait)
    pool.cable("vif", "unplug", "vif1.0")
    assert "it is unplugged: `cable vif plug vif1.0`" in pool.refused(*wait)
    assert "did you mean 'wired'" in pool.refused("vif", "wait", "vif1.0", "--state", "wird")


def test_wait_ends_when_the_vif_is_destroyed(pool):
    with Screen(pool, "vif", "wait", "vif1.0") as screen:
        screen.read_until("waiting for wired (1 s)")
        pool.cable("vif", "destroy", "vif1.0")
        screen.read_until("cable: VIF 'vif1.0' was destroyed while it was waited for")
        assert screen.status() == 1


class Watch:
    """`cable watch` while a test changes something."""

    def __init__(self, pool, *options):
        self._process = pool.spawn("watch", *options)
        self._heard = ""
        assert "connected" in self.line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate()

    def line(self):
        while "\n" not in self._heard:
            assert select.select([self._process.stdout], [], [], DEADLINE_S)[0], f"nothing behind {self._heard!r}"
            data = os.read(self._process.stdout.fileno(), 1 << 16)
            assert data, self._process.communicate()
            self._heard += data.decode()
        line, _, self._heard = self._heard.partition("\n")
        return line

    def event(self, *names):
        return cells(json.loads(self.line()), *names)


def test_watch_tells_changes_as_they_happen(pool):
    with Watch(pool, "--json") as watch:
        pool.cable("network", "create", "new")
        *event, changes = watch.event("object", "name", "event", "changes")
        assert event == ["network", "new", "created"]
        assert {"field": "bridge", "from": None, "to": "xapi1"} in changes
        pool.update_vif("vif1.0", wire_state="wired", ofport=32768)
        assert watch.event("object", "name", "event", "changes") == ("vif", "vif1.0", "changed", [
            {"field": "ofport", "from": None, "to": 32768}, {"field": "state", "from": None, "to": "wired"}])
        pool.cable("vif", "set", "vif1.0", "--add-ipv6", "2001:db8::5")
        assert [change["field"] for change in watch.event("changes")[0]] == ["ipv6", "policy"]
        pool.cable("vif", "create", "tap0", "--network", "new", "--mac", OTHER_MAC)
        assert watch.event("object", "name", "event") == ("vif", "tap0", "created")
        pool.cable("network", "set", "new", "--name", "newer")      # its VIFs are news of their own
        assert watch.event("name", "changes") == ("newer", [{"field": "name", "from": "new", "to": "newer"}])
        assert watch.event("name", "changes") == ("tap0", [{"field": "network", "from": "new", "to": "newer"}])
        pool.cable("vif", "destroy", "tap0")
        assert watch.event("object", "name", "event") == ("vif", "tap0", "destroyed")
        pool.cable("network", "destroy", "newer")
        assert watch.event("object", "name", "event") == ("network", "newer", "destroyed")


def test_watch_outlives_the_pool_s_server(pool):
    with Watch(pool, "--json") as watch:
        pool.stop()
        assert watch.event("object", "event") == ("pool", "disconnected")
        pool.start()
        pool.cable("network", "create", "new")
        events = [watch.event("object", "event") for _ in range(2)]
        assert events == [("pool", "connected"), ("network", "created")]


def test_watch_tells_people_one_line_each(pool):
    with Watch(pool) as watch:
        pool.update_vif("vif1.0", wire_state="wired")
        assert watch.line().split(maxsplit=1)[1] == "vif  vif1.0  changed  state wired"
        pool.update_vif("vif1.0", wire_state="failed", wire_error="no\nluck")
        assert watch.line().split(maxsplit=1)[1] == "vif  vif1.0  changed  state wired -> failed, error no\\x0aluck"
