# SPDX-License-Identifier: Apache-2.0
"""What a person can do with a lab: the commands of `lab/lab`, one function each.

Exit status: 0, 1 (refused or failed, said on standard error), 2 (usage); that
of the command for `exec`.
"""

import argparse
import os
import sys

from .daemon import DaemonError
from .environment import Lab, LabError, Unclean
from .guest import GuestError
from .image import ImageError
from .namespace import NamespaceError
from .programs import Missing
from .wait import NotSeen

FAILURES = (DaemonError, GuestError, ImageError, LabError, Missing, NamespaceError, NotSeen, Unclean)


def up(options):
    """start a lab and leave it running"""
    lab = Lab(options.name, system=options.kernel_datapath, xapi=True).up()
    if options.dhcp:
        lab.dhcp.start()
    kind = "a network namespace" if os.geteuid() == 0 else "a user and network namespace"
    print(f"Lab {options.name!r} is up in {lab.up_s:.2f} s, in {kind}.")
    print(f"  running: {', '.join(daemon.name for daemon in lab.daemons if daemon.running)}")
    for note in lab.notes:
        print(f"  {note}")
    print(f"  state, logs: {lab.state}")
    suffix = "" if options.name == "default" else f" --name {options.name}"
    print(f"Next: lab shell{suffix}   lab exec{suffix} -- ovs-vsctl show   lab down{suffix}")


def exec_(options):
    """run a command in the lab, on this terminal"""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LabError("exec needs a command: lab exec -- ovs-vsctl show")
    return Lab.attach(options.name).namespace.call(command, cwd=os.getcwd())


def shell(options):
    """open a shell in the lab"""
    lab = Lab.attach(options.name)
    lab.namespace.env["PS1"] = f"lab {options.name}:\\w\\$ "
    lab.namespace.call(["bash", "--norc", "-i"], cwd=os.getcwd())


def status(options):
    """show the lab's daemons, bridges and guests"""
    lab = Lab.attach(options.name)
    for daemon in lab.daemons:
        print(f"{daemon.name:14} {'running, pid ' + str(daemon.pid) if daemon.running else 'not running'}")
    for guest in lab.guests:
        print(f"{str(guest):14} {', '.join(guest.device(index) + ' ' + mac for index, mac in enumerate(guest.macs))}")
    print(lab.vsctl("show") if lab.switch_db.running else "")


def down(options):
    """end the lab; fails, and keeps its logs, when something had gone wrong in it"""
    if Lab.clear(options.name):
        print(f"Lab {options.name!r} had ended already; what it left is gone.")
        return
    lab = Lab.attach(options.name)
    lab.down(keep=options.keep)
    print(f"Lab {options.name!r} is down; " + (f"state kept in {lab.state}." if options.keep else "nothing is left of it."))


def guest_start(options):
    """start a guest: its devices are vif<DOMID>.0, vif<DOMID>.1 ..."""
    lab = Lab.attach(options.name)
    guest = lab.guest(options.kind, options.domid, macs=options.mac).start()
    accelerator = f" under {guest.accelerator}" if guest.kind == "qemu" else ""
    print(f"{guest} runs{accelerator} after {guest.boot_s:.2f} s, with {guest.device()} {guest.macs[0]}")


def guest_stop(options):
    """switch a guest off"""
    Lab.attach(options.name).guest_of(options.domid).stop()


def guest_exec(options):
    """run a shell script in a guest"""
    status, output = Lab.attach(options.name).guest_of(options.domid).exec(" ".join(options.script))
    sys.stdout.write(output)
    return status


def guest_dhcp(options):
    """have a guest get a lease"""
    print(Lab.attach(options.name).guest_of(options.domid).dhcp())


def lease(options):
    """have the DHCP server, started if need be, give ADDRESS to MAC"""
    lab = Lab.attach(options.name)
    lab.dhcp.add_host(options.mac, options.address)
    if not lab.dhcp.running:
        lab.dhcp.start()


def arguments(description):
    """The command line's grammar."""
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--name", default="default", help="which lab; several can be up at once (default: %(default)s)")
    parser = argparse.ArgumentParser(prog="lab", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = add(commands, named, "up", up)
    command.add_argument("--dhcp", action="store_true", help="with the DHCP server, behind the device uplink0")
    command.add_argument("--kernel-datapath", action="store_true", help="with the kernel's datapath (needs its module)")
    add(commands, named, "exec", exec_).add_argument("command", nargs=argparse.REMAINDER)
    add(commands, named, "shell", shell)
    add(commands, named, "status", status)
    add(commands, named, "down", down).add_argument("--keep", action="store_true", help="keep the state folder")
    command = add(commands, named, "lease", lease)
    command.add_argument("mac")
    command.add_argument("address")

    guest = commands.add_parser("guest", help="start, use and stop guests").add_subparsers(required=True, metavar="COMMAND")
    command = add(guest, named, "start", guest_start)
    command.add_argument("kind", choices=("netns", "qemu"))
    command.add_argument("domid", type=int)
    command.add_argument("mac", nargs="*", help="one for each device")
    add(guest, named, "stop", guest_stop).add_argument("domid", type=int)
    command = add(guest, named, "exec", guest_exec)
    command.add_argument("domid", type=int)
    command.add_argument("script", nargs=argparse.REMAINDER)
    add(guest, named, "dhcp", guest_dhcp).add_argument("domid", type=int)
    return parser


def add(commands, named, word, function):
    """A command whose help is the function's docstring."""
    command = commands.add_parser(word, parents=[named], help=function.__doc__, description=function.__doc__)
    command.set_defaults(function=function)
    return command


def main(argv, description):
    """Run one command; returns the exit status."""
    options = arguments(description).parse_args(argv)
    try:
        return options.function(options) or 0
    except BrokenPipeError:         # whoever read our lines has enough of them: `lab up | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FAILURES as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
