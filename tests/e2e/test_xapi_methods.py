# SPDX-License-Identifier: Apache-2.0
"""How cabled-xapi takes a method's name and its parameters, and what it says of those that are wrong."""

import pytest

from xapi_server import XapiServer, failure_of

NOBODY = "OpaqueRef:d67d50da-3689-41af-a9e9-890bedebf0a6"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with XapiServer(tmp_path_factory.mktemp("xapi")) as server:
        yield server


@pytest.fixture
def admin(server):
    return server.admin()


@pytest.fixture
def pool(admin):
    return admin("pool.get_all")[0]


@pytest.mark.parametrize("name", [
    "nosuch", "VM.nosuch", "vm.start", "VM.Start", "VM.get_nosuch", "Async.VM.nosuch", "Async.pool.get_all", "Async.VM.get_name_label",
    "Async.session.logout", "Async.host.get_servertime", "Async.task.create", "Async.Async.VM.start",
    "VIF.get_by_name_label", "VM.set_power_state", "session.get_all", ".", "VM.", "Async.",
])
def test_unknown_methods_are_named(admin, name):
    assert admin.fails(name) == ["MESSAGE_METHOD_UNKNOWN", name]


def test_the_number_of_parameters_is_counted_as_xapi_does(admin, pool):
    mismatch = "MESSAGE_PARAMETER_COUNT_MISMATCH"
    assert admin.fails("pool.get_record") == [mismatch, "pool.get_record", "1", "0"]
    assert admin.fails("pool.get_record", pool, pool) == [mismatch, "pool.get_record", "1", "2"]
    assert failure_of(lambda: admin.call("pool.get_all")) == [mismatch, "pool.get_all", "0", "-1"]
    assert admin.fails("VM.start", NOBODY) == [mismatch, "VM.start", "3", "1"]
    assert admin.fails("Async.VM.start", NOBODY) == [mismatch, "VM.start", "3", "1"]
    assert admin.fails("SDN_controller.introduce", "ssl", "", 0, 0) == [mismatch, "SDN_controller.introduce", "0", "4"]
    assert failure_of(lambda: admin.call("system.listMethods", 1)) == [mismatch, "system.listMethods", "0", "1"]


def test_the_number_is_looked_at_before_the_session(server):
    assert failure_of(lambda: server.json().call("VM.start"))[0] == "MESSAGE_PARAMETER_COUNT_MISMATCH"
    assert failure_of(lambda: server.json().call("pool.get_all", NOBODY)) == ["SESSION_INVALID", NOBODY]


def test_an_underscore_may_stand_for_the_dot(admin, pool):
    assert admin("pool_get_all") == [pool]
    assert admin("pool_get_record", pool)["uuid"] == admin("pool.get_uuid", pool)
    assert admin("VM_metrics_get_all") == admin("VM_metrics.get_all")
    assert admin.fails("VM_start", NOBODY, False, False) == ["HANDLE_INVALID", "VM", NOBODY]
    assert admin("session_get_this_host", admin.session) == admin("host.get_all")[0]
    assert admin.fails("pool_nosuch") == ["MESSAGE_METHOD_UNKNOWN", "pool_nosuch"]


def test_references_of_verbs_lead_to_objects_of_their_class(admin, pool):
    for ref in NOBODY, "OpaqueRef:NULL", "", "nonsense", pool:
        assert admin.fails("VM.start", ref, False, False) == ["HANDLE_INVALID", "VM", ref]
    assert admin.fails("Async.VM.start", NOBODY, False, False) == ["HANDLE_INVALID", "VM", NOBODY]
    assert admin("task.get_all") == []


def test_parameters_of_verbs_are_of_their_type(admin, pool):
    (host,) = admin("host.get_all")
    assert admin.fails("VM.start", NOBODY, "yes", False) == ["INVALID_VALUE", "start_paused", "yes"]
    assert admin.fails("host.call_plugin", host, "p", "f", []) == ["INVALID_VALUE", "args", "a set"]
    assert admin.fails("host.call_plugin", host, None, "f", {}) == ["INVALID_VALUE", "plugin", "null"]
    assert admin.fails("network.create", "name")[:2] == ["INVALID_VALUE", "args"]


def test_what_is_written_is_read_by_who_reads_next(server, admin, pool):
    other = server.again(admin)
    for i in range(50):
        admin("pool.set_name_label", pool, f"name {i}")
        assert other("pool.get_name_label", pool) == f"name {i}"


def test_maps_and_sets_are_changed_by_element(admin, pool):
    admin("pool.add_to_other_config", pool, "key", "value")
    assert admin.fails("pool.add_to_other_config", pool, "key", "other") == ["MAP_DUPLICATE_KEY", "pool", "other_config", pool, "key"]
    assert admin("pool.get_other_config", pool) == {"key": "value"}
    admin("pool.remove_from_other_config", pool, "key")
    admin("pool.remove_from_other_config", pool, "key")
    assert admin("pool.get_other_config", pool) == {}
    admin("pool.add_tags", pool, "a")
    admin("pool.set_tags", pool, ["a", "b"])
    admin("pool.remove_tags", pool, "a")
    assert admin("pool.get_tags", pool) == ["b"]
    admin("pool.set_tags", pool, [])


def test_two_clients_that_write_at_once_both_succeed(server, admin, pool):
    clients = [server.again(admin) for _ in range(10)]
    for i, client in enumerate(clients):
        client.begin("pool.add_to_other_config", pool, f"client{i}", "here")
    for client in clients:
        assert client.answer() == ""
    assert len(admin("pool.get_other_config", pool)) == 10
    admin("pool.set_other_config", pool, {})


def test_a_write_goes_on_when_its_client_goes(server, admin, pool):
    client = server.again(admin)
    token = admin("event.inject", "pool", pool)
    token = admin("event.from", ["pool"], token, 10.0)["token"]
    client.begin("pool.set_name_description", pool, "from one who left")
    client.close()
    (event,) = admin("event.from", ["pool"], token, 10.0)["events"]
    assert event["snapshot"]["name_description"] == "from one who left"


def test_before_the_pool_is_there_the_host_is_booting(tmp_path):
    server = XapiServer(tmp_path)
    server.start(ready=False)
    try:
        client = server.json()
        assert "VM.start" in client.call("system.listMethods")
        assert failure_of(lambda: client.call("session.login_with_password", "root", "secret")) == ["HOST_STILL_BOOTING"]
        assert failure_of(lambda: client.call("pool.get_all", NOBODY)) == ["HOST_STILL_BOOTING"]
        assert server.status()["not_ready"]
    finally:
        server.allow(".")
        server.stop()
