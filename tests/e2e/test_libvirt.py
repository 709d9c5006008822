# SPDX-License-Identifier: Apache-2.0
"""Guests that a real libvirtd starts on Open vSwitch are guarded as their metadata says, and do not run before."""

import json
import os

import pytest

from conftest import Host
from lab import Lab, wait_for
from lab.dhcp import ADDRESS
from lab.environment import programs_folder
from lab.libvirtd import DRIVER, Libvirtd
from lab.wait import NotSeen

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="libvirtd's system mode needs root")

NAMESPACE = "urn:cabled:libvirt:1"
MAC, OTHER_MAC = "52:54:00:00:00:01", "52:54:00:00:00:99"
IPV4, OTHER_IPV4, STRANGE_IPV4 = "10.77.0.11", "10.77.0.12", "10.77.0.66"
N_FRAMES = 20


class LibvirtHost:
    """A host without a pool: Open vSwitch, the agent, libvirtd with our hook, a bridge, and a server on it that answers pings."""

    def __init__(self, lab):
        self.lab, self.host = lab, Host(lab)
        lab.expect("ovs-vswitchd", r"(vnet|tap|uplink)\w+.*(Network is down|No such device|Invalid argument)")
        lab.expect("ovs-vswitchd", r"could not (open|set).*(vnet|tap)\w+")
        lab.expect("cabled", r"somebody took a VIF's port off the bridge")
        self.libvirtd = Libvirtd(lab.namespace, programs_folder())
        (lab.state / f"run/cabled.{lab.agent.pid}.ctl").symlink_to("cabled.ctl")        # where a host's agent has it
        lab.dhcp.start()
        lab.run("ip", "link", "set", "uplink0", "up")
        lab.vsctl("add-br", "br0", "--", "set", "bridge", "br0", f"datapath_type={lab.datapath_type}", "--", "add-port", "br0", "uplink0")
        self.libvirtd.start()
        self.guests = []

    def guest(self, name, metadata, interfaces=None):
        guest = self.libvirtd.guest(name, interfaces or interface(), metadata)
        self.guests.append(guest)
        return guest

    def started(self, name="web", metadata=None, **options):
        guest = self.guest(name, metadata or vifs(locked()), **options).start()
        guest.must(f"ip addr add {IPV4}/24 dev eth0 && ip link set eth0 up")
        return guest

    def end(self):
        for guest in self.guests:
            guest.destroy()
        self.libvirtd.stop()

    def apply(self, guest, check=True):
        return self.lab.run("cable-libvirt", "apply", input=guest.xml(), check=check)

    def keys(self, device):
        return self.host.interface(device)["external_ids"]

    def agent_view(self, device):
        return json.loads(self.lab.agent.appctl("vif/show", device))

    def counted(self, device):
        return {rule["name"]: rule["packets"] for rule in self.agent_view(device)["rules"] if rule["packets"]}

    def counted_at_least(self, device, rule, n, what):
        wait_for(lambda: self.counted(device).get(rule, 0) >= n, what, seen=lambda: self.counted(device))


def interface(mac=MAC, kind="bridge", inside="<source bridge='br0'/><virtualport type='openvswitch'/>"):
    return f"<interface type='{kind}'>{inside}<mac address='{mac}'/><model type='virtio'/>{DRIVER}</interface>"


def vifs(*vif):
    return f"<c:vifs xmlns:c='{NAMESPACE}'>{''.join(vif)}</c:vifs>"


def locked(ipv4=IPV4, which=f"mac='{MAC}'", more=""):
    return f"<c:vif {which} mode='locked'{more}><c:ipv4>{ipv4}</c:ipv4></c:vif>"


def forged_ip(mac=MAC, source=STRANGE_IPV4):
    """An IPv4 frame to everybody, as hex."""
    address = bytes(map(int, source.split("."))).hex()
    header = f"4500001c000000004011" + "0000" + address + "ffffffff"
    return "ffffffffffff" + mac.replace(":", "") + "0800" + header + "03e903e900080000" + "00" * 18


