# SPDX-License-Identifier: Apache-2.0
"""A follower (directory-shell) of a stand-in for XAPI: what the tests of one say to the two."""

import time

from directory_shell import DirectoryShell

DEADLINE_S = 30
LOGIN = ("root", "pass:word")

# What a follower may say when its server misbehaves, as these tests make it do.
LOST = r"xapi_session\|WARN\|XAPI at "


def populate(mock):
    mock.network = mock.add("network", bridge="xenbr0", other_config={"nicira-bridge-id": "custom bridge ID", "other": "x",
                                                                      "vswitch-controller-fail-mode": "secure"})
    mock.vm = mock.add("VM", other_config={"nicira-vm-id": "custom vm ID", "a": "b"})
    mock.vif = mock.add("VIF", other_config={"nicira-iface-id": "custom vif ID"})


def follow(mock, folder, complaints=None, certificate=None):
    options = []
    if mock.login != ("", ""):
        (folder / "login").write_text(":".join(mock.login) + "\n")
        options.append(f"--login={folder}/login")
    if mock.certificate:
        options.append(f"--ca={(certificate or mock.certificate)[0]}")
    return DirectoryShell(folder, mock.address, *options, complaints=complaints)


def knows_all(follower, mock):
    return (follower.network("xenbr0") == (mock.network, {"nicira-bridge-id": "custom bridge ID",
                                                          "vswitch-controller-fail-mode": "secure"})
            and follower.until_known("vif", mock.vif) == (mock.vif, {"nicira-iface-id": "custom vif ID"})
            and follower.until_known("vm", mock.vm) == (mock.vm, {"nicira-vm-id": "custom vm ID"}))


class Stopwatch:
    def __init__(self, what):
        self.what = what

    def __enter__(self):
        self.begin = time.monotonic()

    def __exit__(self, *_):
        print(f"{self.what}: {(time.monotonic() - self.begin) * 1000:.1f} ms")


def of_status(process, key):
    return int(next(line for line in open(f"/proc/{process.pid}/status") if line.startswith(key)).split()[1])
