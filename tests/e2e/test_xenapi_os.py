# SPDX-License-Identifier: Apache-2.0
"""os_xenapi, by which OpenStack's Nova drives a host: as Debian has it, at port 80, the only one that it can use.
What Nova's driver calls, in its order."""

import json

import pytest

from lab import wait_for
from xapi_clients import CLIENTS, LOGIN, NULL, URL, lives, scene  # noqa: F401
from xapi_server import Failure

MIB = 1 << 20
PORT_ID = "6ee0c23c-3b5e-4c7f-a5a4-0d1b8a4f3c11"
INTERIM, TAP, VIF_DEVICE, QBR, QVB, QVO = (f"{prefix}{PORT_ID}"[:14] for prefix in ("net-", "tap", "vif", "qbr", "qvb", "qvo"))
INTEGRATION = "br-int"
FILTER = 'field "is_control_domain"="false" and field "is_a_template"="false" and field "resident_on"="{}"'

# As nova.virt.xenapi.vm_utils.create_vm() makes it; the kernel and the platform are this test's.
INSTANCE = {
    "actions_after_crash": "destroy", "actions_after_reboot": "restart", "actions_after_shutdown": "destroy", "affinity": "",
    "blocked_operations": {}, "ha_always_run": False, "ha_restart_priority": "", "HVM_boot_params": {}, "HVM_boot_policy": "",
    "is_a_template": False, "memory_dynamic_min": str(64 * MIB), "memory_dynamic_max": str(64 * MIB), "memory_static_min": "0",
    "memory_static_max": str(64 * MIB), "memory_target": str(64 * MIB), "name_description": "", "name_label": "instance-00000001",
    "other_config": {"nova_uuid": "4a5e1b8f-0000-4000-8000-000000000001"}, "PCI_bus": "",
    "platform": {"acpi": "true", "apic": "true", "pae": "true", "viridian": "true", "timeoffset": "0", "cabled-domain": "netns"},
    "PV_args": "100000", "PV_bootloader": "", "PV_bootloader_args": "", "PV_kernel": "/bin/sleep", "PV_legacy_args": "", "PV_ramdisk": "",
    "recommendations": "", "tags": [], "user_version": "0", "VCPUs_at_startup": "1", "VCPUs_max": "1", "VCPUs_params": {},
    "xenstore_data": {"vm-data/allowvssprovider": "false"},
}


@pytest.fixture
def client(scene):  # noqa: F811
    client = scene.client("/usr/bin/python3", "-W", "ignore", CLIENTS / "nova.py", URL)
    client.found = client.do("connect", *LOGIN)
    yield client
    client.end()


def test_class_constructs_and_knows_its_host(client):
    found = client.found
    assert found["host_ref"] == "OpaqueRef:" + found["host_uuid"]
    assert len(found["product_version"]) == len(found["platform_version"]) == 3
    assert found["product_version"] >= [6, 1, 0] and found["product_brand"]


def test_nova_starts_up(client):
    """ComputeDriver.init_host(), and what its resource tracker asks each minute."""
    call, host = client.call, client.found["host_ref"]
    record = call("host.get_record", host)
    assert record["uuid"] == client.found["host_uuid"] and record["hostname"]
    data = json.loads(client.do("management", "get_host_data"))
    assert data["host_memory"]["total"] >= data["host_memory"]["free-computed"] > 0
    assert {"host_hostname", "host_uuid", "host_ip_address", "host_capabilities", "host_cpu_info", "enabled", "host_other-config"} <= set(data)
    assert {"modelname", "vendor", "socket_count", "cpu_count", "flags"} <= set(data["host_cpu_info"])
    assert client.do("management", "get_pci_device_details") == ""

    (pool,) = client.do("field", "pool", "get_all")
    sr = client.do("field", "pool", "get_default_SR", pool)
    client.do("field", "SR", "scan", sr)
    record = client.do("field", "SR", "get_record", sr)
    assert int(record["physical_size"]) > 0
    for vdi in client.do("field", "SR", "get_VDIs", sr):
        assert int(client.do("field", "VDI", "get_physical_utilisation", vdi)) >= 0
    assert call("VM.get_all_records_where", FILTER.format(host)) == {}


