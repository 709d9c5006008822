# SPDX-License-Identifier: Apache-2.0
"""Events of devices that are lost, doubled, late or out of order change nothing of what comes of it."""

import json
from contextlib import contextmanager

from conftest import peer_of
from lab import wait_for

LIST_AGAIN_MS = 30 * 1000       # src/hotplug/devices.c
SOON_S = 15                     # before that: what comes so soon was noticed


@contextmanager
def standing_still(daemon):
    """While inside, the daemon does nothing; what it is told meanwhile comes late."""
    daemon.signal("STOP")
    try:
        yield
    finally:
        daemon.signal("CONT")


def known(host, device):
    """What the agent itself says of a VIF."""
    return next(vif for vif in json.loads(host.lab.agent.appctl("status"))["vifs"] if vif["device"] == device)


def ifindex(host, device):
    return host.link(device)["ifindex"]


def plugged_ifindex(host, device):
    """The device for which the port was made, 0 if there is no port."""
    present = "xapi0" in host.bridges() and device in host.ports("xapi0")
    return int(host.interface(device)["external_ids"]["cabled-ifindex"]) if present else 0


def await_plugged_anew(host, device):
    wait_for(lambda: plugged_ifindex(host, device) == ifindex(host, device), f"{device}'s port to be for the present device", SOON_S,
             seen=lambda: (plugged_ifindex(host, device), ifindex(host, device)))
    wait_for(lambda: known(host, device)["state"] == "wired", f"{device} to be wired", SOON_S, seen=lambda: known(host, device))


def make_and_delete(host, device, times):
    """The device comes and goes under its name; at the end it is there."""
    add = f"link add {device} type veth peer name {peer_of(device)}"
    host.lab.run("ip", "-batch", "-", input="\n".join([add, f"link del {device}"] * times + [add]) + "\n")


def test_devices_that_udev_announces_late_are_wired_when_it_does(host):
    host.network()
    devices = [host.vif(f"vif{n}.0") for n in range(1, 6)]
    with standing_still(host.lab.udevd):
        for device in devices:
            host.veth(device)
        for device in devices:
            assert known(host, device)["state"] == "no-device"
    for device in devices:
        host.wait(device)


def test_device_that_went_before_udev_announced_it_is_not_there(host):
    host.network()
    host.vif("vif1.0")
    with standing_still(host.lab.udevd):
        host.veth("vif1.0")
        host.lab.run("ip", "link", "del", "vif1.0")
    host.lab.udevd.settle()
    host.wired("vif2.0")        # whatever udev had to say before has been heard
    assert known(host, "vif1.0")["state"] == "no-device"
    assert host.ports("xapi0") == {"vif2.0"}


def test_udevd_that_is_restarted_announces_what_comes_after(host):
    host.network()
    before = host.wired("vif1.0")
    host.lab.udevd.kill()
    host.veth("vif2.0")
    host.vif("vif2.0")
    host.lab.udevd.start()
    host.wired("vif3.0")
    host.lab.udevd.trigger()    # as the boot of every system that restarts udev
    host.wait("vif2.0")
    assert host.wait("vif1.0")["wired_since"] == before["wired_since"]


def test_events_that_are_doubled_change_nothing(host):
    host.network()
    before = {f"vif{n}.0": host.wired(f"vif{n}.0") for n in range(1, 4)}
    flows = host.flows("xapi0")
    for _ in range(20):
        host.lab.udevd.trigger()
    host.lab.udevd.settle()
    host.wired("vif9.0")
    after = {device: host.wait(device) for device in before}
    assert [record["wired_since"] for record in after.values()] == [record["wired_since"] for record in before.values()]
    assert flows <= host.flows("xapi0")


def test_last_of_many_devices_of_one_name_is_wired(host):
    host.network()
    host.lab.expect("ovs-vswitchd", r"No such device|vif1\.0.*Network is down|vif1\.0: cannot set promisc flag"
                    "|failed to add vif1.0 as port|could not add network device vif1.0")
    host.lab.expect("cabled", r"the switch cannot open device vif1\.0: .*\(No such device\)")     # which it was at that moment
    host.wired("vif1.0")
    for _ in range(5):
        host.lab.run("ip", "link", "del", "vif1.0")
        make_and_delete(host, "vif1.0", 20)
        await_plugged_anew(host, "vif1.0")


