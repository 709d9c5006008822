# SPDX-License-Identifier: Apache-2.0
"""A DHCP server behind the network's uplink: dnsmasq in a namespace of its own.

The lab's end of its cable is `uplink0`, for the network to take as uplink
device.  The server answers only hosts that it was told of, has no DNS, and
can be pinged at its IPv4 and IPv6 address.
"""

from .daemon import PlainDaemon
from .programs import require
from .wait import wait_for

ADDRESS, NETMASK, PREFIX = "10.77.0.1", "255.255.255.0", 24
ADDRESS6 = "fd77::1/64"


class DhcpServer(PlainDaemon):
    name = "dnsmasq"
    net = "dhcp"

    def __init__(self, namespace, uplink="uplink0"):
        super().__init__(namespace)
        self.uplink = uplink
        self.hosts = self.state / "dhcp-hosts"

    def prepare(self):
        require("dnsmasq", "ethtool")
        self.hosts.touch()
        self._n_read_before = self._n_reads()
        if not self._wired():
            self._wire()

    def foreground(self):
        # --no-daemon: otherwise it changes its groups, which an ordinary user's lab may not.
        return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--bind-interfaces", "--no-ping",
                f"--dhcp-range={ADDRESS.rpartition('.')[0]}.0,static,{NETMASK},1h", f"--dhcp-hostsfile={self.hosts}",
                "--dhcp-authoritative", "--leasefile-ro", "--log-dhcp"]

    def await_ready(self):
        self.await_while_running(lambda: self._n_reads() > self._n_read_before, "dnsmasq to read its hosts")

    def add_host(self, mac, address):
        """Give `address` to the device with that MAC address from now on."""
        with open(self.hosts, "a") as hosts:
            hosts.write(f"{mac},{address}\n")
        if self.running:
            before = self._n_reads()
            self.signal("HUP")
            wait_for(lambda: self._n_reads() > before, "dnsmasq to read its hosts again")

    def _n_reads(self):
        return self.log.read_text().count(f"read {self.hosts}") if self.log.exists() else 0

    def _wired(self):
        return self.namespace.run("ip", "link", "show", self.uplink, check=False).returncode == 0

    def _wire(self):
        self.namespace.run("ip", "netns", "add", self.net)
        self.namespace.run("ip", "link", "add", self.uplink, "type", "veth", "peer", "name", "eth0", "netns", self.net)
        # Otherwise guests drop the offer: the userspace datapath hands on the checksum that the kernel left open.
        self.namespace.run("ethtool", "-K", "eth0", "tx", "off", net=self.net)
        for command in ("link set lo up", f"addr add {ADDRESS}/{PREFIX} dev eth0", f"-6 addr add {ADDRESS6} dev eth0 nodad",
                        "link set eth0 up"):
            self.namespace.run("ip", *command.split(), net=self.net)