def test_vm_lives(scene, client):  # noqa: F811
    lives(scene, client, client.call)


def test_retry_helpers_of_the_class_tell_a_failure_from_another(client):
    with pytest.raises(Failure) as failed:
        client.call("host.call_plugin", client.found["host_ref"], "nosuch.py", "f", {})
    assert [failed.value.code, *failed.value.params] == ["XENAPI_MISSING_PLUGIN", "nosuch.py"]
    assert client.fails("VM.get_by_uuid", "4a5e1b8f-0000-4000-8000-000000000009") == [
        "UUID_INVALID", "VM", "4a5e1b8f-0000-4000-8000-000000000009"]


def test_nova_spawns_attaches_detaches_reboots_and_destroys(scene, client):  # noqa: F811
    scene.lab.vsctl("add-br", INTEGRATION, "--", "set", "bridge", INTEGRATION, f"datapath_type={scene.lab.datapath_type}")
    scene.before = scene.traces()
    scene.lab.expect("ovs-vswitchd", f"on .*{QVO}.*(Network is down|No such device)")     # Nova takes the device away before its port
    vm, vif = spawned(scene, client)
    assert list(client.call("VM.get_all_records_where", FILTER.format(client.found["host_ref"]))) == [vm]

    device = client.do("field", "VM", "get_allowed_VIF_devices", vm)[0]
    network = client.do("field", "VIF", "get_network", vif)
    second = client.do("field", "VIF", "create", nova_vif(vm, network, device, "fa:16:3e:aa:bb:02"))
    assert client.do("field", "VM", "get_power_state", vm) == "Running"
    client.do("field", "VIF", "plug", second)
    cable = scene.cable_of(client.call, second)
    client.do("field", "VIF", "unplug", second)
    client.do("field", "VIF", "destroy", second)
    assert cable.is_gone()

    client.do("field", "VM", "clean_reboot", vm)
    client.do("field", "VM", "hard_reboot", vm)
    scene.cable_of(client.call, vif)
    client.do("field", "VM", "pause", vm)
    assert client.do("field", "VM", "get_power_state", vm) == "Paused"
    client.do("field", "VM", "unpause", vm)
    client.do("field", "VM", "clean_shutdown", vm)
    # Nova's reboot of an instance that is down.
    failure = client.fails("VM.clean_reboot", vm)
    assert failure == ["VM_BAD_POWER_STATE", vm, "running", "halted"]
    client.do("field", "VM", "start_on", vm, client.found["host_ref"], False, False)

    destroyed(scene, client, vm, vif)
    scene.nothing_is_left()


def nova_vif(vm, network, device, mac):
    return {"device": device, "network": network, "VM": vm, "MAC": mac, "MTU": "1500", "qos_algorithm_type": "", "qos_algorithm_params": {},
            "other_config": {"neutron-port-id": PORT_ID}}


def spawned(scene, client):  # noqa: F811
    """VMOps.spawn() with Neutron's Open vSwitch driver: (vm, vif)."""
    host, mac = client.found["host_ref"], "fa:16:3e:aa:bb:01"

    def vm_(method, *args):
        return client.do("field", "VM", method, *args)

    assert vm_("get_by_name_label", INSTANCE["name_label"]) == []
    assert int(client.call("host.compute_free_memory", host)) >= 64 * MIB
    vm = vm_("create", INSTANCE)
    for key, value in (("vm-data/hostname", '"instance-1"'), ("vm-data/auto-disk-config", ""), ("vm-data/networking/fa163eaabb01", "{}")):
        vm_("remove_from_xenstore_data", vm, key)
        vm_("add_to_xenstore_data", vm, key, value)
    assert vm_("get_domid", vm) == "-1"

    assert vm_("get_VIFs", vm) == []
    assert client.do("field", "network", "get_by_name_label", INTERIM) == []
    network = client.do("field", "network", "create", {"name_label": INTERIM, "name_description": "interim network for vif[%s]" % PORT_ID,
                                                       "other_config": {"assume_network_is_shared": "true"}})
    vif = client.do("field", "VIF", "create", nova_vif(vm, network, "0", mac))
    assert vm_("get_power_state", vm) == "Halted"

    vm_("start_on", vm, host, True, False)
    assert vm_("get_power_state", vm) == "Paused"
    assert vm_("get_by_name_label", INSTANCE["name_label"]) == [vm]
    assert [client.do("field", "VIF", "get_record", ref)["MAC"] for ref in vm_("get_VIFs", vm)] == [mac]
    bridge = client.do("field", "network", "get_bridge", network)
    assert client.do("field", "network", "get_uuid", network) == network.removeprefix("OpaqueRef:")
    interim_bridge_is_plugged(scene, client, bridge, mac)

    vm_("unpause", vm)
    wait_for(lambda: vm_("get_power_state", vm) == "Running", "the instance to run")
    config = vm_("get_other_config", vm)
    vm_("set_other_config", vm, {**config, "last_dom_id": vm_("get_domid", vm)})
    vm_("remove_from_xenstore_data", vm, "vm-data/hostname")
    scene.cable_of(client.call, vif)
    return vm, vif