def test_device_that_was_made_anew_many_times_before_udev_looks_is_wired(host):
    """What udev announces late is devices of that name which have gone, and the present one last."""
    host.network()
    host.vif("vif1.0")
    with standing_still(host.lab.udevd):
        make_and_delete(host, "vif1.0", 30)
    await_plugged_anew(host, "vif1.0")


def test_device_whose_announcement_was_lost_is_wired_when_the_list_is_read_again(host):
    host.network()
    agent = host.lab.agent
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")     # its clock can be put on
    agent.start()
    host.wired("vif2.0")
    host.vif("vif1.0")
    with standing_still(host.lab.udevd):
        host.veth("vif1.0")
        # What udev writes before it announces the device; the announcement itself is lost.
        host.lab.run("sh", "-c", f"printf 'I:1\\nV:1\\n' >/run/udev/data/n{ifindex(host, 'vif1.0')}")
        agent.appctl("time/warp", str(LIST_AGAIN_MS // 2))
        assert known(host, "vif1.0")["state"] == "no-device"
        agent.appctl("time/warp", str(LIST_AGAIN_MS // 2))
        wait_for(lambda: known(host, "vif1.0")["state"] == "wired", "the device to be found")


NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT = 0, 15


def overflow(host, protocol, tell):
    """`tell` until the kernel cannot leave more messages at the agent's socket of that protocol, which stands still."""
    def n_dropped():
        rows = [line.split() for line in host.lab.run("cat", "/proc/net/netlink").stdout.splitlines()[1:]]
        return sum(int(row[8]) for row in rows if int(row[1]) == protocol and int(row[2]) == host.lab.agent.pid)
    while not n_dropped():
        tell()
    # Thousands of events are then heard in one turn of the loop, however slow the machine is.
    host.lab.expect("cabled", r"netlink receive buffer overflowed|\|timeval\|WARN\|")


def test_overflow_of_the_kernel_s_events_loses_no_device(host):
    host.network()
    host.lab.expect("ovs-vswitchd", r"No such device|Network is down|netlink receive buffer overflowed")
    for n in (1, 2, 3):
        host.wired(f"vif{n}.0")
    host.vif("vif4.0")
    host.veth("vif9.0")
    change = "link set vif9.0 mtu 1400\nlink set vif9.0 mtu 1401\n" * 2000
    with standing_still(host.lab.agent):
        overflow(host, NETLINK_ROUTE, lambda: host.lab.run("ip", "-batch", "-", input=change))
        host.lab.run("ip", "link", "del", "vif1.0")                             # went
        host.lab.run("ip", "link", "del", "vif2.0")                             # went and came back
        host.veth("vif2.0")
        host.lab.run("ip", "link", "set", "vif3.0", "mtu", "1280")              # changed
        host.veth("vif4.0")                                                     # came
        host.lab.udevd.settle()
    wait_for(lambda: known(host, "vif1.0")["state"] == "no-device", "vif1.0 to be gone", SOON_S)
    for device in ("vif2.0", "vif3.0", "vif4.0"):
        await_plugged_anew(host, device)
    wait_for(lambda: host.link("vif3.0")["mtu"] == 1500, "vif3.0 to have its MTU again", SOON_S)


# Hears one announcement of udev's and keeps it; says it again and again.
HEAR = """
import socket, subprocess, sys
ear = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)         # NETLINK_KOBJECT_UEVENT
ear.bind((0, 2))                                                    # what udevd announces
subprocess.run(["udevadm", "trigger", "--action=change", "--sysname-match=lo"], check=True)
open(sys.argv[1], "wb").write(ear.recv(1 << 16))
"""
SAY = """
import socket, sys
announcement = open(sys.argv[1], "rb").read()
mouth = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
for _ in range(10000):
    mouth.sendto(announcement, (0, 2))
"""


def test_announcement_that_found_the_agent_s_socket_full_is_not_missed(host):
    host.network()
    host.vif("vif1.0")
    announcement = host.lab.state / "announcement"
    host.lab.run("/usr/bin/python3", "-c", HEAR, announcement)
    with standing_still(host.lab.udevd):
        host.veth("vif1.0")
        for _ in range(2):      # the second answer comes after a turn in which the agent heard the kernel's word
            assert known(host, "vif1.0")["state"] == "no-device"
        host.lab.agent.signal("STOP")
        overflow(host, NETLINK_KOBJECT_UEVENT, lambda: host.lab.run("/usr/bin/python3", "-c", SAY, announcement))
    host.lab.udevd.settle()
    host.lab.agent.signal("CONT")
    await_plugged_anew(host, "vif1.0")
