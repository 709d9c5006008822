#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ovsdb-idlc, whose types know how long a string may be: usage `idlc.py OVSDB-IDLC ARGUMENT...`.

That of Open vSwitch 3.1 writes the bounds of numbers into the columns' types, but for strings it asks whether there are bounds of numbers,
and forgets minLength and maxLength.
"""

import runpy
import sys

from ovs.db import types

forgetful = types.BaseType.cInitBaseType


def with_lengths(self, prefix, prereqs):
    lines = forgetful(self, prefix, prereqs)
    if self.type == types.StringType:
        longest = "UINT_MAX" if self.max_length == sys.maxsize else self.max_length
        lines = [line for line in lines if not line.startswith(".string")]
        lines.append(f".string = {{ .minLen = {self.min_length}, .maxLen = {longest} }},")
    return lines


types.BaseType.cInitBaseType = with_lengths
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