def interim_bridge_is_plugged(scene, client, bridge, mac):  # noqa: F811
    """XenAPIOpenVswitchDriver.post_start_actions(): from the interim bridge over a Linux bridge to the integration bridge."""
    def run(function, *args):
        return client.do("network", function, *args)

    with pytest.raises(Failure):        # "it is not there yet"
        run("ip_link_get_dev", VIF_DEVICE)
    run("ip_link_add_veth_pair", VIF_DEVICE, TAP)
    run("ip_link_set_dev", VIF_DEVICE, "up")
    run("ip_link_set_dev", TAP, "up")
    run("ovs_add_port", bridge, VIF_DEVICE)
    run("brctl_add_br", QBR)
    run("brctl_set_fd", QBR, "0")
    run("brctl_set_stp", QBR, "off")
    run("ip_link_set_dev", QBR, "up")
    run("brctl_add_if", QBR, TAP)
    run("ip_link_add_veth_pair", QVB, QVO)
    run("ip_link_set_dev", QVB, "up")
    run("ip_link_set_promisc", QVB, "on")
    run("ip_link_set_dev", QVO, "up")
    run("ip_link_set_promisc", QVO, "on")
    run("brctl_add_if", QBR, QVB)
    run("ovs_create_port", INTEGRATION, QVO, PORT_ID, mac, "active")
    assert VIF_DEVICE in scene.host.ports(bridge) and scene.host.ports(INTEGRATION) == {QVO}
    assert scene.host.interface(QVO)["external_ids"] == {"iface-id": PORT_ID, "iface-status": "active", "attached-mac": mac,
                                                         "xs-vif-uuid": PORT_ID}
    assert scene.host.link(QVB)["master"] == scene.host.link(TAP)["master"] == QBR


def destroyed(scene, client, vm, vif):  # noqa: F811
    """VMOps.destroy()."""
    vm_record = client.do("field", "VM", "get_record", vm)
    assert vm_record["power_state"] == "Running"
    client.do("field", "VM", "hard_shutdown", vm)
    assert client.do("field", "VM", "get_VBDs", vm) == []
    assert (vm_record["PV_kernel"], vm_record["PV_ramdisk"]) == ("/bin/sleep", "")
    (network,) = client.do("field", "network", "get_by_name_label", INTERIM)
    bridge = client.do("field", "network", "get_bridge", network)
    assert client.do("field", "network", "get_VIFs", network) == [vif]
    for function, *args in (("ovs_del_port", bridge, VIF_DEVICE), ("ip_link_del_dev", VIF_DEVICE), ("brctl_del_if", QBR, QVB),
                            ("ip_link_del_dev", QVB), ("ip_link_set_dev", QBR, "down"), ("brctl_del_br", QBR),
                            ("ovs_del_port", INTEGRATION, QVO), ("ovs_del_br", bridge)):
        client.do("network", function, *args)
    client.do("field", "VIF", "destroy", vif)
    client.do("field", "network", "destroy", network)
    client.do("field", "VM", "destroy", vm)
    assert client.do("field", "VM", "get_by_name_label", INSTANCE["name_label"]) == []
