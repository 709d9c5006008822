# SPDX-License-Identifier: Apache-2.0
"""cable-vif stands in for XenServer's network scripts: the keys that they read and write, with a real xenstored.

What xenopsd writes stands in lab/xenopsd.py; each test compares all that has changed in xenstore with what it and netback wait for.
"""

import json
import re
import time
from pathlib import Path

import pytest

from conftest import BACKEND_MAC, listen, mac_of, peer_of
from lab import wait_for
from lab.environment import programs_folder
from lab.forge import ethernet, ipv4
from test_docs import examples
from xenhost import (BRIDGE, Vif, answers_of, changed, identity_of, numbers_of, worker,
                     xen_host)  # noqa: F401, pylint: disable=unused-import

REPO = Path(__file__).resolve().parents[2]
TEMPORARY, OWN = "0a1b2c3d-dead-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000001"


# online


def test_online_writes_the_keys_that_are_waited_for_and_no_others(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.online(vif)
    assert changed(xen_host, before) == answers_of(xen_host, vif)


def test_online_gives_the_port_its_identity_and_its_rules(xen_host):
    vif = xen_host.wired(5, ipv4=["10.0.0.5", "10.0.0.6"], ipv6=["2001:db8::5"])
    assert "vif5.0" in xen_host.ports(BRIDGE)
    assert xen_host.sources(vif) == identity_of(vif)
    policy = xen_host.vif_json("vif5.0")["policy"]
    assert vif.mac in policy and "10.0.0.5" in policy and "10.0.0.6" in policy and "2001:db8::5" in policy
    assert xen_host.flows_of(BRIDGE, xen_host.interface("vif5.0")["ofport"])


def test_online_sets_up_the_device(xen_host):
    vif = xen_host.plug(5, mtu=1400, other_config={"ethtool-gso": "off", "ethtool-tx": "nonsense", "promiscuous": "true"})
    xen_host.lab.run("ip", "addr", "add", "192.0.2.1/24", "dev", "vif5.0")
    xen_host.online(vif)
    link = xen_host.link("vif5.0")
    assert link["mtu"] == 1400 and link["address"] == BACKEND_MAC and "NOARP" in link["flags"] and "UP" in link["flags"]
    assert not link["addr_info"]
    features = xen_host.lab.run("ethtool", "-k", "vif5.0").stdout
    assert "generic-segmentation-offload: off" in features and "tx-checksumming: on" in features


def test_worker_and_bare_calls_of_xenopsd_are_taken_too(xen_host):
    vif, other = xen_host.plug(5), xen_host.plug(6)
    xen_host.call("vif-real", "vif", 5, 0, "online")
    xen_host.call("vif", "online", environment={"XENBUS_TYPE": "vif", "XENBUS_PATH": "backend/vif/6/0", "XENBUS_BASE_PATH": "backend",
                                                "XENBUS_PREFIX": "", "INTERFACE": "vif6.0", "script": "/etc/xensource/scripts/vif"})
    for each in (vif, other):
        assert xen_host.answers(each)["hotplug"] == "online" and xen_host.status(each) == "connected"


@pytest.mark.parametrize("action", ["add", "offline", "change"])
def test_other_events_of_a_vif_change_nothing(xen_host, action):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.event(vif, action)
    assert changed(xen_host, before) == {} and "vif5.0" not in xen_host.ports(BRIDGE)


def test_doubled_online_leaves_port_and_keys_as_they_are(xen_host):
    vif = xen_host.wired(5)
    before, row = xen_host.written(), xen_host.interface("vif5.0")
    xen_host.online(vif)
    assert changed(xen_host, before) == {} and xen_host.interface("vif5.0") == row


def test_device_that_was_registered_again_is_wired_anew(xen_host):
    vif = xen_host.wired(5)
    xen_host.lab.run("ip", "link", "del", "vif5.0")
    xen_host.veth("vif5.0")
    xen_host.online(vif)
    assert xen_host.answers(vif)["vif-ifindex"] == str(xen_host.link("vif5.0")["ifindex"])
    assert xen_host.answers(vif)["vif-ofport"] == str(xen_host.interface("vif5.0")["ofport"])


def test_online_waits_for_a_device_that_comes_late(xen_host):
    vif = xen_host.write(Vif(5))
    process = worker(xen_host, vif)
    wait_for(lambda: any(each["device"] == "vif5.0" for each in xen_host.control("status")["vifs"]), "the agent to be told of vif5.0")
    xen_host.veth("vif5.0")
    assert process.wait(30) == 0 and xen_host.answers(vif)["hotplug"] == "online"


# remove


def test_remove_takes_everything_back(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.online(vif)
    ofport = xen_host.interface("vif5.0")["ofport"]
    xen_host.event(vif, "remove")
    left = changed(xen_host, before)
    assert left == {f"{vif.hotplug}/vif": "vif5.0"}         # as XenServer's script leaves it: xenopsd deletes the folder
    assert "vif5.0" not in xen_host.ports(BRIDGE)
    wait_for(lambda: not xen_host.flows_of(BRIDGE, ofport), "its rules to go")


def test_doubled_and_early_removes_do_no_harm(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.event(vif, "remove")
    assert changed(xen_host, before) == {}
    xen_host.online(vif)
    xen_host.event(vif, "remove")
    xen_host.event(vif, "remove")
    assert xen_host.error(vif) is None and "vif5.0" not in xen_host.ports(BRIDGE)


def test_remove_works_when_nothing_is_left_in_xenstore(xen_host):
    vif = xen_host.wired(5)
    for path in (vif.root, vif.backend, f"/local/domain/{vif.domid}", f"/vm/{vif.vm}"):
        xen_host.store.remove(path)
    xen_host.lab.run("ip", "link", "del", "vif5.0")
    before = xen_host.written()
    xen_host.event(vif, "remove")
    assert "vif5.0" not in xen_host.ports(BRIDGE) and changed(xen_host, before) == {}


def test_port_that_the_scripts_have_made_before_goes_as_well(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.lab.vsctl("add-port", BRIDGE, "vif5.0")
    xen_host.store.write({f"{vif.hotplug}/hotplug": "online"})
    xen_host.event(vif, "remove")
    assert "vif5.0" not in xen_host.ports(BRIDGE) and changed(xen_host, before) == {}


# tap


def test_tap_is_wired_beside_its_vif_and_goes_without_it(xen_host):
    vif = xen_host.wired(5)
    xen_host.veth(vif.tap)
    before = xen_host.written()
    xen_host.event(vif, "add", kind="tap")
    assert changed(xen_host, before) == numbers_of(xen_host, vif, vif.tap)
    assert xen_host.sources(vif.tap) == identity_of(vif)
    assert {"vif5.0", "tap5.0"} <= xen_host.ports(BRIDGE)
    xen_host.event(vif, "remove", kind="tap")
    assert changed(xen_host, before) == {} and "tap5.0" not in xen_host.ports(BRIDGE) and "vif5.0" in xen_host.ports(BRIDGE)


def test_udev_calls_for_a_tap_while_its_own_event_lasts(xen_host):
    vif = xen_host.wired(5)
    values = {"UDEV_CALL": 1, "CABLE_VIF_ROOT": xen_host.root, "CABLED_AGENT": xen_host.lab.state / "run/cabled.ctl",
              "XENSTORED_RUNDIR": xen_host.xenstored.run}
    environment = ", ".join(f'ENV{{{name}}}="{value}"' for name, value in values.items())
    script = xen_host.root / "etc/xensource/scripts/vif"
    rule = f'SUBSYSTEM=="net", KERNEL=="tap*", {environment}, RUN+="{script} $env{{ACTION}} type_if=tap"\n'
    (xen_host.lab.state / "udev/rules.d/50-xen-backend.rules").write_text(rule)
    xen_host.lab.run("udevadm", "control", "--reload")
    xen_host.veth("tap5.0")
    wait_for(lambda: "tap-ofport" in xen_host.answers(vif), "tap5.0 to be wired", seen=lambda: (xen_host.answers(vif), xen_host.error(vif)))
    xen_host.lab.udevd.settle()
    assert xen_host.answers(vif) | {} == {key.rpartition("/")[2]: value for key, value in (
        answers_of(xen_host, vif) | numbers_of(xen_host, vif, "tap5.0")).items() if key.startswith(vif.hotplug)}
    xen_host.lab.run("ip", "link", "del", "tap5.0")
    wait_for(lambda: "tap-ofport" not in xen_host.answers(vif), "tap5.0 to be unwired")
    xen_host.await_gone("tap5.0")


def test_tap_of_another_program_is_left_alone(xen_host):
    before = xen_host.written()
    xen_host.call("vif", "add", "type_if=tap", environment={"INTERFACE": "tap0"})
    xen_host.call("vif", "remove", "type_if=tap", environment={"INTERFACE": "tap0"})
    assert changed(xen_host, before) == {}


# move


def test_move_takes_vif_and_tap_to_the_bridge_that_xenstore_names_now(xen_host):
    xen_host.bridge("xenbr1")
    vif = xen_host.wired(5)
    xen_host.veth(vif.tap)
    xen_host.event(vif, "add", kind="tap")
    vif.bridge = "xenbr1"
    xen_host.write(vif)
    xen_host.call("vif", "move", "type_if=vif", environment={"XENBUS_TYPE": "vif", "XENBUS_PATH": "backend/vif/5/0", "INTERFACE": "vif5.0"})
    xen_host.call("vif", "move", "type_if=tap", environment={"XENBUS_TYPE": "tap", "XENBUS_PATH": "backend/vif/5/0", "INTERFACE": "tap5.0"})
    assert {"vif5.0", "tap5.0"} <= xen_host.ports("xenbr1") and not {"vif5.0", "tap5.0"} & xen_host.ports(BRIDGE)
    wanted = answers_of(xen_host, vif) | numbers_of(xen_host, vif, vif.tap)
    assert xen_host.answers(vif) == {path.removeprefix(vif.hotplug + "/"): value for path, value in wanted.items()
                                     if path.startswith(vif.hotplug)}
    assert xen_host.status(vif) == "connected"


def test_move_of_a_tap_that_is_not_there_does_nothing(xen_host):
    vif = xen_host.wired(5)
    before, begin = xen_host.written(), time.monotonic()
    xen_host.call("vif", "move", "type_if=tap", environment={"XENBUS_TYPE": "tap", "XENBUS_PATH": "backend/vif/5/0", "INTERFACE": "tap5.0"})
    assert changed(xen_host, before) == {} and time.monotonic() - begin < 5


# setup-vif-rules


def test_change_of_policy_is_live_and_keeps_port_and_trunks(xen_host):
    vif = xen_host.wired(5, trunks="10,20")
    row = xen_host.interface("vif5.0")
    assert sorted(xen_host.row("Port", "vif5.0", "trunks")["trunks"]) == [10, 20]
    vif.ipv4 = ["10.0.0.77"]
    xen_host.write(vif)
    before = xen_host.written()
    xen_host.rules(vif)
    assert "10.0.0.77" in xen_host.vif_json("vif5.0")["policy"] and "10.0.0.5" not in xen_host.vif_json("vif5.0")["policy"]
    assert sorted(xen_host.row("Port", "vif5.0", "trunks")["trunks"]) == [10, 20]
    assert xen_host.interface("vif5.0")["ofport"] == row["ofport"] and changed(xen_host, before) == {}


def test_disabled_vif_is_dark_and_comes_back(xen_host):
    vif = xen_host.wired(5)
    before = xen_host.written()
    vif.mode = "disabled"
    xen_host.write(vif)
    xen_host.rules(vif)
    assert "vif-ofport" not in xen_host.answers(vif) and xen_host.answers(vif)["hotplug"] == "online"
    assert "UP" not in xen_host.link("vif5.0")["flags"]
    assert xen_host.store.read(f"{vif.frontend}/disconnect") == "1"     # xenopsd's, and left to it
    vif.mode = "locked"
    xen_host.write(vif)
    xen_host.rules(vif)
    assert changed(xen_host, before) == {} and "UP" in xen_host.link("vif5.0")["flags"]


def test_unlocked_vif_sends_what_it_likes(xen_host):
    xen_host.wired(5, mode="unlocked")
    assert "unlocked" in xen_host.vif_json("vif5.0")["policy"]


def test_device_that_becomes_another_vif_s_is_wired_for_that(xen_host):
    xen_host.wired(5)
    other = xen_host.write(Vif(5, vm=OWN, uuid="11111111-ffff-4000-8000-000000000001", ipv4=["10.0.0.9"]))
    xen_host.online(other)
    assert xen_host.sources(other) == identity_of(other) and "10.0.0.9" in xen_host.vif_json("vif5.0")["policy"]


def test_clear_takes_port_and_rules_and_leaves_what_is_waited_for(xen_host):
    vif = xen_host.wired(5)
    before = xen_host.written()
    ofport = f"{vif.hotplug}/vif-ofport"
    xen_host.rules(vif, "clear")
    assert changed(xen_host, before) == {ofport: None} and "vif5.0" not in xen_host.ports(BRIDGE)


def test_rules_of_a_tap_that_is_not_there_are_no_error(xen_host):
    vif = xen_host.wired(5)
    before = xen_host.written()
    xen_host.rules(vif, kind="tap")
    xen_host.call("setup-vif-rules", "vif", 5, 0, "filter")
    assert changed(xen_host, before) == {}


# Bridges


def test_vif_on_a_fake_bridge_is_on_its_parent_with_its_tag(xen_host):
    xen_host.lab.vsctl("add-br", "xapi1", BRIDGE, "100")
    vif = xen_host.wired(5, bridge="xapi1")
    assert xen_host.row("Port", "vif5.0", "tag")["tag"] == 100 and "vif5.0" in xen_host.ports("xapi1")
    assert xen_host.flows_of(BRIDGE, xen_host.interface("vif5.0")["ofport"]) and xen_host.answers(vif)["hotplug"] == "online"


def test_trunks_are_cleared_when_xenstore_has_none(xen_host):
    vif = xen_host.wired(5, trunks="10,20")
    vif.trunks = ""
    xen_host.write(vif)
    xen_host.online(vif)
    assert xen_host.row("Port", "vif5.0", "trunks")["trunks"] == []


# PVS and hooks


def test_pvs_proxy_s_script_is_called_and_its_rules_are_left_alone(xen_host):
    told = xen_host.lab.state / "pvs"
    script = xen_host.root / "setup-pvs-proxy-rules"
    script.write_text(f'#!/bin/sh\necho "$@" "$(ovs-vsctl --if-exists get interface $3 ofport)" >>{told}\n')
    script.chmod(0o755)
    xen_host.wired(4)
    xen_host.lab.ofctl("add-flow", BRIDGE, "cookie=0x7,priority=1000,udp,nw_dst=192.0.2.9,actions=NORMAL")
    vif = xen_host.wired(5, pvs={"pvs-interface": "pvs0", "setup-pvs-proxy-rules": script, "pvs-server-num": 0})
    ofport = xen_host.interface("vif5.0")["ofport"]
    xen_host.rules(vif)
    xen_host.event(vif, "remove")
    paths = f"{vif.private} {vif.hotplug}"
    assert told.read_text().splitlines() == [f"add vif vif5.0 {paths} {ofport}", f"remove vif vif5.0 {paths} {ofport}"]
    assert xen_host.flows(BRIDGE, "cookie=0x7/-1")


def test_hook_hears_of_vifs_that_come_and_go(xen_host):
    told = xen_host.lab.state / "hook"
    hook = xen_host.root / "etc/xapi.d/vif-hotplug"
    hook.parent.mkdir()
    hook.write_text(f'#!/bin/sh\necho "$@" >>{told}\nexit 3\n')
    hook.chmod(0o755)
    vif = xen_host.wired(5, final_uuid=OWN)
    xen_host.event(vif, "remove")
    rest = f"-vifuuid {vif.uuid} -vmuuid {vif.vm}"
    assert told.read_text().splitlines() == [f"-action online {rest}", f"-action remove {rest}"]


# Migration


def test_migration_target_has_the_vm_s_own_uuid_from_the_beginning(xen_host):
    source = xen_host.wired(1, vm=OWN)
    target = xen_host.wired(2, vm=TEMPORARY, final_uuid=OWN, mac=source.mac, uuid=source.uuid)
    assert xen_host.sources(target) == identity_of(source) == xen_host.sources(source)
    assert xen_host.answers(target)["hotplug"] == "online" and {"vif1.0", "vif2.0"} <= xen_host.ports(BRIDGE)


def test_migration_ends_with_the_source_gone_and_the_target_under_its_own_uuid(xen_host):
    source = xen_host.wired(1, vm=OWN)
    target = xen_host.wired(2, vm=TEMPORARY, final_uuid=OWN, mac=source.mac, uuid=source.uuid)
    leaving, arrived = Vif(1, vm="0a1b2c3d-beef-4000-8000-000000000001"), Vif(2, vm=OWN, mac=source.mac, uuid=source.uuid)
    rename(xen_host, source, leaving)
    rename(xen_host, target, arrived)
    xen_host.event(leaving, "remove")
    assert "vif1.0" not in xen_host.ports(BRIDGE) and "vif2.0" in xen_host.ports(BRIDGE)
    xen_host.rules(arrived)
    assert xen_host.sources("vif2.0")["xs-vm-uuid"] == OWN and xen_host.answers(arrived)["hotplug"] == "online"


def rename(host, vif, to):
    """xenopsd moves a domain's trees to another uuid, and the VM's final uuid goes."""
    answers = {f"{to.hotplug}/{key}": value for key, value in host.answers(vif).items()}
    host.store.remove(vif.root)
    host.store.remove(f"/vm/{vif.vm}")
    host.write(to)
    host.store.write(answers)


# Older XenServer


def test_older_xenserver_has_its_keys_below_the_domain_s_number_and_no_file(xen_host):
    vif = xen_host.plug(5, older=True, ipv4=["10.0.0.5", "10.0.0.6"])
    before = xen_host.written()
    xen_host.call("vif", "online", environment={"XENBUS_TYPE": "vif", "XENBUS_PATH": "backend/vif/5/0"})
    assert vif.hotplug == "/xapi/5/hotplug/vif/0" and changed(xen_host, before) == answers_of(xen_host, vif)
    assert xen_host.sources(vif) == identity_of(vif) and "10.0.0.6" in xen_host.vif_json("vif5.0")["policy"]
    xen_host.call("setup-vif-rules", "vif", 5, 0, "filter")
    xen_host.event(vif, "remove")
    assert changed(xen_host, before) == {f"{vif.hotplug}/vif": "vif5.0"}


# Beside it


def test_what_would_be_handed_over_can_be_seen(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    done = xen_host.lab.run("env", f"CABLE_VIF_ROOT={xen_host.root}", "cable-vif", "show", "vif5.0")
    shown = json.loads(done.stdout)
    assert shown["bridge"] == BRIDGE and shown["ipv4"] == ["10.0.0.5"] and shown["keys"] == identity_of(vif)
    assert changed(xen_host, before) == {}


def test_guests_hear_each_other_and_forged_frames_do_not_pass(xen_host):
    xen_host.wired(5, ipv4=["10.0.0.5"])
    xen_host.wired(6, ipv4=["10.0.0.6"])
    for device in ("vif5.0", "vif6.0"):
        xen_host.lab.run("ip", "link", "set", peer_of(device), "up")
    heard = listen(xen_host, peer_of("vif6.0"))
    frames = [udp("vif5.0", "10.0.0.7"), udp("vif5.0", "10.0.0.5")]
    xen_host.lab.run("frames", "send", peer_of("vif5.0"), "100", input="\n".join(frames) + "\n")
    wait_for(lambda: frames[1] in heard(), "the frame from its own address", seen=heard)
    assert frames[0] not in heard()


def udp(sender, source):
    """A datagram to the guest of vif6.0, as hex."""
    return ethernet(mac_of(sender), mac_of("vif6.0"), 0x0800, ipv4(source, "10.0.0.6", 17, bytes(26))).hex()


def test_examples_and_installation_of_the_manual_page(xen_host):
    xen_host.plug(5)
    xen_host.veth("tap5.0")
    page = (REPO / "man/cable-vif.8.in").read_text()
    script = "\n".join(["set -e", f"export CABLE_VIF_ROOT={xen_host.root}", *examples(page)])
    for path in ("/etc/xensource", "/opt/xensource"):
        script = script.replace(path, f"{xen_host.root}{path}")
    installed = [name for name in re.findall(r"ln -s \S+ (\S+)", script)]
    assert installed == ["vif", "vif-real", "setup-vif-rules"]
    done = xen_host.lab.run("bash", "-c", script.replace("/usr/local/sbin/cable-vif", str(programs_folder().resolve() / "cable-vif")))
    assert json.loads(done.stdout)["device"] == "vif5.0" and {"vif5.0", "tap5.0"} <= xen_host.ports(BRIDGE)
