# SPDX-License-Identifier: Apache-2.0
"""Flows as the agent has installed them for one VIF, as a mould for others: nobody else has to know the rules."""

import re

from .vifs import BRIDGE

COOKIE = re.compile(r"cookie=0x([0-9a-f]+)")
PORT_SHIFT, GENERATION_SHIFT = 24, 16
PORT_MASK, GENERATION_MASK = 0xffffff, 0xff
MAGIC = 0xf17e << 48
GENERATION_OF_PORT_MASK = 0xffffffffffff0000
ALL_OF_PORT_MASK = 0xffffffffff000000


class Mould:
    """The flows of one VIF with its policy of that moment."""

    def __init__(self, vif, lines):
        self.vif = vif
        self.lines = lines
        self.port = next(port for port, _ in map(cookie_of, lines))

    @classmethod
    def take(cls, lab, vif, ofport):
        """From the switch, where the agent has just wired the VIF with that number."""
        return cls(vif, [line for line in installed(lab) if cookie_of(line)[0] == ofport])

    def flows(self, vif, generation=1):
        """The same for another VIF."""
        changes = ((f"in_port={self.port}", f"in_port={vif.ofport}"), (self.vif.mac, vif.mac), (self.vif.ipv4, vif.ipv4),
                   (self.vif.more_ipv4, vif.more_ipv4))
        return [with_cookie(replaced(line, changes), vif.ofport, generation) for line in self.lines]


def installed(lab):
    """Our flows as ovs-ofctl shows them, in a form that it reads: no space within a flow but before `actions`."""
    text = lab.ofctl("-O", "OpenFlow14", "dump-flows", "--no-stats", BRIDGE)
    ours = [line.strip() for line in text.splitlines() if "cookie=0xf17e" in line]
    return [line.replace(", ", ",").replace("send_flow_rem ", "send_flow_rem,").replace(" actions=", ",actions=") for line in ours]


def cookie_of(line):
    """(port, generation)."""
    cookie = int(COOKIE.search(line)[1], 16)
    return cookie >> PORT_SHIFT & PORT_MASK, cookie >> GENERATION_SHIFT & GENERATION_MASK


def with_cookie(line, port, generation):
    cookie = int(COOKIE.search(line)[1], 16)
    cookie &= ~(PORT_MASK << PORT_SHIFT | GENERATION_MASK << GENERATION_SHIFT)
    return COOKIE.sub(f"cookie={cookie | port << PORT_SHIFT | generation << GENERATION_SHIFT:#x}", line)


def replaced(line, changes):
    for old, new in changes:
        line = line.replace(old, new)
    return line


def additions(flows):
    """As `ovs-ofctl bundle` reads them."""
    return [f"flow add {flow}" for flow in flows]


def deletion(vif, generation=None):
    """Deletes the VIF's flows, or those of one generation."""
    cookie = MAGIC | vif.ofport << PORT_SHIFT | (generation or 0) << GENERATION_SHIFT
    mask = ALL_OF_PORT_MASK if generation is None else GENERATION_OF_PORT_MASK
    return f"cookie={cookie:#x}/{mask:#x}"
