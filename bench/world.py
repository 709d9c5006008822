# SPDX-License-Identifier: Apache-2.0
"""A lab with one guarded bridge, VIFs that are there already, and a watcher: the ground on which one side of a comparison runs."""

import os
import sys
import time
from pathlib import Path

from lab import Lab, wait_for

from . import flows
from .ovsdb import Client
from .processes import Processes
from .vifs import BRIDGE, Vif, pool_row
from .watcher import Watcher

PROGRAMS = Path(os.environ.get("CABLED_BENCH", Path(__file__).resolve().parent.parent / "build/bench"))
# Groups of the devices that a round makes, and of those that stay: the kernel deletes a group much faster than one by one.
GROUP = "77"
PRESENT_GROUP = "78"
STILL_S = 0.05                  # a switch that works for less than a tenth of that time is idle
MODEL = 65000                   # the number of the VIF from which moulds are taken


class World:
    def __init__(self):
        self.lab = Lab()
        self.present = []
        self.watcher = None

    def __enter__(self):
        self.lab.up()
        try:
            self._furnish()
        except BaseException:
            self.lab.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *error):
        try:
            self.watcher.close()
            self.pool.close()
            self.switch.close()
        finally:
            self.lab.__exit__(*error)

    def _furnish(self):
        self._expect_what_we_provoke()
        # Devices that come up talk IPv6 by themselves: that is nobody's plug.
        self.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        self.lab.cable("network", "create", "net0", "--bridge", BRIDGE)
        self.pool = Client(self.lab.pool_db.socket, "Cabled")
        self.switch = Client(self.lab.switch_db.socket, "Open_vSwitch")
        self.network = self.pool.select("Network")[0]["_uuid"][1]
        self.processes = Processes(self.lab)
        self._take_moulds()
        self.watch()

    def watch(self):
        """Open the watcher's eyes, again if the switch has been restarted."""
        if self.watcher:
            self.watcher.close()
        self.watcher = Watcher(self.lab, PROGRAMS / "watcher", [self.lab.pool_db.remote, self.lab.switch_db.remote, self.management])

    @property
    def management(self):
        """The bridge's socket for OpenFlow."""
        return f"unix:{self.lab.state}/run/{BRIDGE}.mgmt"

    # Devices

    def make_devices(self, vifs):
        """Fresh veth pairs, that udev has seen. A plug of a device that was plugged before has less to do."""
        self._make(vifs, GROUP)

    def settle(self):
        """Wait until ovs-vswitchd has nothing left to do: rows are gone long before their ports, and devices that come and go wake it.
        Whoever comes next would pay."""
        wait_for(self._switch_is_idle, "ovs-vswitchd to have nothing left to do", 120)

    def _switch_is_idle(self):
        """Answers between two turns of its loop, the first of which may be one that had begun before, and then keeps still."""
        for _ in range(2):
            self.lab.run("ovs-appctl", "-t", self.lab.vswitchd.control, "version", timeout_s=120)
        before = self.processes.cpu_ns()
        time.sleep(STILL_S)
        return self.processes.cpu_ns()[self.lab.vswitchd.name] - before[self.lab.vswitchd.name] < STILL_S * 1e9 / 10

    def drop_devices(self):
        """Away with what make_devices() has made."""
        self._drop(GROUP)

    def _drop(self, group):
        self.lab.run("ip", "link", "del", "group", group, timeout_s=300)
        self.lab.run("udevadm", "settle", "--timeout=120", timeout_s=150)

    def ifindexes(self, vifs):
        lines = self.lab.run("ip", "-o", "link", "show").stdout.splitlines()
        found = {line.split(":")[1].strip().partition("@")[0]: int(line.split(":")[0]) for line in lines}
        return {vif.device: found[vif.device] for vif in vifs}

    def _make(self, vifs, group):
        commands = "".join(f"link add {vif.device} group {group} type veth peer name {vif.peer}\n" for vif in vifs)
        self.lab.run("ip", "-batch", "-", input=commands, timeout_s=300)
        self.lab.run("udevadm", "settle", "--timeout=120", timeout_s=150)

    def numbers(self):
        """The ports' numbers of the VIFs that are present."""
        names = {vif.device for vif in self.present}
        rows = self.switch.select("Interface", columns=["name", "ofport"])
        return {str(row["ofport"]) for row in rows if row["name"] in names}

    # What is wanted

    def want(self, vifs):
        """The request that plugs them, to send to the pool database."""
        return self.pool.request([{"op": "insert", "table": "VIF", "row": pool_row(vif, self.lab.uuid, self.network)}
                                  for vif in vifs])

    def want_no_more(self, vifs):
        return self.pool.request([{"op": "delete", "table": "VIF", "where": [["interface", "==", vif.device]]} for vif in vifs])

    def want_addresses(self, vif, addresses):
        """The request that changes the VIF's policy."""
        return self.pool.request([{"op": "update", "table": "VIF", "where": [["interface", "==", vif.device]],
                                   "row": {"ipv4_allowed": ["set", addresses]}}])

    def set_present(self, n):
        """Have the agent wire VIFs until so many are there, or take them all away."""
        if n < len(self.present):
            self._take_all_away()
        new = [Vif(number) for number in range(len(self.present) + 1, n + 1)]
        if new:
            self._make(new, PRESENT_GROUP)
            self.watcher.forget()
            self.pool.send(self.want(new))
            self.pool.reply()
            self.watcher.await_value("told", {vif.device: "wired" for vif in new}, 600)
            self.present += new

    def _take_all_away(self):
        self.watcher.forget()
        self.pool.send(self.want_no_more(self.present))
        self.pool.reply()
        self.watcher.await_all("unrow", {vif.device for vif in self.present}, 600)
        self.watcher.await_count("unrules", len(self.present), 600)
        self._drop(PRESENT_GROUP)
        self.present = []

    # Parts

    def _take_moulds(self):
        model = Vif(MODEL)
        self.make_devices([model])
        self.pool.transact({"op": "insert", "table": "VIF", "row": pool_row(model, self.lab.uuid, self.network)})
        self.lab.cable("vif", "wait", model.device)
        ofport = self.switch.select("Interface", [["name", "==", model.device]], ["ofport"])[0]["ofport"]
        self.mould = flows.Mould.take(self.lab, model, ofport)
        self.lab.cable("vif", "set", model.device, "--add-ipv4", model.more_ipv4)
        wait_for(lambda: model.more_ipv4 in "".join(flows.installed(self.lab)), "the model's second address")
        self.wider_mould = flows.Mould.take(self.lab, model, ofport)
        self.pool.send(self.want_no_more([model]))
        self.pool.reply()
        wait_for(lambda: not [flow for flow in flows.installed(self.lab) if flows.cookie_of(flow)[0] == ofport], "the model to go")
        self.drop_devices()

    def _expect_what_we_provoke(self):
        self.lab.expect_lost_connections()
        self.lab.expect("cabled", "timeval|connection|somebody|does not answer")
        self.lab.expect("ovs-vswitchd", "timeval|Network is down|No such device|rconn|ofproto_dpif_upcall|ovs_rcu|messages in last"
                        "|netlink receive buffer overflowed")       # thousands of devices are made at once
        self.lab.expect("ovsdb-server", "timeval|poll_loop")
        self.lab.expect("pool-db", "timeval|poll_loop")
