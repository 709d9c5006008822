# SPDX-License-Identifier: Apache-2.0
"""Judging a lab's logs: each warning that no list expects is a failure."""

import re
from pathlib import Path

LIST = Path(__file__).with_name("expected-warnings.txt")
OVS_LEVELS = re.compile(r"\|(WARN|ERR|EMER)\|")
DNSMASQ_COMPLAINTS = re.compile(r"warning|error|fail|cannot|unable|no address|not available|ignor", re.IGNORECASE)


def expected_warnings(path=LIST):
    """The stated list: tuples (daemon, compiled regex). Each entry stands under a comment that says why."""
    entries, reason = [], False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("#"):
            reason = "SPDX" not in line
        elif line.strip():
            if not reason:
                raise ValueError(f"{path}:{number}: say in a comment above why this warning is expected")
            daemon, _, pattern = line.partition(": ")
            entries.append((daemon, re.compile(pattern)))
        else:
            reason = False
    return entries


def complaint(daemon, line):
    """Whether this line of that daemon's log is a warning or worse."""
    if daemon == "dnsmasq":
        return DNSMASQ_COMPLAINTS.search(line)
    if daemon.startswith(("udevd", "qemu-")):
        return line.strip()                   # they run at a level at which every line is one
    return OVS_LEVELS.search(line)


def unexpected_warnings(folder, expected):
    """Every complaint in the folder's logs that no (daemon, regex) of `expected` matches, as "daemon: line"."""
    found = []
    for log in sorted(Path(folder).glob("*.log")):
        patterns = [regex for daemon, regex in expected if daemon == log.stem]
        for line in log.read_text(errors="replace").splitlines():
            if complaint(log.stem, line) and not any(regex.search(line) for regex in patterns):
                found.append(f"{log.stem}: {line}")
    return found


def sanitizer_reports(folder):
    """A text per report that a sanitizer has left: its file and its head."""
    reports = sorted(Path(folder).glob("sanitizer.*"))
    return [f"{report.name}: " + "\n    ".join(report.read_text(errors="replace").splitlines()[:30]) for report in reports]
