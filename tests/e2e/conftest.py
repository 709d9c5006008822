# SPDX-License-Identifier: Apache-2.0
"""What the tests with real processes share: a lab each, and words for what they look at."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab import Lab, wait_for  # noqa: E402

BACKEND_MAC = "fe:ff:ff:ff:ff:ff"


class Host:
    """A lab with the words that tests of cabled need."""

    def __init__(self, lab):
        self.lab = lab

    def cable(self, *arguments, **options):
        return self.lab.cable(*arguments, **options)

    def json(self, *arguments):
        """What `cable … --json` says, as data."""
        return json.loads(self.cable(*arguments, "--json").stdout)

    def network(self, name="net0", *options):
        self.cable("network", "create", name, *options)
        return name

    def vif(self, device, *options, network="net0", mac=None, mode="locked"):
        """Describe a VIF; the device decides its MAC if none is given."""
        self.cable("vif", "create", device, "--network", network, "--mac", mac or mac_of(device), "--mode", mode, *options)
        return device

    def veth(self, device):
        """A device as a toolstack makes it; its other end, guest-<device>, is in this namespace too."""
        self.lab.run("ip", "link", "add", device, "type", "veth", "peer", "name", peer_of(device))
        return device

    def wait(self, device, state="wired"):
        """Wait until the agent reports that state; returns the VIF's record."""
        return wait_for(lambda: self.record(device, state), f"{device} to be {state}", 30,
                        seen=lambda: self.lab.run("ovsdb-client", "dump", self.lab.pool_db.remote, "VIF", "interface", "wire_state",
                                                  "wire_error").stdout)

    def record(self, device, state):
        record = self.json("vif", "show", device)
        return record if record["state"] == state else None

    def wired(self, device, *options, **more):
        """A VIF from nothing to wired."""
        self.veth(device)
        self.vif(device, *options, **more)
        return self.wait(device)

    def link(self, device):
        """The kernel's view of a device, or None."""
        done = self.lab.run("ip", "-json", "-details", "addr", "show", "dev", device, check=False)
        return json.loads(done.stdout)[0] if done.returncode == 0 and done.stdout.strip() else None

    def ports(self, bridge):
        return set(self.lab.vsctl("list-ports", bridge).split())

    def bridges(self):
        return set(self.lab.vsctl("list-br").split())

    def interface(self, name):
        """Interface's columns that cabled writes."""
        return self.row("Interface", name, "ofport", "ofport_request", "external_ids")

    def row(self, table, name, *columns):
        done = self.lab.vsctl("--format=json", "--columns=" + ",".join(columns), "find", table, f"name={name}")
        found = json.loads(done)
        assert len(found["data"]) == 1, f"{len(found['data'])} rows called {name} in {table}"
        return dict(zip(found["headings"], map(plain, found["data"][0])))

    def flows(self, bridge, match=""):
        """Flows of a bridge in one spelling, without counters."""
        text = self.lab.ofctl("-O", "OpenFlow14", "--no-stats", "dump-flows", bridge, *([match] if match else []))
        return {line.strip() for line in text.splitlines() if "actions=" in line}

    def flows_of(self, bridge, ofport):
        return self.flows(bridge, f"cookie={0xf17e << 48 | ofport << 24:#x}/0xffffffffff000000")

    def packets(self, device):
        """Packets per rule of a VIF, where there were any."""
        return {rule["name"]: rule["packets"] for rule in self.json("vif", "show", device)["rules"] if rule["packets"]}

    def transact(self, *operations):
        """Write into the pool database behind the back of `cable`."""
        done = self.lab.run("ovsdb-client", "transact", self.lab.pool_db.remote, json.dumps(["Cabled", *operations]))
        results = json.loads(done.stdout)
        assert not any("error" in result for result in results if result), results
        return results

    def update_vif(self, device, **columns):
        self.transact({"op": "update", "table": "VIF", "where": [["interface", "==", device]], "row": columns})


def plain(value):
    """An OVSDB value as Python has it."""
    if isinstance(value, list) and value[0] == "map":
        return dict(value[1])
    if isinstance(value, list) and value[0] == "set":
        return value[1]
    return value


def peer_of(device):
    return f"guest-{device}"


def mac_of(device):
    """A MAC that belongs to the device vif<D>.<N>."""
    domid, devid = map(int, device.removeprefix("vif").split("."))
    return f"02:00:00:{domid >> 8:02x}:{domid & 255:02x}:{devid:02x}"


def listen(host, device):
    """Collect what arrives at a device; returns a function that tells the frames so far."""
    frames = host.lab.state / f"frames-{device}"
    said = host.lab.state / f"said-{device}"
    host.lab.run("sh", "-c", f"frames listen {device} >{frames} 2>{said} </dev/null & ")
    wait_for(lambda: "listening" in said.read_text(), f"{device} to be listened to", seen=said.read_text)
    return frames.read_text


@pytest.fixture
def lab():
    with Lab() as lab:
        yield lab


@pytest.fixture
def host(lab):
    return Host(lab)


def pytest_terminal_summary(terminalreporter):
    """How long what follows a toolstack took at most to catch up, where a test has told."""
    told = {report.nodeid: value for reports in terminalreporter.stats.values() for report in reports
            for name, value in getattr(report, "user_properties", []) if name == "caught_up_ms"}
    for nodeid, ms in sorted(told.items()):
        terminalreporter.write_line(f"caught up within {ms} ms: {nodeid}")
