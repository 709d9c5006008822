# SPDX-License-Identifier: Apache-2.0
"""A program that follows a XenAPI server and tells what it knows (src/bin/directory_shell.c)."""

import json

from lab import wait_for
from program import DEADLINE_S, Program


class DirectoryShell(Program):
    """The program in a folder of its own, which follows the server at 'address'."""

    name = "directory-shell"

    def __init__(self, folder, address, *options, complaints=None):
        super().__init__(folder, complaints)
        self.address, self.options = address, options

    def argv(self):
        program, control = super().argv()
        return [program, *self.options, control, self.address]

    def ask(self, what, *arguments):
        return json.loads(self.unixctl.call(f"directory/{what}", *arguments))

    def answer(self, what, *arguments):
        """An answer as one value: the record as (uuid, other_config), or "unknown", or "unreachable"."""
        answer = self.ask(what, *arguments)
        return (answer["uuid"], answer["other_config"]) if answer["answer"] == "known" else answer["answer"]

    def network(self, bridge):
        return self.answer("network", bridge)

    def pool(self):
        return self.answer("pool")

    def vif(self, id):
        return self.answer("vif", id)

    def vm(self, id):
        return self.answer("vm", id)

    def status(self):
        return self.ask("status")

    def flush(self):
        self.unixctl.call("directory/flush")

    def changes(self):
        return [tuple(change) for change in self.ask("changes")]

    def until(self, condition, what):
        return wait_for(condition, what, DEADLINE_S, seen=lambda: (self.status(), self.log.read_text()), poll_s=0.001)

    def until_reachable(self, is_so=True):
        self.until(lambda: self.status()["reachable"] == is_so, f"the server to be {'' if is_so else 'un'}reachable")

    def until_told(self, *changes, deadline_s=DEADLINE_S, poll_s=0.001):
        """Wait until all of these have been told."""
        told = set()

        def are_told():
            told.update(self.changes())
            return told >= set(changes)
        wait_for(are_told, f"{len(changes)} changes to be told", deadline_s, poll_s=poll_s,
                 seen=lambda: (list(set(changes) - told)[:10], self.status(), self.log.read_text()))
        return told

    def until_known(self, what, id):
        """Wait until there is an answer, and return it; nothing is asked but when a change was told."""
        while (answer := self.answer(what, id)) == "unreachable":
            self.until_told((what, id))
        return answer
