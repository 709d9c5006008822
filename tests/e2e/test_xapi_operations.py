# SPDX-License-Identifier: Apache-2.0
"""A verb that takes time, seen from outside: its task, what it does, and how it is given up. No agent runs, so a VM waits for its VIFs."""

import threading
import xmlrpc.client

import pytest

from lab import Lab, wait_for
from toolstack_host import DEADLINE_S, Client, Failure, ToolstackHost, UnixConnection


@pytest.fixture
def host():
    with Lab(xapi=True) as lab:
        host = ToolstackHost(lab)
        lab.agent.stop()
        lab.expect("cabled-xapi", "VM.start fails")
        yield host


@pytest.fixture
def vm(host):
    return host.vm("web")


def starting(vm):
    """The task of the start that is under way."""
    operations = vm.do("get_current_operations")
    assert set(operations.values()) <= {"start"}
    return next(iter(operations), None)


def until_starting(vm):
    return wait_for(lambda: starting(vm), "the start to be under way", DEADLINE_S)


def until_done(host, task):
    return wait_for(lambda: host.call("task.get_status", task) != "pending" and host.call("task.get_record", task), "the task to be done",
                    DEADLINE_S, seen=lambda: host.call("task.get_record", task))


def test_a_start_is_an_operation_of_its_vm_by_its_task(host, vm):
    task = host.call("Async.VM.start", vm.ref, False, False)
    assert until_starting(vm) == task
    record = host.call("task.get_record", task)
    assert (record["status"], record["name_label"]) == ("pending", "Async.VM.start")
    with pytest.raises(Failure, match="OTHER_OPERATION_IN_PROGRESS"):
        vm.start()
    host.call("task.cancel", task)
    until_done(host, task)


def test_a_start_that_is_cancelled_is_taken_back(host, vm):
    task = host.call("Async.VM.start", vm.ref, False, False)
    until_starting(vm)
    host.call("task.cancel", task)
    record = until_done(host, task)
    assert (record["status"], record["error_info"]) == ("cancelled", ["TASK_CANCELLED", task])
    wait_for(vm.is_halted, "the VM to be halted", DEADLINE_S, seen=vm.seen)


def test_a_call_that_waits_is_cancelled_by_its_task_too(host, vm):
    ended = []

    def start():
        try:
            other("VM.start", vm.ref, False, False)
        except Failure as failure:
            ended.append([failure.code, *failure.params])

    other = Client(host.lab.xapi.address.removeprefix("unix:"))
    thread = threading.Thread(target=start)
    thread.start()
    task = until_starting(vm)
    assert host.call("task.get_name_label", task) == "VM.start"
    host.call("task.cancel", task)
    thread.join(DEADLINE_S)
    assert ended == [["TASK_CANCELLED", task]]
    assert host.call("task.get_status", task) == "cancelled"


def test_a_start_whose_client_has_gone_goes_on(host, vm):
    connection = UnixConnection(host.lab.xapi.address.removeprefix("unix:"))
    connection.request("POST", "/RPC2", xmlrpc.client.dumps((host.call.session, vm.ref, False, False), "VM.start"))
    until_starting(vm)
    connection.close()
    host.lab.agent.start()
    wait_for(vm.is_running, "the VM to run", DEADLINE_S, seen=vm.seen)
    vm.do("hard_shutdown")
