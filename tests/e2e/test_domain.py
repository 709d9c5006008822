# SPDX-License-Identifier: Apache-2.0
"""The domains' room, with guests in QEMU and in namespaces."""

import json
import os
import re

import pytest

from domain_shell import (  # noqa: F401 (fixtures)
    both, CRASH, DEADLINE_S, Domain, LEAK, MIB, NETWORK_CAPABILITIES, qcow2_image, Shell, shell, SWITCH_OFF, vif)
from lab import wait_for
from lab.namespace import terminate_group
from unixctl import Refused


@both
def test_domain_is_built_paused_with_its_devices_there_and_down(shell, kind):
    domain = Domain(shell, kind)
    domain.spec.update(domid=77, vifs=[vif(77, 0), vif(77, 3, 1400)])
    domain.domid = 77
    told = domain.built().told
    devices = shell.devices(77)
    assert devices.keys() == {"vif77.0", "vif77.3"} and told["vifs"] == [0, 3]
    assert all("UP" not in device["flags"] for device in devices.values())
    assert devices["vif77.0"]["mtu"] == 1500 and devices["vif77.3"]["mtu"] == 1400
    addresses = json.loads(shell.lab.run("ip", "-json", "addr", "show", "dev", "vif77.0").stdout)[0]["addr_info"]
    assert addresses == []
    assert shell.lab.run("cat", "/proc/sys/net/ipv6/conf/vif77.0/disable_ipv6").stdout.strip() == "1"
    assert domain.output() == ""
    assert 0 < told["times"]["begun"] <= told["times"]["built"] and told["times"]["devices"] <= told["times"]["built"]
    assert told["times"]["unpaused"] == 0
    domain.gone()


@both
def test_guest_runs_when_unpaused_and_has_its_mac_and_mtu(shell, kind):
    domain = Domain(shell, kind)
    domain.spec["vifs"][0]["mtu"] = 1400
    domain.running()
    seen = domain.say("ip link show eth0")
    assert domain.spec["vifs"][0]["mac"] in seen and "mtu 1400" in seen
    assert domain.told["times"]["unpaused"] >= domain.told["times"]["built"]


@both
def test_guest_reaches_another_through_its_device(shell, kind):
    """The host's end of the device carries what the guest sends."""
    domain = Domain(shell, kind).running()
    device = f"vif{domain.domid}.0"
    shell.lab.run("ip", "addr", "add", "10.9.0.1/24", "dev", device)
    shell.lab.run("ip", "link", "set", device, "up")
    domain.say("ip link set eth0 up; ip addr add 10.9.0.2/24 dev eth0")
    assert "1 packets received" in domain.say("ping -c 1 -W 10 10.9.0.1")


@both
def test_paused_guest_stands_still_until_it_is_unpaused(shell, kind):
    domain = Domain(shell, kind).running()
    domain.do("pause")
    domain.until("paused")
    domain.type("echo he''ard")
    for process in shell.lab.run("pgrep", "-x", "busybox", check=False).stdout.split():
        wait_for(lambda: shell.status_of(process)["State"].startswith("T"), "the program to stand still")
    assert "\nheard" not in domain.output()
    domain.do("unpause")
    domain.until("running")
    wait_for(lambda: "\nheard" in domain.output(), "the guest to go on", DEADLINE_S, seen=domain.output)


@both
def test_power_button_ends_the_guest_and_a_reset_begins_it_anew(shell, kind):
    domain = Domain(shell, kind, **({} if kind == "qemu" else {"kernel": "/bin/sleep", "args": "1000"})).built()
    domain.do("unpause")
    domain.until("running")
    if kind == "qemu":
        domain.until_shell(1)
    domain.do("press")
    domain.until("stopped")
    assert shell.devices(domain.domid)
    domain.do("reset")
    domain.until("running")
    if kind == "qemu":
        domain.until_shell(2)
    domain.gone()


