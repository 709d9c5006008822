# SPDX-License-Identifier: Apache-2.0
"""What clients of the XenAPI see of HTTP: paths, headers, wires, limits, connections."""

import json
import xmlrpc.client

import pytest

from xapi_server import DEADLINE_S, XapiServer, failure_of, posted

# base/limits.h
BODY = 300 * 1024
DEPTH = 64

LIST = xmlrpc.client.dumps((), "system.listMethods")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with XapiServer(tmp_path_factory.mktemp("xapi")) as server:
        yield server


@pytest.fixture
def client(server):
    client = server.client()
    yield client
    client.close()


@pytest.fixture
def admin(server):
    return server.admin()


def value_of(response):
    """The Value of an XML-RPC reply."""
    (reply,), _ = xmlrpc.client.loads(response.text)
    assert reply["Status"] == "Success", reply
    return reply["Value"]


@pytest.mark.parametrize("path", ["/", "/RPC2", "/xmlrpc", "/anything"])
def test_every_post_but_those_to_jsonrpc_is_xml_rpc(client, path):
    response = posted(client, LIST, path)
    assert (response.status, response.getheader("Content-Type")) == (200, "text/xml")
    assert b"VM.start" in response.text


def test_replies_have_the_headers_of_xapi(client):
    response = posted(client, LIST)
    assert response.getheader("Access-Control-Allow-Origin") == "*"
    assert response.getheader("Access-Control-Allow-Headers") == "X-Requested-With"
    assert response.getheader("Cache-Control") == "no-cache, no-store"


def test_json_rpc_1_and_2_answer_each_in_its_own_form(client):
    call = {"id": "x", "method": "nosuch.method", "params": []}
    one = json.loads(posted(client, json.dumps(call), "/jsonrpc").text)
    two = json.loads(posted(client, json.dumps(call | {"jsonrpc": "2.0"}), "/jsonrpc").text)
    assert one == {"id": "x", "result": None, "error": ["MESSAGE_METHOD_UNKNOWN", "nosuch.method"]}
    assert two == {"id": "x", "jsonrpc": "2.0", "error": {"code": 1, "message": "MESSAGE_METHOD_UNKNOWN", "data": ["nosuch.method"]}}


def test_xml_replies_have_no_white_space_between_elements(server, admin, client):
    response = posted(client, xmlrpc.client.dumps((admin.session,), "pool.get_all_records"))
    assert b">\n" not in response.text.rstrip() and b"> <" not in response.text


def test_an_unmodified_xml_rpc_client_logs_in_and_reads(server):
    proxy = server.xml()
    session = proxy.session.login_with_password("root", "secret", "1.0", "xmlrpc.client")["Value"]
    (pool,) = proxy.pool.get_all(session)["Value"]
    record = proxy.pool.get_record(session, pool)["Value"]
    assert pool == "OpaqueRef:" + record["uuid"]
    host = proxy.session.get_this_host(session, session)["Value"]
    assert proxy.host.get_API_version_major(session, host)["Value"] == "2"
    assert record["master"] == host
    assert proxy.session.logout(session)["Value"] == ""
    assert proxy.pool.get_all(session) == {"Status": "Failure", "ErrorDescription": ["SESSION_INVALID", session]}


def test_list_methods_is_bare_in_xml_and_none_of_its_methods_is_unknown(server, client, admin):
    (names,), _ = xmlrpc.client.loads(posted(client, LIST).text)
    assert names == admin.call("system.listMethods")
    assert len(names) == len(set(names))
    for name in names:
        failure = failure_of(lambda name=name: admin.call(name, *["x"] * 9))
        assert failure[:2] == ["MESSAGE_PARAMETER_COUNT_MISMATCH", name], failure


