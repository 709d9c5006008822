# SPDX-License-Identifier: Apache-2.0
"""systemd-udevd of the lab, with Cabled's rules file and no other.

The system's own rules are hidden: they would rename devices and give them
other MAC addresses (net_setup_link), which is the host's business, not ours.
"""

import shutil
from pathlib import Path

from .daemon import PlainDaemon

PROGRAM = "/lib/systemd/systemd-udevd"
RULES = Path(__file__).resolve().parent.parent / "src/hotplug/65-cabled.rules"


class Udevd(PlainDaemon):
    name = "udevd"

    def prepare(self):
        if RULES.exists():
            shutil.copy(RULES, self.state / "udev/rules.d")

    def foreground(self):
        # Level `warning`: every line of its log is then one that somebody should read.
        return ["env", "SYSTEMD_LOG_LEVEL=warning", "SYSTEMD_LOG_TARGET=console", PROGRAM]

    def await_ready(self):
        self.await_while_running(self.ping, "udevd to answer")

    def ping(self):
        """True when it has handled everything that came before."""
        return self.namespace.run("udevadm", "control", "--ping", "--timeout=5", check=False).returncode == 0

    def settle(self):
        """Wait until every event that the kernel has sent so far is handled."""
        self.namespace.run("udevadm", "settle", "--timeout=10")

    def trigger(self, *devices):
        """Coldplug: have the kernel announce all network devices, or those named, again."""
        names = [f"--sysname-match={device}" for device in devices]
        self.namespace.run("udevadm", "trigger", "--action=add", "--subsystem-match=net", *names)
