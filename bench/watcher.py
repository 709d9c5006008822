# SPDX-License-Identifier: Apache-2.0
"""What the program `watcher` (watcher.c) sees in a lab: events with the time when each came."""

import fcntl
import os
import select
import subprocess
import time

from lab.namespace import terminate_group

# So much may wait while nobody reads, without the watcher waiting as well and missing what the kernel tells.
PIPE_BYTES = 1 << 20


class Missed(AssertionError):
    """What was awaited did not come, or the watcher died."""


class Watcher:
    def __init__(self, lab, program, remotes):
        self.process = lab.spawn(program, *remotes, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.buffer = b""
        self.events = {}
        self._read_until(lambda: "watching" in self.events, 30, "the watcher to watch")

    def close(self):
        """End it, even in the middle of a line that nobody reads."""
        terminate_group(self.process)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def forget(self):
        """What came so far is of no interest any more."""
        while self._readable(0):
            self._read()
        self.events = {}

    def await_all(self, event, names, deadline_s=120):
        """Wait until the event came for each of the names; returns when, the times in nanoseconds by name."""
        seen = self.events.setdefault(event, {})
        self._read_until(lambda: seen.keys() >= names, deadline_s,
                         f"{event} of {len(names)}", lambda: sorted(names - seen.keys())[:3])
        return {name: seen[name][0] for name in names}

    def await_value(self, event, values, deadline_s=120):
        """Wait until the last event of each name has that value; `values` is a dict."""
        seen = self.events.setdefault(event, {})
        self._read_until(lambda: all(seen.get(name, (0, ""))[1] == value for name, value in values.items()), deadline_s,
                         f"{event} of {len(values)}")

    def await_count(self, event, n, deadline_s=120):
        """Wait until the event came for so many names."""
        seen = self.events.setdefault(event, {})
        self._read_until(lambda: len(seen) >= n, deadline_s, f"{n} times {event}", lambda: len(seen))

    def seen(self, event):
        """Times and values by name."""
        return self.events.get(event, {})

    def _read_until(self, condition, deadline_s, what, missing=lambda: ""):
        end = time.monotonic() + deadline_s
        while not condition():
            if not self._readable(max(0, end - time.monotonic())):
                raise Missed(f"waited {deadline_s} s for {what} {missing()}")
            self._read()
            if "lost" in self.events:
                raise Missed(f"the kernel told more of links than the watcher could hear, on the way to {what}")

    def _readable(self, timeout_s):
        return select.select([self.process.stdout], [], [], timeout_s)[0]

    def _read(self):
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        if not data:
            raise Missed(f"the watcher has died: {self.process.stderr.read().decode()}")
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self._note(line.decode().split())

    def _note(self, words):
        if words == ["watching"]:
            self.events["watching"] = {}
            return
        when, event, name = words[:3]
        self.events.setdefault(event, {})[name] = (int(when), words[3] if len(words) > 3 else "")
