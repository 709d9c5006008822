# SPDX-License-Identifier: Apache-2.0
"""A daemon inside the lab: started, stopped, killed, restarted, and its end observed.

Every start, stop and kill is a line in the state folder's `history`, so that
any program which attaches to the lab can tell an expected end from a crash.
"""

from pathlib import Path

from .namespace import NamespaceError
from .wait import NotSeen, wait_for

START_DEADLINE_S = 20
STOP_DEADLINE_S = 20


class DaemonError(RuntimeError):
    """A daemon did not start or stop as it should; the text ends with the last lines of its log."""


class Daemon:
    """One daemon that detaches when it is ready. Subclasses say how it is started and asked to end."""

    name = "?"
    net = None
    stop_deadline_s = STOP_DEADLINE_S

    def __init__(self, namespace):
        self.namespace = namespace
        self.state = namespace.state
        self.log = self.state / f"log/{self.name}.log"
        self.pidfile = self.state / f"run/{self.name}.pid"

    # What a subclass gives

    def argv(self):
        """The command line that starts it and returns when it is ready."""
        raise NotImplementedError

    def prepare(self):
        """What has to be there before it starts, each time."""

    def await_ready(self):
        """Wait for what shows that it is ready, if the return of argv() doesn't."""

    def ask_to_exit(self):
        """Ask it to end in order; SIGTERM unless it has a better way."""
        self.signal("TERM")

    # Life

    def start(self):
        """Start it; on return it serves. Raises DaemonError."""
        self.prepare()
        try:
            self.namespace.run(*self.argv(), net=self.net, timeout_s=START_DEADLINE_S)
            self.await_ready()
        except (NamespaceError, DaemonError, NotSeen) as error:
            raise DaemonError(f"{self.name} did not start: {error}{self.last_lines()}") from error
        self._record("started", self.pid)

    def stop(self):
        """Ask it to end, wait for the end; returns its exit status. Nothing to do if it isn't running."""
        pid = self.pid
        if not self.running:
            return None
        self.ask_to_exit()
        return self._await_exit(pid)

    def kill(self):
        """kill -9 and wait for its end: a crash, as far as anyone else can tell."""
        pid = self.pid
        self._record("killed", pid)
        self.signal("KILL")
        return self._await_exit(pid)

    def restart(self):
        """Stop in order and start again."""
        self.stop()
        self.start()

    def signal(self, name):
        """Send a signal by its name without SIG."""
        self.namespace.run("kill", "-s", name, str(self.pid))

    @property
    def pid(self):
        """Its pid as seen inside the lab, None when it has never run."""
        try:
            return int(self.pidfile.read_text())
        except (FileNotFoundError, ValueError):
            return self._last_started()

    @property
    def running(self):
        pid = self.pid
        return self.namespace.alive and pid is not None and self.namespace.exit_status(pid) is None

    @property
    def stopped(self):
        """Whether it stands still after SIGSTOP, its own or somebody's."""
        stat = self.namespace.run("cat", f"/proc/{self.pid}/stat").stdout
        return stat.rpartition(")")[2].split()[0] == "T"

    # Records

    def last_lines(self, n=5):
        """The end of its log, as a text to put after an error."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-n:]
        except FileNotFoundError:
            return ""
        return "".join(f"\n  {self.name}.log: {line}" for line in lines)

    def _await_exit(self, pid):
        try:
            wait_for(lambda: self.namespace.exit_status(pid) is not None, f"{self.name} (pid {pid}) to exit", self.stop_deadline_s)
        except AssertionError as error:
            raise DaemonError(f"{error}{self.last_lines()}") from error
        return self.namespace.exit_status(pid)

    def _record(self, what, pid):
        with open(self.state / "history", "a") as history:
            history.write(f"{what} {self.name} {pid}\n")

    def _last_started(self):
        pids = [pid for what, name, pid in history(self.state) if what == "started" and name == self.name]
        return pids[-1] if pids else None


class PlainDaemon(Daemon):
    """One that neither detaches nor writes a pidfile (or not in the mode that we need): the shell does both."""

    def foreground(self):
        """Its command line; what it says goes to its log."""
        raise NotImplementedError

    def argv(self):
        script = 'log=$1 pidfile=$2; shift 2; "$@" </dev/null >>"$log" 2>&1 & echo $! >"$pidfile"'
        return ["sh", "-c", script, self.name, self.log, self.pidfile, *self.foreground()]

    def await_while_running(self, condition, what):
        """Wait for what shows that it is ready; raises DaemonError at once when it has ended instead."""
        def ready():
            if not self.running:
                raise DaemonError(how_it_ended(self.namespace.exit_status(self.pid)))
            return condition()
        wait_for(ready, what, START_DEADLINE_S)


def history(state):
    """What was started and killed so far: tuples (what, daemon, pid)."""
    try:
        lines = Path(state, "history").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(what, name, int(pid)) for what, name, pid in map(str.split, lines)]


def unclean_exits(namespace):
    """A line for each daemon that ended by itself other than with status 0."""
    records = history(namespace.state)
    killed = {pid for what, _, pid in records if what == "killed"}
    ends = [(name, pid, namespace.exit_status(pid)) for what, name, pid in records if what == "started" and pid not in killed]
    return [f"{name} (pid {pid}) {how_it_ended(status)}" for name, pid, status in ends if status != 0]


def how_it_ended(status):
    if status is None:
        return "was still running when the lab ended"
    return f"died of signal {-status}" if status < 0 else f"exited with status {status}"
