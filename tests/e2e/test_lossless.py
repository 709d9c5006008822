# SPDX-License-Identifier: Apache-2.0
"""A bridge that carries the host's own traffic is guarded and given back, and no frame of it is lost, whatever dies in the middle."""

import pytest

from conftest import peer_of
from lab import wait_for
from stream import Stream
from test_cable_host import OURS, add_bridge, add_port, mode, quiet, status

NIC_MAC, HOST_MAC = "02:ee:ee:ee:ee:01", "02:ee:ee:ee:ee:02"
ROUNDS = 15
PER_S = 1000                    # each way


@pytest.fixture
def busy(host):
    """A bridge with the host's own port and a card; nothing says anything by itself."""
    quiet(host)
    add_bridge(host)
    add_port(host, "nic0")
    host.lab.run("ip", "link", "set", "br7", "up")
    host.lab.expect("cabled", "was given back to the host")
    return host


@pytest.fixture
def traffic(busy):
    """The host's own traffic over the bridge, both ways."""
    with Stream(busy, "br7", peer_of("nic0"), HOST_MAC, NIC_MAC, PER_S) as out, \
            Stream(busy, peer_of("nic0"), "br7", NIC_MAC, HOST_MAC, PER_S) as home:
        yield out, home


def loses_nothing(traffic, act):
    """Frames that an overflowing socket has dropped are this machine's, not the switch's."""
    firsts = [stream.heard()[-1] for stream in traffic]
    overflows = traffic[0].overflows()
    act()
    lost = [stream.lost(first) for stream, first in zip(traffic, firsts)]
    more = traffic[0].overflows() - overflows
    assert sum(map(len, lost)) <= more, f"lost {lost}, and sockets overflowed {more} times"


def test_bridge_is_guarded_and_given_back_without_a_loss(busy, traffic):
    for _ in range(ROUNDS):
        loses_nothing(traffic, lambda: busy.cable("host", "guard", "br7"))
        assert mode(busy)["fail_mode"] == "secure"
        loses_nothing(traffic, lambda: busy.cable("host", "unguard", "br7"))
        assert mode(busy)["fail_mode"] == []


def test_bridge_whose_protocols_allow_no_net_is_guarded_all_the_same(busy):
    busy.lab.vsctl("set", "bridge", "br7", "protocols=OpenFlow13,OpenFlow14")
    busy.cable("host", "guard", "br7")
    assert status(busy)["state"] == "guarded" and mode(busy)["protocols"] == ["OpenFlow13", "OpenFlow14"]


@pytest.mark.parametrize("options", [(), ("--rate", "1000")], ids=["plain", "with a meter"])
def test_bridge_is_guarded_without_a_loss_for_a_vif_whose_port_is_there(busy, traffic, options):
    """Meters go with the flush: a bundle that names some is made anew."""
    add_port(busy, "vif1.0")
    ofport = busy.interface("vif1.0")["ofport"]
    busy.network("net0", "--bridge", "br7", "--unmanaged")

    def take_over():
        busy.vif("vif1.0", "--ipv4", "10.0.0.5", *options)
        busy.wait("vif1.0")
    loses_nothing(traffic, take_over)
    assert busy.interface("vif1.0")["ofport"] == ofport and busy.flows_of("br7", ofport)
    assert not busy.json("host", "status")["other_hands"]


STEPS = ("bridge-prepared", "session-connected", "session-listed", "base-put", "bundle-sent", "bridge-secured", "transaction-sent:2",
         "transaction-ended:2", "base-acked")


@pytest.mark.parametrize("step", STEPS)
def test_agent_that_dies_in_the_middle_leaves_the_bridge_as_it_was_or_dark(busy, traffic, step):
    """And the next one goes on. Nothing of it stays behind in the switch: what matches no flow is dropped again."""
    agent = busy.lab.agent
    agent.stop()
    agent.program = agent.program.with_name("cabled-stops")
    agent.start()
    word, _, n = step.partition(":")
    agent.appctl("stop/at", word, n or "1")
    busy.lab.vsctl("--no-wait", "set", "bridge", "br7", "external_ids:cabled-guard=true")
    wait_for(lambda: agent.stopped, f"the agent to come to the step {step}")
    agent.kill()
    if mode(busy)["fail_mode"] == []:
        for stream in traffic:
            stream.await_passing()
        assert not busy.flows("br7", OURS)
    agent.program = agent.program.with_name("cabled")
    agent.start()
    wait_for(lambda: status(busy)["state"] == "guarded" and mode(busy)["fail_mode"] == "secure", "the bridge to be guarded")
    for stream in traffic:
        stream.await_passing()
