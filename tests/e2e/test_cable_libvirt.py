# SPDX-License-Identifier: Apache-2.0
"""cable-libvirt(8) by itself, with a port as libvirt makes it: what it writes and waits for, and what it says when it cannot."""

import time

import pytest

from lab import wait_for
from poolless import BRIDGE, poolless  # noqa: F401, pylint: disable=unused-import

MAC = "52:54:00:00:00:01"
# Whoever asked the agent has not waited for its answer.
GONE = r"jsonrpc\|WARN\|unix#\d+: (send error: Broken pipe|receive error: Connection reset)"
VLANS = "set port vnet7 trunks=10,20 vlan_mode=trunk".split()


def domain(*vifs, interface="<virtualport type='openvswitch'/><target dev='vnet7'/>", kind="bridge"):
    """A running domain's XML with one interface."""
    described = f"<metadata><vifs xmlns='urn:cabled:libvirt:1'>{''.join(vifs)}</vifs></metadata>" if vifs else ""
    return (f"<domain type='kvm' id='1'><name>web</name>{described}<devices><interface type='{kind}'><mac address='{MAC}'/>{interface}"
            "<alias name='net0'/></interface></devices></domain>")


def vif(mode="locked", inside="<ipv4>10.0.0.5</ipv4>", more=""):
    return f"<vif mac='{MAC}' mode='{mode}'{more}>{inside}</vif>"


class Host:
    def __init__(self, host):
        self.host, self.lab = host, host.lab
        host.lab.expect("ovs-vswitchd", "vnet7.*(Network is down|No such device)")

    def run(self, *arguments, xml="", check=True, rundir=None):
        environment = [f"OVS_RUNDIR={rundir}"] if rundir else []
        done = self.lab.run("env", *environment, "cable-libvirt", *arguments, input=xml, check=False)
        assert not check or done.returncode == 0, done
        return done

    def apply(self, xml, *options):
        return self.run(*options, "apply", xml=xml).stdout

    def refused(self, *arguments, xml="", status=1, rundir=None):
        """What it says when it refuses; it says nothing else, and once."""
        done = self.run(*arguments, xml=xml, check=False, rundir=rundir)
        assert (done.returncode, done.stdout) == (status, ""), done
        return done.stderr

    def hook(self, operation, xml, sub="begin", **options):
        return self.run("web", operation, sub, "-", xml=xml, check=False, **options)


@pytest.fixture
def host(poolless):  # noqa: F811
    """A host with a port that libvirt has added."""
    poolless.bridge()
    poolless.veth("vnet7")
    poolless.lab.vsctl("add-port", BRIDGE, "vnet7", "--", "set", "interface", "vnet7", f'external_ids:attached-mac="{MAC}"')
    return Host(poolless)


def test_what_is_applied_is_in_force_when_the_command_returns(host):
    assert host.apply(domain(vif())) == f"vnet7: locked to {MAC} and 10.0.0.5\n"
    assert host.host.keys("vnet7")["cabled-state"] == "wired"
    for n in range(6, 12):
        assert host.apply(domain(vif(inside=f"<ipv4>10.0.0.{n}</ipv4>"))) == f"vnet7: locked to {MAC} and 10.0.0.{n}\n"
        view = host.host.vif_json("vnet7")
        assert view["policy"] == f"locked to {MAC} and 10.0.0.{n}" and view["policy_in_force"]
    assert host.apply(domain(vif("disabled", ""))) == "vnet7: disabled: no frame passes in either direction\n"
    assert host.host.keys("vnet7")["cabled-state"] == "disabled" and "cabled-ipv4" not in host.host.keys("vnet7")
    assert host.apply(domain(vif("unlocked", "<rate kbps='1000'/>"))).startswith("vnet7: unlocked: every frame passes, at most 1000 KiB/s")


def test_what_is_in_force_already_is_not_waited_for(host):
    host.apply(domain(vif()))
    began = time.monotonic()
    assert host.apply(domain(vif()), "--timeout=10") == f"vnet7: locked to {MAC} and 10.0.0.5\n"
    assert time.monotonic() - began < 5


def test_trunks_of_a_port_stay_and_are_guarded(host):
    host.lab.vsctl(*VLANS)
    host.apply(domain(vif()))
    assert host.host.row("Port", "vnet7", "trunks")["trunks"] == [10, 20]
    assert host.host.vif_json("vnet7")["policy"] == f"locked to {MAC} and 10.0.0.5, on the VLANs 10 and 20"


def test_port_that_is_not_described_any_more_is_let_go_unless_somebody_else_has_described_it(host):
    host.apply(domain(vif()))
    assert host.apply(domain()) == "vnet7: not described\n"
    wait_for(lambda: set(host.host.keys("vnet7")) == {"attached-mac"}, "the port to be given back", seen=lambda: host.host.keys("vnet7"))
    host.lab.vsctl("set", "interface", "vnet7", "external_ids:cabled-locking-mode=unlocked")
    host.host.await_state("vnet7", "wired")
    assert host.apply(domain()) == "vnet7: not described\n"
    assert host.host.keys("vnet7")["cabled-locking-mode"] == "unlocked"