def runs(host):
    """Whether any guest does."""
    return host.lab.run("pgrep", "qemu-system", check=False).returncode == 0


def send(guest, frame, n=N_FRAMES):
    guest.must("frames send eth0 500", f"{frame}\n" * n)


def hosts(**options):
    with Lab(**options) as lab:
        host = LibvirtHost(lab)
        try:
            yield host
        finally:
            host.end()


@pytest.fixture
def host():
    yield from hosts(pool=False)


@pytest.fixture
def pooled():
    """The same of a host that has a pool database."""
    yield from hosts()


def test_guest_does_not_run_before_the_agent_has_guarded_it(host):
    host.lab.agent.signal("STOP")
    try:
        guest = host.guest("web", vifs(locked()))
        create = host.lab.spawn("virsh", "-q", "-c", "qemu:///system", "create", guest.file)
        wait_for(lambda: "vnet0" in host.host.ports("br0") and "cabled-locking-mode" in host.keys("vnet0"), "the hook to have written")
        with pytest.raises(NotSeen):
            wait_for(lambda: create.poll() is not None or runs(host), "the guest to run", 1)
    finally:
        host.lab.agent.signal("CONT")
    assert create.wait(30) == 0
    assert host.keys("vnet0")["cabled-state"] == "wired"


def test_guest_is_guarded_before_it_runs_and_nothing_is_left_of_it(host):
    lab = host.lab
    spy = host.libvirtd.hooks / "zz-spy"        # comes after ours
    spy.write_text(f'#!/bin/sh\n[ "$2" = start ] || exit 0\n{{ ovs-vsctl --timeout=5 get interface vnet0 external_ids:cabled-state; '
                   f'pgrep -c qemu-system; }} >{lab.state}/spied\nexit 0\n')
    spy.chmod(0o755)
    guest = host.started()
    device = guest.device()
    assert (lab.state / "spied").read_text().split() == ["wired", "0"]
    keys = host.keys(device)
    assert keys["attached-mac"] == MAC and keys["cabled-locking-mode"] == "locked" and keys["cabled-ipv4"] == IPV4
    assert host.host.row("Bridge", "br0", "fail_mode")["fail_mode"] == "secure"

    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0
    for frame, rule in ((forged_ip(), "ipv4-spoof"), (forged_ip(mac=OTHER_MAC), "mac-spoof")):
        send(guest, frame)
        host.counted_at_least(device, rule, N_FRAMES, f"{N_FRAMES} forged frames under {rule}")
    guest.must(f"ip addr add {STRANGE_IPV4}/32 dev eth0")
    assert guest.status(f"ping -q -c 2 -W 1 -I {STRANGE_IPV4} {ADDRESS}") != 0
    assert guest.status(f"ping -q -c 1 -W 5 -I {IPV4} {ADDRESS}") == 0

    ofport = host.host.interface(device)["ofport"]
    guest.destroy()
    wait_for(lambda: not host.host.flows_of("br0", ofport), "its rules to go")
    assert host.host.ports("br0") == {"uplink0"} and not host.host.link(device)


def test_changed_metadata_is_in_force_when_it_is_applied_and_so_are_keys_that_somebody_writes(host):
    guest = host.started()
    device = guest.device()
    host.libvirtd.virsh("metadata", guest.name, NAMESPACE, "--live", "--key", "c", "--set",
                        f"<vifs><vif mac='{MAC}' mode='locked'><ipv4>{OTHER_IPV4}</ipv4></vif></vifs>")
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0        # nobody has told us yet
    assert host.apply(guest).stdout == f"{device}: locked to {MAC} and {OTHER_IPV4}\n"
    assert guest.status(f"ping -q -c 2 -W 1 {ADDRESS}") != 0
    guest.must(f"ip addr flush dev eth0 && ip addr add {OTHER_IPV4}/24 dev eth0")
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0

    host.lab.vsctl("set", "interface", device, "external_ids:cabled-locking-mode=unlocked")
    wait_for(lambda: host.agent_view(device)["policy"].startswith("unlocked") and host.agent_view(device)["policy_in_force"],
             "the port to be unlocked", seen=lambda: host.agent_view(device))
    guest.must(f"ip addr flush dev eth0 && ip addr add {IPV4}/24 dev eth0")
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0

    host.libvirtd.virsh("metadata", guest.name, NAMESPACE, "--live", "--remove")
    assert host.apply(guest).stdout == f"{device}: not described\n"
    assert not {"described-by", "cabled-locking-mode", "cabled-ipv4"} & set(host.keys(device))


