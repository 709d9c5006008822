# SPDX-License-Identifier: Apache-2.0
"""A private Open vSwitch: ovsdb-server with the switch's database, and ovs-vswitchd.

They stand where the switch's own tools look for them (OVS_RUNDIR, with the
default names of the control sockets), so `lab exec ovs-vsctl show` and
`ovs-appctl fdb/show br0` work as on any host.
"""

import os
from pathlib import Path

from .daemon import Daemon
from .programs import require

SCHEMA_FOLDER = Path(os.environ.get("OVS_PKGDATADIR", "/usr/share/openvswitch"))


class OvsDaemon(Daemon):
    """What daemons built on Open vSwitch's library have in common: options, and a control socket that knows `exit`."""

    own_control = False     # whether the control socket has a name that we give, not the default one

    def common_options(self):
        """Log to the file only; detach when ready."""
        control = [f"--unixctl={self.control}"] if self.own_control else []
        return [f"--pidfile={self.pidfile}", f"--log-file={self.log}", *control,
                "-vconsole:off", "-vsyslog:off", "--no-chdir", "--detach"]

    @property
    def control(self):
        """The control socket."""
        return self.state / (f"run/{self.name}.ctl" if self.own_control else f"run/{self.name}.{self.pid}.ctl")

    def appctl(self, *arguments, **options):
        """ovs-appctl to this daemon; returns what it answered."""
        return self.namespace.run("ovs-appctl", "-t", self.control, *arguments, **options).stdout

    def ask_to_exit(self):
        # Not SIGTERM: the library's handler ends the process by that signal, which nobody can tell from a kill.
        self.appctl("exit")


class OvsdbServer(OvsDaemon):
    """An ovsdb-server with one database file, created from `schema` at the first start, and converted to it at later ones."""

    def __init__(self, namespace, schema, database, socket):
        super().__init__(namespace)
        self.schema = Path(schema)
        self.database = self.state / f"db/{database}"
        self.socket = self.state / socket

    @property
    def remote(self):
        return f"unix:{self.socket}"

    def prepare(self):
        require("ovsdb-server", "ovsdb-tool")
        if not self.database.exists():
            self.namespace.run("ovsdb-tool", "create", self.database, self.schema)
        elif self.namespace.run("ovsdb-tool", "needs-conversion", self.database, self.schema).stdout.strip() == "yes":
            self.namespace.run("ovsdb-tool", "convert", self.database, self.schema)

    def argv(self):
        return ["ovsdb-server", self.database, f"--remote=p{self.remote}", *self.more_remotes(), *self.common_options()]

    def more_remotes(self):
        return []


class SwitchDatabase(OvsdbServer):
    name = "ovsdb-server"

    def __init__(self, namespace):
        super().__init__(namespace, SCHEMA_FOLDER / "vswitch.ovsschema", "conf.db", "run/db.sock")

    def more_remotes(self):
        """Managers that the database names, and the keys that it names for them."""
        return ["--remote=db:Open_vSwitch,Open_vSwitch,manager_options", "--private-key=db:Open_vSwitch,SSL,private_key",
                "--certificate=db:Open_vSwitch,SSL,certificate", "--ca-cert=db:Open_vSwitch,SSL,ca_cert"]

    def configure(self, **external_ids):
        """Initialize the Open_vSwitch row with these external_ids; a name's `_` stands for `-`."""
        pairs = [f"external_ids:{key.replace('_', '-')}=\"{value}\"" for key, value in external_ids.items()]
        self.namespace.run("ovs-vsctl", "--no-wait", "init", "--", "set", "Open_vSwitch", ".", *pairs)


class Vswitchd(OvsDaemon):
    name = "ovs-vswitchd"

    # The kernel waits for a grace period for each port of the userspace datapath that is closed: 2,000 took 23 s after a kill, 40 s in order.
    stop_deadline_s = 120

    def __init__(self, namespace, database, kernel_datapath):
        super().__init__(namespace)
        self.database = database
        self.kernel_datapath = kernel_datapath

    def argv(self):
        datapath = [] if self.kernel_datapath else ["--disable-system"]
        return ["ovs-vswitchd", self.database.remote, *datapath, *self.common_options()]
