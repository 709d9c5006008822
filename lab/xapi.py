# SPDX-License-Identifier: Apache-2.0
"""`cabled-xapi`, the toolstack under test, on a unix socket. Its guests have a folder each below `domains`, its disks are in `storage`.
Whoever may write to its socket is let in; further listeners, and users with a password, are what a test adds before it starts."""

from .openvswitch import OvsDaemon


class Xapi(OvsDaemon):
    name = "cabled-xapi"
    own_control = True

    def __init__(self, namespace, folder, pool):
        super().__init__(namespace)
        self.program = folder / "cabled-xapi"
        self.pool = pool
        self.address = f"unix:{self.state}/xapi"
        self.listeners = [self.address]
        self.users = ""
        self.domains, self.storage = self.state / "domains", self.state / "storage"

    @property
    def available(self):
        """Whether the program has been built."""
        return self.program.exists()

    def prepare(self):
        self.storage.mkdir(exist_ok=True)
        users = self.state / "users"
        users.touch(mode=0o600)
        users.write_text(self.users)

    def argv(self):
        return [self.program, *self.common_options(), f"--pool={self.pool.remote}", *(f"--listen={listener}" for listener in self.listeners),
                f"--run-folder={self.domains}", f"--storage={self.storage}",
                f"--users={self.state}/users", "--guest-user=nobody",
                f"--guest-keeper={self.program.parent}/cabled-guest"]