def test_guest_that_cannot_be_guarded_does_not_start(host):
    def refused(metadata, words, **options):
        done = host.guest("web", metadata, **options).create(check=False)
        assert done.returncode and words in done.stderr, done
        assert host.host.ports("br0") == {"uplink0"}
        assert not runs(host)

    refused(vifs(locked("10.77.0.300")), "10.77.0.300")
    refused(vifs(locked(which="mac='52:54:00:00:00:77'")), "the domain has no such interface")
    refused(vifs(locked(more=" color='red'")), "attribute 'color' is not known here")
    host.lab.agent.stop()
    refused(vifs(locked()), "no agent runs on this host")
    assert not host.guest("plain", "").create(check=False).returncode       # nothing is said of it: libvirt's business alone


def test_guest_goes_on_guarded_when_libvirtd_is_restarted(host):
    guest = host.started()
    device = guest.device()
    host.lab.vsctl("remove", "interface", device, "external_ids", "described-by")
    host.libvirtd.restart()
    wait_for(lambda: host.keys(device).get("described-by") == "cable-libvirt", "the hook to have been called")
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0
    send(guest, forged_ip())
    host.counted_at_least(device, "ipv4-spoof", N_FRAMES, "forged frames to be dropped")


ETHERNET = {"interfaces": interface(kind="ethernet", inside="<target dev='tap7' managed='no'/>")}


def tap(host):
    """A device that somebody made for a guest."""
    host.lab.run("ip", "tuntap", "add", "dev", "tap7", "mode", "tap")


def test_tap_that_libvirt_puts_on_no_bridge_is_handed_to_the_agent_and_taken_back(host):
    tap(host)
    guest = host.started(metadata=vifs(locked(more=" bridge='br0'")), **ETHERNET)
    row = host.host.interface("tap7")
    assert row["ofport"] >= 32768 and row["external_ids"]["described-by"] == "cable-libvirt"
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0
    send(guest, forged_ip())
    host.counted_at_least("tap7", "ipv4-spoof", N_FRAMES, "forged frames to be dropped")

    host.libvirtd.virsh("metadata", guest.name, NAMESPACE, "--live", "--key", "c", "--set",
                        f"<vifs><vif mac='{MAC}' mode='locked' bridge='br0'><ipv4>{OTHER_IPV4}</ipv4></vif></vifs>")
    assert host.apply(guest).stdout == f"tap7: locked to {MAC} and {OTHER_IPV4}\n"
    assert guest.status(f"ping -q -c 2 -W 1 {ADDRESS}") != 0

    rival = host.guest("rival", vifs(locked(more=" bridge='br0'")), **ETHERNET)
    assert rival.create(check=False).returncode         # libvirt cannot have the tap twice, and calls the hook for the one that has failed
    assert host.host.interface("tap7")["ofport"] == row["ofport"]

    guest.destroy()
    assert host.host.ports("br0") == {"uplink0"} and not host.host.flows_of("br0", row["ofport"])
    assert host.host.link("tap7")       # whoever made it takes it away


def test_tap_that_a_vif_of_the_pool_names_is_guarded_by_that(pooled):
    host = pooled
    host.host.cable("network", "create", "net0", "--bridge", "br0", "--unmanaged")
    host.host.vif("tap7", "--ipv4", IPV4, mac=MAC)
    tap(host)
    host.host.wait("tap7")
    guest = host.started(metadata=" ", **ETHERNET)
    assert guest.status(f"ping -q -c 1 -W 5 {ADDRESS}") == 0
    send(guest, forged_ip())
    host.counted_at_least("tap7", "ipv4-spoof", N_FRAMES, "forged frames to be dropped")
