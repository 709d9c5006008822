# SPDX-License-Identifier: Apache-2.0
"""What is not on Open vSwitch is not guarded, and that is said in words: ports of Linux bridges, and XenServer's other network backend."""

import os
import shutil

import pytest

BACKEND = "the network backend of this XenServer host is the Linux bridge (/etc/xensource/network.conf), which Cabled does not guard"


@pytest.fixture
def bridged(host):
    """A Linux bridge with devices of guests and one of the host's own."""
    if host.lab.run("ip", "link", "add", "virbr0", "type", "bridge", check=False).returncode:
        pytest.skip("this kernel makes no Linux bridges")
    for device in ("vnet3", "tap1.0", "vif1.0", "eth7"):
        host.veth(device)
        host.lab.run("ip", "link", "set", device, "master", "virbr0")
    return host


def sentence(device, bridge="virbr0"):
    return (f"{device} is on the Linux bridge {bridge}: Cabled guards ports of Open vSwitch only, so nothing keeps its guest from sending "
            "what it likes")


def test_guests_on_a_linux_bridge_are_told_of(bridged):
    host = bridged
    host.veth("vnet4")      # on no bridge
    told = host.json("host", "status")["linux_bridges"]
    assert told == [{"device": device, "bridge": "virbr0", "sentence": sentence(device)} for device in ("tap1.0", "vif1.0", "vnet3")]
    assert host.json("status")["linux_bridges"] == told
    for command in (["host", "status"], ["status"]):
        text = " ".join(host.cable(*command).stdout.split())
        assert "linux bridges" in text and sentence("vnet3") in text


def test_host_without_linux_bridges_hears_nothing_of_them(host):
    host.network()
    host.wired("vif1.0")
    assert host.json("host", "status")["linux_bridges"] == []
    assert "linux_bridges" not in host.json("status") and "network_backend" not in host.json("status")


@pytest.fixture
def xenserver(host):
    """A host that has /etc/xensource/network.conf; returns a function that writes into it."""
    if os.geteuid() != 0:
        pytest.skip("only root can put another /etc into the lab")
    etc = host.lab.state / "etc"
    shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True)
    (etc / "xensource").mkdir(exist_ok=True)
    host.lab.run("mount", "--bind", etc, "/etc")
    return (etc / "xensource/network.conf").write_text


def test_xenserver_with_the_linux_bridge_as_backend_is_told_so(host, xenserver):
    xenserver("openvswitch\n")
    assert "network_backend" not in host.json("host", "status")
    xenserver("bridge\n")
    for command in (["host", "status"], ["status"]):
        assert host.json(*command)["network_backend"].startswith(BACKEND)


def test_xenserver_that_runs_no_open_vswitch_is_told_why(host, xenserver):
    xenserver("bridge\n")
    done = host.lab.run("env", "OVS_RUNDIR=/nowhere", "cable", "host", "status", check=False)
    assert done.returncode == 1 and done.stderr.startswith(f"cable: {BACKEND}") and "/nowhere/db.sock does not answer" in done.stderr