def test_port_that_cannot_be_guarded_is_told_with_the_reason_and_so_is_its_cure(host):
    host.lab.vsctl("set", "bridge", BRIDGE, "external_ids:cabled-guard=false")
    assert "the agent cannot guard vnet7: " in host.refused("--timeout=10", "apply", xml=domain(vif()))
    host.lab.vsctl("remove", "bridge", BRIDGE, "external_ids", "cabled-guard")
    assert host.apply(domain(vif())).startswith("vnet7: locked")


def test_rules_that_are_not_in_force_yet_are_waited_for(host):
    host.lab.expect("cabled", GONE)
    host.apply(domain(vif()))
    host.lab.vswitchd.signal("STOP")
    try:
        assert "the agent has not guarded vnet7 in time (state: wired)" in host.refused("--timeout=1", "apply", xml=domain(vif(inside="")))
    finally:
        host.lab.vswitchd.signal("CONT")
    assert host.apply(domain(vif(inside=""))) == f"vnet7: locked to {MAC} without an IP address\n"


def test_keys_that_somebody_has_spoilt_are_put_right(host):
    host.lab.expect("cabled", "'nonsense' is no IPv4 address")
    host.host.describe("vnet7", cabled_locking_mode="locked", cabled_ipv4="nonsense")
    for _ in range(5):
        host.host.await_state("vnet7", "failed")
        assert host.apply(domain(vif())).startswith("vnet7: locked")
        host.host.describe("vnet7", cabled_ipv4="nonsense")


def test_agent_that_does_not_answer_is_told(host):
    host.lab.expect("cabled", GONE)
    host.apply(domain(vif()))
    host.lab.agent.signal("STOP")
    try:
        assert "guest 'web': the agent has not guarded vnet7 in time (state: wired)" in host.refused(
            "--timeout=1", "apply", xml=domain(vif(inside="")))
    finally:
        host.lab.agent.signal("CONT")
    wait_for(lambda: host.host.vif_json("vnet7")["policy"] == f"locked to {MAC} without an IP address", "it to take effect all the same",
             seen=lambda: host.host.vif_json("vnet7"))
    host.lab.agent.stop()
    assert "no agent runs on this host" in host.refused("apply", xml=domain(vif()))


def test_port_that_is_missing_is_told_and_nothing_is_written(host):
    xml = domain(vif()).replace("</devices>", "<interface type='bridge'><mac address='52:54:00:00:00:02'/><virtualport type='openvswitch'/>"
                                "<target dev='vnet8'/></interface></devices>").replace("</vifs>", "<vif mac='52:54:00:00:00:02' "
                                                                                     "mode='unlocked'/></vifs>")
    assert "this host's switch has no port vnet8, which libvirt should have added" in host.refused("apply", xml=xml)
    assert set(host.host.keys("vnet7")) == {"attached-mac"}


def test_hook_does_what_each_operation_needs(host):
    bad = domain(vif("lock"))
    for operation, sub, xml, status, words in [
            ("prepare", "begin", domain(vif()), 0, ""),
            ("prepare", "begin", bad, 1, "mode 'lock' is unknown"),
            ("start", "begin", bad, 1, "mode 'lock' is unknown"),
            ("reconnect", "begin", bad, 0, "mode 'lock' is unknown"),       # libvirt would kill the guest
            ("started", "begin", bad, 0, ""), ("stopped", "end", bad, 0, ""), ("release", "end", bad, 0, ""),
            ("migrate", "begin", bad, 0, ""), ("restore", "begin", bad, 0, ""), ("attach", "begin", bad, 0, "")]:
        done = host.hook(operation, xml, sub)
        assert (done.returncode, done.stdout) == (status, ""), (operation, done)
        assert words in done.stderr and bool(words) == bool(done.stderr), (operation, done)
    assert set(host.host.keys("vnet7")) == {"attached-mac"}
    assert host.hook("start", domain(vif())).returncode == 0
    assert host.host.keys("vnet7")["cabled-state"] == "wired"


def test_only_a_guest_of_which_something_is_said_needs_the_switch(host):
    assert not host.hook("start", domain(), rundir="/nowhere").returncode
    done = host.hook("start", domain(vif()), rundir="/nowhere")
    assert done.returncode == 1 and "guest 'web', start: the switch database at unix:/nowhere/db.sock does not answer" in done.stderr
    done = host.hook("reconnect", domain(vif()), rundir="/nowhere")
    assert done.returncode == 0 and "/nowhere/db.sock does not answer" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["aply"], ["apply", "web"], ["--timeout=0", "apply"], ["--timeout=x", "apply"], ["--frob"],
                                       ["web", "start", "begun", "-"]])
def test_wrong_calls_are_refused(host, arguments):
    assert host.refused(*arguments, status=2)


def test_what_is_no_domain_is_refused(host):
    assert "this is no domain of libvirt" in host.refused("apply", xml="<network/>")
    assert "the XML is malformed" in host.refused("apply")
    assert "XML is longer than" in host.refused("apply", xml="<domain>" + " " * (4 << 20) + "</domain>")
