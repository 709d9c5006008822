# SPDX-License-Identifier: Apache-2.0
"""Lab: one private network world, composed of the nouns of this folder.

Its state folder holds everything that it writes; down() leaves nothing
behind, except that folder when something went wrong, for a look at the logs.
"""

import json
import os
import re
import shutil
import tempfile
import time
import uuid
from pathlib import Path

from . import image
from .agent import Agent
from .daemon import unclean_exits
from .dhcp import DhcpServer
from .guest_netns import NetnsGuest
from .guest_qemu import QemuGuest
from .logs import expected_warnings, sanitizer_reports, unexpected_warnings
from .namespace import Namespace
from .openvswitch import SwitchDatabase, Vswitchd
from .pool import PoolDatabase
from .programs import path_with
from .udev import Udevd
from .wait import wait_for
from .xapi import Xapi

REPO = Path(__file__).resolve().parent.parent
PREFIX = "cabled-lab."


class LabError(RuntimeError):
    """Something about the lab as a whole; the text names the way out."""


class Unclean(AssertionError):
    """The lab did not end clean: a crash, an unexpected warning, a sanitizer report."""

    def __init__(self, problems, state):
        self.problems = problems
        listing = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the lab did not end clean (kept in {state}):{listing}")


class Lab:
    def __init__(self, name=None, *, system=False, pool=True, agent=True, xapi=False, state=None):
        """A lab that is not up yet.

        name: people's labs have one; without it the lab is tethered to this
        program and gets a state folder of its own.  system: use the kernel's
        datapath where the module is loaded.  pool, agent, xapi: start the
        pool database, `cabled`, `cabled-xapi`.
        """
        self.name = name
        self.namespace = None
        self.system = system
        self.tethered = name is None
        self.state = Path(state) if state else state_of(name) if name else None
        self.wanted = {"pool": pool, "agent": agent, "xapi": xapi}
        self.uuid = str(uuid.uuid4())
        self.notes = []
        self.guests = []
        self._expected = []

    # Life

    def up(self):
        """Make the namespaces and start the daemons; nothing is left if that fails. Returns self."""
        began = time.monotonic()
        self._make_state()
        try:
            self._compose()
            self.namespace.create(self.tethered)
            self._start_daemons()
        except BaseException:
            self._destroy(keep=False)
            raise
        self.up_s = time.monotonic() - began
        return self

    @classmethod
    def attach(cls, name):
        """The running lab of that name. Raises LabError when there is none."""
        lab = cls(name)
        if not lab.state.exists():
            raise LabError(f"no lab named {name!r} is up. Start it with: lab up --name {name}")
        lab._compose()
        if not lab.namespace.attach():
            raise LabError(f"the lab {name!r} has died; its logs are in {lab.state}/log. Clear it with: lab down --name {name}")
        lab.uuid = json.loads((lab.state / "lab.json").read_text())["uuid"]
        lab._find_guests()
        return lab

    @classmethod
    def clear(cls, name):
        """Remove what a lab that has ended left behind; returns whether there was such a thing."""
        return cls.clear_state(state_of(name))

    @staticmethod
    def clear_state(state):
        """The same by the state folder."""
        if not state.exists() or Namespace(state).attach():
            return False
        shutil.rmtree(state)
        return True

    def down(self, keep=False):
        """End everything and judge how it ended: raises Unclean, and keeps the state folder, if not clean."""
        failed = self._stop_daemons() if self.namespace.alive else ["the lab's namespaces died before `down`"]
        problems = failed + self.check_logs()
        self._destroy(keep or bool(problems))
        if problems:
            raise Unclean(problems, self.state)

    def __enter__(self):
        return self.up()

    def __exit__(self, kind, error, _):
        if kind is None:
            self.down()
            return
        try:
            self.down(keep=True)
        except Exception as second:
            print(second)
        print(f"the lab's state is kept in {self.state}")

    # Guests

    def netns_guest(self, domid, **options):
        """A guest in a network namespace, not started: see Guest for the options."""
        return self._add_guest(NetnsGuest(self, domid, **options))

    def qemu_guest(self, domid, **options):
        """A guest in QEMU, not started."""
        return self._add_guest(QemuGuest(self, domid, **options))

    def guest(self, kind, domid, **options):
        """A guest of the kind "netns" or "qemu", for tests that run with both."""
        return {"netns": self.netns_guest, "qemu": self.qemu_guest}[kind](domid, **options)

    def guest_of(self, domid):
        """The guest with that domain number. Raises LabError."""
        for guest in self.guests:
            if guest.domid == domid:
                return guest
        raise LabError(f"there is no guest {domid}. Start one with: lab guest start netns {domid}")

    def _add_guest(self, guest):
        if any(guest.domid == other.domid for other in self.guests):
            raise LabError(f"there is a guest {guest.domid} already. Stop it, or take another number")
        self.guests.append(guest)
        return guest

    def _find_guests(self):
        """The guests that another program created in this lab."""
        for record in sorted((self.state / "guests").glob("*.json")):
            options = json.loads(record.read_text())
            self.guest(options.pop("kind"), options.pop("domid"), **options).created = True

    # Commands

    def run(self, *argv, **options):
        """Run a command inside to its end: see Namespace.run."""
        return self.namespace.run(*argv, **options)

    def spawn(self, *argv, **options):
        """Start a command inside: see Namespace.spawn."""
        return self.namespace.spawn(*argv, **options)

    def vsctl(self, *arguments):
        """ovs-vsctl; returns its output without the last newline."""
        return self.run("ovs-vsctl", "--timeout=10", *arguments).stdout.rstrip("\n")

    def ofctl(self, *arguments, **options):
        """ovs-ofctl; returns its output."""
        return self.run("ovs-ofctl", *arguments, **options).stdout

    def appctl(self, *arguments):
        """ovs-appctl to ovs-vswitchd; returns its output."""
        return self.vswitchd.appctl(*arguments)

    def cable(self, *arguments, check=True, **options):
        """`cable`; returns CompletedProcess."""
        return self.run("cable", *arguments, check=check, **options)

    @property
    def datapath_type(self):
        """What a bridge made by hand needs as datapath_type."""
        return "system" if self.system else "netdev"

    # Judging

    def expect(self, daemon, pattern):
        """Say that this test provokes warnings that match `pattern` in that daemon's log."""
        self._expected.append((daemon, re.compile(pattern)))

    def expect_lost_connections(self):
        """Say that this test kills or restarts databases or the switch: what their clients say of that is expected."""
        words = (r"\|(jsonrpc|reconnect|stream_\w+|rconn|ovsdb_cs|ovsdb_idl)\|WARN\|"
                 r".*(Connection re(set|fused)|Broken pipe|No such file|connection dropped|End of file)")
        for daemon in self.daemons:
            self.expect(daemon.name, words)

    def check_logs(self):
        """After the end: what should not have happened, a line each. Empty when clean."""
        logs = self.state / "log"
        expected = expected_warnings() + self._expected
        return unclean_exits(self.namespace) + sanitizer_reports(logs) + unexpected_warnings(logs, expected)

    # Parts

    def _make_state(self):
        if self.state is None:
            self.state = Path(tempfile.mkdtemp(prefix=PREFIX))
        elif self.state.exists():
            self._clear_leftover()
        self.state.mkdir(mode=0o700, exist_ok=True)
        for folder in ("run", "db", "log", "guests"):
            (self.state / folder).mkdir(parents=True)
        (self.state / "lab.json").write_text(json.dumps({"uuid": self.uuid, "name": self.name}) + "\n")

    def _clear_leftover(self):
        if Namespace(self.state).attach():
            raise LabError(f"the lab {self.name!r} is up already. Use it with `lab exec`, or end it with: lab down --name {self.name}")
        try:
            shutil.rmtree(self.state)
        except PermissionError as error:
            raise LabError(f"{self.state} is somebody else's; take another --name") from error

    def _compose(self):
        self.namespace = Namespace(self.state, self._environment())
        self.switch_db = SwitchDatabase(self.namespace)
        self.vswitchd = Vswitchd(self.namespace, self.switch_db, self.system)
        self.pool_db = PoolDatabase(self.namespace)
        self.udevd = Udevd(self.namespace)
        self.agent = Agent(self.namespace, programs_folder(), self.switch_db)
        self.xapi = Xapi(self.namespace, programs_folder(), self.pool_db)
        self.dhcp = DhcpServer(self.namespace)

    def _environment(self):
        run, logs = self.state / "run", self.state / "log"
        sanitizer = f"log_path={logs}/sanitizer"
        return {
            "CABLED_LAB": str(self.state), "CABLED_RUNDIR": str(run), "CABLED_AGENT": str(run / "cabled.ctl"),
            "CABLED_POOL": f"unix:{self.state}/pool.sock",
            "CABLED_XAPI": f"unix:{self.state}/xapi", "CABLED_GUESTS": str(self.state / "domains"),
            "OVS_RUNDIR": str(run), "OVS_DBDIR": str(self.state / "db"), "OVS_LOGDIR": str(logs),
            "PATH": path_with(str(programs_folder()), str(image.programs())),
            "ASAN_OPTIONS": join_options(os.environ.get("ASAN_OPTIONS"), sanitizer),
            "UBSAN_OPTIONS": join_options(os.environ.get("UBSAN_OPTIONS"), "print_stacktrace=1", sanitizer),
        }

    @property
    def daemons(self):
        """All daemons in the order of their start."""
        return [self.switch_db, self.pool_db, self.vswitchd, self.udevd, self.agent, self.xapi, self.dhcp]

    def _start_daemons(self):
        self.switch_db.start()
        if self.wanted["pool"]:
            self.switch_db.configure(cabled_pool=self.pool_db.remote, cabled_host=self.uuid)
        else:
            self.switch_db.configure(cabled_pool="none")
        self.vswitchd.start()
        self.udevd.start()
        if self.wanted["pool"]:
            self._start_if_there(self.pool_db, self.pool_db.schema)
        if self.wanted["agent"]:
            self._start_if_there(self.agent, self.agent.program)
        if self.pool_db.running and self.agent.running:
            wait_for(self._host_is_registered, "cabled to register its host in the pool database")
        if self.wanted["xapi"]:
            self._start_if_there(self.xapi, self.xapi.program)

    def _host_is_registered(self):
        return self.uuid in self.run("ovsdb-client", "dump", self.pool_db.remote, "Host", "_uuid").stdout

    def _start_if_there(self, daemon, file):
        if daemon.available:
            daemon.start()
        else:
            self.notes.append(f"without {daemon.name}: {file} is not there")

    def _stop_daemons(self):
        problems = []
        for part in [*reversed(self.guests), *reversed(self.daemons)]:
            try:
                part.stop()
            except Exception as error:
                problems.append(str(error))
        return problems

    def _destroy(self, keep):
        if self.namespace:
            self.namespace.destroy()
        if not keep:
            shutil.rmtree(self.state)


def state_of(name):
    """The state folder of the lab with that name."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
        raise LabError(f"a lab's name is 1 to 32 letters, digits, - or _, not {name!r}")
    return Path(tempfile.gettempdir(), PREFIX + name)


def programs_folder():
    """Where the programs under test are."""
    return Path(os.environ.get("CABLED_BIN", REPO / "build/bin"))


def join_options(*options):
    return ":".join(option for option in options if option)
