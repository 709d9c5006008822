# SPDX-License-Identifier: Apache-2.0
"""The lab itself: it comes up, notices what goes wrong in it, and leaves nothing."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab import Lab, LabError, NotSeen, Unclean, wait_for  # noqa: E402
from lab.guest import GuestError  # noqa: E402
from lab.namespace import start_time  # noqa: E402

PROGRAM = Path(__file__).with_name("lab")


@pytest.fixture
def lab():
    """A lab without `cabled`: these tests are about the rest."""
    with Lab(agent=False) as lab:
        yield lab


@pytest.fixture
def cache_for_all():
    """A cache that every user may fill; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield folder


def processes_naming(text):
    """Command lines on this machine in which `text` occurs."""
    done = subprocess.run(["ps", "-eo", "args"], text=True, capture_output=True, check=True)
    return [line for line in done.stdout.splitlines() if text in line]


def bridge(lab, *devices):
    """A bridge that switches as ever, with these ports."""
    lab.vsctl("add-br", "br0", "--", "set", "Bridge", "br0", f"datapath_type={lab.datapath_type}")
    for device in devices:
        lab.run("ip", "link", "set", device, "up")
        lab.vsctl("add-port", "br0", device)


def test_nothing_is_left_after_down():
    with Lab(agent=False) as lab:
        lab.dhcp.start()
        lab.netns_guest(1).start()
        assert processes_naming(str(lab.state))
    assert not lab.state.exists()
    assert not processes_naming(str(lab.state))


def test_two_labs_do_not_see_each_other(lab):
    with Lab(agent=False) as other:
        other.vsctl("add-br", "elsewhere", "--", "set", "Bridge", "elsewhere", f"datapath_type={other.datapath_type}")
        other.run("ip", "link", "add", "vif9.0", "type", "veth")
        assert lab.vsctl("list-br") == ""
        assert lab.run("ip", "link", "show", "vif9.0", check=False).returncode == 1


