# SPDX-License-Identifier: Apache-2.0
"""Process 1 of a lab's namespaces: it holds them, and reaps what dies inside.

Run by `unshare` as the first process of new namespaces (namespace.py).  Its
end, by whatever cause, is the end of every process, mount and device of the
lab, because the kernel kills a pid namespace with its process 1.

Daemons detach and so become its children.  Each end is written to the file
`exits` as "PID STATUS" (negative: the signal), which is how tests learn that
a daemon exited, and whether cleanly.

argv: STATE-DIR READY-FD [TETHER-FD].  When the tether's other end is closed,
as it is when the program that made the lab dies, the holder exits.
"""

import os
import select
import signal
import sys

# nosuid,nodev,noexec: an ordinary user may only mount these with the flags that the host's own mounts have.
PSEUDO = "nosuid,nodev,noexec"


def isolate(state):
    """Give this mount namespace its own /proc, /sys, /run and udev rules."""
    mount("-t", "proc", "-o", PSEUDO, "proc", "/proc")
    mount("-t", "sysfs", "-o", PSEUDO, "sysfs", "/sys")
    # An empty /run hides the host's udev, netns names and /run/systemd: without the last, systemd-udevd does
    # not take itself for a service of systemd, which would let it kill everything in its control group.
    mount("-t", "tmpfs", "-o", "mode=0755,nosuid,nodev", "tmpfs", "/run")
    os.mkdir("/run/netns")
    os.mkdir("/run/lock")
    mount("--bind", f"{state}/udev/rules.d", "/etc/udev/rules.d")
    for system in ("/usr/lib/udev/rules.d", "/lib/udev/rules.d"):
        if os.path.isdir(system) and os.listdir(system):
            mount("--bind", f"{state}/udev/none", system)
    call("ip", "link", "set", "lo", "up")


def mount(*arguments):
    call("mount", *arguments)


def call(*argv):
    pid = os.posix_spawnp(argv[0], argv, os.environ)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        sys.exit(f"{' '.join(argv)}: exit status {status}")


def reap(exits):
    """Record every child that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        os.write(exits, f"{pid} {os.waitstatus_to_exitcode(status)}\n".encode())


def hold(exits, tether):
    """Reap until told to end, or until the tether is cut."""
    awake, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    poll = select.poll()
    poll.register(awake, select.POLLIN)
    if tether is not None:
        poll.register(tether, 0)
    while True:
        reap(exits)
        for fd, _ in poll.poll():
            if fd == tether:
                return
            os.read(fd, 4096)


def main():
    state, ready = sys.argv[1], int(sys.argv[2])
    tether = int(sys.argv[3]) if len(sys.argv) > 3 else None
    isolate(state)
    exits = os.open(f"{state}/exits", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    os.write(ready, b"ready\n")
    os.close(ready)
    hold(exits, tether)


main()
