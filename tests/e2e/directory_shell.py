# SPDX-License-Identifier: Apache-2.0
"""A program that follows a XenAPI server and tells what it knows (src/bin/directory_shell.c)."""

import contextlib
import json
import re
import subprocess

from lab import wait_for
from lab.environment import programs_folder
from unixctl import Unixctl

DEADLINE_S = 30


class DirectoryShell:
    """The program in a folder of its own.

    complaints: a pattern of warnings that it may log.
    """

    def __init__(self, folder, address, *options, complaints=None):
        self.log, self.control = folder / "follower.log", folder / "follower.ctl"
        self.complaints = complaints
        self.argv = [programs_folder() / "directory-shell", *options, self.control, address]

    def __enter__(self):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.unixctl = wait_for(self._reached, "directory-shell to start", DEADLINE_S, seen=self.log.read_text)
        return self

    def _reached(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return Unixctl(self.control)
        return None

    def __exit__(self, failed, *_):
        """It ends when it is asked to, with nothing to complain of."""
        with contextlib.suppress(OSError, EOFError):
            self.unixctl.call("exit")
        try:
            status = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.unixctl.close()
        assert status == 0 or failed, self.log.read_text()
        complained = self.complained()
        assert failed or not complained, complained

    def complained(self):
        return [line for line in self.log.read_text().splitlines() if re.search(r"\|(WARN|ERR|EMER)\|", line)
                and not re.search(r"timewarp|Dropped \d+ log messages|\|timeval\|", line)
                and not (self.complaints and re.search(self.complaints, line))]

    def ask(self, what, *arguments):
        return json.loads(self.unixctl.call(f"directory/{what}", *arguments))

    def answer(self, what, *arguments):
        """An answer as one value: the record as (uuid, other_config), or "unknown", or "unreachable"."""
        answer = self.ask(what, *arguments)
        return (answer["uuid"], answer["other_config"]) if answer["answer"] == "known" else answer["answer"]

    def network(self, bridge):
        return self.answer("network", bridge)

    def pool(self):
        return self.answer("pool")

    def vif(self, id):
        return self.answer("vif", id)

    def vm(self, id):
        return self.answer("vm", id)

    def status(self):
        return self.ask("status")

    def flush(self):
        self.unixctl.call("directory/flush")

    def changes(self):
        return [tuple(change) for change in self.ask("changes")]

    def until(self, condition, what):
        return wait_for(condition, what, DEADLINE_S, seen=lambda: (self.status(), self.log.read_text()), poll_s=0.001)

    def until_reachable(self, is_so=True):
        self.until(lambda: self.status()["reachable"] == is_so, f"the server to be {'' if is_so else 'un'}reachable")

    def until_told(self, *changes, deadline_s=DEADLINE_S, poll_s=0.001):
        """Wait until all of these have been told."""
        told = set()

        def are_told():
            told.update(self.changes())
            return told >= set(changes)
        wait_for(are_told, f"{len(changes)} changes to be told", deadline_s, poll_s=poll_s,
                 seen=lambda: (list(set(changes) - told)[:10], self.status(), self.log.read_text()))
        return told

    def until_known(self, what, id):
        """Wait until there is an answer, and return it; nothing is asked but when a change was told."""
        while (answer := self.answer(what, id)) == "unreachable":
            self.until_told((what, id))
        return answer

    def warp(self, ms):
        """Put its clock on."""
        self.unixctl.call("time/warp", str(ms))
