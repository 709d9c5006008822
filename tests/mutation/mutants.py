# SPDX-License-Identifier: Apache-2.0
"""The mutants of a C file in our style: each differs from it in one place."""

import re
from dataclasses import dataclass

STATES = ("WIRING_VIF_DETACHED", "WIRING_VIF_UNPLUGGING", "WIRING_VIF_NO_DEVICE", "WIRING_VIF_WAITING", "WIRING_VIF_PLUGGING",
          "WIRING_VIF_UPDATING", "WIRING_VIF_WIRED", "WIRING_VIF_DISABLED", "WIRING_VIF_FAILED")
BRIDGE_STATES = tuple(f"WIRING_BRIDGE_{name}" for name in (
    "MISSING", "CREATING", "PREPARING", "SECURING", "CONNECTING", "BASING", "GUARDED", "UNGUARDED"))
RULES = ("WIRING_RULES_NONE", "WIRING_RULES_OTHER", "WIRING_RULES_SENT", "WIRING_RULES_ACKED")
HEALTHS = ("WIRING_PORT_NONE", "WIRING_PORT_ELSEWHERE", "WIRING_PORT_WRONG", "WIRING_PORT_GOOD")
WAITS = tuple(f"WIRING_WAIT_{name}" for name in (
    "NOTHING", "DEVICE", "BRIDGE", "NUMBER_LEFT", "OLD_PORT", "WRITE", "NUMBER", "RULES", "LINK", "LINK_AGAIN", "PORT_AGAIN", "OTHERS"))
CYCLES = (STATES, BRIDGE_STATES, RULES, HEALTHS, WAITS)

STEP = re.compile(r"\bWIRING_(?:BRIDGE_)?(?:RESERVE_OFPORT|KEEP_OFPORT|FORGET_OFPORT|PUT_RULES|DELETE_RULES|ADD_PORT|ADOPT_PORT|"
                  r"UPDATE_PORT|DELETE_PORT|RELEASE_PORT|SET_LINK|LINK_UP|LINK_DOWN|CREATE|PREPARE|ADD_UPLINK|SECURE|CONNECT|"
                  r"PUT_BASE|RAISE_UPLINK|PUT_TRIES)\b")

# Turned one into the other, at each place.
OPERATORS = (("&&", "||"), ("||", "&&"), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "),
             (" != ", " == "), (" + ", " - "), (" * ", " + "), ("= true;", "= false;"), ("~", ""), (" |= ", " = "))


@dataclass
class Mutant:
    """One change. Its name holds over changes elsewhere in the file: function, the line as it was, and what became of it."""

    file: str
    name: str
    text: str


def mutants_of(file, text):
    lines = text.splitlines(keepends=True)
    function, seen = "", {}
    for number, line in enumerate(lines):
        called = re.match(r"(\w+)\(", line)
        function = called[1] if called else function
        if not line.startswith("    ") or line.lstrip().startswith(("case ", "/*", "*", '"', "enum ", "ovs_assert(")) or '" : "' in line:
            continue
        for became in changes(line):
            name = f"{file}:{function}: {line.strip()} -> {became.strip() or '(removed)'}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            yield Mutant(file, name, "".join([*lines[:number], became, *lines[number + 1:]]))


def changes(line):
    """Every line that this one can become."""
    condition = re.match(r"( *(?:\} else )?if )\((.*)\) \{\n", line)
    if condition:
        yield f"{condition[1]}(1) {{\n"
        yield f"{condition[1]}(0) {{\n"
    for before, after in OPERATORS:
        for place in re.finditer(re.escape(before), line):
            yield line[:place.start()] + after + line[place.end():]
    for place in re.finditer(r"!(?=[\w(])", line):
        yield line[:place.start()] + line[place.end():]
    for place in STEP.finditer(line):
        yield line[:place.start()] + "0" + line[place.end():]
    for cycle in CYCLES:
        for place in re.finditer(r"\b\w+\b", line):
            if place[0] in cycle:
                other = cycle[(cycle.index(place[0]) + 1) % len(cycle)]
                yield line[:place.start()] + other + line[place.end():]
    # What frees and what asserts decides nothing: sanitizers look after the one, and the other after itself.
    if (re.match(r" +(?:\*?[\w.>-]+ (?:[|&+-]?=) .*|\w+\(.*\)|[\w.>-]+\+\+);\n", line)
            and not re.match(r" +(?:return\b|free\(|ovs_assert\(|OVS_NOT_REACHED\()", line)):
        yield re.match(r" +", line)[0] + ";\n"
