# SPDX-License-Identifier: Apache-2.0
"""The golden corpus: frames, each with the policy of the VIF that sends it, the verdict and the rule that must decide."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
POLICIES_FILE = GOLDEN / "policies.json"
CORPUS_FILE = GOLDEN / "corpus-public.jsonl"

POLICIES = json.loads(POLICIES_FILE.read_text())
OFPORTS = {policy["id"]: number for number, policy in enumerate(POLICIES, 1)}

# Where a mutation changes who may send a frame, and not only what it carries: the headers.
HEADER_BYTES = 100


@dataclass(frozen=True)
class Frame:
    name: str
    policy: str
    hex: str
    verdict: str = None
    rule: str = None

    @property
    def ofport(self):
        return OFPORTS[self.policy]

    def decided(self, verdict, decision):
        """A decision as it reads in a list of differences."""
        return f"{self.name}: {verdict} by {decision}"


def frames():
    """All frames of the corpus."""
    lines = map(json.loads, CORPUS_FILE.read_text().splitlines())
    return [Frame(line["name"], line["policy"], line["frame"], line["verdict"], line["rule"]) for line in lines]


def mutated(count, seed):
    """Frames without an expectation: those of the corpus with one to three bits or bytes of their headers changed."""
    chance = random.Random(seed)
    source = frames()
    return [_mutate(chance.choice(source), number, chance) for number in range(count)]


def mac_flood(policy, count, seed):
    """Frames that differ in their source MAC only, none of which is the VIF's."""
    chance = random.Random(seed)
    macs = (bytes([2, *chance.randbytes(5)]) for _ in range(count))
    return [Frame(f"{policy}/flood #{number}", policy, f"ffffffffffff{mac.hex()}88b5{'00' * 46}", "drop", "mac-spoof")
            for number, mac in enumerate(macs)]


def _mutate(frame, number, chance):
    data = bytearray.fromhex(frame.hex)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(min(len(data), HEADER_BYTES))
        data[at] = chance.choice((data[at] ^ 1 << chance.randrange(8), chance.randrange(256), 0, 0xff))
    return Frame(f"{frame.name} mutated #{number}", frame.policy, data.hex())