@both
def test_guest_that_switches_itself_off_is_stopped(shell, kind):
    domain = Domain(shell, kind).running()
    domain.type(SWITCH_OFF[kind])
    domain.until("stopped")
    assert domain.told["error"] == ""


def test_guest_that_reboots_waits_to_be_begun_anew(shell):
    domain = Domain(shell, "qemu").running()
    domain.type("reboot -f")
    domain.until("rebooting")
    domain.do("reset")
    domain.until("running")
    domain.until_shell(2)


@both
def test_running_guest_is_begun_anew_at_once_by_a_reset(shell, kind):
    domain = Domain(shell, kind).running()
    domain.do("reset")
    domain.until_shell(2)
    domain.until("running")


@both
def test_panic_is_told_as_a_crash(shell, kind):
    domain = Domain(shell, kind).running()
    domain.type(CRASH[kind])
    domain.until("crashed")
    assert "panicked" in domain.told["error"]


@both
def test_process_that_is_killed_is_gone_with_all_that_it_had(shell, kind):
    shell.expect_ends()
    domain = Domain(shell, kind).running()
    if kind == "netns":     # somebody else in the namespace keeps it
        other = shell.lab.spawn("ip", "netns", "exec", f"cabled-{domain.domid}", "sleep", "1000")
        wait_for(lambda: shell.lab.run("pgrep", "-x", "sleep", check=False).stdout, "somebody in the namespace")
    shell.lab.run("kill", "-KILL", domain.pid())
    told = domain.until("gone")
    assert "signal 9" in told["error"]
    assert shell.devices(domain.domid) == {} and shell.namespaces() == []
    if kind == "netns":
        terminate_group(other)
    domain.do("forget")
    shell.check_nothing_is_left()


@both
def test_vifs_come_and_go_while_the_guest_runs(shell, kind):
    domain = Domain(shell, kind).running()
    domain.do("plug", json.dumps(vif(domain.domid, 2, 1400)))
    domain.until_vifs(0, 2)
    device = shell.devices(domain.domid)[f"vif{domain.domid}.2"]
    assert device["mtu"] == 1400 and "UP" not in device["flags"]
    mac = vif(domain.domid, 2)["mac"]
    wait_for(lambda: mac in domain.say("ip link"), "the guest to see the device", DEADLINE_S)
    domain.do("unplug", "2")
    domain.until_vifs(0)
    assert f"vif{domain.domid}.2" not in shell.devices(domain.domid)
    assert mac not in domain.say("ip link")
    domain.do("plug", json.dumps(vif(domain.domid, 2)))
    domain.until_vifs(0, 2)
    domain.do("unplug", "0")
    domain.until_vifs(2)
    assert domain.told["error"] == ""


@both
def test_vif_whose_device_cannot_be_made_is_refused_and_can_be_plugged_later(shell, kind):
    domain = Domain(shell, kind).running()
    device = f"vif{domain.domid}.1"
    shell.lab.run("ip", "link", "add", device, "type", "veth", "peer", "name", "other")
    domain.do("plug", json.dumps(vif(domain.domid, 1)))
    wait_for(lambda: domain.told["error"], "a reason", seen=lambda: domain.told)
    assert device in domain.told["error"] and domain.told["vifs"] == [0] and domain.told["changing"] == []
    shell.lab.run("ip", "link", "del", device)
    domain.do("plug", json.dumps(vif(domain.domid, 1)))
    domain.until_vifs(0, 1)
    assert domain.told["error"] == ""


@both
def test_domains_outlive_their_program_and_are_taken_over(shell, kind):
    domain, paused = Domain(shell, kind).running(), Domain(shell, kind, n_vifs=2).built()
    pid = domain.pid()
    shell.kill()
    domain.type("echo al''ive")
    shell.start()
    assert domain.until("running")["vifs"] == [0] and domain.pid() == pid
    assert paused.until("paused")["vifs"] == [0, 1]
    wait_for(lambda: "alive" in domain.output(), "the guest's word", seen=domain.output)
    domain.do("plug", json.dumps(vif(domain.domid, 1)))
    domain.until_vifs(0, 1)
    domain.type(SWITCH_OFF[kind])
    domain.until("stopped")
    domain.gone()
    paused.gone()
    shell.check_nothing_is_left()


