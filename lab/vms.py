# SPDX-License-Identifier: Apache-2.0
"""Many VMs of a lab with cabled-xapi, and what is left when they are gone."""

import json

from .xenapi import Clients

GUEST_FIELDS = {"user_version": 1, "is_a_template": False, "affinity": "", "memory_static_max": 64 << 20, "memory_dynamic_max": 64 << 20,
                "memory_dynamic_min": 64 << 20, "memory_static_min": 64 << 20, "VCPUs_params": {}, "VCPUs_max": 1, "VCPUs_at_startup": 1,
                "actions_after_shutdown": "destroy", "actions_after_reboot": "restart", "actions_after_crash": "destroy",
                "PV_bootloader": "", "PV_kernel": "", "PV_ramdisk": "", "PV_args": "", "PV_bootloader_args": "", "PV_legacy_args": "",
                "HVM_boot_policy": "", "HVM_boot_params": {}, "platform": {"cabled-domain": "netns"}, "PCI_bus": "", "other_config": {},
                "recommendations": ""}


class Vms:
    """VMs whose guests are namespaces without a program, each with one locked VIF, made and used by several clients."""

    def __init__(self, lab, network, n_clients):
        self.lab = lab
        self.network = network
        self.clients = Clients(lab.state / "xapi", n_clients)
        self.n_made = 0

    def close(self):
        self.clients.close()

    def create(self, n):
        """So many halted VMs; returns their references."""
        numbers = range(self.n_made + 1, self.n_made + n + 1)
        self.n_made += n
        vms = results(self.clients.storm("VM.create", [[{**GUEST_FIELDS, "name_label": f"vm{number}"}] for number in numbers]))
        results(self.clients.storm("VIF.create", [[self._vif(vm, number)] for vm, number in zip(vms, numbers)]))
        return vms

    def _vif(self, vm, number):
        return {"device": "0", "network": self.network, "VM": vm, "MAC": f"02:00:00:{number >> 8:02x}:{number & 255:02x}:00", "MTU": 1500,
                "other_config": {}, "qos_algorithm_type": "", "qos_algorithm_params": {}, "locking_mode": "locked",
                "ipv4_allowed": [f"10.1.{number >> 8}.{number & 255}"], "ipv6_allowed": []}

    def start(self, vms):
        """Returns the calls (lab.xenapi.Call)."""
        return self.clients.storm("VM.start", [[vm, False, False] for vm in vms])

    def shut_down(self, vms):
        return self.clients.storm("VM.hard_shutdown", [[vm] for vm in vms])

    def destroy(self, vms):
        vifs = results(self.clients.storm("VM.get_VIFs", [[vm] for vm in vms]))
        results(self.clients.storm("VIF.destroy", [[vif] for of_vm in vifs for vif in of_vm]))
        return results(self.clients.storm("VM.destroy", [[vm] for vm in vms]))


def results(calls):
    """What they returned. Raises the first Failure."""
    for call in calls:
        if call.failure:
            raise call.failure
    return [call.result for call in calls]


def left_of_vms(lab, bridge):
    """What there is of VMs and their devices, a line each: rows, ports, flows, devices, namespaces, processes, folders."""
    return [f"{what}: {thing}" for what, things in (
        ("row", _rows(lab)), ("port", lab.vsctl("list-ports", bridge).split()), ("flow", _flows(lab, bridge)),
        ("device", _words(lab, "ip -o link show | sed -n 's/^[0-9]*: \\(vif[^:@]*\\).*/\\1/p'")),
        ("namespace", _words(lab, "ls /run/netns 2>/dev/null | grep cabled- || true")),
        ("process", _words(lab, "pgrep -x cabled-guest || true")),
        ("folder", [folder.name for folder in lab.xapi.domains.iterdir() if folder.is_dir()]),
    ) for thing in things]


def _words(lab, script):
    return lab.run("sh", "-c", script).stdout.split()


def _rows(lab):
    conditions = {"VM": [["is_control_domain", "==", False]], "VIF": [], "VIF_metrics": [], "VBD": [], "Operation": []}
    selects = [{"op": "select", "table": table, "where": where, "columns": ["_uuid"]} for table, where in conditions.items()]
    done = lab.run("ovsdb-client", "transact", lab.pool_db.remote, json.dumps(["Cabled", *selects]))
    return [f"{table} {row['_uuid'][1]}" for table, result in zip(conditions, json.loads(done.stdout)) for row in result["rows"]]


def _flows(lab, bridge):
    """Of VIFs: their cookies have a number from those that the agent gives to ports."""
    lines = lab.ofctl("-O", "OpenFlow14", "dump-flows", bridge).splitlines()
    cookies = [int(line.split("cookie=")[1].split(",")[0], 16) for line in lines if "cookie=" in line]
    return [f"{cookie:#x}" for cookie in cookies if cookie >> 48 == 0xf17e and cookie >> 24 & 0xffffff in range(32768, 65280)]
