# SPDX-License-Identifier: Apache-2.0
"""What the tests of `cable` share: a pool database on a real ovsdb-server, a stand-in for the agent, a terminal."""

import ctypes
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
CABLE = Path(os.environ.get("CABLED_BIN", REPO / "build/bin")).resolve() / "cable"
SCHEMA = REPO / "schema/cabled.ovsschema"
DEADLINE_S = 20
MAC = "02:00:00:00:01:02"
OTHER_MAC = "02:00:00:00:01:03"
STRANGER = "d66297ee-c84b-456f-b175-8aee22024fbf"


class Pool:
    """A pool database in a folder of its own, and the `cable` that talks to it."""

    def __init__(self, folder, schema):
        self.folder = folder
        self.schema = schema
        self.remote = f"unix:{folder}/pool.sock"
        self.environment = {
            "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
            "CABLED_POOL": self.remote,
            "OVS_RUNDIR": str(folder),      # where no agent and no switch is
            "TZ": "UTC",
        } | {name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name}
        self.server = None

    def start(self):
        if not (self.folder / "pool.db").exists():
            self.tool("ovsdb-tool", "create", self.folder / "pool.db", self.schema)
        self.server = subprocess.Popen(
            ["ovsdb-server", f"--remote=p{self.remote}", f"--unixctl={self.folder}/pool.ctl", "-vconsole:off",
             f"{self.folder}/pool.db"], env=self.environment)
        wait_for_file(self.folder / "pool.sock")
        self.tool("ovsdb-client", "wait", self.remote, "Cabled", "connected")

    def stop(self):
        if self.server:
            self.tool("ovs-appctl", "-t", self.folder / "pool.ctl", "exit")
            assert self.server.wait(DEADLINE_S) == 0
            self.server = None

    def tool(self, *argv):
        done = subprocess.run([str(word) for word in argv], env=self.environment, capture_output=True, text=True,
                              timeout=DEADLINE_S)
        assert done.returncode == 0, f"{argv}: {done.stderr}"
        return done.stdout

    def cable(self, *words, check=True, **options):
        """Runs `cable` to its end. Whatever it does, it does not crash."""
        done = subprocess.run([CABLE, *map(str, words)], env=self.environment | options.pop("env", {}), capture_output=True,
                              text=True, timeout=DEADLINE_S, **options)
        assert done.returncode in (0, 1, 2), f"cable {words}: status {done.returncode}: {done.stderr}"
        if check:
            assert (done.returncode, done.stderr) == (0, ""), f"cable {words}: {done.stderr}"
        return done

    def json(self, *words):
        return json.loads(self.cable(*words, "--json").stdout)

    def refused(self, *words, status=1):
        """The error of a command that must be refused and must change nothing."""
        before = self.dump()
        done = self.cable(*words, check=False)
        assert done.returncode == status, f"cable {words}: status {done.returncode}: {done.stdout}{done.stderr}"
        assert done.stdout == ""
        assert done.stderr.startswith("cable: ") and done.stderr.count("\n") == 1, done.stderr
        assert self.dump() == before, f"cable {words} was refused but changed something"
        return done.stderr

    def dump(self):
        return self.tool("ovsdb-client", "dump", self.remote, "Cabled")

    def transact(self, *operations):
        """Writes behind the back of `cable`."""
        results = json.loads(self.tool("ovsdb-client", "transact", self.remote, json.dumps(["Cabled", *operations])))
        assert not any(result and "error" in result for result in results), results
        return results

    def add_host(self, name):
        return self.transact({"op": "insert", "table": "Host", "row": {"hostname": name}})[0]["uuid"][1]

    def update_vif(self, device, **columns):
        self.transact({"op": "update", "table": "VIF", "where": [["interface", "==", device]], "row": columns})

    def wire(self, device, **columns):
        """Reports, as an agent does, that the VIF is wired under its present policy."""
        self.update_vif(device, wire_state="wired", wire_policy=self.json("vif", "show", device)["policy"], **columns)

    def spawn(self, *words):
        return subprocess.Popen([CABLE, *words], env=self.environment, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def at_once(self, *commands):
        """Runs commands that all begin with the same view of the pool; returns the error of each that was refused."""
        self.server.send_signal(signal.SIGSTOP)     # they connect and wait for what it has
        running = [self.spawn(*words) for words in commands]
        self.server.send_signal(signal.SIGCONT)
        errors = [process.communicate(timeout=DEADLINE_S)[1] for process in running]
        assert [process.returncode for process in running] == [int(bool(error)) for error in errors], errors
        return list(filter(None, errors))


def cells(record, *names):
    return tuple(record[name] for name in names)


def wait_for_file(path):
    """Until somebody has made it: inotify(7)."""
    IN_CREATE = 0x100
    libc = ctypes.CDLL(None)
    fd = libc.inotify_init()
    try:
        assert fd >= 0 and libc.inotify_add_watch(fd, bytes(path.parent), IN_CREATE) >= 0
        while not path.exists():
            assert select.select([fd], [], [], DEADLINE_S)[0], f"{path} does not come"
            os.read(fd, 4096)
    finally:
        os.close(fd)


@contextmanager
def served_pool(schema=SCHEMA):
    # Not pytest's folder: a socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="cable-"))
    pool = Pool(folder, schema)
    try:
        pool.start()
        yield pool
        pool.stop()
    finally:
        if pool.server:
            pool.server.kill()
            pool.server.wait()
        shutil.rmtree(folder)


def furnish(pool):
    """A host, two networks and a VIF."""
    pool.add_host("node1")
    pool.cable("network", "create", "lan")
    pool.cable("network", "create", "third", "--bridge", "br3")
    pool.cable("network", "create", "wan", "--uplink", "eth1", "--bridge", "xenbr1", "--mtu", "9000")
    pool.cable("vif", "create", "vif1.0", "--network", "lan", "--mac", MAC, "--mode", "locked", "--ipv4", "10.0.0.5",
               "--vm", "web")
    return pool


@pytest.fixture
def empty_pool():
    with served_pool() as pool:
        yield pool


@pytest.fixture
def pool(empty_pool):
    return furnish(empty_pool)


@pytest.fixture(scope="module")
def still_pool():
    """The same for tests that change nothing; refused() makes sure of it."""
    with served_pool() as pool:
        yield furnish(pool)


class Agent:
    """Answers on a control socket as cabled does, with what the test says."""

    def __init__(self, folder, answers):
        self.path = str(folder / "agent.ctl")
        self._answers = answers
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection):
        text = ""
        while True:
            text += connection.recv(1 << 16).decode()
            try:
                request = json.loads(text)
                break
            except ValueError:
                continue
        answer = self._answers.get((request["method"], *request["params"]))
        if answer is None:
            connection.recv(1)      # silent until the other side gives up
            return
        reply = {"id": request["id"], "result": None, "error": None}
        reply["error" if isinstance(answer, Exception) else "result"] = (
            str(answer) if isinstance(answer, Exception) else answer if isinstance(answer, str) else json.dumps(answer))
        connection.sendall(json.dumps(reply).encode())


class Screen:
    """`cable` on a terminal of 80 columns."""

    def __init__(self, pool, *words, env=None):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
        self._process = subprocess.Popen([CABLE, *words], env=pool.environment | {"TERM": "xterm"} | (env or {}),
                                         stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def _read(self):
        assert select.select([self._master], [], [], DEADLINE_S)[0], f"nothing more than {self.text!r}"
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:     # the other side is closed
            data = b""
        self.text += data.decode()
        return data

    def read_until(self, wanted):
        while wanted not in self.text:
            assert self._read(), f"only {self.text!r}"
        return self.text

    def read_all(self):
        while self._read():
            pass
        return self.text

    def status(self):
        return self._process.wait(DEADLINE_S)
