# SPDX-License-Identifier: Apache-2.0
"""cabled-xapi's command line, its start and its end."""

import json
import ssl
import subprocess
import xmlrpc.client

import pytest

from http_echo import make_certificate
from lab.environment import programs_folder
from xapi_server import DEADLINE_S, XapiServer


def run(*arguments):
    return subprocess.run([programs_folder() / "cabled-xapi", *map(str, arguments)], text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=DEADLINE_S)


def test_help_names_every_option_of_its_own():
    text = run("--help").stdout
    for option in ("pool", "listen", "https-certificate", "https-key", "users", "hash-password", "verbs", "host", "run-folder", "storage",
                   "guest-user", "qemu", "accelerator", "guest-offload", "guest-keeper", "wire-timeout", "unixctl", "detach", "pidfile",
                   "private-key"):
        assert f"--{option}" in text, option
    assert "test-clock" not in text


def test_version_and_verbs_are_printed():
    assert run("--version").stdout.startswith("cabled-xapi (Cabled) ")
    assert "VM.start(ref VM vm, bool start_paused, bool force)\n" in run("--verbs").stdout


@pytest.mark.parametrize("arguments, why", [
    (["argument"], "no arguments are taken but options, and 'argument' is none"),
    (["--pool=tcp:pool.example:6641"], "--pool: "),
    (["--listen=tcp:localhost:80"], "--listen: "),
    (["--listen=unix:/a"] * 9, "there can be 8 listeners"),
    (["--listen=tls:127.0.0.1:443"], "tls:127.0.0.1:443 needs --https-certificate and --https-key"),
    (["--host=node1"], "--host takes a uuid"),
    (["--wire-timeout=0"], "--wire-timeout takes 1 to 3600 seconds"),
    (["--accelerator=xen"], "--accelerator is kvm or tcg"),
    (["--nosuch"], "Try `cabled-xapi --help'"),
])
def test_a_wrong_command_line_is_told_with_a_way_out(arguments, why):
    done = run(*arguments)
    assert done.returncode == 2 and not done.stdout
    assert why in done.stderr and "cabled-xapi --help" in done.stderr


def test_it_says_why_it_cannot_listen(tmp_path):
    server = XapiServer(tmp_path, f"unix:{tmp_path}/nosuch/xapi")
    done = subprocess.run(server.argv(), text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE_S)
    assert done.returncode == 1
    assert "No such file or directory: make its folder first" in done.stderr


def test_clients_come_in_by_tls(tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_certificate(certificate, key)
    options = [f"--https-certificate={certificate}", f"--https-key={key}"]
    with XapiServer(tmp_path, "tls:127.0.0.1:0", "unix", options=options) as server:
        port = server.status()["listeners"][0].rpartition(":")[2]
        proxy = xmlrpc.client.ServerProxy(f"https://127.0.0.1:{port}", context=ssl.create_default_context(cafile=certificate))
        session = proxy.session.login_with_password("root", "secret")["Value"]
        assert proxy.pool.get_all(session)["Status"] == "Success"


def test_nobody_but_the_owner_reaches_the_unix_socket(tmp_path):
    with XapiServer(tmp_path, "unix") as server:
        assert (tmp_path / "xapi").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "xapi").exists()
    assert server.process.returncode == 0


def test_calls_that_wait_do_not_hold_its_end_up(tmp_path):
    with XapiServer(tmp_path) as server:
        admin = server.admin()
        token = admin("event.from", ["*"], "", 0.0)["token"]
        waiting = server.again(admin)
        waiting.begin("event.from", ["VM"], token, 3600.0)
        failing = server.json()
        failing.ask("session.login_with_password", "root", "wrong")
        server.until_logged("a login as 'root' from 127.0.0.1 failed")


def test_its_sessions_end_with_it_and_what_it_wrote_stays(tmp_path):
    with XapiServer(tmp_path) as server:
        admin = server.admin()
        (pool,) = admin("pool.get_all")
        admin("pool.set_name_label", pool, "kept")
        server.process.kill()
        server.process.wait()
        server.unixctl.close()
        server.control.unlink()
        server.start()
        assert server.again(admin).fails("pool.get_all") == ["SESSION_INVALID", admin.session]
        assert server.admin()("pool.get_name_label", pool) == "kept"


def test_status_is_json(tmp_path):
    with XapiServer(tmp_path) as server:
        status = json.loads(server.unixctl.call("status"))
        assert status["ready"] and status["not_ready"] == "" and status["pool_connected"]
        assert status["listeners"] == [f"unix:{server.path}", f"tcp:127.0.0.1:{server.port}"]
        assert status["version"] and status["waiting_for_events"] == 0
