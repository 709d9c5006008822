# SPDX-License-Identifier: Apache-2.0
"""Many VMs at once, started by many clients: each is cabled when its start returns, and nothing is left when they are gone."""

import json

import pytest

from conftest import Host
from lab import Lab, wait_for
from lab.vms import Vms, left_of_vms, results

N_VMS, N_CLIENTS = 30, 10
BRIDGE = "xapi0"
DEADLINE_S = 60


@pytest.fixture
def host():
    with Lab(xapi=True) as lab:
        yield Host(lab)


@pytest.fixture
def vms(host):
    host.network("net0", "--bridge", BRIDGE)
    host.lab.expect("cabled-xapi", "timeval|poll_loop")        # so many processes are begun on a machine that others use as well
    vms = Vms(host.lab, f"OpaqueRef:{host.json('network', 'show', 'net0')['uuid']}", N_CLIENTS)
    yield vms
    vms.close()


def await_nothing_left(host):
    wait_for(lambda: not left_of_vms(host.lab, BRIDGE), "everything of the VMs to be gone", DEADLINE_S,
             seen=lambda: left_of_vms(host.lab, BRIDGE))


def test_every_vm_of_a_storm_is_cabled_when_its_start_returns(host, vms):
    made = vms.create(N_VMS)
    results(vms.start(made))
    assert sorted(vif["state"] for vif in host.json("vif", "list")) == ["wired"] * N_VMS
    devices = {vif["device"] for vif in host.json("vif", "list")}
    assert len(devices) == N_VMS and host.ports(BRIDGE) == devices
    assert {vm["power_state"] for vm in host.json("vm", "list")} == {"Running"}
    results(vms.shut_down(made))
    vms.destroy(made)
    await_nothing_left(host)


def test_storm_of_starts_and_ends_of_the_same_vms_leaves_nothing(host, vms):
    made = vms.create(N_CLIENTS)
    for _ in range(3):
        results(vms.start(made))
        results(vms.shut_down(made))
    vms.destroy(made)
    await_nothing_left(host)


def test_guest_that_dies_among_many_is_seen_and_the_others_run_on(host, vms):
    """Nobody looks at guests that have nothing to say; one that ends is looked at all the same."""
    made = vms.create(N_CLIENTS)
    results(vms.start(made))
    host.lab.expect("cabled-xapi", "its process has ended|its domain has ended")
    victim, *others = made
    killed = host.lab.xapi.domains / victim.removeprefix("OpaqueRef:") / "domain.json"
    host.lab.run("kill", "-KILL", str(json.loads(killed.read_text())["pid"]))
    client = vms.clients.clients[0]
    wait_for(lambda: client.call("VM.get_power_state", victim) == "Halted", "its end to be seen", DEADLINE_S)
    assert {client.call("VM.get_power_state", vm) for vm in others} == {"Running"}
    results(vms.shut_down(others))
    vms.destroy(made)
    await_nothing_left(host)
