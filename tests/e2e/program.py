# SPDX-License-Identifier: Apache-2.0
"""A program for tests that has a log and a control socket (src/bin/loop.h)."""

import contextlib
import re
import subprocess

from lab import wait_for
from lab.environment import programs_folder
from unixctl import Unixctl

DEADLINE_S = 30

# What libopenvswitch says of a machine that is busy, and of a clock that a test has put on.
NO_COMPLAINT = r"timewarp|Dropped \d+ log messages|\|timeval\|"


class Program:
    """It runs while inside, and ends when it is asked to, with nothing to complain of.

    folder: where its log and its control socket are.  complaints: a pattern of warnings that it may log.
    """

    name = "?"

    def __init__(self, folder, complaints=None):
        self.log, self.control = folder / f"{self.name}.log", folder / f"{self.name}.ctl"
        self.allowed = [NO_COMPLAINT, *([complaints] if complaints else [])]

    def argv(self):
        return [programs_folder() / self.name, self.control]

    def __enter__(self):
        self.log.write_text("")
        self.start()
        return self

    def __exit__(self, failed, *_):
        self.stop(failed)

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.argv(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.unixctl = wait_for(self._reached, f"{self.name} to start", DEADLINE_S, seen=self.log.read_text)

    def _reached(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return Unixctl(self.control)
        return None

    def stop(self, failed=None):
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
        return [line for line in self.log.read_text().splitlines()
                if re.search(r"\|(WARN|ERR|EMER)\|", line)
                and not any(re.search(pattern, line) for pattern in self.allowed)]

    def allow(self, complaints):
        """It may log warnings of that pattern as well."""
        self.allowed.append(complaints)

    def warp(self, ms):
        """Put its clock on."""
        self.unixctl.call("time/warp", str(ms))
