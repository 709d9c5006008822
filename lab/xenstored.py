# SPDX-License-Identifier: Apache-2.0
"""xenstored of the lab: Debian's own, on a machine without Xen, and a client of it.

A preloaded library (tests/xenstore/no_hypervisor.c) stands in for the
hypervisor; all that is xenstore is real.  Programs in the lab find it by
XENSTORED_RUNDIR, as libxenstore does.
"""

import errno
import socket
import struct
from pathlib import Path

from .daemon import PlainDaemon

PROGRAM = Path("/usr/lib/xen-4.17/bin/xenstored")
HEADER = struct.Struct("<IIII")             # type, request, transaction, length (public/io/xs_wire.h)
DIRECTORY, READ, START, END, WRITE, RM, ERROR = 1, 2, 6, 7, 11, 13, 16


class Xenstored(PlainDaemon):
    name = "xenstored"

    def __init__(self, namespace, programs):
        super().__init__(namespace)
        self.run = self.state / "run/xenstored"
        self.library = Path(programs).resolve().parent.parent / "tests/xenstore/no-hypervisor.so"

    @property
    def available(self):
        """Whether program and library are there: both need packages that a build may do without."""
        return PROGRAM.exists() and self.library.exists()

    def prepare(self):
        self.run.mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)

    @property
    def socket(self):
        return self.run / "socket"

    def foreground(self):
        return ["env", f"LD_PRELOAD={self.library}", f"XENSTORED_RUNDIR={self.run}", PROGRAM, "--no-fork"]

    def await_ready(self):
        self.await_while_running(self._answers, "xenstored to answer")

    def stop(self):
        """It knows no end in order."""
        if self.running:
            self.kill()

    def _answers(self):
        try:
            with self.client() as client:
                return client.list("/") is not None
        except OSError:
            return False

    def client(self):
        return Store(self.socket)


class Store:
    """A connection of domain 0. Keys and values are text; a key that is not there reads as None."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read(self, path):
        value = self._try(READ, path)
        return None if value is None else value.decode()

    def list(self, path):
        names = self._try(DIRECTORY, path or "/")
        return None if names is None else sorted(names.decode().split("\0")[:-1])

    def write(self, pairs):
        """Write all of a dict of paths in one transaction."""
        transaction = int(self._ask(START, b"\0").rstrip(b"\0"))
        for path, value in pairs.items():
            self._ask(WRITE, path.encode() + b"\0" + str(value).encode(), transaction)
        self._ask(END, b"T\0", transaction)

    def remove(self, path):
        self._try(RM, path)

    def tree(self, path):
        """All keys below `path` that have a value, or have nothing below them, by what stands after `path`."""
        found = {}
        for name in self.list(path) or []:
            below = self.tree(f"{path}/{name}")
            value = self.read(f"{path}/{name}")
            found |= {f"{name}/{key}": text for key, text in below.items()}
            if value or not below:
                found[name] = value
        return found

    def _try(self, kind, path):
        try:
            return self._ask(kind, path.encode() + b"\0")
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise

    def _ask(self, kind, payload, transaction=0):
        self.socket.sendall(HEADER.pack(kind, 0, transaction, len(payload)) + payload)
        answer, _, _, length = HEADER.unpack(self._take(HEADER.size))
        body = self._take(length)
        if answer == ERROR:
            word = body.rstrip(b"\0").decode()
            raise OSError(getattr(errno, word, errno.EIO), word)
        return body

    def _take(self, n):
        taken = b""
        while len(taken) < n:
            part = self.socket.recv(n - len(taken))
            if not part:
                raise OSError(errno.ECONNRESET, "xenstored ended")
            taken += part
        return taken