@both
def test_what_happened_while_no_program_was_there_is_found(shell, kind):
    stopped, killed = Domain(shell, kind).running(), Domain(shell, kind).running()
    pid = killed.pid()
    shell.kill()
    stopped.type(SWITCH_OFF[kind])
    shell.lab.run("kill", "-KILL", pid)
    wait_for(lambda: not shell.lab.run("ps", "-o", "pid=", "-p", pid, check=False).stdout, "its end")
    shell.start()
    stopped.until("stopped")
    assert killed.vm not in shell.list()
    assert shell.devices(killed.domid) == {}
    stopped.gone()
    shell.check_nothing_is_left()


def test_another_process_with_the_pid_of_a_domain_is_not_taken_for_it(shell):
    domain = Domain(shell, "netns").built()
    path = shell.folder / domain.vm / "domain.json"
    record = json.loads(path.read_text())
    shell.kill()
    shell.lab.run("kill", "-KILL", record["pid"])
    other = shell.lab.spawn("sleep", "1000")
    wait_for(lambda: shell.lab.run("pgrep", "-x", "sleep", check=False).stdout, "somebody else to begin")
    pid = int(shell.lab.run("pgrep", "-x", "sleep").stdout)
    path.write_text(json.dumps({**record, "pid": pid}))
    shell.start()
    assert shell.list() == {}
    assert other.poll() is None
    shell.lab.run("kill", pid)
    other.wait()


@both
@pytest.mark.parametrize("wrong, word", [
    ({"kernel": "/no/such/kernel"}, "/no/such/kernel"), ({"kernel": "/etc"}, "/etc"), ({"domid": 0}, "domain id 0"),
    ({"domid": 32752}, "domain id 32752"), ({"vifs": [{"devid": 16, "mac": "02:00:00:00:00:01", "mtu": 1500}]}, "VIF 16"),
    ({"vifs": [{"devid": 1, "mac": "02:00:00:00:00:01", "mtu": 1500}] * 2}, "VIF 1"),
    ({"vifs": [{"devid": 1, "mac": "02:00:00:00:00:01", "mtu": 5}]}, "MTU 5"), ({"args": "x" * 2048}, "arguments"),
])
def test_wrong_spec_is_refused_before_anything_has_begun(shell, kind, wrong, word):
    if kind == "netns" and wrong.get("kernel") == "/etc":
        wrong = {"kernel": "/etc/passwd"}
    with pytest.raises(Refused, match=re.escape(wrong["kernel"] if "kernel" in wrong else word)):
        Domain(shell, kind, **wrong).build()
    shell.check_nothing_is_left()


@pytest.mark.parametrize("wrong, word", [
    ({"path": "/no/such/disk", "format": "raw"}, "/no/such/disk"), ({"path": "/dev/null", "format": "raw"}, "ordinary"),
    ({"path": "/etc/passwd", "format": "qcow2"}, "qcow2"), ({"path": "/etc/passwd", "format": "vhd"}, "vhd"),
])
def test_wrong_disk_is_refused_before_anything_has_begun(shell, wrong, word):
    with pytest.raises(Refused, match=re.escape(word)):
        Domain(shell, "qemu", disks=[wrong]).build()
    shell.check_nothing_is_left()


def test_domain_whose_process_cannot_begin_its_guest_is_gone_with_the_reason(shell):
    shell.expect_ends()
    domain = Domain(shell, "qemu", n_vifs=2, kernel="/etc/passwd").build()
    assert "kernel" in domain.until("gone")["error"]
    assert shell.devices(domain.domid) == {}


