# SPDX-License-Identifier: Apache-2.0
"""A lab's namespaces: network, mounts, processes and host name of its own.

Root gets them directly, anyone else inside a user namespace in which they are
root.  A holder (holder.py) is process 1 inside; when it ends nothing is left.
Commands enter by nsenter(1), which costs about 3 ms.
"""

import os
import signal
import subprocess
import textwrap
from pathlib import Path

from .programs import require
from .wait import wait_for

HOLDER = Path(__file__).with_name("holder.py")
PYTHON = "/usr/bin/python3"
KINDS = ("net", "mnt", "pid", "uts")

# ovs-vswitchd takes half a minute to let go of thousands of ports.
END_DEADLINE_S = 60


class NamespaceError(RuntimeError):
    """The namespaces could not be made, or a command inside them failed."""


class Namespace:
    def __init__(self, state, env=None):
        """Namespaces whose records live in the folder `state`. `env` is added to every command's environment."""
        self.state = Path(state)
        self.env = env or {}
        self.holder = None
        self._tether = None
        self._unshare = None

    # Life

    def create(self, tethered):
        """Make the namespaces. Tethered, they end when the calling program ends, however it does."""
        require("unshare", "nsenter", "mount", "ip", "udevadm")
        for folder in ("udev/rules.d", "udev/none"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        ready, ready_write = os.pipe()
        tether, self._tether = os.pipe() if tethered else (None, None)
        inherited = [ready_write] + ([tether] if tethered else [])
        log = open(self.state / "log/holder.log", "ab")
        argv = [*self._unshare_argv(), PYTHON, "-I", "-S", HOLDER, self.state, *map(str, inherited)]
        self._unshare = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=inherited,
                                         start_new_session=True, env=self._environment(), cwd="/")
        for fd in inherited:
            os.close(fd)
        with open(ready, "rb") as stream:
            if stream.readline() != b"ready\n":    # not read(): unshare itself keeps the other end open
                raise NamespaceError(self._why_not())
        self.holder = self._find_holder()
        (self.state / "holder").write_text(f"{self.holder} {start_time(self.holder)}\n")

    def attach(self):
        """Use the namespaces that another program made. False when they are gone."""
        try:
            pid, started = (self.state / "holder").read_text().split()
        except (FileNotFoundError, ValueError):
            return False
        if start_time(int(pid)) != started:
            return False
        self.holder = int(pid)
        return True

    def destroy(self):
        """Kill the holder and wait for the kernel to have ended everything inside."""
        if self.holder is not None:
            end_process(self.holder)
        if self._unshare is not None:
            self._unshare.wait(10)
        if self._tether is not None:
            os.close(self._tether)
        self.holder = self._unshare = self._tether = None

    @property
    def alive(self):
        return self.holder is not None and start_time(self.holder) is not None

    @staticmethod
    def _unshare_argv():
        flags = ["--net", "--mount", "--pid", "--uts", "--fork", "--kill-child"]
        return ["unshare", *(flags if os.geteuid() == 0 else ["--user", "--map-root-user", *flags])]

    def _find_holder(self):
        pid = self._unshare.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def _why_not(self):
        self._unshare.wait(10)
        said = (self.state / "log/holder.log").read_text().strip()
        hint = "" if os.geteuid() == 0 else (
            ". As an ordinary user this needs unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone"
            " and user.max_user_namespaces) and a /proc and /sys that no container runtime has masked; else run it as root")
        return f"cannot make the lab's namespaces: {said}{hint}"

    # Commands

    def command(self, argv, net=None, cwd=None):
        """The argument list that runs `argv` inside; in the named network namespace `net` of the lab, if given."""
        if self.holder is None:
            raise NamespaceError(f"the lab in {self.state} is not up")
        user = os.geteuid() != 0
        kinds = KINDS + (("user",) if user else ())
        enter = [f"--{long}=/proc/{self.holder}/ns/{kind}"
                 for kind, long in zip(kinds, ("net", "mount", "pid", "uts", "user"))]
        if net:
            enter[0] = f"--net=/proc/{self.holder}/root/run/netns/{net}"
        if user:
            enter.append("--preserve-credentials")
        return ["nsenter", *enter, f"--wdns={cwd or '/'}", "--", *map(str, argv)]

    def run(self, *argv, net=None, input=None, check=True, timeout_s=60):
        """Run a command inside to its end. Returns CompletedProcess with text; raises NamespaceError when it takes longer than
        timeout_s, or fails and `check` is set."""
        shown = textwrap.shorten(" ".join(map(str, argv)), 120)
        process = self.spawn(*argv, net=net, text=True, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output, errors = process.communicate(input, timeout_s)
        except subprocess.TimeoutExpired:
            terminate_group(process, signal.SIGKILL)
            raise NamespaceError(f"{shown}: did not end within {timeout_s:g} s") from None
        if check and process.returncode:
            raise NamespaceError(f"{shown}: exit status {process.returncode}: {(errors or output).strip()}")
        return subprocess.CompletedProcess(argv, process.returncode, output, errors)

    def spawn(self, *argv, net=None, **popen):
        """Start a command inside and return its Popen: a process group of its own, so that terminate_group() reaches it."""
        return subprocess.Popen(self.command(argv, net), start_new_session=True, env=self._environment(), **popen)

    def call(self, argv, net=None, cwd=None):
        """Run a command on this terminal; returns its exit status."""
        return subprocess.call(self.command(argv, net, cwd), env=self._environment())

    def _environment(self):
        return {**os.environ, **self.env}

    # What became of a process

    def exit_status(self, pid):
        """How the detached process `pid` (as seen inside) ended: its status, a negative signal, or None while it runs."""
        try:
            lines = (self.state / "exits").read_text().splitlines()
        except FileNotFoundError:
            return None
        return next((int(status) for entry, status in map(str.split, lines) if int(entry) == pid), None)


def terminate_group(process, number=signal.SIGTERM, deadline_s=5):
    """Send a signal to what spawn() started and wait for its end; returns the status."""
    if process.poll() is None:
        os.killpg(process.pid, number)
    return process.wait(deadline_s)


def start_time(pid):
    """When the process started, in the kernel's ticks: with the pid it names one process for ever. None: not there."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def end_process(pid):
    """Kill a process and wait until it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_for(lambda: start_time(pid) is None, f"process {pid} to end", END_DEADLINE_S)