def test_lab_dies_with_the_program_that_made_it():
    source = ("import sys; from lab import Lab; lab = Lab(agent=False).up();"
              "print(lab.state, lab.namespace.holder, flush=True); sys.stdin.read()")
    maker = subprocess.Popen(["/usr/bin/python3", "-B", "-c", source], cwd=PROGRAM.parent.parent, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    state, holder = maker.stdout.readline().split()
    maker.kill()
    maker.communicate()
    wait_for(lambda: start_time(int(holder)) is None, "the lab to die")
    assert not processes_naming(state)
    subprocess.run(["rm", "-r", state], check=True)


@pytest.mark.parametrize("name", ["switch_db", "pool_db", "vswitchd", "udevd", "dhcp"])
def test_each_daemon_can_be_restarted_and_killed(lab, name):
    daemon = getattr(lab, name)
    if not daemon.running:
        daemon.start()
    daemon.restart()
    assert daemon.running
    lab.expect_lost_connections()
    assert daemon.kill() == -signal.SIGKILL
    assert not daemon.running
    daemon.start()
    assert daemon.running


def test_a_crash_is_reported():
    lab = Lab(agent=False).up()
    lab.pool_db.signal("SEGV")
    with pytest.raises(Unclean, match="pool-db .* died of signal 11"):
        lab.down()
    assert Lab.clear_state(lab.state)


def test_an_unexpected_warning_is_reported_and_an_expected_one_is_not():
    with Lab(agent=False) as lab:
        lab.expect("ovs-vswitchd", "no-such-device")
        provoke_warning(lab)
    lab = Lab(agent=False).up()
    provoke_warning(lab)
    with pytest.raises(Unclean, match="no-such-device"):
        lab.down()
    assert Lab.clear_state(lab.state)


def provoke_warning(lab):
    lab.vsctl("--no-wait", "add-br", "br0", "--", "set", "Bridge", "br0", f"datapath_type={lab.datapath_type}",
              "--", "add-port", "br0", "no-such-device")
    wait_for(lambda: "no-such-device" in lab.vswitchd.log.read_text(), "the warning")


def test_a_sanitizer_report_fails_the_lab():
    lab = Lab(agent=False).up()
    assert f"log_path={lab.state}/log/sanitizer" in lab.run("env").stdout
    (lab.state / "log/sanitizer.42").write_text("ERROR: AddressSanitizer: heap-use-after-free\n")
    with pytest.raises(Unclean, match="heap-use-after-free"):
        lab.down()
    assert Lab.clear_state(lab.state)


def test_udevd_runs_our_rules_file_and_no_other(lab):
    lab.run("ip", "link", "add", "vif1.0", "type", "veth")
    lab.udevd.settle()
    properties = lab.run("udevadm", "info", "/sys/class/net/vif1.0").stdout
    assert ":cabled:" in properties
    assert "ID_NET_DRIVER" not in properties


@pytest.mark.parametrize("kind", ["netns", "qemu"])
def test_guest_gets_lease_and_addresses_and_is_reached(lab, kind):
    guest, neighbour = lab.guest(kind, 1), lab.netns_guest(2)
    lab.dhcp.start()
    lab.dhcp.add_host(guest.macs[0], "10.77.0.11")
    guest.create()
    neighbour.create()
    bridge(lab, lab.dhcp.uplink, guest.device(), neighbour.device())
    guest.start()
    neighbour.start().add_ipv6("fd77::12/64")
    assert guest.dhcp().address == "10.77.0.11"
    guest.add_ipv6("fd77::11/64")
    assert guest.ping("10.77.0.1") and guest.ping("fd77::12") and neighbour.ping("fd77::11")
    assert not guest.ping("10.77.0.99", deadline_s=1)


def test_a_duplicate_ipv6_address_is_noticed(lab):
    guest, neighbour = lab.netns_guest(1), lab.netns_guest(2)
    guest.create()
    neighbour.create()
    bridge(lab, guest.device(), neighbour.device())
    guest.start().add_ipv6("fd77::11/64")
    with pytest.raises(GuestError, match="dadfailed"):
        neighbour.start().add_ipv6("fd77::11/64")


@pytest.mark.parametrize("kind", ["netns", "qemu"])
def test_frames_arrive_as_they_were_sent(lab, kind):
    sender, receiver = lab.guest(kind, 1, mtu=9000, ipv6=False), lab.netns_guest(2, mtu=9000, ipv6=False)
    sender.create()
    receiver.create()
    bridge(lab, sender.device(), receiver.device())
    sender.start()
    receiver.start()
    plain = "ffffffffffff" "020000000100" "88b5"
    tagged = "ffffffffffff" "020000000100" "81006005" "88b5"
    frames = [plain + "00" * 46, plain + "5a" * 9000, tagged + "a5" * 46]
    with receiver.listening(0x88b5) as capture:
        assert sender.send_frames(frames) == len(frames)
        wait_for(lambda: len(capture.frames()) == len(frames), "all frames", seen=capture.frames)
        assert sorted(capture.frames()) == sorted(frames)      # the datapath may reorder frames of different flows


@pytest.mark.parametrize("kind", ["netns", "qemu"])
def test_commands_in_a_guest_give_status_and_output(lab, kind):
    guest = lab.guest(kind, 1).start()
    assert guest.exec("echo out; echo err >&2; exit 3") == (3, "out\nerr\n")
    assert guest.exec("cat", input="text") == (0, "text")
    assert guest.exec("echo before; sleep 60; echo after", timeout_s=0.5) == (137, "before\n")
    assert guest.exec("sleep 60 & echo at once", timeout_s=10) == (0, "at once\n")


def test_a_killed_qemu_guest_says_so_and_boots_again(lab):
    guest = lab.qemu_guest(1).start()
    guest.machine.kill()
    with pytest.raises(GuestError, match="no answer from the guest"):
        guest.exec("true")
    guest.start()
    assert guest.exec("true") == (0, "")


def test_stopped_guest_leaves_no_device(lab):
    guest = lab.netns_guest(1).start()
    guest.exec("sleep 1000 &")
    guest.stop()
    assert "vif1.0" not in lab.run("ip", "link").stdout
    assert lab.run("ip", "netns").stdout == ""


def test_waiting_says_what_was_awaited_and_what_was_seen():
    with pytest.raises(NotSeen, match="waited 0.02 s for the moon; seen last: clouds"):
        wait_for(lambda: False, "the moon", 0.02, seen=lambda: "clouds")


def test_errors_name_the_way_out():
    with pytest.raises(LabError, match="lab up --name test-absent"):
        Lab.attach("test-absent")
    with pytest.raises(LabError, match="1 to 32 letters"):
        Lab("../elsewhere")


def call(*arguments, user=None):
    """`lab/lab` as a person calls it; as the user `nobody` if said so."""
    argv = [PROGRAM, *arguments]
    if user:
        argv = ["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", "--", *argv]
    return subprocess.run(argv, text=True, capture_output=True, timeout=60)


def test_command_line_starts_uses_and_ends_a_lab():
    name = f"test-{os.getpid()}"
    assert "is up in" in call("up", "--name", name).stdout
    second = call("up", "--name", name)
    assert second.returncode == 1 and "is up already" in second.stderr
    assert call("exec", "--name", name, "--", "sh", "-c", "exit 7").returncode == 7
    assert call("guest", "start", "--name", name, "netns", "1").returncode == 0
    assert call("guest", "exec", "--name", name, "1", "echo", "hello").stdout == "hello\n"
    ended = call("down", "--name", name)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert call("down", "--name", name).returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="every test here runs as an ordinary user then")
def test_an_ordinary_user_can_have_a_lab(monkeypatch, cache_for_all):
    if call("--help", user="nobody").returncode:
        pytest.skip("an ordinary user may not read this source tree")
    monkeypatch.setenv("CABLED_CACHE", cache_for_all)
    name = f"test-user-{os.getpid()}"
    assert "in a user and network namespace" in call("up", "--dhcp", "--name", name, user="nobody").stdout
    assert call("guest", "start", "--name", name, "netns", "1", user="nobody").returncode == 0
    assert call("exec", "--name", name, "--", "ip", "link", "show", "vif1.0", user="nobody").returncode == 0
    ended = call("down", "--name", name, user="nobody")
    assert (ended.returncode, ended.stderr) == (0, "")
