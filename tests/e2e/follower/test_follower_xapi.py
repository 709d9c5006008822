# SPDX-License-Identifier: Apache-2.0
"""The same follower over cabled-xapi: a real server with a real database."""

import time
import uuid

import pytest

from directory_shell import DirectoryShell
from http_echo import make_certificate
from xapi_server import XapiServer

from .following import LOST

VM = {
    "user_version": "1", "is_a_template": False, "affinity": "", "memory_static_max": "67108864", "memory_dynamic_max": "67108864",
    "memory_dynamic_min": "67108864", "memory_static_min": "0", "VCPUs_params": {}, "VCPUs_max": "1", "VCPUs_at_startup": "1",
    "actions_after_shutdown": "destroy", "actions_after_reboot": "restart", "actions_after_crash": "destroy", "PV_bootloader": "",
    "PV_kernel": "", "PV_ramdisk": "", "PV_args": "", "PV_bootloader_args": "", "PV_legacy_args": "", "HVM_boot_policy": "",
    "HVM_boot_params": {}, "platform": {}, "PCI_bus": "", "recommendations": "", "name_label": "vm", "name_description": "",
}
VIF = {"device": "0", "MAC": "", "MTU": "1500", "qos_algorithm_type": "", "qos_algorithm_params": {}}


@pytest.fixture(params=["unix", "tcp", "tls"])
def pair(request, folder):
    """The server, a client of it, and a follower."""
    certificate = folder / "certificate", folder / "key"
    make_certificate(*certificate)
    certificate[1].chmod(0o600)
    options = [f"--https-certificate={certificate[0]}", f"--https-key={certificate[1]}"] if request.param == "tls" else []
    with XapiServer(folder, "unix", "tcp", *(["tls:127.0.0.1:0"] if request.param == "tls" else []), options=options) as server:
        address = next(name for name in server.status()["listeners"] if name.startswith(request.param))
        (folder / "login").write_text("root:secret\n")
        with DirectoryShell(folder, address, f"--login={folder}/login", f"--ca={certificate[0]}", complaints=LOST) as follower:
            follower.until_reachable()
            yield server, server.admin(), follower


def id_of(ref):
    return ref.removeprefix("OpaqueRef:")


def test_what_is_there_and_what_changes(pair):
    server, admin, follower = pair
    network = admin("network.create", {"name_label": "net", "other_config": {"nicira-bridge-id": "bridge ID", "x": "y"}})
    bridge = admin("network.get_bridge", network)
    vm = admin("VM.create", {**VM, "other_config": {"nicira-vm-id": "vm ID"}})
    vif = admin("VIF.create", {**VIF, "network": network, "VM": vm, "other_config": {"nicira-iface-id": "vif ID", "a": "b"}})
    follower.until(lambda: follower.network(bridge) == (id_of(network), {"nicira-bridge-id": "bridge ID"}), "the network")
    assert follower.until_known("vif", id_of(vif)) == (id_of(vif), {"nicira-iface-id": "vif ID"})
    assert follower.until_known("vm", id_of(vm)) == (id_of(vm), {"nicira-vm-id": "vm ID"})
    assert follower.until_known("vm", str(uuid.uuid4())) == "unknown"
    assert follower.pool()[1] == {}

    follower.changes()
    times = []
    for i in range(10):
        begin = time.monotonic()
        admin("VIF.set_other_config", vif, {"nicira-iface-id": str(i)})
        assert follower.until_told(("vif", id_of(vif))) == {("vif", id_of(vif))}
        times.append(time.monotonic() - begin)
        assert follower.vif(id_of(vif)) == (id_of(vif), {"nicira-iface-id": str(i)})
    print(f"until a change is told, p50 of {len(times)}: {sorted(times)[len(times) // 2] * 1000:.1f} ms")
    admin("VM.set_name_label", vm, "another name")
    admin("pool.set_other_config", admin("pool.get_all")[0], {"vswitch-controller-fail-mode": "secure"})
    assert follower.until_told(("pool", "")) == {("pool", "")}
    assert follower.pool()[1] == {"vswitch-controller-fail-mode": "secure"}

    admin("VIF.destroy", vif)
    admin("VM.destroy", vm)
    follower.until_told(("vif", id_of(vif)), ("vm", id_of(vm)))
    assert follower.vif(id_of(vif)) == follower.vm(id_of(vm)) == "unknown"
    admin("network.destroy", network)
    follower.until_told(("bridge", bridge))
    assert follower.network(bridge) == "unknown"


def test_a_server_that_is_started_anew(pair):
    server, admin, follower = pair
    vm = admin("VM.create", {**VM, "other_config": {"nicira-vm-id": "vm ID"}})
    assert follower.until_known("vm", id_of(vm))[1] == {"nicira-vm-id": "vm ID"}
    follower.changes()
    port = server.port
    server.stop()
    follower.until_reachable(False)
    assert follower.vm(id_of(vm)) == "unreachable"
    server.listeners = [f"tcp:127.0.0.1:{port}" if name == "tcp:127.0.0.1:0" else name for name in server.listeners]
    address = follower.status()["toolstack"].removeprefix("XAPI at ")
    server.listeners = [address if name.split(":")[0] == address.split(":")[0] else name for name in server.listeners]
    begin = time.monotonic()
    server.start()
    follower.until_told(("vm", id_of(vm)))
    print(f"from the server's start until all is known: {(time.monotonic() - begin) * 1000:.0f} ms")
    assert follower.vm(id_of(vm)) == (id_of(vm), {"nicira-vm-id": "vm ID"})


def test_a_session_that_somebody_ends(pair):
    """Another login with the session's reference."""
    server, admin, follower = pair
    vm = admin("VM.create", {**VM, "other_config": {}})
    assert follower.until_known("vm", id_of(vm))[1] == {}
    begin = time.monotonic()
    server.warp(25 * 3600 * 1000)               # all sessions have been idle for longer than they last
    admin = server.admin()
    admin("VM.set_other_config", vm, {"nicira-vm-id": "after"})
    follower.until(lambda: follower.vm(id_of(vm)) == (id_of(vm), {"nicira-vm-id": "after"}), "the change")
    print(f"from the session's end until all is known: {(time.monotonic() - begin) * 1000:.0f} ms")
