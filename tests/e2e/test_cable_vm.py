# SPDX-License-Identifier: Apache-2.0
"""`cable vm` as a client of the XenAPI, against a stand-in that says what a test wants it to."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import threading

import pytest

from cable_pool import CABLE, DEADLINE_S, MAC, empty_pool, pool  # noqa: F401
from lab import wait_for
from xapi import NULL, Failure, Xapi

NETWORK = {"name_label": "lan"}


@pytest.fixture
def xapi(pool):  # noqa: F811
    with Xapi(pool.folder / "xapi") as server:
        pool.environment["CABLED_XAPI"] = server.address
        pool.environment["CABLED_GUESTS"] = str(pool.folder)
        server.add("network", **NETWORK)
        yield server
        assert server.sessions == set(), "cable has not logged out"


def refused(pool, *words, status=1):  # noqa: F811
    """What stderr says of a command that must be refused."""
    done = pool.cable(*words, check=False)
    assert (done.returncode, done.stdout) == (status, ""), done
    assert done.stderr.startswith("cable: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


class Console:
    """A guest's console: says something, hears what is typed, and goes when told to."""

    def __init__(self, path):
        path.parent.mkdir(exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.heard = b""
        self.listener.settimeout(DEADLINE_S)

    def serve(self, words, until):
        connection, _ = self.listener.accept()
        connection.settimeout(DEADLINE_S)
        connection.sendall(words)
        while until not in self.heard:
            got = connection.recv(100)
            if not got:
                break
            self.heard += got
        connection.close()


# What is sent

def test_create_describes_the_vm_and_its_devices(pool, xapi):  # noqa: F811
    made = pool.json("vm", "create", "db", "--memory", "512M", "--vcpus", "2", "--kernel", "/boot/k", "--args", "quiet",
                     "--disk", "2G", "--vif", f"network=lan,mac={MAC},ipv4=10.0.0.5,ipv4=10.0.0.6", "--vif", "network=lan")
    (record,), = xapi.asked("VM.create")
    assert {key: record[key] for key in ("name_label", "memory_static_max", "VCPUs_max", "VCPUs_at_startup", "PV_kernel", "PV_args")} == {
        "name_label": "db", "memory_static_max": 512 << 20, "VCPUs_max": 2, "VCPUs_at_startup": 2, "PV_kernel": "/boot/k", "PV_args": "quiet"}
    assert record["platform"] == {"cabled-domain": "qemu"}
    assert (record["affinity"], record["is_a_template"]) == (NULL, False)
    first, second = (vif for vif, in xapi.asked("VIF.create"))
    assert (first["device"], first["MAC"], first["locking_mode"], first["ipv4_allowed"]) == ("0", MAC, "locked", ["10.0.0.5", "10.0.0.6"])
    assert (second["device"], second["MAC"], second["locking_mode"], second["ipv6_allowed"]) == ("1", "", "network_default", [])
    (vdi,), = xapi.asked("VDI.create")
    assert (vdi["virtual_size"], vdi["SR"]) == (2 << 30, xapi.pool_ref)
    (vbd,), = xapi.asked("VBD.create")
    assert (vbd["userdevice"], vbd["bootable"], vbd["mode"], vbd["type"]) == ("0", True, "RW", "Disk")
    assert made == {"name": "db", "uuid": xapi.find("VM", first["VM"])["uuid"], "power_state": "Halted"}


def test_paths_are_told_from_the_root(pool, xapi):  # noqa: F811
    pool.cable("vm", "create", "db", "--domain", "netns", "--kernel", "guest", "--ramdisk", "rd", cwd=pool.folder)
    (record,), = xapi.asked("VM.create")
    assert (record["PV_kernel"], record["PV_ramdisk"]) == (f"{pool.folder}/guest", f"{pool.folder}/rd")
    assert record["platform"] == {"cabled-domain": "netns"}


def test_nothing_stays_of_a_vm_whose_device_is_refused(pool, xapi):  # noqa: F811
    xapi.failures["VIF.create"] = Failure("MAC_INVALID", "x")
    assert refused(pool, "vm", "create", "db", "--vif", "network=lan,mac=x") == (
        "cable: VM 'db': VIF on network 'lan': 'x' is no MAC address that a guest can have: write it like 02:00:00:00:01:02\n")
    assert xapi.objects["VM"] == {}


@pytest.mark.parametrize("word", ["root.qcow2", "root", "b8ab3ac8-f8e2-44a0-9d61-4e8e4d4c0a52"])
def test_image_in_the_storage_is_found_after_a_scan(pool, xapi, word):  # noqa: F811
    def scan(kind, _, sr):
        assert (kind, sr) == ("SR", xapi.pool_ref)
        xapi.objects["VDI"]["OpaqueRef:i"] = {"uuid": "b8ab3ac8-f8e2-44a0-9d61-4e8e4d4c0a52", "name_label": "root", "location": "root.qcow2"}
        return ""
    xapi.do_scan = scan
    pool.cable("vm", "create", "db", "--disk", word)
    (vbd,), = xapi.asked("VBD.create")
    assert vbd["VDI"] == "OpaqueRef:i"


def test_image_that_is_not_there_is_told_with_a_way_out(pool, xapi):  # noqa: F811
    xapi.do_scan = lambda *_: ""
    said = refused(pool, "vm", "create", "db", "--disk", "2G", "--disk", "/tmp/root.qcow2")
    assert "disk '/tmp/root.qcow2': there is no such image in the storage" in said
    assert xapi.objects["VM"] == xapi.objects["VDI"] == {}


@pytest.mark.parametrize("words, complaint", [
    (["--vif", "mac=x"], "no network is said"), (["--memory", "lots"], "no size that could be meant"), (["--vcpus", "0"], "write 1 or more"),
    (["--domain", "xen"], "write qemu or netns")], ids=str)
def test_wrong_words_never_reach_the_server(pool, xapi, words, complaint):  # noqa: F811
    assert complaint in refused(pool, "vm", "create", "db", *words, status=2)
    assert xapi.asked("VM.create") == []


@pytest.mark.parametrize("words, method, params, state", [
    (["start"], "Async.VM.start", [False, False], "Running"), (["start", "--paused"], "Async.VM.start", [True, False], "Running"),
    (["shutdown"], "Async.VM.clean_shutdown", [], "Halted"), (["shutdown", "--force"], "Async.VM.hard_shutdown", [], "Halted"),
    (["reboot"], "Async.VM.clean_reboot", [], "Running"), (["reboot", "--force"], "Async.VM.hard_reboot", [], "Running"),
    (["pause"], "Async.VM.pause", [], "Paused"), (["unpause"], "Async.VM.unpause", [], "Running")], ids=str)
def test_verbs_are_tasks_that_are_waited_for(pool, xapi, words, method, params, state):  # noqa: F811
    vm = xapi.add_vm("web")
    done = pool.json("vm", words[0], "web", *words[1:])
    assert xapi.asked(method) == [[vm, *params]]
    assert done == {"name": "web", "uuid": vm[10:], "power_state": state}
    assert xapi.objects["task"] == {}


def test_people_hear_what_was_done(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    assert pool.cable("vm", "start", "web").stdout == "VM web started\n"
    assert pool.cable("vm", "shutdown", "web").stdout == "VM web shut down\n"
    assert pool.cable("vm", "destroy", "web").stdout == "VM web destroyed\n"
    assert xapi.objects["VM"] == {}


def test_show_tells_everything(pool, xapi):  # noqa: F811
    pool.cable("vm", "create", "db", "--memory", "1G", "--kernel", "/k", "--vif", f"network=lan,mac={MAC},ipv6=2001:db8::5", "--disk", "1G")
    shown = pool.json("vm", "show", "db")
    assert (shown["memory"], shown["kernel"], shown["domain"], shown["can_be_done"]) == (1 << 30, "/k", "qemu", ["start"])
    assert [(vif["device"], vif["network"], vif["mac"], vif["ipv6"]) for vif in shown["vifs"]] == [("0", "lan", MAC, ["2001:db8::5"])]
    assert [(disk["device"], disk["mode"]) for disk in shown["disks"]] == [("0", "RW")]


def test_vm_is_found_by_uuid(pool, xapi):  # noqa: F811
    vm = xapi.add_vm("web")
    assert pool.json("vm", "show", vm[10:])["name"] == "web"


# What goes wrong

def test_failure_of_a_task_is_a_sentence(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    xapi.failures["VM.start"] = Failure("VM_BAD_POWER_STATE", "OpaqueRef:x", "halted", "running")
    assert refused(pool, "vm", "start", "web") == "cable: VM 'web': the VM is running, and must be halted for that\n"


def test_task_that_takes_too_long_goes_on(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    xapi.hangs.add("VM.start")
    said = refused(pool, "--timeout", "0.5", "vm", "start", "web")
    assert "it goes on in cabled-xapi" in said and "within 0.5 s" in said
    assert len(xapi.objects["task"]) == 1


def test_misspelt_vm_is_recognized(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    assert refused(pool, "vm", "start", "wbe") == "cable: there is no VM 'wbe': did you mean 'web'?\n"
    assert refused(pool, "vm", "start", "mail") == "cable: there is no VM 'mail': `cable vm list` shows them\n"


def test_doubtful_name_asks_for_a_uuid(pool, xapi):  # noqa: F811
    uuids = [xapi.add_vm("web")[10:] for _ in range(2)]
    said = refused(pool, "vm", "start", "web")
    assert all(uuid in said for uuid in uuids)


def test_unknown_network_is_told(pool, xapi):  # noqa: F811
    assert "there is no network 'lam': did you mean 'lan'?" in refused(pool, "vm", "create", "db", "--vif", "network=lam")


@pytest.mark.parametrize("words", [["vm", "start", "web"], ["vm", "show", "web"], ["vm", "create", "db"], ["vm", "run"]], ids=str)
def test_absent_server_is_told_with_a_way_out(pool, words):  # noqa: F811
    said = refused(pool, f"--xapi=unix:{pool.folder}/nothing", *words)
    assert "cabled-xapi at unix:" in said and "No such file or directory" in said and "--xapi or CABLED_XAPI" in said


def test_wrong_address_is_wrong_usage(pool):  # noqa: F811
    assert "unix:/PATH, tcp:ADDRESS:PORT or tls:ADDRESS:PORT" in refused(pool, "--xapi=xapi", "vm", "start", "web", status=2)


def test_what_is_no_xenapi_server_is_told(pool, xapi):  # noqa: F811
    xapi.answer = lambda body: {"hello": "world"}
    assert "is no XenAPI server" in refused(pool, "vm", "start", "web")


def test_proxy_of_the_environment_is_not_asked(pool):  # noqa: F811
    with Xapi() as server:
        server.add_vm("web")
        pool.cable(f"--xapi={server.address}", "vm", "start", "web", env={"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"})


def test_password_comes_from_a_file(pool):  # noqa: F811
    with Xapi(login=("root", "se:cret")) as server:
        server.add_vm("web")
        (pool.folder / "login").write_text("root:se:cret\n")
        pool.cable(f"--xapi={server.address}", f"--xapi-login={pool.folder}/login", "vm", "start", "web")
        (pool.folder / "login").write_text("root:guess\n")
        said = refused(pool, f"--xapi={server.address}", "vm", "start", "web", status=1)
        assert "does not let '' in" in said and "--xapi-login" in said
        said = refused(pool, f"--xapi={server.address}", f"--xapi-login={pool.folder}/login", "vm", "start", "web")
        assert "does not let 'root' in" in said and "guess" not in said
        (pool.folder / "login").write_text("rootse\n")
        said = refused(pool, f"--xapi={server.address}", f"--xapi-login={pool.folder}/login", "vm", "start", "web", status=2)
        assert "first line" in said and "rootse" not in said


# Without cabled-xapi

def test_pool_database_removes_a_vm_that_has_nothing(pool):  # noqa: F811
    pool.cable("vif", "destroy", "vif1.0")
    assert pool.cable("vm", "destroy", "web").stdout == "VM web destroyed\n"
    assert pool.json("vm", "list") == []


def test_server_that_is_named_must_answer(pool):  # noqa: F811
    assert "does not answer" in pool.refused(f"--xapi=unix:{pool.folder}/nothing", "vm", "destroy", "web")


def test_vm_with_disks_is_refused_in_words(pool):  # noqa: F811
    pool.cable("vif", "destroy", "vif1.0")
    vm = pool.json("vm", "list")[0]["uuid"]
    pool.transact({"op": "insert", "table": "VBD", "row": {"VM": ["uuid", vm]}})
    assert "VM 'web' has disks" in pool.refused("vm", "destroy", "web")


def test_vm_that_runs_is_refused(pool):  # noqa: F811
    pool.cable("vif", "destroy", "vif1.0")
    pool.transact({"op": "update", "table": "VM", "where": [], "row": {"power_state": "Running"}})
    assert "it is Running" in pool.refused("vm", "destroy", "web")
    assert pool.json("vm", "list")[0]["power_state"] == "Running"


# The console

def start_guest(xapi, folder):
    vm = xapi.add_vm("web", power_state="Running")
    return Console(folder / vm[10:] / "console.sock")


def test_console_passes_what_is_said_and_typed(pool, xapi):  # noqa: F811
    console = start_guest(xapi, pool.folder)
    threading.Thread(target=console.serve, args=(b"login: ", b"root\n"), daemon=True).start()
    assert pool.cable("vm", "console", "web", input="root\n").stdout == "login: "
    wait_for(lambda: console.heard == b"root\n", "the guest to hear what was typed", DEADLINE_S, seen=lambda: console.heard)


def test_terminal_is_raw_and_left_by_its_key(pool, xapi):  # noqa: F811
    console = start_guest(xapi, pool.folder)
    threading.Thread(target=console.serve, args=(b"login: ", b"never"), daemon=True).start()
    pid, fd = pty.fork()
    if not pid:
        os.execve(CABLE, ["cable", "vm", "console", "web"], pool.environment)
    seen = read_until(fd, b"login: ")
    assert b"Ctrl-] leaves it" in seen
    os.write(fd, b"\x03abc\x1dxyz")        # Ctrl-C is the guest's
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(fd)
    wait_for(lambda: console.heard == b"\x03abc", "the guest to hear what was typed", DEADLINE_S, seen=lambda: console.heard)


def read_until(fd, words):
    seen = b""
    while words not in seen:
        assert select.select([fd], [], [], DEADLINE_S)[0], seen
        seen += os.read(fd, 1000)
    return seen


def test_console_of_a_vm_that_is_off_is_refused(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    assert "is not running: `cable vm start`" in refused(pool, "vm", "console", "web")


# A guest for once

class Machine:
    """What a host does: each VM that is started gets a console, and is off when that has ended."""

    def __init__(self, xapi, folder, words, until):
        self.console = None
        change = xapi.change_state

        def change_state(kind, verb, ref, *rest):
            done = change(kind, verb, ref, *rest)
            if verb == "start":
                self.console = Console(folder / ref[10:] / "console.sock")
                threading.Thread(target=self.run, args=(xapi, ref, words, until), daemon=True).start()
            return done
        xapi.change_state = change_state

    def run(self, xapi, ref, words, until):
        self.console.serve(words, until)
        if ref in xapi.objects["VM"]:
            xapi.objects["VM"][ref]["power_state"] = "Halted"
            xapi.touch()


def test_guest_for_once_is_gone_when_it_has_ended(pool, xapi):  # noqa: F811
    Machine(xapi, pool.folder, b"hello from the guest\n", b"bye")
    done = pool.cable("vm", "run", "once", "--kernel", "/k", "--vif", "network=lan", "--disk", "1G", input="bye\n")
    assert done.stdout == "hello from the guest\nVM once has ended\n"
    assert xapi.objects["VM"] == xapi.objects["VDI"] == {}
    assert [method for method, _ in xapi.calls if "shutdown" in method] == []


def test_guest_for_once_is_switched_off_with_the_command(pool, xapi):  # noqa: F811
    Machine(xapi, pool.folder, b"hello\n", b"bye")
    xapi.slow |= {"VM.hard_shutdown", "VM.destroy"}
    run = subprocess.Popen([CABLE, "vm", "run", "once"], env=pool.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "hello\n"
    run.send_signal(signal.SIGTERM)
    assert run.wait(DEADLINE_S) == -signal.SIGTERM
    run.stdout.close()
    run.stdin.close()
    assert xapi.objects["VM"] == {}
    assert len(xapi.asked("Async.VM.hard_shutdown")) == 1
    xapi.sessions.clear()       # the server forgets the session of who does not come back


def test_guest_that_does_not_start_leaves_nothing(pool, xapi):  # noqa: F811
    xapi.failures["VM.start"] = Failure("HOST_NOT_ENOUGH_FREE_MEMORY", "1000", "10")
    assert "needed 1000 bytes, free 10" in refused(pool, "vm", "run", "once")
    assert xapi.objects["VM"] == {}


# The timeline

def start_times(pool, **stages):  # noqa: F811
    pool.transact({"op": "update", "table": "VM", "where": [], "row": {"start_times": ["map", list(stages.items())]}})


def test_timeline_merges_vm_and_vif(pool):  # noqa: F811
    start_times(pool, request=1000000, domain=1001000, unpaused=1100000, frame=2000000)
    pool.update_vif("vif1.0", wire_times=["map", list({
        "device": 1050000, "uevent": 1060000, "transaction": 1062000, "port": 1065000, "rules": 1064000, "link": 1065500}.items())])
    told = pool.json("timeline", "web")
    assert (told["vm"], told["whole_us"]) == ("web", 1000000)
    assert [stage["stage"] for stage in told["stages"]] == [
        "request", "domain", "device", "uevent", "transaction", "rules", "port", "link", "unpaused", "frame"]
    assert sum(stage["took_us"] for stage in told["stages"]) == told["whole_us"]
    shown = pool.cable("timeline", "web").stdout.splitlines()
    assert shown[0] == "web: 1000.0 ms from the request until the guest's first frame"
    assert shown[2].startswith("request") and shown[-1].startswith("frame") and shown[-1].endswith("█")
    assert max(map(len, shown)) <= 80


def test_timeline_of_a_vm_that_was_never_started_is_told(pool):  # noqa: F811
    assert "has not been started yet" in pool.refused("timeline", "web")


def test_json_is_one_object(pool, xapi):  # noqa: F811
    xapi.add_vm("web")
    assert isinstance(json.loads(pool.cable("--json", "vm", "start", "web").stdout), dict)