@pytest.mark.parametrize("keeper", ["/bin/false", "/no/such/keeper"])
@both
def test_domain_whose_process_cannot_be_begun_is_gone_with_the_reason(shell, kind, keeper):
    shell.stop()
    broken = Shell(shell.lab, keeper=keeper, accelerator="tcg").start()
    broken.expect_ends()
    domain = Domain(broken, kind).build()
    assert ("exit status 1" if keeper == "/bin/false" else keeper) in domain.until("gone")["error"]
    domain.do("forget")
    broken.check_nothing_is_left()
    broken.stop()
    shell.start()


def test_guest_program_has_no_privileges_but_over_its_own_network(shell):
    domain = Domain(shell, "netns").running()
    shown = domain.say("grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status; echo pid=$$; ls -d /proc/[0-9]* | wc -l")
    fields = dict(line.split(":", 1) for line in shown.splitlines() if ":" in line)
    for kind in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(fields[kind], 16) == NETWORK_CAPABILITIES
    assert fields["NoNewPrivs"].strip() == "1"
    if os.geteuid() == 0:
        assert set(fields["Uid"].split()) == {"65534"} and fields["Groups"].split() == []
    # It sees its own processes only: the first one, itself, and what it runs.
    assert int(shown.split()[-1]) <= 4
    assert "permission denied" in domain.say("mount -t tmpfs none /mnt 2>&1")
    assert LEAK not in domain.say("ls -l /proc/self/fd") + shell.lab.run("sh", "-c", f"ls -l /proc/{domain.pid()}/fd").stdout
    keeper = shell.status_of(domain.pid())
    assert int(keeper["CapEff"], 16) & (1 << 16 | 1 << 17 | 1 << 1) == 0    # modules, raw I/O, anybody's files
    assert keeper["NoNewPrivs"] == "1"


def test_qemu_is_unprivileged_and_in_its_sandbox(shell):
    domain = Domain(shell, "qemu").running()
    status = shell.status_of(domain.pid())
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
    if os.geteuid() == 0:
        assert set(status["Uid"].split()) == {"65534"} == set(status["Gid"].split())
    limits = shell.lab.run("cat", f"/proc/{domain.pid()}/limits").stdout
    assert re.search(r"Max core file size +0 +0", limits)
    assert shell.lab.run("cat", f"/proc/{domain.pid()}/environ").stdout.replace("\0", " ").split()[0].startswith(("ASAN", "UBSAN", "PATH"))
    assert LEAK in shell.lab.run("sh", "-c", "ls -l /proc/$(pgrep -x domain-shell)/fd").stdout
    assert LEAK not in shell.lab.run("sh", "-c", f"ls -l /proc/{domain.pid()}/fd").stdout


def test_namespace_can_be_entered_by_its_name_and_has_no_program_if_none_is_named(shell):
    domain = Domain(shell, "netns", kernel="", args="").built()
    name = f"cabled-{domain.domid}"
    assert shell.namespaces()[0] == name
    assert "eth0" in shell.lab.run("ip", "netns", "exec", name, "ip", "link").stdout
    assert "UP" not in json.loads(shell.lab.run("ip", "-n", name, "-json", "link", "show", "eth0").stdout)[0]["flags"]
    assert "tx-checksumming: off" in shell.lab.run("ip", "netns", "exec", name, "ethtool", "-k", "eth0").stdout
    domain.do("unpause")
    domain.until("running")
    assert "UP" in json.loads(shell.lab.run("ip", "-n", name, "-json", "link", "show", "eth0").stdout)[0]["flags"]
    domain.do("press")
    domain.until("stopped")
    domain.gone()


def test_nothing_that_a_program_has_begun_outlives_it(shell):
    domain = Domain(shell, "netns").running()
    domain.say("setsid sleep 1234 & setsid sh -c 'trap \"\" TERM HUP; sleep 1235; sleep 1235' & true")
    wait_for(lambda: shell.lab.run("pgrep", "-f", "sleep 123", check=False).stdout.split()[1:], "its processes")
    domain.type("exit")
    domain.until("stopped")
    assert shell.lab.run("pgrep", "-f", "sleep 123", check=False).stdout == ""


