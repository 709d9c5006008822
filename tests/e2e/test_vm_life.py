# SPDX-License-Identifier: Apache-2.0
"""From a client's call to a guest with a lease: `cable vm`, cabled-xapi, the agent, Open vSwitch and udev together."""

import subprocess

import pytest

from conftest import Host
from lab import Lab, image, wait_for
from lab.machine import COMMAND_LINE

MAC, IPV4 = "02:00:00:00:07:00", "10.77.0.21"
BY_AGENT = ["device", "uevent", "transaction", "port", "rules", "link"]
DEADLINE_S = 60


@pytest.fixture
def host():
    with Lab(xapi=True) as lab:
        lab.dhcp.add_host(MAC, IPV4)
        lab.dhcp.start()
        host = Host(lab)
        host.network("lan", "--uplink", lab.dhcp.uplink)
        yield host
        for vm in host.json("vm", "list"):
            host.cable("vm", "shutdown", vm["name"], "--force", check=False)
            host.cable("vm", "destroy", vm["name"])
        wait_for(lambda: host.json("vif", "list") == [], "the VIFs to go")


def words(kind):
    """What a guest boots that asks for a lease on eth0 by itself, and then lives on."""
    if kind == "netns":
        return ["--domain", "netns", "--kernel", "/bin/busybox", "--args", f"udhcpc -f -i eth0 -s {image.SOURCES}/udhcpc-script"]
    return ["--memory", "128M", "--kernel", image.kernel() / "vmlinuz", "--ramdisk", image.initramfs(), "--args", f"{COMMAND_LINE} console-shell dhcp"]


def create(host, kind, name="web", vif=f"network=lan,mac={MAC},ipv4={IPV4}"):
    host.cable("vm", "create", name, *map(str, words(kind)), "--vif", vif)
    return name


def stages(host, name):
    return {stage["stage"]: stage["at_us"] for stage in host.json("timeline", name)["stages"]}


def console_of(host, name):
    folder = host.lab.xapi.domains / host.json("vm", "show", name)["uuid"]
    return (folder / "console.log").read_text(errors="replace") if folder.exists() else "(gone)"


both = pytest.mark.parametrize("kind", ["netns", "qemu"])


@both
def test_guest_gets_its_lease_and_the_timeline_tells_each_stage(host, kind):
    create(host, kind)
    host.cable("vm", "start", "web")
    assert host.json("vm", "list")[0]["power_state"] == "Running"
    assert [vif["state"] for vif in host.json("vif", "list")] == ["wired"]
    reached = wait_for(lambda: "dhcp-ack" in stages(host, "web") and stages(host, "web"), "the guest to get its lease", DEADLINE_S,
                       seen=lambda: console_of(host, "web"))
    assert set(reached) - {"neighbour"} == {"request", "domain", *BY_AGENT, "unpaused", "frame", "dhcp-discover", "dhcp-ack"}
    for order in (["request", "device", "uevent", "transaction", "port", "link", "unpaused", "frame", "dhcp-discover", "dhcp-ack"],
                  ["request", "domain", "unpaused"], ["uevent", "rules", "link"]):
        assert sorted(order, key=list(reached).index) == order
    assert list(reached.values()) == sorted(reached.values())
    told = host.json("timeline", "web")
    assert sum(stage["took_us"] for stage in told["stages"]) == told["whole_us"]
    assert reached["unpaused"] > reached["link"] > 0


@both
def test_vm_lives_as_its_verbs_say(host, kind):
    create(host, kind)
    for verb, state in (("start", "Running"), ("pause", "Paused"), ("unpause", "Running"), ("reboot --force", "Running"),
                        ("shutdown --force", "Halted")):
        verb, *options = verb.split()
        assert host.json("vm", verb, "web", *options)["power_state"] == state
    assert host.json("vif", "list")[0]["plugged"] is False


def test_vm_that_starts_paused_is_wired_and_does_not_run(host):
    create(host, "netns")
    assert host.json("vm", "start", "web", "--paused")["power_state"] == "Paused"
    assert [vif["state"] for vif in host.json("vif", "list")] == ["wired"]
    assert "unpaused" not in stages(host, "web")
    assert host.json("vm", "unpause", "web")["power_state"] == "Running"


def test_guest_for_once_shows_its_console_and_is_gone(host):
    done = host.cable("vm", "run", "--domain", "netns", "--kernel", "/bin/echo", "--args", "hello")
    assert "hello" in done.stdout
    assert host.json("vm", "list") == []


def test_guest_for_once_goes_with_its_command(host):
    run = host.lab.spawn("sh", "-c", "echo $$; exec cable vm run once --domain netns --kernel /bin/cat --vif network=lan",
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = run.stdout.readline().strip()
    run.stdin.write("echo\n")
    run.stdin.flush()
    assert run.stdout.readline() == "echo\n"
    host.lab.run("kill", pid)
    run.wait(DEADLINE_S)
    run.stdout.close()
    run.stdin.close()
    # Whoever led it into the lab is not the command itself, which is still at it.
    wait_for(lambda: host.json("vm", "list") == host.json("vif", "list") == [], "guest and VIF to be gone", DEADLINE_S)


def test_what_cannot_be_is_told_in_words(host):
    create(host, "netns")

    def refused(*command):
        done = host.cable(*command, check=False)
        assert done.returncode == 1 and done.stderr.startswith("cable: "), done
        return done.stderr
    assert "must be" in refused("vm", "pause", "web")
    assert "is not running" in refused("vm", "console", "web")
    assert "is no MAC address" in refused("vm", "create", "x", "--domain", "netns", "--kernel", "/bin/cat", "--vif", "network=lan,mac=x")
    host.cable("vm", "start", "web")
    assert "must be" in refused("vm", "start", "web")
    assert "must be" in refused("vm", "destroy", "web")
    host.lab.expect("cabled-xapi", "VM.start fails: program '/no/such/program' is not there")
    host.cable("vm", "create", "bad", "--domain", "netns", "--kernel", "/no/such/program")
    assert "/no/such/program" in refused("vm", "start", "bad")
    assert {vm["name"]: vm["power_state"] for vm in host.json("vm", "list")} == {"bad": "Halted", "web": "Running"}


def test_disk_is_made_in_the_storage_and_image_there_is_found(host):
    (host.lab.xapi.storage / "root.raw").write_bytes(bytes(1 << 20))
    host.cable("vm", "create", "disks", "--kernel", image.kernel() / "vmlinuz", "--disk", "16M", "--disk", "root.raw")
    disks = host.json("vm", "show", "disks")["disks"]
    assert [(disk["device"], disk["bytes"]) for disk in disks] == [("0", 16 << 20), ("1", 1 << 20)]
