# SPDX-License-Identifier: Apache-2.0
"""A VIF's rate: a meter before every accept on the userspace datapath, changed without a pause and put back when somebody touches it."""

import re

import pytest

from conftest import peer_of
from lab import wait_for
from storm import POLICY, allowed_frame, hang_out_ear

FRAMES = 4000
KIB = 1024


@pytest.fixture
def limited(host):
    """100 KiB/s and 128 KiB at once."""
    hang_out_ear(host)
    host.network("net0", "--uplink", "ear0")
    host.wired("vif1.0", "--ipv4", ",".join(POLICY["ipv4"]), "--rate", "100", "--burst", "128", mac=POLICY["mac"])
    host.lab.run("ip", "link", "set", peer_of("vif1.0"), "up")
    return host


def meters(host):
    """Rate and burst, in units of 1000 bits, by meter."""
    text = host.lab.ofctl("-O", "OpenFlow14", "dump-meters", "xapi0")
    return {int(number): (int(rate), int(burst))
            for number, rate, burst in re.findall(r"meter=(\d+) kbps burst stats bands=\s*type=drop rate=(\d+) burst_size=(\d+)", text)}


def accepting(host):
    ofport = host.interface("vif1.0")["ofport"]
    return [flow for flow in host.flows_of("xapi0", ofport) if "resubmit(,0)" in flow]


def test_rate_is_a_meter_before_every_accept(limited):
    number = 131072 + limited.interface("vif1.0")["ofport"]
    assert meters(limited) == {number: (100 * KIB * 8 // 1000, 128 * KIB * 8 // 1000)}
    assert accepting(limited) and all(f"meter:{number}," in flow for flow in accepting(limited))


def test_no_rate_leaves_no_meter(limited):
    limited.cable("vif", "set", "vif1.0", "--rate", "0")
    limited.cable("vif", "wait", "vif1.0")
    wait_for(lambda: not meters(limited), "the meter to go")
    assert accepting(limited) and not any("meter" in flow for flow in accepting(limited))


def test_unplugged_vif_leaves_no_meter(limited):
    limited.cable("vif", "unplug", "vif1.0")
    limited.wait("vif1.0", "detached")
    wait_for(lambda: not meters(limited), "the meter to go")


def test_change_of_the_rate_touches_neither_port_nor_link(limited):
    before = limited.interface("vif1.0")["ofport"], limited.link("vif1.0")["ifindex"]
    limited.cable("vif", "set", "vif1.0", "--rate", "200")
    limited.cable("vif", "wait", "vif1.0")
    assert [rate for rate, _ in meters(limited).values()] == [200 * KIB * 8 // 1000]
    assert (limited.interface("vif1.0")["ofport"], limited.link("vif1.0")["ifindex"]) == before


@pytest.mark.parametrize("command", [["del-meters", "xapi0"], ["mod-meter", "xapi0", "meter={},kbps,burst,band=type=drop,rate=9000000,burst_size=9"]],
                         ids=lambda command: command[0])
def test_meter_that_somebody_touches_is_put_back(limited, command):
    limited.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    before, n = meters(limited), len(accepting(limited))
    limited.lab.ofctl("-O", "OpenFlow14", *[word.format(next(iter(before))) for word in command])
    wait_for(lambda: meters(limited) == before and len(accepting(limited)) == n, "the meter to be back", seen=lambda: meters(limited))


def test_agent_that_starts_takes_the_meter_over(limited):
    before, flows = meters(limited), accepting(limited)
    limited.lab.agent.stop()
    limited.lab.agent.start()
    wait_for(lambda: any(bridge["guarded"] for bridge in limited.json("status")["bridges"]), "the agent to be up")
    limited.wired("vif2.0")     # a bundle later
    assert (meters(limited), accepting(limited)) == (before, flows)


def test_guest_that_sends_more_loses_the_rest(limited):
    limited.cable("vif", "set", "vif1.0", "--rate", "20", "--burst", "64")
    limited.cable("vif", "wait", "vif1.0")
    rule = "/sys/class/net/ear1/statistics/rx_bytes"
    heard = int(limited.lab.run("cat", rule).stdout)
    limited.lab.run("frames", "send", peer_of("vif1.0"), "4000", input="".join(f"{allowed_frame(i)}\n" for i in range(FRAMES)))
    wait_for(lambda: limited.packets("vif1.0").get("allow-ipv4", 0) == FRAMES, "all to be counted")
    sent = FRAMES * (len(allowed_frame(0)) // 2)
    passed = int(limited.lab.run("cat", rule).stdout) - heard
    assert 32 * KIB < passed < sent * 3 // 4