def test_guest_has_its_disks(shell, tmp_path):
    raw, qcow2, cd = tmp_path / "raw", tmp_path / "qcow2", tmp_path / "cd"
    raw.write_bytes(b"beginning" + bytes(4 * MIB - 9))
    cd.write_bytes(bytes(2 * MIB))
    qcow2.write_bytes(qcow2_image(8 * MIB))
    for path in (raw, qcow2, cd):
        path.chmod(0o600)
    domain = Domain(shell, "qemu", disks=[
        {"path": str(raw), "format": "raw"}, {"path": str(qcow2), "format": "qcow2"},
        {"path": str(cd), "format": "raw", "cd": True}]).running()
    assert "beginning" in domain.say("head -c 9 /dev/vda")
    assert domain.say("cat /sys/block/vda/size /sys/block/vdb/size").split() == ["8192", "16384"]
    domain.say("echo written | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null; echo x | dd of=/dev/vdb conv=notrunc,fsync 2>/dev/null")
    assert raw.read_bytes().startswith(b"written")
    domain.gone()
    assert len(qcow2.read_bytes()) > len(qcow2_image(8 * MIB))


def test_image_that_refers_to_another_file_is_refused(shell, tmp_path):
    disk = tmp_path / "disk"
    for image_, word in ((qcow2_image(8 * MIB, backing=b"/etc/passwd"), "backing file"), (qcow2_image(8 * MIB, features=4), "another file")):
        disk.write_bytes(image_)
        with pytest.raises(Refused, match=word):
            Domain(shell, "qemu", disks=[{"path": str(disk), "format": "qcow2"}]).build()
    shell.check_nothing_is_left()


@both
def test_console_log_is_of_limited_size(shell, kind):
    """It is made large from outside: a guest under TCG takes minutes for that."""
    domain = Domain(shell, kind).running()
    log, former = domain.folder / "console.log", domain.folder / "console.log.1"
    with open(log, "a") as file:
        file.write("x" * MIB)
    wait_for(former.exists, "the log to be trimmed", DEADLINE_S)
    wait_for(lambda: log.stat().st_size < MIB, "the log to be short again", DEADLINE_S)
    assert former.stat().st_size == MIB // 2
    assert "later" in domain.say("echo later")
    assert log.stat().st_size < 10000 and "\0" not in log.read_text()
    domain.gone()


def test_domain_ids_are_given_once(shell):
    domain = Domain(shell, "netns", n_vifs=0).built()
    assert shell.call("domain/has-id", str(domain.domid)) == "true"
    assert shell.call("domain/has-id", "4321") == "false"
    shell.lab.run("ip", "link", "add", "vif4321.5", "type", "veth", "peer", "name", "vif432.17")
    assert shell.call("domain/has-id", "4321") == "true"
    assert shell.call("domain/has-id", "432") == "true"
    assert shell.call("domain/has-id", "4320") == "false"
    with pytest.raises(Refused, match="domain 4321"):
        Domain(shell, "netns", domid=4321).build()
    shell.lab.run("ip", "link", "del", "vif4321.5")


def test_vm_has_one_domain_and_a_run_folder_one_program(shell):
    domain = Domain(shell, "netns").built()
    again = Domain(shell, "netns")
    again.spec["vm"] = domain.vm
    with pytest.raises(Refused, match="already"):
        again.build()
    second = Shell(shell.lab)
    done = shell.lab.run(*second.arguments, check=False)
    assert done.returncode == 1 and "another program's" in done.stderr


def test_domain_that_leaves_while_it_is_built_leaves_nothing(shell):
    for kind in ("netns", "qemu"):
        domain = Domain(shell, kind).build()
        domain.do("destroy")
        domain.until("gone")
        domain.do("forget")
        shell.check_nothing_is_left()
