# SPDX-License-Identifier: Apache-2.0
"""Where the HTTP server listens, and where it refuses to."""

import os
import socket
import subprocess

from http_echo import (  # noqa: F401 (fixtures)
    ask, certificate, DEADLINE_S, echo, Echo, ends, folder, make_certificate, raw, response_of)
from lab.environment import programs_folder


def refused(folder, *listeners, options=()):
    """What a server says that does not start."""
    done = subprocess.run([programs_folder() / "http-echo", *options, folder / "refused.control", *listeners], timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return done.stderr.removeprefix("http-echo: ").strip()


def permissions(path):
    return os.stat(path).st_mode & 0o7777


def test_unix_socket_is_its_owners_alone(echo):
    assert permissions(echo.path) == 0o600


def test_unix_socket_with_other_permissions(folder):
    with Echo(folder, "unix", options=["--mode=660"]) as echo:
        assert permissions(echo.path) == 0o660


def test_unix_socket_that_was_left_behind_is_replaced(folder):
    with Echo(folder, "unix") as echo:
        echo.process.kill()
        echo.process.wait()
        assert os.path.exists(echo.path)
        os.remove(echo.control)
        with Echo(folder, "unix") as again:
            assert ask(again.client("unix"), body="x").text == b"x"
        echo.process.returncode = 0


def test_unix_socket_where_somebody_listens_is_left_alone(echo, folder):
    assert refused(folder, f"unix:{echo.path}") == (
        f"in-use: listener 'unix:{echo.path}': a program listens there: stop it, or choose another path")
    assert ask(echo.client("unix"), body="x").text == b"x"


def test_file_in_the_place_of_a_unix_socket_is_left_alone(folder):
    (folder / "file").write_text("dear")
    assert refused(folder, f"unix:{folder}/file") == (
        f"exists: listener 'unix:{folder}/file': a file that is no socket is there: choose another path, or remove it")
    assert (folder / "file").read_text() == "dear"


def test_unix_socket_of_another_is_not_removed_at_the_end(folder):
    with Echo(folder, "unix") as echo:
        os.remove(echo.path)
        other = socket.socket(socket.AF_UNIX)
        other.bind(echo.path)
        echo.unixctl.call("exit")
        assert echo.process.wait(DEADLINE_S) == 0
        assert os.path.exists(echo.path)
        os.remove(echo.path)


def test_port_where_somebody_listens(echo, folder):
    assert refused(folder, "unix:" + str(folder / "other"), f"tcp:127.0.0.1:{echo.ports['tcp']}") == (
        f"in-use: listener 'tcp:127.0.0.1:{echo.ports['tcp']}': cannot be had: Address already in use: something else listens there: "
        "stop it, or choose another port")
    assert not os.path.exists(folder / "other")


def test_port_of_both_protocols(folder):
    with Echo(folder, "tcp:[::]:0") as echo:
        (folder / "other").mkdir()
        with Echo(folder / "other", f"tcp:0.0.0.0:{echo.ports['tcp']}") as other:
            assert ask(other.client(), body="x").text == b"x"
        assert echo.show()["asked"] == 0


def test_port_is_had_again_at_once(folder):
    with Echo(folder, "tcp") as echo:
        port = echo.ports["tcp"]
        with echo.connect() as sock:
            # The side that closes first keeps the port for a minute.
            sock.sendall(raw("/echo", "Connection: close"))
            assert response_of(sock).status == 200
            assert ends(sock)
    with Echo(folder, f"tcp:127.0.0.1:{port}") as echo:
        assert ask(echo.client(), body="x").text == b"x"


def test_address_that_the_host_does_not_have(folder):
    assert "choose one that `ip address` shows, or 0.0.0.0 or [::] for all" in refused(folder, "tcp:192.0.2.1:0")


def test_folder_that_is_missing(folder):
    assert refused(folder, f"unix:{folder}/a/b").endswith("No such file or directory: make its folder first")


def test_certificate_and_key_must_be_there_and_belong_together(folder, certificate):
    def said(certificate_, key):
        return refused(folder, "tls:127.0.0.1:0", options=[f"--certificate={certificate_}", f"--key={key}"])

    make_certificate(folder / "other.pem", folder / "other-key.pem")
    large = folder / "large"
    large.write_bytes(b"x" * (256 * 1024 + 1))
    assert said(folder / "none", certificate[1]).endswith("/none' cannot be opened: No such file or directory")
    assert said(certificate[0], large).endswith("large': larger than 262144 bytes: name a PEM file")
    assert said(folder, certificate[1]).endswith("cannot be read: Is a directory")
    assert "cannot be used: " in said(certificate[0], folder / "other-key.pem")
    assert "Name a certificate and its own private key, both in PEM" in said(certificate[0], certificate[0])


def test_more_listeners_than_there_may_be(folder):
    assert refused(folder, *["tcp:127.0.0.1:0"] * 9) == "limit: 9 listeners are more than the 8 that there may be: name fewer"