@pytest.mark.parametrize("body", [
    b"", b"nonsense", b"<?xml version='1.0'?><methodCall><methodName>x</methodName><params>", LIST.encode()[:-5],
    b"<methodResponse/>",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'boom'>]><methodCall><methodName>&e;</methodName></methodCall>",
    b"<methodCall><methodName>x</methodName><params><param><value>&e;</value></param></params></methodCall>",
    b"<methodCall><methodName>x</methodName><params><param><value>\xff\xfe</value></param></params></methodCall>",
    b"<methodCall><methodName>x</methodName><params><param><value>" + b"<array><data><value>" * (DEPTH + 1)
    + b"</value></data></array>" * (DEPTH + 1) + b"</value></param></params></methodCall>",
])
def test_what_is_no_xml_rpc_call_gets_500_and_the_connection_ends(server, body):
    client = server.client()
    response = posted(client, body)
    assert (response.status, response.getheader("Content-Type")) == (500, "text/html")
    assert response.getheader("Connection").lower() == "close"
    assert b"<html>" in response.text


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"7", b'{"method":"x","params":[]}', b'{"id":null,"method":"x","params":[]}',
    b'{"id":1,"method":"x","params":{"a":1}}', b'[{"id":1,"method":"x","params":[]}]', b'{"id":1,"method":"x","params":["\xff"]}',
    b'{"id":1,"method":"x","params":' + b"[" * (DEPTH + 2) + b"]" * (DEPTH + 2) + b"}", b'{"id":1,"method":"x","params":["\\ud800"]}',
])
def test_what_is_no_json_rpc_call_gets_500_and_the_connection_ends(server, body):
    response = posted(server.client(), body, "/jsonrpc")
    assert (response.status, response.getheader("Content-Type")) == (500, "text/html")
    assert response.getheader("Connection").lower() == "close"


def test_what_a_page_says_of_bad_input_is_no_markup(server):
    response = posted(server.client(), "<methodCall>&lt;script&gt;</methodCall>")
    assert response.status == 500
    assert b"&lt;script&gt;" in response.text and b"<script" not in response.text


def test_a_body_of_300_kib_is_read_and_a_larger_one_refused(server):
    empty = xmlrpc.client.dumps(("",), "VM.start")
    body = xmlrpc.client.dumps(("x" * (BODY - len(empty)),), "VM.start")
    assert len(body) == BODY
    assert b"MESSAGE_PARAMETER_COUNT_MISMATCH" in posted(server.client(), body).text
    assert posted(server.client(), body + " ").status == 413


def test_options_tells_a_browser_that_it_may_call(client):
    for path in "/", "/jsonrpc":
        response = posted(client, None, path, "OPTIONS")
        assert response.status == 200
        assert response.getheader("Access-Control-Allow-Origin") == "*"
        assert "POST" in response.getheader("Access-Control-Allow-Methods")


def test_other_methods_find_nothing(client):
    assert posted(client, None, "/", "GET").status == 404
    assert posted(client, None, "/import_raw_vdi", "GET").status == 404
    refused = posted(client, b"x", "/", "PUT")
    assert (refused.status, refused.getheader("Allow")) == (405, "POST, OPTIONS")
    assert b"VM.start" in posted(client, LIST).text


def test_a_connection_is_kept_for_further_calls(admin):
    for _ in range(20):
        assert len(admin("pool.get_all")) == 1


def test_a_call_that_waits_holds_no_other_connection_up(server, admin):
    waiting = [server.json() for _ in range(5)]
    for one in waiting:
        one.session = admin.session
        one.begin("event.from", ["VM"], admin("event.from", ["*"], "", 0.0)["token"], DEADLINE_S)
    for _ in range(20):
        assert len(admin("pool.get_all")) == 1
    assert not any(one.is_answered() for one in waiting)
    for one in waiting:
        one.close()


def test_two_wires_see_the_same_values_of_each_type(server, admin):
    proxy = server.xml()
    (host,) = admin("host.get_all")
    (from_xml,), from_json = [proxy.host.get_record(admin.session, host)["Value"]], admin("host.get_record", host)
    assert from_xml.keys() == from_json.keys()
    assert (from_xml["API_version_major"], from_json["API_version_major"]) == ("2", 2)
    assert from_xml["enabled"] is from_json["enabled"] is True
    session = proxy.session.get_record(admin.session, admin.session)["Value"]
    assert isinstance(session["last_active"], xmlrpc.client.DateTime)
    assert session["last_active"].value == admin("session.get_last_active", admin.session)
    assert len(session["last_active"].value) == len("20260821T16:34:00Z")
